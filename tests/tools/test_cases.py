"""Files handed in on the real pages of a museum of their own."""

import pytest

from tools import cases

pytestmark = pytest.mark.slow


def test_every_file_is_handed_in_and_told_of(tmp_path, capsys):
    (tmp_path / "works.csv").write_text("accession,title\n1,One\n2,Two\n")
    (tmp_path / "nothing.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "unnumbered.csv").write_text("title,artist\nOne,Nobody\n")
    (tmp_path / "README.md").write_text("what is right")
    assert cases.main([str(tmp_path)]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line[0] != " "]
    assert [line.split()[:2] for line in told] == [
        ["nothing.pdf", "refused"],
        ["unnumbered.csv", "asks"],
        ["works.csv", "2"],
    ]


def test_a_page_that_fails_is_a_failure(tmp_path, capsys, monkeypatch):
    (tmp_path / "works.csv").write_text("accession,title\n1,One\n")
    monkeypatch.setattr(cases, "IMPORTS", "/curate/no-such-page/")
    assert cases.main([str(tmp_path)]) == 2
    assert "404" in capsys.readouterr().out
