import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.tables import dialect
from app.services.importing.tables.dialect import Dialect, Quoting, find_layout

CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\n\x1f"), min_size=1
).filter(lambda text: text.strip() == text and text)


def records_of(text, separator=",", quoting=Quoting.DOUBLED):
    lines = io.StringIO(text, newline="")
    return list(Dialect(separator, quoting).records(lines))


@pytest.mark.parametrize(
    ("text", "separator", "quoting"),
    [
        ("a,b\n1,2\t3\t4\n", ",", Quoting.DOUBLED),
        ("a;b\n1,5;2,5\n", ";", Quoting.DOUBLED),
        ("a\tb\n1\t2, 3, 4\n", "\t", Quoting.DOUBLED),
        ("a|b\n1|2,3\n", "|", Quoting.DOUBLED),
        ("a;places\n1;x|y|z\n2;x|y\n", ";", Quoting.DOUBLED),
        ('a,b\n1,"say \\"x\\", twice"\n', ",", Quoting.ESCAPED),
        ('a\tb\n1\t"One" (x)\n2\t"Two" (y)\n3\t"Three" z\n', "\t", Quoting.NONE),
        ("sep=|\na|b;c\n1|2;3\n", "|", Quoting.DOUBLED),
        ("a~b\n1~2, 3\n", "~", Quoting.DOUBLED),
        ("a\x1fb\n1\x1f2, 3\n", "\x1f", Quoting.DOUBLED),
        ('a, b\n1, "Hare, sitting"\n', ",", Quoting.SPACED),
        ("'a','b'\n'1','Hare, sitting'\n", ",", Quoting.SINGLE),
        ('"a;b;c"\n"1;Hare;Dürer"\n', ";", Quoting.WHOLE),
        ('"a,b"\n"1,""Hare, sitting"""\n', ",", Quoting.WHOLE),
        ('"a","b"\n"1","Hare, sitting"\n', ",", Quoting.DOUBLED),
        ("a,b\n1,'t Hooft\n", ",", Quoting.DOUBLED),
    ],
)
def test_dialects_are_told_apart(text, separator, quoting):
    layout = find_layout(text)
    assert layout is not None
    assert layout.dialect == Dialect(separator, quoting)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('a, b, c\n1, "Hare, sitting", Dürer\n', ["1", "Hare, sitting", "Dürer"]),
        ("'a','b'\n'1','It''s, a hare'\n", ["1", "It's, a hare"]),
        ('"a,b,c"\n"1,""Hare, sitting"",Dürer"\n', ["1", "Hare, sitting", "Dürer"]),
    ],
)
def test_marks_are_no_part_of_cells(text, fields):
    layout = find_layout(text)
    assert layout is not None
    [_, (line, found)] = layout.dialect.records(io.StringIO(text, newline=""))
    assert (line, found) == (2, fields)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_was_written_is_read(separator, rows):
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([("No", "Title", "Artist"), *rows])
    layout = find_layout(file.getvalue(), separator)
    assert layout is not None
    assert layout.header == ("No", "Title", "Artist")
    if layout.dialect.quoting is Quoting.DOUBLED:
        read = records_of(file.getvalue(), separator)[1:]
        assert [tuple(fields) for _, fields in read] == rows


def test_of_a_wrong_record_only_its_first_line_is_lost():
    text = 'a,b\n1,"open\n2,x\n3,"y"z\n4,w\n'
    found = [
        (line, "wrong" if isinstance(fields, str) else fields[0])
        for line, fields in records_of(text)
    ]
    assert found == [(1, "a"), (2, "wrong"), (3, "2"), (4, "wrong"), (5, "4")]


def test_a_mark_that_is_never_closed_does_not_swallow_a_long_file(monkeypatch):
    monkeypatch.setattr(dialect, "MOST_LINES", 5)
    text = 'a,b\n1,"open\n' + "".join(f"{n},x\n" for n in range(2, 30))
    found = records_of(text)
    assert len(found) == 30
    assert sum(isinstance(fields, str) for _, fields in found) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Report;;;\nBy me;;;\nNo;Title;Artist;Date\n1;a;b;c\n2;a;b;c\n", 3),
        ("No;Title;Artist;Date\n1;a;;\n2;b;;\n", 1),
        ("No;Title\n1;a\n", 1),
        ("\n\nNo;Title\n1;a\n", 3),
        ("List of 2024\nNo;Title;Artist\n1;a;b\n", 2),
    ],
)
def test_the_header_is_found(text, line):
    layout = find_layout(text)
    assert layout is not None
    assert layout.header_line == line


@pytest.mark.parametrize("sign", ['"', "\\", "\n"])
def test_what_cannot_separate_cells_is_refused(sign):
    assert find_layout("a;b\n1;2\n", sign) is None
    assert find_layout(f"sep={sign}\na;b\n1;2\n") is not None


def test_the_header_is_where_somebody_says():
    layout = find_layout("No;Title\nNr;Titel\n1;a\n", header_line=2)
    assert layout is not None
    assert layout.header == ("Nr", "Titel")


def test_only_marks_around_a_whole_line_are_taken_off():
    found = records_of('"a;b"\n1;"c;d"\n', ";", Quoting.WHOLE)
    assert [one[1] for one in found] == [["a", "b"], ["1", "c;d"]]


def test_a_line_of_marks_takes_no_time():
    marks = '"' * 100_000
    started = time.process_time()
    records_of(f'"a;b"\n{marks}x\n', ";", Quoting.WHOLE)
    assert time.process_time() - started < 5.0
