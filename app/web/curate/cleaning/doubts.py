"""Doubts about a deletion by age in words: why it waits for somebody's word."""

from flask_babel import lazy_gettext as _

from app.services.system.plausibility import Doubt, Held

WORDS = {
    Doubt.FORWARD: _(
        "The last deletion was on %(last)s. Either the clock has been set forward, or "
        "no worker was running for so long."
    ),
    Doubt.BACK: _(
        "The last deletion was on %(last)s, later than now. The clock may be wrong."
    ),
    Doubt.DAYS: _(
        "The days that are set are fewer than at the last deletion, on %(last)s."
    ),
    Doubt.FIRST: _(
        "Nothing was ever deleted before. Please check whether the clock is right."
    ),
    Doubt.MANY: _(
        "The time since the last deletion, on %(last)s, does not explain it."
    ),
}


def doubt_words(held: Held) -> str:
    """Say why a deletion by age waits for a word."""
    return str(WORDS[held.doubt]) % {"last": held.last}
