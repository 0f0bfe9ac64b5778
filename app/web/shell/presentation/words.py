"""Answers in words: verdict, probability, evidence, advice."""

import math

from flask_babel import format_decimal, gettext, lazy_gettext, ngettext

from app.models import Artwork, Query, QueryMatch
from app.retrieval.images.quality import QualityIssue
from app.retrieval.verification.evidence import Verdict
from app.services.collection.form import Form, form_of
from app.services.labels.reading import ReadWork, Sign
from app.services.labels.shown import shown_works
from app.services.operations.wording import VERDICTS
from app.services.search.evidence import (
    Spread,
    faults_of,
    shows_nothing,
    spread_of,
)
from app.web.shell.content.shown import title_words
from app.web.shell.presentation.overlays import centre

ADVICE = {
    QualityIssue.BLACK: lazy_gettext(
        "Your photo is nearly black. Perhaps a finger or a case was on the lens."
    ),
    QualityIssue.BLANK: lazy_gettext(
        "Your photo shows an even surface without any detail. Point the camera at the "
        "work, and look whether a finger covers the lens."
    ),
    QualityIssue.TINY: lazy_gettext(
        "Your photo is very small. Send it as the camera took it, and no small "
        "preview of it."
    ),
    QualityIssue.DARK: lazy_gettext(
        "Your photo is dark. Tap on the work, so that the camera brightens it."
    ),
    QualityIssue.BLURRED: lazy_gettext(
        "Your photo is blurred. Tap on the work to focus on it, and hold still."
    ),
    QualityIssue.GLARE: lazy_gettext(
        "Lights are mirrored in the work. Move a little to the side, until they are "
        "gone."
    ),
    QualityIssue.SMALL: lazy_gettext(
        "The work fills only a small part of your photo. Step closer, or crop the "
        "photo."
    ),
    QualityIssue.CUT_OFF: lazy_gettext(
        "A part of the work lies outside your photo. Step back until all of it is in "
        "view."
    ),
}
EVIDENCE = {
    Spread.WHOLE: lazy_gettext(
        "%(count)s details of your photo lie exactly where this work has them, "
        "all over the work."
    ),
    Spread.MUCH: lazy_gettext(
        "%(count)s details of your photo lie exactly where this work has them, "
        "over much of the work."
    ),
    Spread.PART: lazy_gettext(
        "%(count)s details of your photo lie exactly where this work has them, "
        "but only in one part of the work."
    ),
}
EVIDENCE_IN_THE_ROUND = lazy_gettext(
    "%(count)s details of your photo are found again in a picture of this work from "
    "about the same side."
)
SIGNS = {
    Sign.CODE: lazy_gettext("code"),
    Sign.NUMBER: lazy_gettext("accession number"),
    Sign.TITLE: lazy_gettext("title"),
    Sign.ARTIST: lazy_gettext("artist"),
    Sign.DATE: lazy_gettext("date"),
}
PROPOSAL_COUNT = 5
"""Uncertain proposals shown at most: more would be a list to search, not an answer."""


def _(text: str, **values: object) -> str:
    """Translate a sentence of this module."""
    return str(gettext(text, **values))


def percent(probability: float) -> str:
    """Write a probability as people say it: never 0 %, never 100 %."""
    rounded = round(probability * 100)
    if rounded < 1:
        return _("under 1 %")
    if rounded > 99:
        return _("over 99 %")
    return _("%(number)s %%", number=rounded)


def verdict_words(query: Query) -> str:
    """Say an answer in a few words."""
    if query.is_read:
        return _("We read the label")
    if shows_nothing(query):
        return _("Nothing to recognise")
    if query.is_open:
        return _("Only a part was searched")
    return str(VERDICTS[query.verdict])


def meaning(probability: float) -> str:
    """Say what a probability promises, in numbers that can be pictured."""
    total = 1000 if probability > 0.99 else 100
    right = min(max(round(probability * total), 1), total - 1)
    return _(
        "of %(total)s answers this sure, about %(right)s are right",
        total=format_decimal(total),
        right=format_decimal(right),
    )


def caption(work: Artwork) -> str:
    """Name a work in one line: title, artist, date, as far as they are known."""
    return ", ".join(filter(None, (title_words(work), work.artist, work.date)))


def shown_proposals(query: Query) -> list[QueryMatch]:
    """Return the works that an answer shows, those that were found from left to right.

    All that were found; of those that it may be, ``PROPOSAL_COUNT``. What has no place
    in the photo comes last.
    """
    proposals = query.proposals
    if query.verdict is not Verdict.FOUND:
        return proposals[:PROPOSAL_COUNT]
    return sorted(
        proposals,
        key=lambda match: centre(match.place, query)[0] if match.place else math.inf,
    )


def sentence(query: Query) -> str:
    """Say a whole answer in one sentence that can be read aloud."""
    if query.is_read:
        return sentence_of_label(query)
    if shows_nothing(query):
        return advice(query)[0]
    works = [caption(match.artwork) for match in shown_proposals(query)]
    if query.is_open:
        return _(
            "No work was recognised in your photo, but only a part of the collection "
            "could be searched just now. It may be in the rest."
        )
    if query.verdict is Verdict.NOT_FOUND:
        return _("No work of this collection was recognised in your photo.")
    if not works:
        return _("The work that was recognised is no longer in the collection.")
    listed = "; ".join(works)
    if query.verdict is Verdict.UNCERTAIN:
        return _(
            "Your photo may show one of these, but that is not certain: %(works)s.",
            works=listed,
        )
    return str(
        ngettext(
            "Your photo shows %(works)s.",
            "Your photo shows %(num)s works: %(works)s.",
            len(works),
            works=listed,
        )
    )


def sentence_of_label(query: Query) -> str:
    """Say in one sentence what works the labels in a photo name."""
    named = [caption(work) for read, work in shown_works(query) if read.is_sure]
    if not named:
        return _("The work that its label names is no longer in the collection.")
    return str(
        ngettext(
            "The label in your photo names %(works)s. The work itself was not "
            "recognised.",
            "The labels in your photo name %(works)s. The works themselves were not "
            "recognised.",
            len(named),
            works="; ".join(named),
        )
    )


def signs_read(read: ReadWork) -> str:
    """Say what of a work was read."""
    signs = ", ".join(str(SIGNS[sign]) for sign in read.signs)
    return _("Read: %(signs)s.", signs=signs)


def evidence(match: QueryMatch) -> str:
    """Say in one sentence what speaks for a work.

    How much of a picture agrees says little where it shows one side of several.
    """
    count = format_decimal(match.inlier_count)
    is_flat = match.region is None and form_of(match.artwork) is not Form.ROUND
    words = EVIDENCE[spread_of(match.points)] if is_flat else EVIDENCE_IN_THE_ROUND
    return str(words % {"count": count})


def advice(query: Query) -> list[str]:
    """Say what the visitor can do better, as far as it was measured."""
    return [str(ADVICE[fault]) for fault in faults_of(query)]
