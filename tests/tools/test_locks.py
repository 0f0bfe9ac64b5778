"""The locks hold everything that is installed, by hash, and the check says so."""

import zipfile
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import locks
from tools.locks import LOCKS, ROOT

WHEEL = (
    "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)
CARD = {
    "flask",
    "flask-login",
    "flask-sqlalchemy",
    "flask-migrate",
    "tensorflow",
    "keras",
    "opencv-python-headless",
    "numpy",
    "annoy",
    "gunicorn",
}
"""What `requirements.txt` is known by."""
EVERY_LOCK = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.path)


def blocks(path):
    """Return the requirements of a lock, each with its hashes."""
    found: list[tuple[Requirement, list[str]]] = []
    for line in (ROOT / path).read_text("utf-8").splitlines():
        if "==" in line:
            found.append((Requirement(line.removesuffix(" \\")), []))
        elif "--hash=" in line:
            found[-1][1].append(line.strip().removesuffix(" \\"))
    return found


def pins(path):
    """Return the versions that a lock gives to this Python on this machine."""
    return {
        canonicalize_name(one.name): Version(next(iter(one.specifier)).version)
        for one, _ in blocks(path)
        if one.marker is None or one.marker.evaluate()
    }


def direct(source):
    """Return what a source and those it includes name, with what they ask for."""
    found = []
    for line in (ROOT / source).read_text("utf-8").splitlines():
        if line.startswith("-r "):
            found += direct(f"requirements/{line.removeprefix('-r ')}")
        elif not line.startswith("#"):
            found.append(Requirement(line.partition("  #")[0]))
    return found


@EVERY_LOCK
def test_every_package_is_at_one_version_with_its_hashes(lock):
    packages = blocks(lock.path)
    assert packages
    for package, hashes in packages:
        assert [one.operator for one in package.specifier] == ["=="]
        assert hashes
        assert all(one.startswith("--hash=sha256:") for one in hashes)


@EVERY_LOCK
def test_every_source_names_a_version_and_a_reason(lock):
    for line in (ROOT / lock.source).read_text("utf-8").splitlines():
        assert (
            line.startswith(("#", "-r ")) or line.partition("==")[2].count("  # ") == 1
        )


@EVERY_LOCK
def test_a_lock_is_what_its_source_names_and_what_that_needs(lock):
    locked, waiting, needed = pins(lock.path), direct(lock.source), set()
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        assert one.specifier.contains(locked[name], prereleases=True), one
        for extra in ("", *one.extras):
            if (name, extra) in needed:
                continue
            needed.add((name, extra))
            waiting += [
                further
                for further in map(Requirement, metadata.requires(name) or ())
                if further.marker is None or further.marker.evaluate({"extra": extra})
            ]
    assert {name for name, _ in needed} == set(locked)


def test_the_locks_agree():
    everything = pins(locks.EVERYTHING.path)
    for lock in LOCKS:
        assert pins(lock.path).items() <= everything.items()


def test_the_server_does_without_the_heavy_ones():
    assert set(pins("requirements.txt")) >= CARD
    heavy = {"tensorflow", "keras", "scikit-learn", "scipy", "opentsne", "matplotlib"}
    assert heavy <= set(pins("requirements.txt"))
    assert not heavy & set(pins("requirements/server.txt"))


def publish(index, name, version, needs=()):
    """Put a wheel that needs others into an index."""
    folder = index / name
    folder.mkdir(exist_ok=True)
    information = f"{name}-{version}.dist-info"
    described = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    described += "".join(f"Requires-Dist: {need}\n" for need in needs)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{information}/METADATA", described)
        wheel.writestr(f"{information}/WHEEL", WHEEL)
        wheel.writestr(f"{information}/RECORD", "")
    links = [f"<a href={one.name!r}>{one.name}</a>" for one in folder.glob("*.whl")]
    (folder / "index.html").write_text("\n".join(links), "utf-8")


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder that uv takes for the only index there is."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", folder.as_uri())
    publish(folder, "frame", "1.0", ["glass>=1", 'gilding; sys_platform == "win32"'])
    publish(folder, "glass", "1.0")
    publish(folder, "gilding", "2.0")
    return folder


@pytest.fixture
def project(tmp_path, index):
    """A project with sources, locked."""
    root = tmp_path / "project"
    (root / "requirements").mkdir(parents=True)
    for lock in LOCKS:
        (root / lock.source).write_text("frame==1.0\n", "utf-8")
    locks.compile_locks(root)
    return root


def run(root, monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["locks", *arguments])
    return locks.main(root)


def test_a_lock_keeps_its_versions_until_an_upgrade(project, index, monkeypatch):
    text = (project / "requirements.txt").read_text("utf-8")
    assert "glass==1.0" in text
    assert "gilding==2.0 ; sys_platform == 'win32'" in text
    publish(index, "glass", "1.1")
    assert run(project, monkeypatch, "--check") == 0
    assert run(project, monkeypatch) == 0
    assert (project / "requirements.txt").read_text("utf-8") == text
    assert run(project, monkeypatch, "--upgrade") == 0
    assert "glass==1.1" in (project / "requirements.txt").read_text("utf-8")


def test_a_source_that_changed_no_longer_fits(project, index, monkeypatch, capsys):
    publish(index, "easel", "3.0")
    for lock in LOCKS:
        (project / lock.source).write_text("easel==3.0\nframe==1.0\n", "utf-8")
    assert run(project, monkeypatch, "--check") == 1
    said = capsys.readouterr().err
    assert "+easel==3.0" in said
    assert "run `make lock`" in said
    assert "easel" not in (project / "requirements.txt").read_text("utf-8")


def test_a_source_that_cannot_be_met_is_named(project, monkeypatch, capsys):
    (project / "requirements/dev.in").write_text("frame==9.0\n", "utf-8")
    assert run(project, monkeypatch, "--check") == 2
    assert "requirements/dev.in cannot be met" in capsys.readouterr().err


def test_without_an_index_nothing_is_claimed(project, monkeypatch, capsys):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    assert run(project, monkeypatch, "--check") == 3
    assert "The package index cannot be reached" in capsys.readouterr().err
    monkeypatch.setenv("UV_OFFLINE", "1")
    assert run(project, monkeypatch, "--check") == 3
