"""Every text of the program has a translation, with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.web.shell.languages import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
# A name in brackets is looked up; a doubled percent sign is one that is shown. Curly
# brackets are filled in by scripts.
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}")


@pytest.fixture(scope="module")
def texts():
    """Every text in the program; of several forms, the first."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        {**DEFAULT_KEYWORDS, "lazy_gettext": None},
        directory_filter=lambda path: (
            Path(path).parent != ROOT or Path(path).name in ("app", "templates")
        ),
    )
    return {first(message) for _file, _line, message, _comments, _context in found}


@pytest.fixture(scope="module", params=TRANSLATED)
def catalogue(request):
    path = ROOT / "translations" / request.param / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def first(message):
    return message if isinstance(message, str) else message[0]


def messages(catalogue):
    return [message for message in catalogue if message.id]


def forms(message):
    """Pairs of an original and its translation: one, or one for each number."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return list(zip(message.id, message.string, strict=True))


def test_there_are_texts(texts):
    assert "Which work is this?" in texts
    assert "The two passwords differ." in texts


def test_no_text_is_missing_and_none_is_left_over(texts, catalogue):
    """``make translations`` brings the catalogues up to date, to be filled in."""
    known = {first(message.id) for message in messages(catalogue)}
    assert known == texts
    assert not catalogue.obsolete


def test_every_text_is_translated(catalogue):
    for message in messages(catalogue):
        assert not message.fuzzy, message.id
        assert all(string for _original, string in forms(message)), message.id


def test_placeholders_are_the_same(catalogue):
    for message in messages(catalogue):
        for original, string in forms(message):
            assert sorted(PLACEHOLDER.findall(string)) == sorted(
                PLACEHOLDER.findall(original)
            ), message.id


def test_texts_end_and_begin_alike(catalogue):
    """A lost full stop or a space too many is seen on the page."""
    for message in messages(catalogue):
        for original, string in forms(message):
            assert string == string.strip(), message.id
            assert string.endswith(".") == original.endswith("."), message.id
            assert string.endswith(":") == original.endswith(":"), message.id
