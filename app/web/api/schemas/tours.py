"""Schemas of tours, from ``Tour`` and ``TourStop``."""

from flask import url_for
from flask_babel import lazy_gettext as _
from marshmallow import fields

from app.services.tours.reading import other_languages, stops_on_show
from app.web.api.fields import ResponseSchema, array, described, integer, text
from app.web.api.schemas.works import WorkSchema

TOUR_ID = 3


class TourSchema(ResponseSchema):
    """What a list tells of a tour."""

    description = _("A tour through the museum, in short.")
    id = integer(_("Number of the tour."), TOUR_ID, least=1)
    title = text(_("In its own language."), "Animals in the museum")
    intro = text(_("What is said of the whole; may be empty."), "For children, too.")
    language = text(_("Language of its texts, as a BCP 47 tag."), "en")
    stops = integer(
        _("How many works it leads to."), 8, lambda tour: len(stops_on_show(tour))
    )
    url = text(
        _("Path of the tour’s page."),
        f"/tours/{TOUR_ID}",
        lambda tour: url_for("tours.show", tour_id=tour.id),
    )


class ToursSchema(ResponseSchema):
    """All tours."""

    description = _("The tours that are published.")
    tours = array(TourSchema, _("By title."))


class TourStopSchema(ResponseSchema):
    """Stop of a tour."""

    description = _("A work of a tour, and what is said in front of it.")
    text = text(_("In the tour’s language; may be empty."), "Look at its tail.")
    work = fields.Nested(
        WorkSchema, **described(_("The work."), lambda stop: stop.artwork)
    )


class TourWithStopsSchema(TourSchema):
    """A whole tour."""

    description = _("A tour with its stops.")
    stops = array(TourStopSchema, _("In the order of the tour."), stops_on_show)
    translations = array(
        TourSchema, _("The same tour in other languages."), other_languages
    )
