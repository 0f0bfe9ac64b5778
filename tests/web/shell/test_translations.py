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
    path = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT.format("Rahmen"), encoding="utf-8")
    return path


def said(source):
    with source.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext("frame")


def test_catalogues_are_compiled_where_they_are_not(source, tmp_path):
    compile_catalogues(tmp_path)
    assert said(source) == "Rahmen"
    assert sorted(path.name for path in source.parent.iterdir()) == [
        "messages.mo",
        "messages.po",
    ]


def test_only_what_changed_is_compiled_again(source, tmp_path):
    compile_catalogues(tmp_path)
    compiled = source.with_suffix(".mo")
    first = compiled.stat().st_ino
    compile_catalogues(tmp_path)
    assert compiled.stat().st_ino == first
    source.write_text(TEXT.format("Einfassung"), encoding="utf-8")
    # An older text, as a restored backup has, counts as well.
    os.utime(source, (1, 1))
    compile_catalogues(tmp_path)
    assert said(source) == "Einfassung"


def test_a_folder_that_cannot_be_written_stops_nothing(source, tmp_path, caplog):
    source.with_suffix(".mo").mkdir()
    os.utime(source, (1, 1))
    compile_catalogues(tmp_path)
    assert "is not compiled" in caplog.text
