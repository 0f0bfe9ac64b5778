#!/bin/sh
# libvips 8.18.7 (pyvips-binary): TIFFs of a compression that it lacks are black pictures.
#
# Guess: a TIFF whose compression the library was built without is refused when it is
# opened, or at the latest when its pixels are asked for.
# Seen with pyvips 3.2.0 and pyvips-binary 8.18.7 (files by tifffile 2026.3.3): of TIFFs with
# Zstandard or LZMA the pixels are given without an error, and are not the picture's: zeros.
# Only `fail_on="error"` refuses them. Deflate is right.
# So: who reads museums' files with it sets `fail_on`, or stores black pictures.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 \
  pyvips==3.2.0 pyvips-binary==8.18.7 tifffile==2026.3.3 imagecodecs==2026.3.6
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON'
import io
import sys

import numpy as np
import pyvips
import tifffile

pixels = np.full((40, 60, 3), 200, np.uint8)
black, refused = {}, {}
for compression in ("zlib", "zstd", "lzma"):
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, photometric="rgb", compression=compression)
    data = file.getvalue()
    black[compression] = int(pyvips.Image.new_from_buffer(data, "").numpy().max()) == 0
    try:
        pyvips.Image.new_from_buffer(data, "", fail_on="error").numpy()
        refused[compression] = False
    except pyvips.Error:
        refused[compression] = True
    print(f"{compression}: black {black[compression]}, refused {refused[compression]}")
version = ".".join(str(pyvips.version(part)) for part in range(3))
print(f"libvips {version}")
expected = {"zlib": False, "zstd": True, "lzma": True}
if black != expected or refused != expected:
    sys.exit("This is not what was seen with pyvips-binary 8.18.7.")
PYTHON
