import numpy as np

from tools.decoders.__main__ import REFUSED, RIGHT, WRONG, verdict
from tools.decoders.encoding import PICTURE, DrawnFile, by_pillow, tiff


def test_a_decoder_is_right_wrong_or_refuses():
    data = by_pillow("PNG")
    assert verdict("Pillow", DrawnFile(data, PICTURE)) == RIGHT
    assert verdict("Pillow", DrawnFile(data, 255 - PICTURE)) == WRONG
    assert verdict("Pillow", DrawnFile(data, PICTURE[1:])) == WRONG
    assert verdict("tifffile", DrawnFile(data, PICTURE)) == REFUSED
    assert verdict("tifffile", DrawnFile(tiff(PICTURE), PICTURE)) == RIGHT


def test_rows_that_are_not_known_do_not_count():
    pixels = PICTURE.astype(np.float32)
    pixels[40:] = np.nan
    shown = PICTURE.copy()
    shown[40:] = 0
    assert DrawnFile(b"", pixels).is_shown_by(shown)
    assert not DrawnFile(b"", pixels).is_shown_by(np.zeros_like(shown))
