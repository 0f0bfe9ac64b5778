"""Common passwords, with which guessing begins: refused, after NIST SP 800-63B."""

from collections.abc import Iterable

ENOUGH = 2
"""Of zxcvbn's scores from 0 to 4: a million guesses. Names, common passwords and words
with a number behind them need fewer; three words in a row need far more. A form lets in
40 guesses a day, so asking for more would only turn people away."""
LONGEST_JUDGED = 72
"""Characters; zxcvbn refuses more, and takes longer the more there are."""


def is_common(password: str, known: Iterable[str] = ()) -> bool:
    """Tell whether a password is found by fewer than a million guesses.

    Parameters
    ----------
    known : iterable of str
        What somebody who guesses knows too: the address, the name of the site.
    """
    from zxcvbn import zxcvbn  # 12 MB of words, for the few who choose a password

    judged = zxcvbn(password[:LONGEST_JUDGED], user_inputs=list(known))
    return bool(judged["score"] < ENOUGH)
