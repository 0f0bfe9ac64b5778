import json
import xml.etree.ElementTree as ET

import pytest

from app.commands.exports import FORMS
from app.extensions import db
from app.models import Artwork, now


@pytest.fixture
def export(app):
    runner = app.test_cli_runner()

    def run(form, path):
        return runner.invoke(args=["export", form, str(path)])

    return run


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_whole(export, tmp_path, form):
    path = tmp_path / "works"
    done = export(form, path)
    assert done.exit_code == 0
    text = path.read_text("utf-8")
    assert "The Astronomer’s Table" in text
    if form == "lido":
        assert len(ET.fromstring(text)) == 7  # noqa: S314 - ours
    elif form != "csv":
        assert json.loads(text)
    # Works and pictures have addresses in these, which nobody has set here.
    is_addressed = "http://localhost:8000/works/1900.0" in text
    assert is_addressed == ("MORELLI_PUBLIC_URL" in done.stderr)


def test_a_public_address_is_taken(make_app, tmp_path):
    app = make_app(MORELLI_PUBLIC_URL="https://museum.example")
    path = tmp_path / "works.xml"
    done = app.test_cli_runner().invoke(args=["export", "lido", str(path)])
    assert "MORELLI_PUBLIC_URL" not in done.stderr
    assert "https://museum.example/iiif/images/" in path.read_text("utf-8")


def test_lido_of_no_work_would_not_be_valid_and_is_not_written(app, export, tmp_path):
    with app.app_context():
        for work in db.session.query(Artwork):
            work.withdrawn_at = now()
        db.session.commit()
    done = export("lido", tmp_path / "works.xml")
    assert done.exit_code != 0
    assert "No work is on show" in done.stderr
    assert not (tmp_path / "works.xml").exists()


def test_a_file_that_cannot_be_written_is_said(export, tmp_path):
    (tmp_path / "file").touch()
    done = export("csv", tmp_path / "file" / "works.csv")
    assert done.exit_code != 0
    assert "cannot be written" in done.stderr
