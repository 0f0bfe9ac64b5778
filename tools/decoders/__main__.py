"""Table of picture files and decoders, as ``docs/formats.md`` has it.

    python -m tools.decoders

Prints a table in Markdown: which decoder gives the right pixels of which file, which
gives wrong ones without a word, and which refuses.
"""

import sys
from collections.abc import Iterator

from tools.decoders.drawn_files import drawn_files
from tools.decoders.encoding import DrawnFile
from tools.decoders.readers import READERS, prepare

RIGHT, WRONG, REFUSED = "right", "**wrong**", "refused"


def verdict(reader: str, file: DrawnFile) -> str:
    """Say what a decoder makes of a file."""
    try:
        pixels = READERS[reader](file.data)
    except Exception:  # noqa: BLE001 - every decoder refuses with errors of its own
        return REFUSED
    return RIGHT if file.is_shown_by(pixels) else WRONG


def lines() -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"| file | {' | '.join(READERS)} |"
    yield f"|---|{'---|' * len(READERS)}"
    for name, file in drawn_files().items():
        yield f"| {name} | {' | '.join(verdict(one, file) for one in READERS)} |"


def main() -> int:
    """Print the table; status 1 if this program shows a file wrongly."""
    prepare()
    table = list(lines())
    print("\n".join(table))
    return int(any(line.endswith(f"| {WRONG} |") for line in table))


if __name__ == "__main__":
    sys.exit(main())
