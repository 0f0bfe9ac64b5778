"""Reading of PDFs that a test has made."""

import re
import zlib

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)


def page_count(data):
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type /Page\b", data))


def text_length(data):
    """Return how many signs the pages set; fonts number them as they need them."""
    pages = [zlib.decompress(one) for one in STREAM.findall(data) if one[:1] == b"x"]
    return sum(len(page) for page in pages if b" Tf" in page)
