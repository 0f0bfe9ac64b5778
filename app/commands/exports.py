"""``flask export …``: the collection as a file of some form."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app.commands.shared import DONE, FAILED, explained, say
from app.extensions import db
from app.retrieval.files.atomic import staged_file
from app.services.collection.exporting import json_lines, table
from app.services.collection.lido import lido_records
from app.services.collection.linked_art import linked_art
from app.services.collection.works import count_works
from app.services.system.database import check
from app.web.shell.addresses import addresses_of, has_public_url, recording_address
from app.web.shell.museum import museum

ADDRESSED = ("lido", "linked-art")
"""Forms that name works and pictures by their addresses."""
FORMS: Mapping[str, Callable[[Session], Iterator[str]]] = {
    "csv": lambda session: table(session, recording_address),
    "json": json_lines,
    "lido": lambda session: lido_records(session, addresses_of, museum().name),
    "linked-art": lambda session: linked_art(session, addresses_of),
}


@click.command("export")
@click.argument("form", type=click.Choice(list(FORMS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
@explained
def command(form: str, file: Path) -> int:
    """Write all works to FILE: as a table, JSON, LIDO 1.1 or Linked Art.

    The last two are of works on show. A FILE that is there is replaced once the new
    one is whole.
    """
    check()
    if form in ADDRESSED and not has_public_url():
        say(
            "MORELLI_PUBLIC_URL is not set: works and pictures are named by the "
            "address that this server listens on, which others may not reach."
        )
    if form == "lido" and not count_works():
        say("No work is on show, and LIDO has no file without a record.")
        return FAILED
    try:
        with staged_file(file) as written:
            for lines in FORMS[form](db.session()):
                written.write(lines.encode())
    except OSError as error:
        say(f"{file} cannot be written: {error.strerror}.")
        return FAILED
    print(file)
    return DONE
