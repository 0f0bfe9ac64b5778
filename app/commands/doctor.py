"""``flask doctor``: what is wrong with an instance, and what to do."""

import json
from dataclasses import asdict

import click
from flask import current_app
from flask.cli import with_appcontext

from app.commands.shared import explained
from app.extensions import db
from app.services.operations.doctor.checks import Examined, Health
from app.services.operations.doctor.examination import examine

STATUS = {Health.OK: 0, Health.WARNING: 1, Health.FAULT: 2}
"""Exit status by the worst that is found."""


@click.command("doctor")
@click.option("--mail-to", default="", help="Send a real mail to this address.")
@click.option(
    "--ask-address", is_flag=True, help="Ask MORELLI_PUBLIC_URL over the network."
)
@click.option("--json", "is_json", is_flag=True, help="For programs: a JSON list.")
@with_appcontext
@explained
def command(*, mail_to: str, ask_address: bool, is_json: bool) -> int:
    """Check the instance and its machine; exit 0: well, 1: warnings, 2: faults."""
    examined = Examined(db.session(), db.engine, current_app.config)
    worst = Health.OK
    results = []
    for result in examine(examined, mail_to=mail_to, asks_address=ask_address):
        worst = max(worst, result.health, key=STATUS.__getitem__)
        if is_json:
            results.append(asdict(result))
            continue
        line = f"{result.health.value:8}{result.check}: {result.words}"
        print(f"{line} {result.remedy}".rstrip())
    if is_json:
        print(json.dumps(results, indent=1, ensure_ascii=False))
    return STATUS[worst]
