"""Names of what the review desk knows: lists, kinds, outcomes, cuts, reasons."""

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _

from app.models import ReviewOutcome, WorkStub, now
from app.services.evaluation.own_set.asking import Unasked
from app.services.evaluation.review.asking_again import NotAsked
from app.services.evaluation.review.cutting import Cut
from app.services.evaluation.review.photos import DeskList, PhotoKind

LIST_NAMES = {
    DeskList.WAITING: _("All that wait"),
    DeskList.UNANSWERED: _("Unanswered"),
    DeskList.WRONG: _("Called wrong"),
    DeskList.RIGHT: _("Called right"),
}
KIND_NAMES = {
    PhotoKind.BLACK: _("Black photos"),
    PhotoKind.BLANK: _("Photos of nothing"),
    PhotoKind.TINY: _("Tiny photos"),
    PhotoKind.LABEL: _("Photos with a label that was read"),
    PhotoKind.BLURRED: _("Blurred photos"),
}
OUTCOME_NAMES = {
    ReviewOutcome.OPEN: _("Not decided"),
    ReviewOutcome.NAMED: _("Named"),
    ReviewOutcome.STUB: _("Recorded as a stub"),
    ReviewOutcome.NOT_OURS: _("Not ours"),
    ReviewOutcome.NOT_A_WORK: _("Not a work"),
}
CUT_NAMES = {
    Cut.OUTLINE: _("Along its outline, set upright"),
    Cut.FRAME: _("Around its frame"),
    Cut.WHOLE: _("The whole photo"),
}
NOT_ASKED_WORDS = {
    NotAsked.DELETED: _("Its visitor has deleted it."),
    NotAsked.GONE: _("It is not kept any more: its days of retention are over."),
    NotAsked.LOST: _("Its file is missing from the storage."),
    NotAsked.UNREADABLE: _("Its file cannot be read."),
    NotAsked.PART: _("A part of the index did not answer. Ask it again later."),
}
UNASKED_WORDS = {
    Unasked.GONE: _("the file is missing from the storage"),
    Unasked.UNREADABLE: _("the file cannot be read"),
    Unasked.NOT_FINDABLE: _(
        "no work in it can be found: withdrawn, or without another picture"
    ),
    Unasked.PART: _("a part of the index did not answer"),
}


def stub_words(stub: WorkStub) -> str:
    """Say what is known of a stub: loan, until when, whether visitors find it."""
    said = []
    if stub.is_loan and stub.until is None:
        said.append(gettext("On loan"))
    elif stub.is_loan and stub.until is not None:
        day = format_date(stub.until, "long")
        is_over = stub.until < now().date()
        said.append(
            gettext("The loan ended on %(day)s", day=day)
            if is_over
            else gettext("On loan until %(day)s", day=day)
        )
    said.append(
        gettext("not published: visitors do not find it")
        if stub.artwork.is_withdrawn
        else gettext("published: visitors find it")
    )
    return " · ".join(map(str, said))


def outcome_words(outcome: str) -> str:
    """Say what was decided of a photo."""
    return str(OUTCOME_NAMES[ReviewOutcome(outcome)])
