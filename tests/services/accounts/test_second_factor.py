"""Second factors without their pages: what is kept, and what works twice."""

from types import SimpleNamespace

import pytest
from passlib.totp import TOTP

from app.extensions import db
from app.models import Passkey, now
from app.services.accounts import accounts, second_factor
from app.services.accounts.second_factor import (
    HashedRecoveryCodes,
    SingleUseTotp,
    totp_secrets,
)
from app.services.system.keyed_hash import derived_key

pytestmark = pytest.mark.usefixtures("in_app")
SECRET = "s" * 64


@pytest.fixture
def anna():
    user = accounts.create_confirmed("anna@example.org", None)
    db.session.commit()
    return user


@pytest.fixture
def totp(in_app):
    return SingleUseTotp(totp_secrets(SECRET), "Morelli")


def set_up(user, totp):
    secret = totp.generate_totp_secret()
    user.tf_totp_secret, user.tf_primary_method = secret, second_factor.APP
    db.session.commit()
    return TOTP(totp.get_totp_b32_key(secret))


def passkey(user, name):
    key = Passkey(
        name=name,
        credential_id=name.encode(),
        public_key=b"k",
        backup_state=False,
        device_type="single_device",
        usage="secondary",
        lastuse_datetime=now(),
    )
    user.webauthn.append(key)
    db.session.commit()
    return key


def test_each_use_of_the_secret_has_a_key_of_its_own():
    purposes = (second_factor.TOTP_PURPOSE, second_factor.RECOVERY_PURPOSE)
    keys = {derived_key(SECRET, purpose).hex() for purpose in purposes}
    assert len(keys) == 2
    assert set(totp_secrets(SECRET).values()) < keys
    assert SECRET not in keys
    assert totp_secrets(SECRET) != totp_secrets("t" * 64)
    assert set(totp_secrets(SECRET)) != set(totp_secrets("t" * 64))


def test_of_codes_the_newest_used_ends_all_before(anna, totp, time_machine):
    app = set_up(anna, totp)
    time_machine.move_to(1_800_000_000, tick=False)
    before, code = app.generate(1_799_999_970).token, app.generate().token
    assert totp.verify_totp(code, anna.tf_totp_secret, anna, window=30)
    db.session.commit()
    assert not totp.verify_totp(code, anna.tf_totp_secret, anna, window=30)
    assert not totp.verify_totp(before, anna.tf_totp_secret, anna, window=30)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567", "１２３４５６"])
def test_nonsense_is_no_code(anna, totp, code):
    set_up(anna, totp)
    assert not totp.verify_totp(code, anna.tf_totp_secret, anna)


def test_recovery_codes_of_another_instance_are_worth_nothing(anna):
    ours, theirs = (
        HashedRecoveryCodes(SimpleNamespace(config=config(letter))) for letter in "ab"
    )
    [code, *_] = ours.create_recovery_codes(anna)
    assert not theirs.check_recovery_code(anna, code)
    assert ours.check_recovery_code(anna, code)
    assert not ours.check_recovery_code(anna, code)


def config(letter):
    return {
        "SECRET_KEY": letter * 64,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": None,
    }


def test_codes_stay_as_long_as_there_is_something_to_recover(anna, totp, in_app):
    set_up(anna, totp)
    key = passkey(anna, "Telephone")
    in_app.extensions["security"].mf_recovery_codes_util.create_recovery_codes(anna)
    assert second_factor.remove_app(anna)
    assert not second_factor.remove_app(anna)
    assert second_factor.count_recovery_codes(anna) == second_factor.RECOVERY_CODES
    second_factor.remove_passkey(anna, key)
    assert second_factor.count_recovery_codes(anna) == 0
    assert not second_factor.is_set_up(anna)


def test_a_passkey_is_found_by_its_owner_only(anna):
    ben = accounts.create_confirmed("ben@example.org", None)
    key = passkey(anna, "Telephone")
    assert second_factor.find_passkey(ben, key.id) is None
    assert second_factor.find_passkey(anna, key.id) is key


def test_a_reset_leaves_nothing(anna, totp):
    set_up(anna, totp)
    passkey(anna, "Telephone")
    assert second_factor.reset(anna)
    db.session.commit()
    assert not second_factor.is_set_up(anna)
    assert not second_factor.reset(anna)
