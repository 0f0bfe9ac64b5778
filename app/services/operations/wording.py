"""Words of statistics: answers, ways to a work without a photo, differences."""

from flask_babel import format_decimal, format_percent, gettext
from flask_babel import lazy_gettext as _

from app.retrieval.verification.evidence import Verdict

VERDICTS = {
    Verdict.FOUND: _("Found"),
    Verdict.UNCERTAIN: _("Perhaps one of these"),
    Verdict.NOT_FOUND: _("Not in this collection"),
}
WAYS = {
    "number": _("Number"),
    "words": _("Words"),
    "label": _("Label in the photo"),
    "room": _("Room"),
    "alike": _("Works that look alike"),
}
"""How a work is found without a photo; see ``Feedback.found_by``."""


def difference_words(count: int, before: int) -> str:
    """Say how a number differs from an earlier one."""
    if count == before:
        return str(gettext("no difference"))
    words = (
        gettext("%(number)s more", number=format_decimal(count - before))
        if count > before
        else gettext("%(number)s fewer", number=format_decimal(before - count))
    )
    if not before:
        return str(words)
    share = format_percent((count - before) / before, "+0 %;-0 %")
    return f"{words} ({share})"
