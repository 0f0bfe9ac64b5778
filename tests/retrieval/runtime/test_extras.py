"""Extras: named as setup.py names them, and told apart by what is installed."""

import re
from importlib import metadata

import pytest
from packaging.utils import canonicalize_name

from app.configuration.load import ROOT
from app.retrieval.runtime.extras import (
    LOCKS,
    MODULES,
    Extra,
    install_command,
    is_installed,
)
from tests.support.extras import leave_out

EVERY_EXTRA = pytest.mark.parametrize("extra", Extra)


@EVERY_EXTRA
def test_an_extra_is_there_until_one_of_its_packages_is_not(extra, monkeypatch):
    assert is_installed(extra)
    leave_out(monkeypatch, extra)
    assert not is_installed(extra)


@EVERY_EXTRA
def test_the_lock_that_is_named_brings_it(extra):
    lock = (ROOT / LOCKS[extra]).read_text("utf-8")
    locked = {
        canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", lock, re.M)
    }
    owners = metadata.packages_distributions()
    for module in MODULES[extra]:
        assert locked & {canonicalize_name(owner) for owner in owners[module]}, module
    assert install_command(extra).endswith(f"-r {LOCKS[extra]}")


def test_what_is_needed_is_in_no_extra():
    base = (ROOT / "requirements/base.txt").read_text("utf-8").lower()
    for module in (module for own in MODULES.values() for module in own):
        assert f"\n{module.lower()}==" not in base
