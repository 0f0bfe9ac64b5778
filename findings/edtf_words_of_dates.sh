#!/bin/sh
# edtf 5.0.2: text_to_edtf loses eras and takes ordinals of centuries for days.
#
# Guess: text_to_edtf, "convert a natural text date to EDTF", reads what its README and the
# labels of museums have: eras before and after a year, ranges, centuries in French; and
# parse_edtf takes a millisecond or less for an expression of level 1.
# Seen with edtf 5.0.2 on Python 3.11: "A.D. 79" becomes 1979, "550-525 B.C." 0550/0525,
# "18e siècle" a day 18 of no month and year, "after 1200 before 1250" only /1200; and
# parse_edtf takes tens of milliseconds for 1984~/2004?, again and again.
# So: EDTF expressions may be read by it where few are; words of museums may not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check edtf==5.0.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import time

from edtf import parse_edtf, text_to_edtf

SEEN = {
    "A.D. 79": "1979",
    "550-525 B.C.": "0550/0525",
    "18e siècle": "XXXX-XX-18",
    "after 1200 before 1250": "/1200",
}
read = {words: str(text_to_edtf(words)) for words in SEEN}
for words, expression in read.items():
    print(f"{words!r} -> {expression}")
parse_edtf("1984~/2004?")
begun = time.process_time()
for _ in range(20):
    parse_edtf("1984~/2004?")
milliseconds = 1000 * (time.process_time() - begun) / 20
print(f"1984~/2004?: {milliseconds:.1f} ms")
if read != SEEN or milliseconds < 5:
    sys.exit("This is not what was seen with edtf 5.0.2.")
PYTHON
