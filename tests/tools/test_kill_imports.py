import pytest

from app.retrieval.drawings.collection import generate_collection
from app.services.operations import demonstration
from tools import kill_imports

pytestmark = pytest.mark.slow


def test_an_import_survives_whatever_is_killed(tmp_path, monkeypatch, capsys):
    museum = tmp_path / "museum"
    demonstration.draw_collection(museum, generate_collection(40, seed=5))
    arguments = ["--catalogue", str(museum / demonstration.CATALOGUE_FILE)]
    arguments += ["--images", str(museum / demonstration.IMAGES_FOLDER)]
    arguments += ["--times", "5", "--pause", "2"]
    monkeypatch.setattr("sys.argv", ["kill_imports", *arguments])
    assert kill_imports.main() == 0, capsys.readouterr().err
    printed = capsys.readouterr().out
    assert "works: 40\n" in printed
    assert "Killed: nothing" not in printed
