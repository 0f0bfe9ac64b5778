"""Logos as museums have them."""

from io import BytesIO

from PIL import Image


def png_logo(colour="#14532d", size=(300, 100), mode="RGBA"):
    """Return a logo of some pixels, its right half transparent."""
    width, height = size
    logo = Image.new(mode, size)
    logo.paste(colour if mode == "RGBA" else 1, (0, 0, width // 2, height))
    data = BytesIO()
    logo.save(data, "PNG")
    return data.getvalue()
