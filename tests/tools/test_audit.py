"""An audit says what is known, and never that nothing is when nothing was asked."""

import json

import pytest

from tools import audit
from tools.audit import Findings
from tools.locks import ROOT

FAULTY = {
    "name": "frame",
    "version": "1.0",
    "vulns": [
        {
            "id": "PYSEC-2026-1",
            "fix_versions": ["1.1"],
            "aliases": ["CVE-2026-1"],
            "description": "Splinters.",
        }
    ],
}
SOUND = {"name": "glass", "version": "1.0", "vulns": []}
SKIPPED = {"name": "easel", "skip_reason": "Dependency not found on PyPI"}


def answer(*packages):
    """Return what pip-audit prints of packages."""
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.fixture
def unreachable(monkeypatch):
    """A network where nobody listens."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ([SOUND], 0, "1 packages checked, 0 vulnerabilities known."),
        ([SOUND, FAULTY], 1, "frame 1.0: PYSEC-2026-1, CVE-2026-1; mended in 1.1"),
        ([SOUND, SKIPPED], 3, "not checked: easel: Dependency not found on PyPI"),
        ([FAULTY, SKIPPED], 1, "1 packages checked, 1 vulnerabilities known."),
        ([], 3, "0 packages checked"),
    ],
)
def test_the_status_says_what_is_known(packages, status, said, capsys):
    assert audit.report(audit.read(answer(*packages))) == status
    printed = capsys.readouterr()
    assert said in printed.out + printed.err


@pytest.mark.parametrize("text", ["", "No known vulnerabilities found"])
def test_what_is_no_answer_is_not_read_as_one(text):
    with pytest.raises(ValueError, match="Expecting value"):
        audit.read(text)


def test_an_index_that_knows_of_no_vulnerability_at_all_is_not_believed(monkeypatch):
    asked = []

    def silent(requirements, *options):
        asked.append(requirements.read_text("utf-8"))
        return Findings(checked=1, vulnerable=(), unknown=())

    monkeypatch.setattr(audit, "ask", silent)
    with pytest.raises(audit.NoDataError, match="nothing is said against jinja2"):
        audit.audit(ROOT / "requirements.txt")
    assert asked == [audit.CANARY]


def test_without_the_data_nothing_is_claimed(unreachable, capsys):
    assert audit.main() == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("The vulnerability data cannot be reached")
