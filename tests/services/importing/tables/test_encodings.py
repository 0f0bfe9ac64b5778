from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.tables.encodings import (
    detect,
    detect_file,
    is_encoding,
)

LABELS = "Le Déjeuner sur l'herbe;Musée d'Orsay\nAlbrecht Dürer;Älteste Güte, François"
CAPITALS = "GÉRARD, François;VELÁZQUEZ;LÓPEZ Y PORTAÑA;KØBKE, Christen"


POLISH = "Nr;Tytuł;Autor\n1;Żniwa pod Łodzią;Józef Ślęzak\n2;Wieś o świcie;Ewa Gąsior\n"
RUSSIAN = "Номер;Название;Автор\n1;Весна. Берег реки;Иван Соколов\n2;Зима;Анна Белова\n"
GREEK = "Αριθμός;Τίτλος\n1;Το λιμάνι το βράδυ\n2;Νεκρή φύση με λεμόνια\n"
TURKISH = "No;Başlık\n1;Kış manzarası\n2;Boğaziçi'nde akşam\n3;İki kız kardeş\n"
JAPANESE = "登録番号;作品名\n1;富士山の夕暮れ\n2;雪の橋\n3;ソファーの婦人\n"
CHINESE = "藏品编号;名称\n1;江南春色\n2;静物与苹果\n3;渔村小雪\n"
ASCII = "No;Title\n1;Hare\n2;Fox\n"


@pytest.mark.parametrize("text", [RUSSIAN, GREEK, JAPANESE, CHINESE, ASCII, LABELS])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_known_without_a_mark_of_their_own(text, encoding):
    data = (text + text.replace("1", "一 5")).encode(encoding)
    assert detect(data).name == encoding


def test_bytes_that_are_zero_by_mistake_make_no_wide_encoding():
    assert detect(b"No;Title\n1;Ha\0re\n2;F\0ox\n3;\0\0\n").name == "utf-8"


@pytest.mark.parametrize("text", [LABELS, CAPITALS])
@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac-roman", "utf-8"])
def test_western_encodings_are_told_apart(text, encoding):
    data = text.encode(encoding)
    assert data.decode(detect(data).name) == text


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (POLISH, "cp1250 iso8859-2 cp852 mac-latin2"),
        (RUSSIAN, "cp1251 koi8-r iso8859-5 cp866 mac-cyrillic"),
        (GREEK, "cp1253 iso8859-7"),
        (TURKISH, "cp1254 iso8859-9"),
        (JAPANESE, "cp932 euc_jp iso2022_jp"),
        (CHINESE, "gb18030"),
    ],
)
def test_tables_in_other_scripts_and_languages_are_read(text, encodings):
    for encoding in encodings.split():
        data = text.encode(encoding)
        assert data.decode(detect(data).name) == text, encoding


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marked_and_wide_encodings_are_read(encoding):
    data = LABELS.encode(encoding)
    found = detect(data)
    assert found.is_sure
    assert data.decode(found.name) == LABELS


@given(st.text())
def test_utf8_is_never_taken_for_anything_else(text):
    if "\0" not in text and not text.startswith("\ufeff") and "\x1b$" not in text:
        assert detect(text.encode()).name == "utf-8"


def test_one_broken_byte_does_not_spoil_the_other_accents():
    assert detect("Dürer;Musée\n".encode() + b"Caf\xe9").name == "utf-8"


def test_typographic_quotes_speak_for_windows():
    data = "the “Night Watch” – Rembrandt’s".encode("cp1252")
    assert detect(data).name == "cp1252"


def test_a_guess_by_few_letters_is_told_with_what_else_it_may_be():
    found = detect("No;Artist\n1;Dvořák\n2;Plain\n".encode("cp1250"))
    assert not found.is_sure
    assert found.others
    assert found.name not in found.others


def test_a_whole_table_of_one_language_is_no_guess():
    assert detect((RUSSIAN * 5).encode("cp1251")).is_sure
    assert detect(ASCII.encode()).is_sure


@pytest.mark.parametrize("rows", [50_000, 0])
def test_accents_from_all_of_a_long_file_count(rows):
    plain = "".join(f"{number};{'x' * 40}\n" for number in range(rows))
    data = f"No;Title\n{plain}".encode() + POLISH.encode("cp1250") + plain.encode()
    assert detect_file(BytesIO(data)).name == "cp1250"


@pytest.mark.parametrize(
    ("name", "is_one"), [("cp1250", True), ("klingon", False), ("base64", False)]
)
def test_encodings_of_text_are_known_by_name(name, is_one):
    assert is_encoding(name) is is_one
