import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.tables.encodings import (
    decode_text,
    detect_encoding,
    is_encoding,
    is_undecoded,
)

LABELS = "Le Déjeuner sur l'herbe;Musée d'Orsay\nAlbrecht Dürer;Älteste Güte, François"
CAPITALS = "GÉRARD, François;VELÁZQUEZ;LÓPEZ Y PORTAÑA;KØBKE, Christen"


@pytest.mark.parametrize("text", [LABELS, CAPITALS])
@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman", "utf-8"])
def test_western_encodings_are_told_apart(text, encoding):
    data = text.encode(encoding)
    assert (detect_encoding(data), decode_text(data)) == (encoding, text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marked_and_wide_encodings_are_read(encoding):
    assert decode_text(LABELS.encode(encoding)) == LABELS


@given(st.text())
def test_utf8_is_never_taken_for_anything_else(text):
    if "\0" not in text and not text.startswith("\ufeff"):
        assert decode_text(text.encode()) == text


def test_one_broken_byte_does_not_spoil_the_other_accents():
    data = "Dürer;Musée\n".encode() + b"Caf\xe9"
    decoded = decode_text(data)
    assert decoded.startswith("Dürer;Musée\nCaf")
    assert [is_undecoded(c) for c in decoded].count(True) == 1


def test_typographic_quotes_speak_for_windows():
    assert (
        detect_encoding("the “Night Watch” – Rembrandt’s".encode("cp1252")) == "cp1252"
    )


@pytest.mark.parametrize(
    ("name", "is_one"), [("cp1250", True), ("klingon", False), ("base64", False)]
)
def test_encodings_of_text_are_known_by_name(name, is_one):
    assert is_encoding(name) is is_one
