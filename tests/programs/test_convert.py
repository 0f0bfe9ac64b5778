"""``morelli convert``: what it prints, and its exit status."""

import shutil

from app.commands.statuses import DONE, FAILED
from app.configuration.load import ROOT
from app.programs.convert import main

BUNDLED = ROOT / "models" / "default"


def test_it_names_what_it_wrote(tmp_path, capsys):
    folder = tmp_path / "mine"
    shutil.copytree(BUNDLED, folder, ignore=shutil.ignore_patterns("*.onnx"))
    assert main([str(folder)]) == DONE
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"Wrote {folder / 'descriptor.onnx'}: ")
    assert said[1].startswith(f"Wrote {folder / 'semantic.onnx'}: ")
    assert len(said) == 2


def test_a_folder_that_is_no_model_is_one_sentence(tmp_path, capsys):
    assert main([str(tmp_path)]) == FAILED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "model.json does not exist" in said[0]
