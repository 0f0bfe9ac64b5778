"""Detection of the encoding of a table from a curator's desk.

UTF-8 and UTF-16 can be recognised for certain. Of the 8-bit encodings every one can
decode almost any bytes. chardet (a statistic of pairs of letters by language) is right
about whole tables in all languages that were tried, see docs/formats.md, and can say
nothing of a few accents in a table that is plain English otherwise. There the one is
taken that gives the most plausible words: an ``é`` inside a word speaks for an
encoding, a ``‚`` or a capital there speaks against it. Who reads a table is told where
it was a guess.
"""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

BLOCK_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 15
"""Of lines with accents, from the whole file, by which the encoding is told."""
LINE_BYTES = 1 << 11
"""Of a line that are looked at."""
WESTERN = ("cp1252", "cp850", "mac-roman")
"""Windows, DOS and the old Macintosh; on a tie the earlier one is taken."""
ENCODINGS = (
    *WESTERN,
    *("cp1250", "iso8859-2", "cp852", "mac-latin2"),  # Central Europe
    *("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic"),
    *("cp1253", "iso8859-7", "mac-greek", "cp1254", "iso8859-9", "mac-turkish"),
    *("cp1257", "iso8859-13", "cp1255", "cp1256", "cp1258", "tis-620"),
    *("cp932", "euc_jis_2004", "iso2022_jp_2", "gb18030", "big5hkscs", "cp949"),
)
"""Python's names of what museums' tables come in, beside UTF-8 and UTF-16."""
CHOICES = ("utf-8", *ENCODINGS, "iso8859-1", "iso8859-15", "utf-16")
"""What curators may choose from."""
MOST_TEXTS = 3
"""Other readings that are named beside one that is unsure."""
LEAST_CONFIDENCE = 0.05
"""Below, chardet has too few accents to go by."""
NEAR = 0.75
"""Share of the best confidence from which on another encoding may be meant as well."""
CLEAR_LETTERS = 5
"""More letters that fit their words than in any other, of an encoding that is sure."""

LEAST_ZEROS = 4
"""Of a text whose signs have two bytes each."""
TYPOGRAPHIC = frozenset("‘’“”–—…«»„")
ESCAPE = b"\x1b$"
"""Begins Japanese in ISO-2022, which has plain ASCII bytes only."""
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLAIN = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Encoding:
    """Encoding that a text is read in.

    Attributes
    ----------
    name : str
        Python's.
    is_sure : bool
        Whether it is known, and not only the likeliest.
    others : tuple of str
        Names of the next likely ones, of those that are not sure.
    """

    name: str
    is_sure: bool = True
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sample:
    """Lines with accents from all over a file, and how well they are UTF-8."""

    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    stride: int = 1
    seen: int = 0
    sound: int = 0
    broken: int = 0

    def add(self, line: bytes) -> None:
        """Look at a line that is not plain."""
        try:
            line.decode()
        except UnicodeDecodeError:
            sound = line.decode("utf-8", "ignore").encode()
            self.broken += len(line) - len(sound)
            self.sound += len(sound.translate(None, _PLAIN))
        else:
            self.sound += len(line.translate(None, _PLAIN))
        if self.seen % self.stride == 0:
            self.lines.append(line[:LINE_BYTES])
            self.size += len(self.lines[-1])
        self.seen += 1
        if self.size > SAMPLE_BYTES:
            # Every second one is enough from here on, so that all of a file counts.
            self.lines = self.lines[::2]
            self.size = sum(map(len, self.lines))
            self.stride *= 2


def detect(data: bytes) -> Encoding:
    """Tell the encoding of a text; see :func:`detect_file`."""
    return _detect(data, [data])


def detect_file(file: BinaryIO) -> Encoding:
    """Tell the encoding of a text file, by all of it.

    A file that is UTF-8 but for a few broken bytes is still called UTF-8: reading it
    as anything else would spoil every accent in it.
    """
    start = file.read(BLOCK_BYTES) + file.readline(LINE_BYTES)
    return _detect(start, _blocks(start, file))


def is_encoding(name: str) -> bool:
    """Tell whether Python has an encoding of text by this name."""
    try:
        "".encode(name)  # not looked up alone: base64 is an encoding too, but of bytes
    except LookupError:
        return False
    return True


def read_as(text: str, encoding: str, other: str) -> str:
    """Return what a text that was read in one encoding would be in another."""
    return text.encode(encoding, "surrogateescape").decode(other, "replace")


def is_undecoded(character: str) -> bool:
    """Whether a character stands for a byte that could not be decoded."""
    return "\udc80" <= character <= "\udcff"


def _blocks(start: bytes, file: BinaryIO) -> Iterator[bytes]:
    """Yield a file in blocks that end with a line, as far as there are lines."""
    block = start
    while block:
        yield block
        block = file.read(BLOCK_BYTES)
        block += file.readline(LINE_BYTES) if block else b""


def _detect(start: bytes, blocks: Iterable[bytes]) -> Encoding:
    for mark, encoding in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return Encoding(encoding)
    if wide := _wide(start):
        return Encoding(wide)
    sample = _Sample()
    escapes = False
    for block in blocks:
        escapes = escapes or ESCAPE in block
        if not block.isascii() or ESCAPE in block:
            for line in block.splitlines():
                if not line.isascii() or ESCAPE in line:
                    sample.add(line)
    if sample.broken <= sample.sound and not escapes:
        return Encoding("utf-8")
    return _statistical(b"\n".join(sample.lines))


def _wide(start: bytes) -> str:
    """Tell which UTF-16 a text is that does not say so; "" if it is none.

    Of every sign one byte comes first: of Latin letters, separators and line ends that
    or the other one is a zero, and no other text has any.
    """
    evens, odds = start[0::2].count(0), start[1::2].count(0)
    if evens + odds > len(start) // 4:
        return "utf-16-le" if odds > evens else "utf-16-be"
    for name, zeros, others, line_end in (
        ("utf-16-le", odds, evens, b"\n\0"),
        ("utf-16-be", evens, odds, b"\0\n"),
    ):
        if zeros >= LEAST_ZEROS and zeros > others and line_end in start:
            try:
                text = start[: len(start) // 2 * 2].decode(name)
            except UnicodeDecodeError:
                continue
            if "\n" in text and "\0" not in text:
                return name
    return ""


def _statistical(data: bytes) -> Encoding:
    """Tell an encoding by what its letters would be."""
    # Only here: every server process would keep 7 MB of it, and start later.
    import chardet

    found = chardet.detect_all(
        data,
        ignore_threshold=True,
        include_encodings=ENCODINGS,
        compat_names=False,
        no_match_encoding=WESTERN[0],
    )
    ranked = {
        str(one["encoding"]): one["confidence"] for one in found if one["encoding"]
    }
    best = max(ranked.values(), default=0.0)
    if best < LEAST_CONFIDENCE:
        # Only the West writes English with an accent here and there.
        candidates = list(WESTERN)
    else:
        candidates = [name for name, share in ranked.items() if share >= NEAR * best]
    texts = {name: data.decode(name, "surrogateescape") for name in candidates}
    fits = {name: _plausibility(text) for name, text in texts.items()}
    name = max(candidates, key=fits.__getitem__)
    others = list(
        {
            texts[one]: one
            for one in reversed((*candidates, *WESTERN, *ranked))
            if one in texts and texts[one] != texts[name]
        }.values()
    )[::-1]
    letters = sum(not one.isascii() for one in texts[name])
    is_sure = best >= LEAST_CONFIDENCE and all(
        (fits[name] - fits[one]) * letters >= CLEAR_LETTERS for one in others
    )
    return Encoding(name, is_sure, () if is_sure else tuple(others[:MOST_TEXTS]))


def _plausibility(text: str) -> float:
    """Return what each non-ASCII character says for an encoding, -1 to 1."""
    neighbours = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    votes = [_vote(*three) for three in neighbours if not three[1].isascii()]
    return sum(votes) / max(1, len(votes))


def _vote(before: str, character: str, after: str) -> int:
    """Judge one non-ASCII character by its neighbours: 1 fits, -1 does not."""
    if character in TYPOGRAPHIC:
        return 1
    if not character.isalpha():
        in_a_word = before.isalpha() and after.isalpha()
        return -1 if in_a_word or is_undecoded(character) else 0
    capital_in_a_word = character.isupper() and before.islower()
    small_before_capital = character.islower() and after.isupper()
    if capital_in_a_word or small_before_capital:
        return -1
    return 1 if before.isalpha() or after.isalpha() else 0
