"""Network namespaces: machines of a network that exists inside this process only.

Nothing of it is seen, and nothing can be left, outside: the network is this process's
own, the machines are file descriptors, and every process is in a process namespace that
ends with the one that made it, however that ends.

    host ─ launcher ─ 1 (this network: a switch) ─┬─ machine "database" ─ PostgreSQL
                                                  └─ machine "one" ─ gunicorn, worker

References
----------
.. [1] Linux man pages: namespaces(7), network_namespaces(7), pid_namespaces(7),
   user_namespaces(7), unshare(2), setns(2).
"""

import ctypes
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TypeVar

NEW_HOST_NAME, NEW_USERS = 0x04000000, 0x10000000
NEW_PROCESSES, NEW_NETWORK = 0x20000000, 0x40000000
"""Flags of unshare(2)."""
PR_SET_PDEATHSIG = 1
BRIDGE = "switch"
NETWORK = "10.73.0"
"""The first three numbers of all addresses; seen by nobody outside."""
PASSED_ON = signal.SIGTERM, signal.SIGHUP

Result = TypeVar("Result")
_libc = ctypes.CDLL(None, use_errno=True)


class NoNamespacesError(Exception):
    """System that lets this user make no network of its own."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This system lets you make no network namespace ({reason}). Run the same "
            "command as root, or allow unprivileged user namespaces (on Ubuntu: "
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0; in a container: "
            "more privileges for it)."
        )


def isolate() -> None:
    """Go on in a network, and as first process, of one's own; before any thread.

    The process that called stays outside, passes signals on, and ends with the status
    of the one that goes on here. What is open, as listening sockets, stays open here.

    Raises
    ------
    NoNamespacesError
        If the system does not let this user.
    """
    user, group = os.geteuid(), os.getegid()
    others = NEW_NETWORK | NEW_PROCESSES
    try:
        _unshare(others if user == 0 else others | NEW_USERS)
        if user != 0:
            # Who is root in there is still this user out here.
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"0 {user} 1")
            Path("/proc/self/gid_map").write_text(f"0 {group} 1")
        inner = os.fork()
    except OSError as error:
        raise NoNamespacesError(error.strerror or str(error)) from error
    if inner:
        _stand_outside(inner)
    # The first process of the namespace: with it everything else in there ends.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _stand_outside(inner: int) -> None:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        os.kill(inner, number)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells both
    for number in PASSED_ON:
        signal.signal(number, pass_on)
    _, status = os.waitpid(inner, 0)
    os._exit(os.waitstatus_to_exitcode(status) % 256)


@dataclass(frozen=True, slots=True)
class Machine:
    """Machine of the network: an address and a name of its own.

    Attributes
    ----------
    name : str
        What programs on it know as the host's name.
    address : str
    port : str
        Of the switch, which its cable is in.
    network, host_name : int
        Descriptors of its namespaces.
    """

    name: str
    address: str
    port: str
    network: int
    host_name: int

    def run(self, act: Callable[[], Result], *, alone: bool = False) -> Result:
        """Do something on this machine, and return what it returns.

        Parameters
        ----------
        act : callable
            Processes that it starts, and sockets that it opens, are the machine's.
        alone : bool
            Whether a process that it starts is the first of its own process namespace:
            with it die all that it started.
        """

        def enter() -> Result:
            _enter(self.network, NEW_NETWORK)
            _enter(self.host_name, NEW_HOST_NAME)
            if alone:
                _unshare(NEW_PROCESSES)
            return act()

        return _in_a_thread(enter)


class Network:
    """Switch with machines; ``isolate`` comes first."""

    def __init__(self) -> None:
        self._machines: dict[str, Machine] = {}
        self._opened = ExitStack()

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator["Network"]:
        """Lay the network; its machines are given up with the block."""
        network = cls()
        _ip("link", "set", "lo", "up")
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("address", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        with network._opened:
            yield network

    def add(self, name: str) -> Machine:
        """Put a machine into the network."""
        number = len(self._machines) + 2

        def leave() -> tuple[int, int]:
            _unshare(NEW_NETWORK | NEW_HOST_NAME)
            text = name.encode()
            _check(_libc.sethostname(text, len(text)))
            return _open("net"), _open("uts")

        network, host_name = _in_a_thread(leave)
        for descriptor in (network, host_name):
            self._opened.callback(os.close, descriptor)
        machine = Machine(
            name, f"{NETWORK}.{number}", f"port{number}", network, host_name
        )
        self._machines[name] = machine
        # Its end of the cable is made where it belongs.
        plug = ("peer", "name", "eth0", "netns", f"/proc/self/fd/{network}")
        _ip("link", "add", machine.port, "type", "veth", *plug, descriptors=(network,))
        _ip("link", "set", machine.port, "master", BRIDGE, "up")

        def wire() -> None:
            _ip("link", "set", "lo", "up")
            _ip("address", "add", f"{machine.address}/24", "dev", "eth0")
            _ip("link", "set", "eth0", "up")

        machine.run(wire)
        return machine

    def cut(self, machine: Machine) -> None:
        """Pull a machine's cable: nobody is told, packets just get lost."""
        _ip("link", "set", machine.port, "down")

    def mend(self, machine: Machine) -> None:
        """Plug it in again."""
        _ip("link", "set", machine.port, "up")


def _in_a_thread(act: Callable[[], Result]) -> Result:
    """Do something in a thread of its own: namespaces are entered by threads."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(act())
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            errors.append(error)

    thread = threading.Thread(target=run, name="namespace")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _ip(*words: str, descriptors: Sequence[int] = ()) -> None:
    subprocess.run(  # noqa: S603 - words of ours
        ["ip", *words],  # noqa: S607 - wherever the system has it
        check=True,
        pass_fds=descriptors,
    )


def _open(kind: str) -> int:
    return os.open(f"/proc/thread-self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)


def _enter(descriptor: int, kind: int) -> None:
    _check(_libc.setns(descriptor, kind))


def _unshare(flags: int) -> None:
    _check(_libc.unshare(flags))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
