"""What the measurement of suggestions asks for."""

import numpy as np
import pytest

from app.models.keys import plain_text
from bench import words

LABELS = [("Danaë", ""), ("The Sea", "Ana"), ("Ox", "Jusepe de Ribera")]


def test_only_long_enough_titles_and_names_are_asked_for():
    asked = list(words.draw(LABELS, np.random.default_rng(1), None))
    assert len(asked) == words.ASKED
    rights = {
        part: {right for _, own, right in asked if own == part} for part in words.NAMES
    }
    assert rights == {"title": {"Danaë", "The Sea"}, "artist": {"Jusepe de Ribera"}}
    assert any(plain_text(right) != typed for typed, _, right in asked)


def test_a_catalogue_without_names_is_refused(tmp_path, capsys):
    catalogue = tmp_path / "works.csv"
    catalogue.write_text("title,maker\nThe Sea,Somebody\n", "utf-8")
    with pytest.raises(SystemExit) as ended:
        words.main(["--catalogue", str(catalogue)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "the table has no artist: call its column one of artist" in said
