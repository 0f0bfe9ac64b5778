import numpy as np
import pytest

from app.services.map.appearances import COLOURS_FILE, Appearance, Appearances, save
from tests.support.fakes import draw_picture


def test_what_is_kept_is_what_was_seen(tmp_path):
    looks = [Appearance.of(draw_picture(number)) for number in range(5)]
    save(tmp_path, looks)
    kept = Appearances.open(tmp_path, list("abcde"))
    assert (kept.bits == np.stack([look.bits for look in looks])).all()
    colours = np.stack([look.colours for look in looks])
    np.testing.assert_allclose(kept.colours, colours, atol=1e-3)
    assert kept.colours.dtype == np.float16
    assert np.allclose(np.linalg.norm(colours, axis=1), 1, atol=1e-5)


def test_a_picture_looks_the_same_at_any_size_and_shape():
    picture = draw_picture(3)
    large = picture.repeat(2, axis=0).repeat(3, axis=1)
    one, other = Appearance.of(picture), Appearance.of(large)
    assert (one.bits == other.bits).mean() > 0.95
    assert one.colours @ other.colours > 0.95


def test_looks_of_other_works_are_refused(tmp_path):
    save(tmp_path, [Appearance.of(draw_picture(0))])
    with pytest.raises(ValueError, match="not those of the works"):
        Appearances.open(tmp_path, ["a", "b"])
    (tmp_path / COLOURS_FILE).unlink()
    with pytest.raises(OSError, match=COLOURS_FILE):
        Appearances.open(tmp_path, ["a"])
