"""Curators' pages of tours: list, texts, stops and their order, preview."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from app.extensions import db
from app.models import Tour, TourStop
from app.services.collection.works import find_work
from app.services.curation.editing import ChangedMeanwhileError
from app.services.tours.editing import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_STOPS,
    EmptyTourError,
    FullTourError,
    TourEditor,
)
from app.services.tours.reading import all_tours
from app.web.callers.visitors import current_account
from app.web.curate.responses import go_to, or_404
from app.web.pages.finding import asked_text, suggested
from app.web.shell.languages import page_language
from app.web.visits.tours import language_name, tour_page

bp = Blueprint("curate_tours", __name__, url_prefix="/curate/tours")
"""Guarded by ``app.web.callers.access``, as all blueprints that are named so."""

NO_ORIGINAL = 0
LONGEST_TAG = 35
"""Characters of a BCP 47 tag, as RFC 5646 advises."""


class NewTourForm(FlaskForm):  # type: ignore[misc]  # FlaskForm has no types
    """Form of a tour that is not begun yet."""

    title = StringField(
        _("Title"),
        [DataRequired(_("A tour needs a title.")), Length(max=LONGEST_TITLE)],
    )
    intro = TextAreaField(_("Introduction"), [Length(max=LONGEST_TEXT)])
    language = StringField(
        _("Language of the texts"), [DataRequired(), Length(max=LONGEST_TAG)]
    )

    def validate_language(self, field: StringField) -> None:
        """Refuse what names no language."""
        field.data = (field.data or "").strip()
        if language_name(field.data) is None:
            raise ValidationError(
                gettext("Write the language’s code, such as en, de or pt-BR.")
            )

    def facts(self) -> dict[str, Any]:
        """Return what was filled in."""
        return {
            "title": (self.title.data or "").strip(),
            "intro": (self.intro.data or "").strip(),
            "language": self.language.data,
        }


class TourForm(NewTourForm):
    """Form of what a tour is called."""

    translation_of_id = SelectField(_("Tells in another language"), coerce=int)
    seen = HiddenField()
    """Which revision of the tour was edited."""

    def facts(self) -> dict[str, Any]:
        """Return what was filled in."""
        original = self.translation_of_id.data or None
        return {**super().facts(), "translation_of_id": original}


@bp.route("/", methods=["GET", "POST"])
def browse() -> ResponseReturnValue:
    """List all tours, and begin a new one."""
    form = NewTourForm(language=page_language())
    if form.validate_on_submit():
        tour = editor().create(**form.facts())
        return back_to(tour, done=gettext("Begun. Now add its works."))
    return render_template(
        "curate/tours.html",
        form=form,
        tours=db.session.scalars(all_tours().order_by(Tour.title, Tour.id)).all(),
    ), 422 if form.errors else 200


@bp.route("/<int:tour_id>", methods=["GET", "POST"])
def edit(tour_id: int) -> ResponseReturnValue:
    """Show a tour with all that can be done to it, and change its texts.

    ``?q=`` holds words or a number of works to be added.
    """
    tour = found(tour_id)
    original = tour.translation_of_id or NO_ORIGINAL
    form = TourForm(obj=tour, translation_of_id=original, seen=tour.revision)
    form.translation_of_id.choices = [(NO_ORIGINAL, "–"), *originals(tour)]
    if form.validate_on_submit():
        try:
            entry = editor().describe(tour, form.facts(), seen=seen())
        except ChangedMeanwhileError:
            return back_to(tour, error=changed_sentence())
        except ValueError:
            sentence = gettext(
                "A tour that others translate, or a translation, cannot be that."
            )
            return back_to(tour, error=sentence)
        return back_to(tour, done=saved_sentence(is_changed=entry is not None))
    words = asked_text("q")
    there = {stop.artwork_id for stop in tour.stops}
    return render_template(
        "curate/tour.html",
        tour=tour,
        form=form,
        words=words,
        offered=[one.work for one in (suggested(words) if words else []) if one.work],
        there=there,
        most_stops=MOST_STOPS,
        longest_text=LONGEST_TEXT,
    ), 422 if form.errors else 200


@bp.get("/<int:tour_id>/preview")
def preview(tour_id: int) -> str:
    """Show a tour as visitors see it once it is published."""
    return tour_page(found(tour_id), is_preview=True)


@bp.post("/<int:tour_id>/stops")
def add(tour_id: int) -> ResponseReturnValue:
    """Add a work at the end, by its accession number."""
    tour = found(tour_id)
    accession = request.form.get("work", "").strip()
    work = find_work(accession)
    if work is None:
        sentence = gettext("No work on show has the number %(number)s.")
        return back_to(tour, error=sentence % {"number": accession[:100]})
    try:
        entry = editor().add(tour, work)
    except FullTourError:
        sentence = gettext("A tour has %(count)s stops at most.", count=MOST_STOPS)
        return back_to(tour, error=sentence)
    if entry is None:
        return back_to(tour, error=gettext("It is in this tour already."))
    return back_to(tour, done=gettext("Added as the last stop."))


@bp.post("/<int:tour_id>/stops/<int:stop_id>")
def change(tour_id: int, stop_id: int) -> ResponseReturnValue:
    """Change a stop: its text (``text``), or where it is (``do``)."""
    tour = found(tour_id)
    stop = next((one for one in tour.stops if one.id == stop_id), None)
    if stop is None:
        return back_to(tour, error=changed_sentence())
    what = request.form.get("do", "tell")
    anchor = f"stop-{stop.id}"
    if what == "up":
        editor().move(stop, -1)
    elif what == "down":
        editor().move(stop, 1)
    elif what == "remove":
        editor().remove(stop)
        return back_to(tour, done=gettext("Taken out of the tour."))
    elif what == "tell":
        return tell(stop, anchor)
    else:
        abort(400)
    return back_to(tour, anchor=anchor)


@bp.post("/<int:tour_id>/publish")
def publish(tour_id: int) -> ResponseReturnValue:
    """Let visitors see a tour (``is_published`` yes), or see it no more."""
    tour = found(tour_id)
    if request.form.get("is_published") != "yes":
        editor().unpublish(tour)
        return back_to(tour, done=gettext("Visitors do not see it any more."))
    try:
        editor().publish(tour)
    except EmptyTourError:
        sentence = gettext("Add a work first that is on show.")
        return back_to(tour, error=sentence)
    return back_to(tour, done=gettext("Visitors see it now."))


@bp.post("/<int:tour_id>/delete")
def delete(tour_id: int) -> ResponseReturnValue:
    """Delete a tour; that can be taken back among the changes."""
    editor().delete(found(tour_id))
    sentence = gettext("The tour is deleted. Under “Changes” that can be taken back.")
    return go_to("curate_tours.browse", done=sentence)


def tell(stop: TourStop, anchor: str) -> ResponseReturnValue:
    """Change what is said at a stop."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_TEXT:
        sentence = gettext("%(count)s characters at most.", count=LONGEST_TEXT)
        return back_to(stop.tour, error=sentence)
    try:
        entry = editor().tell(stop, text, seen=seen())
    except ChangedMeanwhileError:
        return back_to(stop.tour, error=changed_sentence())
    return back_to(
        stop.tour, anchor=anchor, done=saved_sentence(is_changed=entry is not None)
    )


def editor() -> TourEditor:
    """Return who changes tours in the name of who is logged in."""
    return TourEditor(db.session(), current_account())


def found(tour_id: int) -> Tour:
    """Return a tour, published or not; 404 for a deleted one."""
    return or_404(
        db.session.scalars(all_tours().where(Tour.id == tour_id)).one_or_none()
    )


def originals(tour: Tour) -> list[tuple[int, str]]:
    """Return the tours that this one may tell in another language."""
    others = all_tours().where(Tour.id != tour.id, Tour.translation_of_id.is_(None))
    ordered = db.session.scalars(others.order_by(Tour.title, Tour.id))
    return [(one.id, f"{one.title} ({one.language})") for one in ordered]


def seen() -> int | None:
    """Read which revision of the tour somebody saw."""
    return request.form.get("seen", type=int)


def back_to(
    tour: Tour, *, done: str = "", error: str = "", anchor: str | None = None
) -> ResponseReturnValue:
    """Show a tour again after a change."""
    return go_to(
        "curate_tours.edit", tour_id=tour.id, done=done, error=error, _anchor=anchor
    )


def changed_sentence() -> str:
    """Say that somebody else was quicker."""
    return str(
        gettext(
            "Somebody else changed this tour meanwhile. Below is how it is now; "
            "please make your change again."
        )
    )


def saved_sentence(*, is_changed: bool) -> str:
    """Say whether there was something to be saved."""
    return str(gettext("Saved.") if is_changed else gettext("Nothing was changed."))
