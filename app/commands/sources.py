"""``flask sources …``: sources that the collection is kept in step with."""

import click
from flask.cli import AppGroup

from app.commands.imports import follow, import_explained, report
from app.commands.shared import DONE, FAILED, INCOMPLETE, explained, say
from app.extensions import db
from app.models import LARGEST_INTEGER, CatalogueSource, ImportRun
from app.retrieval.runtime.place import COMMAND
from app.services.importing.pictures.source import SourceError
from app.services.importing.sync import catalogues
from app.services.system.database import check, prepare

group = AppGroup("sources", help="Keep the collection in step with sources.")
NUMBER = click.argument("number", type=click.IntRange(1, LARGEST_INTEGER))


@group.command("add")
@click.argument("address")
@click.option("--nightly", is_flag=True, help="Ask it every night, once recorded.")
@explained
def add(address: str, nightly: bool) -> int:
    """Keep ADDRESS as a source; nothing is fetched yet."""
    prepare()
    try:
        source = catalogues.add(db.session(), address, None)
    except catalogues.UnusableAddressError:
        say(f"{address} is no address of the web, or is a source already.")
        return FAILED
    catalogues.set_nightly(db.session(), source, nightly=nightly)
    print(f"To see what it has: {COMMAND} sources sync --dry-run {source.id}")
    return DONE


@group.command("list")
@explained
def list_all() -> int:
    """List the sources."""
    check()
    for one in catalogues.list_sources(db.session()):
        when = "nightly" if one.is_nightly else "by hand"
        since = f"{one.synced_at:%Y-%m-%d %H:%M} UTC" if one.synced_at else "never"
        print(f"{one.id}: {one.address}, {when}, in step: {since}")
    return DONE


@group.command("sync")
@NUMBER
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option(
    "--confirm", is_flag=True, help="Record it, however many works would be withdrawn."
)
@explained
@import_explained
def sync(number: int, dry_run: bool, confirm: bool) -> int:
    """Bring the collection into step with a source, and say what changed."""
    check()
    session = db.session()
    source = find(number)
    task = catalogues.begin(
        session, source, None, records=not dry_run, is_confirmed=confirm
    )
    run = catalogues.latest_run(session, source)
    assert run is not None  # noqa: S101 - just begun
    run_id = run.id
    status = follow(task)
    kept = session.get(ImportRun, run_id)
    if kept is None:
        print("Nothing has changed.")
        return status
    if kept.task is not None and kept.task is not task:
        status = follow(kept.task)
    report(kept)
    changes = catalogues.changes_of(session, kept)
    print(f"new: {changes.new}, changed: {changes.changed}, gone: {changes.gone}")
    if status == DONE and kept.is_dry:
        if not dry_run:
            say(
                f"{changes.gone} works would be withdrawn, which is much: nothing is "
                f"recorded. If this is right, run: {COMMAND} sources sync "
                f"--confirm {number}"
            )
            return FAILED
        print(f"To record it so: {COMMAND} imports run {run_id}")
    return INCOMPLETE if status == DONE and changes.failed else status


@group.command("forget")
@NUMBER
@explained
@import_explained
def forget(number: int) -> int:
    """Ask a source no more; its works stay."""
    check()
    catalogues.forget(db.session(), find(number))
    return DONE


def find(number: int) -> CatalogueSource:
    """Return a source by its number; refuse one that there is not."""
    found = db.session.get(CatalogueSource, number)
    if found is None:
        raise SourceError(f"There is no source {number}: see {COMMAND} sources list.")
    return found
