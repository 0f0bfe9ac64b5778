import pytest

from app.services.accounts.passwords import is_common


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "password123",
        "P@ssw0rd123",
        "qwertyuiop",
        "aaaaaaaaaa",
        "iloveyou123",
        "Passwort123",
        "michelangelo",
        "password" * 16,
    ],
)
def test_what_guessing_begins_with_is_common(password):
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "drei blaue Häuser", "x7Kq0mzp2R", "ten characters"],
)
def test_what_takes_long_to_guess_is_not(password):
    assert not is_common(password)


def test_what_is_known_of_somebody_is_guessed_first():
    assert not is_common("rosenbaumallee")
    assert is_common("rosenbaumallee", ["rosenbaumallee"])
