"""Examination of an instance: all checks, in the order in which they are mended."""

from collections.abc import Iterator

from flask_babel import gettext as _

from app.services.operations.doctor import data, machine, packages, site
from app.services.operations.doctor.checks import Check, CheckResult, Examined, Health
from app.services.system import database

WITHOUT_DATABASE: tuple[tuple[str, Check], ...] = (
    ("version", machine.program),
    ("settings", site.names),
    ("secret", site.secret),
    ("modes", machine.modes),
    ("disk", machine.disk),
    ("memory", machine.memory),
    ("proxies", site.proxies),
    ("address", site.address),
)
WITH_DATABASE: tuple[tuple[str, Check], ...] = (
    ("clock", data.clock),
    ("pictures", data.pictures),
    ("index", data.index),
    ("administrator", site.administrator),
    ("worker", site.worker),
    ("mail", site.mail),
    ("backup", data.backup),
)
SLOW: tuple[tuple[str, Check], ...] = (
    ("model", data.model),
    ("packages", packages.locked),
    ("extras", packages.extras),
)
"""Checks that take seconds: not for a page."""


def examine(
    examined: Examined,
    *,
    thorough: bool = True,
    mail_to: str = "",
    asks_address: bool = False,
) -> Iterator[CheckResult]:
    """Do the checks, one after another.

    Parameters
    ----------
    thorough : bool
        Whether those are done, too, that take seconds.
    mail_to : str
        Where a real mail goes; empty: none is sent.
    asks_address : bool
        Whether the public address is asked. Nobody is spoken to unasked.
    """
    for name, check in WITHOUT_DATABASE:
        yield from _named(name, check, examined)
    if thorough:
        for name, check in SLOW:
            yield from _named(name, check, examined)
    if asks_address:
        yield from _named("address", site.ask_address, examined)
    if mail_to:
        yield from _named("mail", lambda one: site.send_mail(one, mail_to), examined)
    reachable = _database(examined)
    yield reachable
    if reachable.health is Health.FAULT:
        return
    versions = list(_named("migrations", data.schema, examined))
    yield from versions
    if any(one.health is Health.FAULT for one in versions):
        return  # its tables are others than the checks know
    for name, check in WITH_DATABASE:
        yield from _named(name, check, examined)


def _named(name: str, check: Check, examined: Examined) -> Iterator[CheckResult]:
    for health, words, remedy in check(examined):
        yield CheckResult(name, health, words, remedy)


def _database(examined: Examined) -> CheckResult:
    try:
        database.version()
    except database.DatabaseUnreachableError as error:
        remedy = _("Start its server, or correct MORELLI_DATABASE_URL.")
        return CheckResult("database", Health.FAULT, error.detail, remedy)
    kind = examined.engine.dialect.name
    words = _("The database answers (%(kind)s).", kind=kind)
    return CheckResult("database", Health.OK, words)
