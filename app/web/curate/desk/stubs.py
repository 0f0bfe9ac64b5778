"""Stubs of works that the catalogue does not have: recorded from a photo, changed."""

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from app.extensions import db
from app.models import Artwork, ReviewOutcome, WorkStub
from app.services.collection.labels import MAX_ACCESSION_LENGTH
from app.services.curation import stubs
from app.services.curation.editing import ChangedMeanwhileError, TakenAccessionError
from app.services.curation.stubs import StubFacts
from app.services.evaluation.review import outcomes
from app.web.callers.visitors import current_account
from app.web.curate.common import back_to, editor
from app.web.curate.desk.asked import cannot_take_back, photo_or_404
from app.web.curate.desk.names import stub_words
from app.web.curate.forms import LONGEST_LINE, LONGEST_TEXT
from app.web.curate.responses import go_to, or_404

bp = Blueprint("curate_stubs", __name__, url_prefix="/curate")
bp.add_app_template_filter(stub_words)


class StubForm(FlaskForm):  # type: ignore[misc]  # FlaskForm has no types
    """Form of a work that the catalogue does not have."""

    accession = StringField(
        _("Accession number"),
        [
            DataRequired(_("A work needs an accession number.")),
            Length(max=MAX_ACCESSION_LENGTH),
        ],
    )
    title = TextAreaField(
        _("Title"),
        [DataRequired(_("Please write a title.")), Length(max=LONGEST_TEXT)],
    )
    artist = StringField(_("Artist"), [Length(max=LONGEST_LINE)])
    is_loan = BooleanField(_("It is on loan: somebody else’s work"))
    until = DateField(_("On loan until (if that is known)"), [Optional()])
    is_published = BooleanField(
        _("Visitors find it, as they find the collection’s works")
    )

    def facts(self) -> StubFacts:
        """Return what was filled in."""
        return StubFacts(
            self.accession.data or "",
            self.title.data or "",
            self.artist.data or "",
            bool(self.is_loan.data),
            self.until.data,
            bool(self.is_published.data),
        )


@bp.route("/desk/<uuid:query_id>/stub", methods=["GET", "POST"])
def record(query_id: UUID) -> ResponseReturnValue:
    """Record the work that a photo shows as a stub."""
    query = photo_or_404(query_id)
    session, user = db.session(), current_account()
    form = StubForm()
    if not form.is_submitted():
        form.accession.data = stubs.propose_number(session)
    if not form.validate_on_submit():
        return shown(query_id, form), 422 if form.errors else 200
    try:
        work = stubs.make(session, form.facts())
        outcomes.prepare(session, query, None, editor(), user)
    except ChangedMeanwhileError:
        return cannot_take_back()
    except stubs.UnnamedStubError:  # blank but for what does not count
        form.title.errors = [gettext("Please write a number and a title.")]
        return shown(query_id, form), 422
    except TakenAccessionError:
        free = stubs.propose_number(session)
        form.accession.errors = [
            gettext("Another work has this number. Free is: %(number)s", number=free)
        ]
        return shown(query_id, form), 422
    outcomes.decide(
        session, query, ReviewOutcome.STUB, user, artwork=work, is_made=True
    )
    sentence = gettext(
        "Recorded as a stub: %(work)s. It is listed with what works lack.",
        work=work.accession,
    )
    if "picture" in request.form:
        return go_to(
            "curate_naming.look", done=sentence, query_id=query_id, work=work.accession
        )
    return go_to("curate_desk.browse", done=sentence)


@bp.post("/works/<int:work_id>/stub")
def change(work_id: int) -> ResponseReturnValue:
    """Say what is known of a loan, or that a work is no stub any more."""
    work = db.get_or_404(Artwork, work_id)
    stub = or_404(db.session.get(WorkStub, work.id))
    state = dict(stubs.state_of(stub))
    if "complete" in request.form:
        state = {}
    else:
        is_loan = "is_loan" in request.form
        try:
            until = asked_day() if is_loan else ""
        except ValueError:
            sentence = gettext("This is no date. Please write it as 2027-03-31.")
            return back_to(work, error=sentence)
        state |= {"is_loan": is_loan, "until": until}
    is_changed = stubs.change(db.session(), work, state, current_account())
    done = gettext("Saved.") if is_changed else gettext("Nothing was changed.")
    return back_to(work, done=done)


def shown(query_id: UUID, form: StubForm) -> str:
    """Show the form beside the photo."""
    return render_template(
        "curate/desk/stub.html", query=photo_or_404(query_id), form=form
    )


def asked_day() -> str:
    """Read the last day of a loan; "" where none is known; ValueError for nonsense."""
    text = request.form.get("until", "").strip()
    return date.fromisoformat(text).isoformat() if text else ""
