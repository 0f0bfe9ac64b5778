"""Tables as plain text."""

from collections.abc import Sequence


def set_columns(lines: Sequence[Sequence[str]]) -> str:
    """Align cells: the first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
