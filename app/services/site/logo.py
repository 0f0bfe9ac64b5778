"""Logo of the museum: stored as it is shown, with the icons that are made of it.

Its files lie in a folder that is named by the hash of the original bytes, so a name
never changes its content. They stay when the museum takes another logo: the change can
be taken back.
"""

import hashlib
import re
from dataclasses import dataclass

from app.retrieval.images.logo import encode_png, make_icon, read_logo
from app.services.media.store import MediaStore

LOGO = "logo.png"
ICON, TOUCH_ICON = "icon-64.png", "icon-180.png"
"""Of tabs and bookmarks; and of the first screen of phones that know no manifest."""
SMALL_ICON, LARGE_ICON = "icon-192.png", "icon-512.png"
MASKABLE_ICON = "maskable-512.png"
"""Of the manifest: the last may be cut to a circle, so its edge is free."""
PLAIN = "#ffffff"
"""Behind icons that a system shows without their transparency."""
ICONS: dict[str, tuple[int, float, str]] = {
    ICON: (64, 0.0, ""),
    TOUCH_ICON: (180, 0.1, PLAIN),
    SMALL_ICON: (192, 0.0, ""),
    LARGE_ICON: (512, 0.0, ""),
    MASKABLE_ICON: (512, 0.2, PLAIN),
}
"""Side in pixels, margin and background of each."""

_FOLDER = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class StoredLogo:
    """Logo in the store.

    Attributes
    ----------
    folder : str
        Name of its folder.
    width, height : int
        In pixels.
    """

    folder: str
    width: int
    height: int


def store_logo(data: bytes, store: MediaStore) -> StoredLogo:
    """Bring a logo and its icons into the store.

    Raises
    ------
    ImageError
        As :func:`app.retrieval.images.logo.read_logo`.
    OSError, StorageAwayError
        As :meth:`MediaStore.write`.
    """
    logo = read_logo(data)
    folder = hashlib.sha256(data).hexdigest()
    for name, (side_px, margin, background) in ICONS.items():
        icon = make_icon(logo, side_px, margin=margin, background=background)
        store.write(f"{folder}/{name}", encode_png(icon))
    # Last: where it is, all are.
    store.write(f"{folder}/{LOGO}", encode_png(logo))
    return StoredLogo(folder, logo.width, logo.height)


def is_logo_file(folder: str, name: str) -> bool:
    """Tell whether a file of the store can have this name."""
    return bool(_FOLDER.fullmatch(folder)) and name in (LOGO, *ICONS)
