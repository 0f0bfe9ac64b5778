"""The result_cache: whatever stops a run, the next one goes on and ends the same."""

import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.configuration.load import ROOT
from app.lab import result_cache as module
from app.lab.report import ReportFolder
from app.lab.result_cache import PAGE, ResultCache
from app.retrieval.files import arrays as files_arrays
from tests.support.waiting import WAIT_SECONDS

COUNT = 2 * PAGE + 5
KILLED = """
import sys, time
from pathlib import Path
import numpy as np
from app.lab.result_cache import ResultCache
from app.lab.report import ReportFolder
def find(item):
    time.sleep(0.01)
    return {"square": np.array(item * item)}
report = ReportFolder(Path(sys.argv[1]) / "out", "A test", {})
with ResultCache(report, ()) as result_cache:
    for seen in result_cache.each("Squares", range(10_000), find):
        print(seen["square"], flush=True)
"""


class Finder:
    """Finds squares, and stops as if by Ctrl-C after so many."""

    def __init__(self, stop_after=None, error=KeyboardInterrupt):
        self.asked = []
        self.stop_after = stop_after
        self.error = error

    def __call__(self, item):
        if len(self.asked) == self.stop_after:
            raise self.error
        self.asked.append(item)
        squares = np.full((item % 3, 2), item * item, np.float32)
        return {"square of it": squares, "name": np.array(f"№ {item}")}


def open_cache(tmp_path, files=(), **settings):
    return ResultCache(ReportFolder(tmp_path / "out", "A test", settings), files)


def run(tmp_path, finder, count=COUNT, **options):
    """Go through all things; return what was found, as Python's own."""
    with open_cache(tmp_path) as result_cache:
        found = result_cache.each("Squares", range(count), finder, **options)
        return [
            (seen["square of it"].tolist(), str(seen["name"]), seen["square of it"])
            for seen in found
        ]


def plain(found):
    return [(squares, name) for squares, name, _ in found]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return run(tmp_path_factory.mktemp("undisturbed"), Finder())


def test_what_is_found_comes_in_order_and_leaves_nothing_behind(tmp_path, undisturbed):
    assert [name for _, name, _ in undisturbed] == [f"№ {n}" for n in range(COUNT)]
    run(tmp_path, Finder())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@settings(max_examples=30)
@given(stops=st.lists(st.integers(0, COUNT), max_size=4))
def test_stopped_anywhere_it_goes_on_and_ends_the_same(
    stops, tmp_path_factory, undisturbed
):
    folder = tmp_path_factory.mktemp("stopped")
    asked = []
    for stop in stops:
        finder = Finder(stop)
        try:
            run(folder, finder)
        except KeyboardInterrupt:
            asked += finder.asked
        else:
            asked = []  # it ended, and the next run begins anew
    finder = Finder()
    found = run(folder, finder)
    assert asked + finder.asked == list(range(COUNT)), "nothing twice, nothing left out"
    assert plain(found) == plain(undisturbed)
    for (_, _, one), (_, _, other) in zip(found, undisturbed, strict=True):
        assert one.dtype == other.dtype
        assert one.shape == other.shape


def test_threads_find_the_same(tmp_path, undisturbed):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Finder(PAGE + 3), workers=2)
    assert plain(run(tmp_path, Finder(), workers=2)) == plain(undisturbed)


def test_every_series_has_its_own_pages(tmp_path):
    def both(finder):
        with open_cache(tmp_path) as result_cache:
            for what in ("Squares", "Others"):
                list(result_cache.each(what, range(5), finder))

    with pytest.raises(KeyboardInterrupt):
        both(Finder(7))
    finder = Finder()
    both(finder)
    assert finder.asked == [2, 3, 4]


def test_a_stop_between_two_findings_loses_nothing(tmp_path):
    def stop_at_the_fifth():
        with open_cache(tmp_path) as result_cache:
            for number, _ in enumerate(
                result_cache.each("Squares", range(9), Finder())
            ):
                if number == 4:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_at_the_fifth()
    finder = Finder()
    run(tmp_path, finder, 9)
    assert finder.asked == [5, 6, 7, 8]


def test_where_nothing_was_found_nothing_is_left(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Finder(0))
    assert list(tmp_path.iterdir()) == []


def test_going_on_is_said(tmp_path, capsys):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Finder(3))
    assert "Going on" not in capsys.readouterr().err
    run(tmp_path, Finder())
    assert f"Going on with what is kept in {tmp_path / 'out.notes'}." in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("change", ["settings", "picture", "gone", "program"])
def test_with_other_settings_pictures_or_program_it_begins_anew(
    tmp_path, change, monkeypatch
):
    picture = tmp_path / "1.jpg"
    picture.write_bytes(b"a picture")

    def asked(stop_after=None, seed=0):
        finder = Finder(stop_after)
        try:
            with open_cache(tmp_path, [picture], seed=seed) as result_cache:
                list(result_cache.each("Squares", range(9), finder))
        except KeyboardInterrupt:
            pass
        return finder.asked

    assert asked(stop_after=4) == [0, 1, 2, 3]
    if change == "settings":
        assert asked(seed=1) == list(range(9))
        return
    if change == "picture":
        picture.write_bytes(b"another!!")
    elif change == "gone":
        picture.unlink()
    else:
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "new.py").write_text("")
        monkeypatch.setattr(module, "ROOT", tmp_path)
    assert asked() == list(range(9))


def test_a_full_disk_loses_a_page_at_most(tmp_path, monkeypatch):
    real = files_arrays.save_arrays

    def full(path, **arrays):
        if path.name != "squares-000000.npz":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, **arrays)

    monkeypatch.setattr(module, "save_arrays", full)
    with pytest.raises(OSError, match="No space"):
        run(tmp_path, Finder())
    monkeypatch.undo()
    finder = Finder()
    run(tmp_path, finder)
    assert finder.asked == list(range(PAGE, COUNT))


@pytest.mark.slow
def test_killed_it_goes_on_from_the_last_page(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    for _ in range(PAGE + 9):
        process.stdout.readline()
    time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(WAIT_SECONDS)
    process.stdout.close()
    finder = Finder()
    with open_cache(tmp_path) as result_cache:
        seen = list(result_cache.each("Squares", range(4 * PAGE), finder))
    assert len(seen) == 4 * PAGE
    assert finder.asked[0] >= PAGE
    assert finder.asked[0] % PAGE == 0


def test_a_file_is_made_once(tmp_path):
    made = []

    def make(path):
        made.append(path)
        path.write_text("learnt")

    def take(*, stop):
        with open_cache(tmp_path) as result_cache:
            assert result_cache.file("one.npz", make).read_text() == "learnt"
            if stop:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(stop=True)
    take(stop=False)
    assert len(made) == 1
