"""Monthly reports: every past month as PDF, and by mail for whoever asks for it."""

from datetime import date

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.models import now
from app.services.operations.monthly import sending
from app.services.operations.monthly.drawing import draw
from app.services.operations.monthly.months import last_month, month_of, past_months
from app.services.operations.monthly.report import month_words, write_report
from app.services.operations.statistics import Period
from app.web.account.mail import mailer
from app.web.callers.visitors import logged_in
from app.web.curate.responses import go_to
from app.web.shell.museum import museum

bp = Blueprint("admin_monthly", __name__, url_prefix="/admin/monthly")

YES, NO = "yes", "no"


@bp.get("/")
def show() -> str:
    """List the months, and offer the mail."""
    months = past_months(db.session())
    return render_template(
        "admin/monthly.html",
        months=[(f"{one.first:%Y-%m}", month_words(one)) for one in months],
        is_asked_for=logged_in().reported_month is not None,
        has_server=mailer().server is not None,
        email=logged_in().email,
    )


@bp.get("/<month>.pdf")
def download(month: str) -> Response:
    """Send the report of a month that is over, in the page's language."""
    period = read_month(month)
    pdf = draw(write_report(db.session(), period, museum().name))
    response = Response(pdf, mimetype="application/pdf")
    name = sending.file_name(period)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/mail")
def ask() -> ResponseReturnValue:
    """Let an administrator have the reports by mail, or no more."""
    wish = request.form.get("wanted")
    if wish not in (YES, NO):
        abort(400)
    sending.ask_for_reports(logged_in(), is_wanted=wish == YES)
    db.session.commit()
    if wish == NO:
        return go_to("admin_monthly.show", done=_("You get no reports by mail."))
    name = month_words(month_of(now().date()))
    done = _("The report of %(month)s will be the first that you get.", month=name)
    return go_to("admin_monthly.show", done=done)


def read_month(text: str) -> Period:
    """Read a month from the address; 404 where it is none, or is not over."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        abort(404)
    if text != f"{first:%Y-%m}" or not date(2000, 1, 1) <= first <= last_month().first:
        abort(404)
    return month_of(first)
