"""Pages of a visitor's own visits: the works of a day, printed, as PDF, as a link."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time
from flask_babel import gettext as _

from app.models import Artwork
from app.services.collection.works import find_work
from app.services.operations.retention import LEAST_DAYS
from app.services.search.history import Owner
from app.services.visits import links, pdf
from app.services.visits.visit import (
    MOST_WORKS,
    FullVisitError,
    Visit,
    VisitedWork,
    add,
    days_of,
    take_out,
    today,
    visit_of,
)
from app.web.account.messages import DONE, ERROR
from app.web.callers.throttling import limiter
from app.web.callers.visitors import current_owner, keeping_owner
from app.web.shell.caching import keep_nowhere
from app.web.shell.current import media
from app.web.shell.languages import own_page, page_language

bp = Blueprint("visits", __name__, url_prefix="/visit")
bp.after_request(keep_nowhere)

KEEP_RATE = "120 per minute"
"""Works that one network keeps or drops: all visitors of a gallery may share it."""
PDF_RATE = "20 per minute"
ROOMS, TIME = "rooms", "time"
PLACE = "share"
"""Id of the part of the page that tells of the link."""


@bp.get("")
def show_today() -> str:
    """Show today's visit."""
    return page_of(today(time_zone()))


@bp.get("/<day>")
def show(day: str) -> str:
    """Show the visit of a day, by room or, with ``?order=time``, as it went."""
    return page_of(read_day(day))


@bp.get("/<day>.pdf")
@limiter.limit(PDF_RATE)
def document(day: str) -> Response:
    """Send the same as PDF."""
    visit = visit_of(current_owner(), read_day(day), time_zone())
    if not visit.works:
        abort(404)
    response = Response(pdf.render(sheet_of(visit), media().works))
    response.mimetype = "application/pdf"
    name = f"morelli-{visit.day.isoformat()}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.post("/<day>/works")
@limiter.shared_limit(KEEP_RATE, scope="keeping")
def change(day: str) -> ResponseReturnValue:
    """Put a work into a visit (``add``), or take it out (``out``)."""
    when, fields = read_day(day), request.form
    work = find_work(fields.get("add") or fields.get("out") or "")
    if work is None or not may_be_changed(when):
        abort(400)
    if "out" in fields:
        take_out(current_owner(), when, work, time_zone())
        flash(
            _("Taken out of your visit. A search that found it is still there."), DONE
        )
    else:
        try:
            add(keeping_owner(), when, work, time_zone())
        except FullVisitError:
            flash(full_sentence(), ERROR)
        else:
            flash(_("It is in your visit."), DONE)
    return redirect(own_page(fields.get("back", "")), 303)


@bp.post("/<day>/share")
def share(day: str) -> ResponseReturnValue:
    """Make a link to a visit."""
    owner, when = current_owner(), read_day(day)
    if not visit_of(owner, when, time_zone()).works:
        abort(404)
    links.share(owner, when, links.expiry_of(when, kept_days(), time_zone()))
    return redirect(url_for("visits.show", day=day, _anchor=PLACE), 303)


@bp.post("/<day>/unshare")
def take_back(day: str) -> ResponseReturnValue:
    """Let the link to a visit lead nowhere."""
    links.take_back(current_owner(), read_day(day))
    return redirect(url_for("visits.show", day=day, _anchor=PLACE), 303)


@bp.app_context_processor
def helpers() -> dict[str, Callable[..., Any]]:
    """Return what a work's page needs to put it into the visit."""
    return {
        "is_in_visit": is_in_visit,
        "visit_today": lambda: today(time_zone()).isoformat(),
    }


def page_of(day: date) -> str:
    """Show the visit of a day."""
    owner, zone = current_owner(), time_zone()
    visit = visit_of(owner, day, zone)
    return render_template(
        "visits/visit.html",
        visit=visit,
        groups=groups_of(visit),
        order=asked_order(),
        day_words=day_words(day),
        time_of=time_of,
        days=[(one, day_words(one)) for one in days_of(owner, zone) if one != day],
        is_today=day == today(zone),
        may_be_changed=may_be_changed(day),
        link=links.link_to(owner, day),
        link_end=link_end,
        most=MOST_WORKS,
    )


def groups_of(visit: Visit) -> list[tuple[str, list[VisitedWork]]]:
    """Return the works below their headings: by room, or without any by time."""
    if asked_order() == TIME:
        return [("", list(visit.works))] if visit.works else []
    return [(room or _("Room unknown"), works) for room, works in visit.rooms()]


def sheet_of(visit: Visit) -> pdf.Sheet:
    """Put a visit into the words of its PDF."""
    return pdf.Sheet(
        title=_("Your visit"),
        lead=day_words(visit.day),
        rooms=[
            (room, [_entry(one.artwork, room) for one in works])
            for room, works in groups_of(visit)
        ],
        latin_note=_(
            "Words in other than Latin, Greek or Cyrillic letters are written in Latin "
            "ones here. The page of the visit has them as they are: print it to have "
            "them on paper."
        ),
        language=page_language(),
    )


def read_day(text: str) -> date:
    """Read a day from the address; 404 where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if text != day.isoformat() or not 1900 <= day.year <= 2200:
        abort(404)
    return day


def may_be_changed(day: date) -> bool:
    """Tell whether somebody may still note something of a day, or not yet."""
    now_there = today(time_zone())
    return now_there - timedelta(days=kept_days()) <= day <= now_there


def is_in_visit(work: Artwork) -> bool:
    """Tell whether a work is in today's visit of whoever looks at it."""
    owner, zone = current_owner(), time_zone()
    # A work's page is opened often, and a day may have hundreds of searches.
    return owner != Owner() and visit_of(owner, today(zone), zone, only=work).has(work)


def asked_order() -> str:
    """Read the order of works from the address."""
    return TIME if request.args.get("order") == TIME else ROOMS


def time_zone() -> tzinfo:
    """Return the museum's time zone."""
    zone = current_app.config["MORELLI_TIME_ZONE"]
    assert isinstance(zone, tzinfo)  # noqa: S101 - as its parser returns it
    return zone


def kept_days() -> int:
    """Return how many days searches belong to whoever asked."""
    return max(int(current_app.config["MORELLI_RETENTION_DAYS"]), LEAST_DAYS)


def day_words(day: date) -> str:
    """Write a day in the page's language."""
    return str(format_date(day, "full", rebase=False))


def time_of(moment: datetime) -> str:
    """Write a time of day by the museum's clock."""
    return str(format_time(moment.astimezone(time_zone()), "short", rebase=False))


def link_end(moment: datetime) -> str:
    """Write the last day on which a link works."""
    local = moment.astimezone(time_zone())
    return f"{day_words(local.date())}, {time_of(moment)}"


def full_sentence() -> str:
    """Say that a visit can hold no more."""
    return str(_("A visit holds %(count)s works at most.", count=MOST_WORKS))


def _entry(work: Artwork, room: str) -> pdf.Entry:
    image = work.images[0] if work.images else None
    location = "" if room else work.location  # below its room's name it goes without
    details = (work.technique, location, work.accession)
    return pdf.Entry(
        title=work.title or _("Untitled"),
        byline=", ".join(filter(None, (work.artist or _("Unknown artist"), work.date))),
        details=[" · ".join(filter(None, details))],
        picture=image.thumbnail_name if image else None,
        size=(image.width, image.height) if image else (1, 1),
    )
