#!/bin/sh
# iiif-prezi3 3.1.1: a language tag with a digit in it makes a manifest invalid.
#
# Guess: the keys of a language map are BCP 47 tags, as Presentation 3.0 says ("the
# languages are identified by BCP 47 language tags"), so that es-419, the tag of the
# Spanish of Latin America, and de-1996 are as good as es-MX. The models of this library
# are made from IIIF's own JSON schema of Presentation 3.
# Seen with iiif-prezi3 3.1.1 on Python 3.11: es-MX and pt-BR are accepted, and es-419,
# de-1996 and ar-001 refused with "String should match pattern '^[a-zA-Z-][a-zA-Z-]*$'".
# So: what this schema finds wrong with a language map may be right; museums that write
# es-419 need not write otherwise, and whoever validates must not trust it in that.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check iiif-prezi3==3.1.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from iiif_prezi3 import Manifest
from pydantic import ValidationError

PATTERN = "'^[a-zA-Z-][a-zA-Z-]*$'"
SEEN = {"es": True, "es-MX": True, "es-419": False, "de-1996": False, "ar-001": False}
found, told = {}, []
for tag in SEEN:
    canvas = {"id": "https://example.org/c", "type": "Canvas", "height": 9, "width": 9}
    try:
        Manifest(id="https://example.org/m", label={tag: ["Uno"]}, items=[canvas])
        found[tag] = True
    except ValidationError as error:
        found[tag] = False
        told.append(PATTERN in str(error))
    print(f"{tag}: {'accepted' if found[tag] else 'refused'}")
if found != SEEN or not all(told):
    sys.exit("This is not what was seen with iiif-prezi3 3.1.1.")
PYTHON
