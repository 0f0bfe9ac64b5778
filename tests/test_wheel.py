"""The wheel: the same bytes twice, and a museum that runs on it without an extra."""

import hashlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

import bench.server
from app.configuration.load import ROOT
from app.retrieval.runtime.extras import MODULES, Extra
from app.version import RELEASED, VERSION
from tools.dist import build

pytestmark = pytest.mark.slow

INSTALL_SECONDS = 540
LARGEST_MEGABYTES = 450
"""Of what is installed without an extra, as files come, before there is bytecode:
docs/operating.md says what is most."""
INSTALLERS = ("pip", "setuptools")
"""What a virtual environment has before anything is installed there."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(tmp_path_factory.mktemp("dist"))


class Installation:
    """An environment with the wheel and its locked packages, and a home of its own."""

    def __init__(self, folder, wheel):
        self.home = folder / "home"
        self.home.mkdir()
        self.venv = folder / "venv"
        self.program = self.venv / "bin" / "morelli"
        command = [sys.executable, "-m", "venv", self.venv]
        subprocess.run(command, check=True, timeout=INSTALL_SECONDS)
        locks = [ROOT / "requirements" / f"{name}.txt" for name in ("build", "base")]
        for lock in locks:
            self.pip("--require-hashes", "--no-build-isolation", "-r", lock)
        self.pip("--no-deps", wheel)

    def pip(self, *words):
        command = [self.venv / "bin" / "pip", "install", "--quiet", "--no-compile"]
        subprocess.run([*command, *words], check=True, timeout=INSTALL_SECONDS)

    def environ(self, **settings):
        # Nothing of the checkout's: neither its folder nor its settings.
        return {
            "HOME": str(self.home),
            "PATH": f"{self.venv / 'bin'}:/usr/bin:/bin",
            **{name: str(value) for name, value in settings.items()},
        }

    def run(self, *words, **settings):
        return subprocess.run(
            [self.program, *words],
            cwd=self.home,
            env=self.environ(**settings),
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    return Installation(tmp_path_factory.mktemp("installed"), wheel)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_built_twice_it_is_the_same(wheel, tmp_path):
    assert digest(build(tmp_path)) == digest(wheel)


def test_it_is_no_larger_than_is_said_and_brings_no_extra(installed):
    [packages] = installed.venv.glob("lib/python*/site-packages")
    extras = [module for own in MODULES.values() for module in own]
    assert not [one for one in extras if list(packages.glob(f"{one}*"))]
    sizes = [
        path.lstat().st_size
        for part in packages.iterdir()
        if not part.name.startswith(INSTALLERS)
        for path in (part.rglob("*") if part.is_dir() else [part])
        if path.is_file() and path.suffix != ".pyc"
    ]
    assert sum(sizes) / 1e6 < LARGEST_MEGABYTES


def test_it_names_itself_and_its_model(installed):
    said = installed.run("--version").stdout
    named = rf"Morelli {VERSION} of {RELEASED}, model default [\da-f]{{16}}\n"
    assert re.fullmatch(named, said)


def test_a_wrong_setting_is_one_sentence(installed):
    for words in (["serve"], ["worker"], ["doctor"], ["demo"], ["index"]):
        done = installed.run(*words, MORELLI_PORT="http")
        assert done.returncode == 78
        sentence = "MORELLI_PORT=http cannot be used: a whole number is needed.\n"
        assert done.stderr == sentence, words


def test_what_needs_the_extra_says_so(installed):
    done = installed.run("train", "--help")
    assert done.returncode == 2
    assert "Run: pip install 'morelli[train]'" in done.stderr
    assert done.stderr.count("\n") == 1


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60):
            return True
    except OSError:
        return False


def test_the_demonstration_museum_answers_a_photo(installed):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = installed.home / "log"
    with log.open("w") as file:
        museum = subprocess.Popen(
            [installed.program, "demo"],
            cwd=installed.home,
            env=installed.environ(MORELLI_PORT=port),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + INSTALL_SECONDS
        while not answers(port):
            assert museum.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.5)
        demo = installed.home / ".local" / "share" / "morelli" / "demo"
        answer = bench.server.ask(port, (demo / "photos" / "photo-1.jpg").read_bytes())
        assert answer["decision"] == "found"
        assert f"http://localhost:{port}/start/ and give this code" in log.read_text()
        instance = {"MORELLI_INSTANCE": demo, "MORELLI_PORT": port}
        examined = installed.run("doctor", **instance).stdout
        for check in ("model", "packages", "index", "worker", "migrations"):
            assert re.search(rf"^ok +{check}:", examined, re.M), examined
        for extra in Extra:
            line = rf"^ok +extras: Without .*“{extra}” .*'morelli\[{extra}\]'$"
            assert re.search(line, examined, re.M), examined
    finally:
        museum.send_signal(signal.SIGTERM)
        status = museum.wait(60)
    assert status == 0
    written = {path.name for path in installed.home.iterdir()}
    assert written == {"log", ".local"}
    [packages] = installed.venv.glob("lib/python*/site-packages")
    assert not (packages / "app" / "packed" / "instance").exists()
