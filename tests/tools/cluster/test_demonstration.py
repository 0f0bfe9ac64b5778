"""What is typed at a cluster, and what is said of folders that do not fit."""

import pytest

from tools.cluster import demonstration
from tools.cluster.demonstration import HELP, Demonstration
from tools.cluster.supervisor import StartError


class FakeSupervisor:
    """Notes what it is told; ``limits`` cannot be started."""

    parts = ("database", "limits")

    def __init__(self):
        self.told = []

    def kill(self, name):
        self.told.append(("kill", name))

    def cut(self, name):
        self.told.append(("cut", name))

    def mend(self, name):
        self.told.append(("mend", name))

    def start(self, names):
        if "limits" in names:
            raise StartError("limits", "out of memory", "limits.log")
        self.told += [("start", name) for name in names]


@pytest.fixture
def shown():
    made = Demonstration.__new__(Demonstration)
    made.supervisor = FakeSupervisor()  # type: ignore[assignment]  # a stand-in
    return made


@pytest.mark.parametrize("word", ["kill", "start", "cut", "mend"])
def test_what_is_typed_is_done(shown, word):
    assert shown.obey(f"{word} database\n") == f"{word} database: done"
    assert shown.supervisor.told == [(word, "database")]


@pytest.mark.parametrize("line", ["", "\n", "kill", "kill nobody", "stop database"])
def test_what_is_not_understood_is_answered_with_what_is(shown, line):
    assert shown.obey(line) == HELP
    assert shown.supervisor.told == []


def test_a_part_that_does_not_start_is_told_with_its_last_words(shown):
    assert "out of memory" in shown.obey("start limits")


def test_a_folder_with_another_collection_is_left_alone(tmp_path, capsys):
    (tmp_path / "keys.json").touch()
    assert demonstration.run(tmp_path, [], None, None) == 2
    assert "holds another collection" in capsys.readouterr().err
    (tmp_path / "drawn").mkdir()
    catalogue = tmp_path / "catalogue.csv"
    assert demonstration.run(tmp_path, [], catalogue, tmp_path) == 2
    assert "holds another collection" in capsys.readouterr().err
