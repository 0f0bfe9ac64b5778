"""What commands say of how a table is read, and are told of it."""

from collections.abc import Sequence
from itertools import islice

from app.commands.shared import say
from app.services.importing.tables.choice import NO_FILE
from app.services.importing.tables.encodings import read_as
from app.services.importing.tables.reader import Table

SEARCHED_ROWS = 20_000
"""In which words with accents are looked for."""
WORDS = 6
TAB = "tab"


def separator_of(name: str) -> str:
    """Return the separator that an operator names."""
    return "\t" if name.casefold() in {TAB, "\\t"} else name


def how_read(table: Table) -> str:
    """Say how a table is read, in a few words."""
    choice = table.choice
    if table.sheets:
        return f"sheet {choice.sheet}, header in row {choice.header_line}"
    separator = {"\t": TAB}.get(choice.separator, choice.separator)
    header = f", header in line {choice.header_line}" if table.is_report else ""
    return f"{choice.encoding}, separator {separator}{header}"


def say_how_read(table: Table, files: Sequence[str] = ()) -> None:
    """Print how a table is read, and warn of what is only a guess."""
    choice = table.choice
    print(f"The table is read as: {how_read(table)}.")
    if len(files) > 1:
        joined = choice.pictures if choice.pictures not in ("", NO_FILE) else "no other"
        print(f"Of {', '.join(files)} it is {choice.file}; pictures from {joined}.")
        print("Name others with --file and --pictures.")
    warn_of_guess(table)


def warn_of_guess(table: Table) -> None:
    """Warn if the encoding is a guess, with words to judge it by."""
    if table.is_sure:
        return
    encoding = table.choice.encoding
    words = ", ".join(islice(table.accented_words(SEARCHED_ROWS), WORDS))
    say(f"The encoding {encoding} is a guess. Are these words right? {words}")
    for other in table.others:
        say(f"  --encoding {other}: {read_as(words, encoding, other)}")
