"""A logo and its icons in the store."""

from io import BytesIO

import pytest
from PIL import Image

from app.retrieval.errors import UnreadableImageError
from app.services.media.folder import FolderStore
from app.services.site.logo import ICONS, LOGO, is_logo_file, store_logo
from tests.support.logos import png_logo


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path)


def test_all_sizes_are_stored_under_the_hash(store):
    stored = store_logo(png_logo(), store)
    assert (stored.width, stored.height) == (300, 100)
    for name, (side, _margin, _background) in ICONS.items():
        icon = Image.open(BytesIO(store.read(f"{stored.folder}/{name}")))
        assert icon.size == (side, side)
    assert store.exists(f"{stored.folder}/{LOGO}")
    assert store_logo(png_logo(), store) == stored


def test_nothing_is_stored_of_what_is_no_logo(store, tmp_path):
    with pytest.raises(UnreadableImageError):
        store_logo(b"<svg/>", store)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "name"),
    [("a" * 64, "other.png"), ("..", LOGO), ("a" * 63, LOGO), ("A" * 64, LOGO)],
)
def test_other_names_are_none_of_ours(folder, name):
    assert not is_logo_file(folder, name)
    assert is_logo_file("a" * 64, LOGO)
