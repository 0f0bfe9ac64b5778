#!/bin/sh
# Pillow 13.0.0: TIFFs of 16 bits in separate planes, and deep inverse ones, come out wrong.
#
# Guess: a TIFF that Pillow opens as RGB either shows its pixels or raises, whatever its
# PlanarConfiguration; and PhotometricInterpretation 0 (WhiteIsZero) is turned round at 16
# bits as it is at 8.
# Seen with pillow 13.0.0 (files by tifffile 2026.3.3, valid by TIFF 6.0): uncompressed RGB
# of 16 bits in separate planes opens as mode RGB and gives scrambled lines, no error and no
# warning; the same with deflate is right. WhiteIsZero of 16 bits opens as I;16 and is a
# negative; of 8 bits it is right.
# So: museums' scans of 16 bits need another reader, or their colours are not to be trusted.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  numpy==2.4.6 pillow==13.0.0 tifffile==2026.3.3 imagecodecs==2026.3.6
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

import numpy as np
import PIL
import tifffile
from PIL import Image

down, across = np.mgrid[0:40, 0:60]
eight = np.stack([4 * across, 6 * down, 255 - 4 * across], axis=2).astype(np.uint8)
deep = eight.astype(np.uint16) * 257


def written(pixels, **how):
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, metadata=None, **how)
    return file


def apart(shown, pixels):
    return float(np.abs(shown.astype(float) - pixels).mean())


planes = np.ascontiguousarray(deep.transpose(2, 0, 1))
how = {"photometric": "rgb", "planarconfig": "separate"}
found = {}
for name, more in (("uncompressed", {}), ("deflate", {"compression": "zlib"})):
    picture = Image.open(written(planes, **how, **more))
    found[name] = apart(np.asarray(picture.convert("RGB")), eight)
    print(f"separate planes, 16 bits, {name}: {picture.mode}, {found[name]:.0f} apart")
grey = deep[:, :, 0]
for name, pixels in (("8 bits", 255 - eight[:, :, 0]), ("16 bits", 65535 - grey)):
    picture = Image.open(written(pixels, photometric="miniswhite"))
    shown = np.asarray(picture).astype(float) / (257 if "16" in name else 1)
    found[name] = apart(shown, eight[:, :, 0])
    print(f"WhiteIsZero, {name}: {picture.mode}, {found[name]:.0f} apart")
print(f"Pillow {PIL.__version__}")
right = found["deflate"] < 2 and found["8 bits"] < 2
wrong = found["uncompressed"] > 20 and found["16 bits"] > 20
if not (right and wrong):
    sys.exit("This is not what was seen with pillow 13.0.0.")
PYTHON
