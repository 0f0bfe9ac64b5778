"""Demonstration of a cluster: laid out, filled, shown, and done things to."""

import select
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.commands.shared import DONE, FAILED, run_explained, say
from app.programs import demo
from app.retrieval.files.atomic import try_lock
from tools.cluster import museum, parts
from tools.cluster.namespaces import Machine, Network
from tools.cluster.parts import Part
from tools.cluster.programs import MissingProgramError
from tools.cluster.settings import KEYS_FILE, SITE_PORT, Keys, settings_of
from tools.cluster.supervisor import StartError, Supervisor

SHARED = ("database", "storage", "limits", "mail")
SITES = ("one", "two")
ADMINISTRATOR = "admin@example.org"
LOOK_SECONDS = 0.5
HELP = "kill NAME, start NAME, cut NAME (its cable), mend NAME; Ctrl-C ends all."


def run(
    folder: Path,
    listeners: Sequence[socket.socket],
    catalogue: Path | None,
    images: Path | None,
) -> int:
    """Run it until it is told to end; return its exit status.

    Parameters
    ----------
    folder : Path
        Of everything that the cluster keeps.
    listeners : sequence of socket
        Outside of this network, one for each application server.
    catalogue, images : Path or None
        None: of drawn works.
    """
    return run_explained(lambda: _explained(folder, listeners, catalogue, images))


def _explained(
    folder: Path,
    listeners: Sequence[socket.socket],
    catalogue: Path | None,
    images: Path | None,
) -> int:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = try_lock(folder / "lock")
    if lock is None:
        say(f"Another cluster is running in {folder}.")
        return FAILED
    drawn = folder / "drawn"
    with lock:
        if drawn.exists() if catalogue else _is_used(folder) and not drawn.exists():
            say(
                f"{folder} holds another collection, and the two must not mix. Choose "
                "a folder of its own: MORELLI_INSTANCE=… make cluster-demo"
            )
            return FAILED
        if catalogue is None or images is None:
            catalogue, images = demo.draw(drawn)
        try:
            with Network.opened() as network:
                shown = Demonstration(network, folder, listeners)
                return shown.run(catalogue, images)
        except (MissingProgramError, StartError) as error:
            say(error)
        except museum.ImportFailedError:
            pass  # it has said why
    return FAILED


def _is_used(folder: Path) -> bool:
    return (folder / KEYS_FILE).exists()


class Demonstration:
    """Cluster in a folder, as it is shown.

    Parameters
    ----------
    network : Network
        Without machines.
    folder : Path
    listeners : sequence of socket
        As of :func:`run`.
    """

    def __init__(
        self, network: Network, folder: Path, listeners: Sequence[socket.socket]
    ) -> None:
        keys = Keys.of(folder)
        self.folder = folder
        self.machines = {name: network.add(name) for name in (*SHARED, *SITES)}
        self.public = [
            f"http://127.0.0.1:{listener.getsockname()[1]}" for listener in listeners
        ]
        self.environs: dict[str, dict[str, str]] = {}
        self.sites: list[Part] = []
        shared = [
            parts.database(*self._place("database")),
            parts.storage(*self._place("storage"), keys),
            parts.limits(*self._place("limits")),
            parts.mail(*self._place("mail")),
        ]
        for number, (name, listener) in enumerate(
            zip(SITES, listeners, strict=True), start=1
        ):
            machine, place = self._place(name)
            environ = settings_of(place, keys, self.machines, self.public[number - 1])
            self.environs[name] = environ
            self.sites += parts.site(number, machine, place, environ, listener.fileno())
        self.supervisor = Supervisor(network, [*shared, *self.sites])

    def _place(self, name: str) -> tuple[Machine, Path]:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return self.machines[name], folder

    def run(self, catalogue: Path, images: Path) -> int:
        """Start all, take in a collection, show it, and obey until the end."""
        try:
            self.supervisor.start(SHARED)
            one = self.machines["one"], self.environs["one"]
            museum.take_in(*one, catalogue, images, self.folder)
            with ThreadPoolExecutor() as beside:
                link = beside.submit(museum.administrator_link, *one, ADMINISTRATOR)
                self.supervisor.start(part.name for part in self.sites)
                self._show(link.result())
            self._obey()
        finally:
            self.supervisor.stop()
        return DONE

    def _show(self, link: str) -> None:
        """Ask the second server about what the first one has taken in, and say all."""
        addresses = [
            f"http://{self.machines[name].address}:{SITE_PORT}" for name in SITES
        ]
        index = museum.await_same_index(addresses)
        photos = self.folder / "photos"
        taken = sorted(photos.glob("*.jpg")) or museum.take_photos(addresses[0], photos)
        print(f"\nBoth servers search index {index}. Asked on the second one:")
        for path in taken:
            answer = museum.ask(addresses[1], path.read_bytes())
            named = f" {answer.accession} {answer.title}" if answer.accession else ""
            print(f"  {path.name}: {answer.decision}{named} ({answer.seconds:.1f} s)")
        print(f"\nOpen {self.public[0]} or {self.public[1]}")
        print(f"Administrator {ADMINISTRATOR}, within two hours: {link}\n")
        for part in self.supervisor.parts.values():
            at = f"{part.machine.name:<9} {part.machine.address:<11}"
            print(f"  {part.name:<10} {at} {part.folder}")
        print(
            f"\nMails: {self.folder / 'mail' / 'mails' / 'new'}\n{HELP}\n", flush=True
        )

    def _obey(self) -> None:
        """Do what is typed, until the end is told."""
        known_dead: set[str] = set()
        waits_for = [sys.stdin] if not sys.stdin.closed else []
        while True:
            ready, _, _ = select.select(waits_for, (), (), LOOK_SECONDS)
            if ready:
                line = sys.stdin.readline()
                if line:
                    print(self.obey(line), flush=True)
                else:
                    waits_for = []  # nobody types
            dead = set(self.supervisor.dead())
            for name in sorted(dead - known_dead):
                print(f"{name} has ended.", flush=True)
            known_dead = dead

    def obey(self, line: str) -> str:
        """Do what somebody typed; return what to say to it."""
        acts: Mapping[str, Callable[[str], None]] = {
            "kill": self.supervisor.kill,
            "start": lambda name: self.supervisor.start([name]),
            "cut": self.supervisor.cut,
            "mend": self.supervisor.mend,
        }
        word, _, name = line.strip().partition(" ")
        if word not in acts or name not in self.supervisor.parts:
            return HELP
        try:
            acts[word](name)
        except StartError as error:
            return str(error)
        return f"{word} {name}: done"
