import gettext
import os

import pytest

from app.web.shell.translations import compile_catalogues

TEXT = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "frame"
msgstr "{}"
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "texts" / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT.format("Rahmen"), encoding="utf-8")
    return path


@pytest.fixture
def compiled(tmp_path):
    return tmp_path / "compiled" / "de" / "LC_MESSAGES" / "messages.mo"


def compile_all(tmp_path):
    compile_catalogues(tmp_path / "compiled", tmp_path / "texts")


def said(compiled):
    with compiled.open("rb") as file:
        return gettext.GNUTranslations(file).gettext("frame")


def test_catalogues_are_compiled_where_they_are_not(source, compiled, tmp_path):
    compile_all(tmp_path)
    assert said(compiled) == "Rahmen"
    assert list(compiled.parent.iterdir()) == [compiled]
    assert list(source.parent.iterdir()) == [source]


def test_only_what_changed_is_compiled_again(source, compiled, tmp_path):
    compile_all(tmp_path)
    first = compiled.stat().st_ino
    compile_all(tmp_path)
    assert compiled.stat().st_ino == first
    source.write_text(TEXT.format("Einfassung"), encoding="utf-8")
    # An older text, as a restored backup has, counts as well.
    os.utime(source, (1, 1))
    compile_all(tmp_path)
    assert said(compiled) == "Einfassung"


def test_a_folder_that_cannot_be_written_stops_nothing(
    source, compiled, tmp_path, caplog
):
    compiled.mkdir(parents=True)
    os.utime(source, (1, 1))
    compile_all(tmp_path)
    assert "is not compiled" in caplog.text
