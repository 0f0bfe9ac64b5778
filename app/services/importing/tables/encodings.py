"""Detection of the encoding of a text file from a curator's desk.

UTF-8 and UTF-16 can be recognised for certain. Of the 8-bit encodings every one can
decode almost any bytes, so the one is taken that gives the most plausible words: an
``é`` inside a word speaks for an encoding, a ``‚`` or a capital there speaks against
it. Statistical detectors were tried and named Baltic or Cyrillic encodings for French
and German labels; three Western encodings are what museums' old databases hold.
"""

import codecs

EIGHT_BIT_ENCODINGS = ("cp1252", "cp850", "mac_roman")
"""Windows, DOS and the old Macintosh; on a tie the earlier one is taken."""

TYPOGRAPHIC = frozenset("‘’“”–—…«»")

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(data: bytes) -> str:
    """Decode a text file, finding out its encoding.

    Bytes that the encoding does not know are kept as lone surrogates
    (``surrogateescape``), so that the reader can say where they are.
    """
    found = detect_encoding(data)
    # UTF-16 has no notion of a byte that stands for itself.
    handler = "replace" if found.startswith("utf-16") else "surrogateescape"
    return data.decode(found, handler)


def detect_encoding(data: bytes) -> str:
    """Name the encoding of a text file.

    A file that is UTF-8 but for a few broken bytes is still called UTF-8: reading it
    as anything else would spoil every accent in it.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    # Latin text in UTF-16 has a zero in every other byte; no other text has any.
    evens, odds = data[0::2].count(0), data[1::2].count(0)
    if evens + odds > len(data) // 4:
        return "utf-16-le" if odds > evens else "utf-16-be"
    lenient = data.decode("utf-8", "surrogateescape")
    broken = sum(is_undecoded(character) for character in lenient)
    sound = sum(ord(character) > 0x7F for character in lenient) - broken
    if broken <= sound:
        return "utf-8"
    return max(EIGHT_BIT_ENCODINGS, key=lambda name: _plausibility(data, name))


def is_encoding(name: str) -> bool:
    """Tell whether Python has an encoding of text by this name."""
    try:
        "".encode(name)  # not looked up alone: base64 is an encoding too, but of bytes
    except LookupError:
        return False
    return True


def is_undecoded(character: str) -> bool:
    """Whether a character stands for a byte that could not be decoded."""
    return "\udc80" <= character <= "\udcff"


def _plausibility(data: bytes, encoding: str) -> int:
    """Sum up what each non-ASCII character says for and against an encoding."""
    text = data.decode(encoding, "surrogateescape")
    neighbours = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    return sum(_vote(*three) for three in neighbours if ord(three[1]) > 0x7F)


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
