"""First steps of an administrator: name, languages, and what else a site needs.

The public address, mail and backups are settings of the environment, which only the
shell changes: the page says how they are, by the checks of ``doctor``.
"""

from flask import Blueprint, current_app, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.services.curation.editing import ChangedMeanwhileError
from app.services.operations.doctor.checks import CheckResult, Examined, Health
from app.services.operations.doctor.examination import examine
from app.services.site.editing import SiteEditor
from app.services.site.profile import read_profile
from app.web.account.messages import DONE, ERROR
from app.web.admin.site.forms import LanguagesForm, NameForm
from app.web.admin.site.settings import changed_meanwhile
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to

bp = Blueprint("admin_first_steps", __name__, url_prefix="/admin/first-steps")

SHOWN = ("address", "proxies", "mail", "backup")
"""Checks of what a new site needs before visitors come."""


@bp.route("/", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """Show both forms as one, and set what they say."""
    profile = read_profile(db.session())
    name, languages = NameForm.of(profile), LanguagesForm.of(profile)
    # Both, so that all faults are named at once.
    are_valid = [form.validate_on_submit() for form in (name, languages)]
    if not all(are_valid):
        status = 422 if name.is_submitted() else 200
        page = render_template(
            "admin/site/first_steps.html",
            name=name,
            languages=languages,
            profile=profile,
            checks=checks(),
        )
        return page, status
    values = {"name": name.name.data, **languages.values()}
    try:
        SiteEditor(db.session(), current_account()).change(values, name.seen.data)
    except ChangedMeanwhileError:
        flash(changed_meanwhile(), ERROR)
        return go_to("admin_first_steps.show")
    flash(gettext("Saved, and seen by everybody from now on."), DONE)
    return go_to("admin_health.show")


def checks() -> list[CheckResult]:
    """Return how the settings are that only the shell changes."""
    examined = Examined(db.session(), db.engine, current_app.config)
    found = examine(examined, thorough=False)
    return [one for one in found if one.check in SHOWN and one.health is not Health.OK]
