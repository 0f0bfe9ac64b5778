import pytest

from app.extensions import db
from app.models import Artwork, TermCode
from app.services.collection.exporting import all_works
from app.services.collection.vocabulary.codes import (
    AUTHORITIES,
    Code,
    CodeFormError,
    codes_of,
    read_code,
    uris_of,
)


@pytest.mark.parametrize(
    ("authority", "text", "code"),
    [
        ("ulan", "500115493", "500115493"),
        ("ulan", " http://vocab.getty.edu/ulan/500115493 ", "500115493"),
        ("ulan", "https://vocab.getty.edu/page/ulan/500115493", "500115493"),
        ("ulan", "ulan:500115493", "500115493"),
        ("aat", "300015050", "300015050"),
        ("tgn", "7007567", "7007567"),
        ("tgn", "http://vocab.getty.edu/tgn/1000070", "1000070"),
        ("wikidata", "q5580", "Q5580"),
        ("wikidata", "https://www.wikidata.org/wiki/Q5580", "Q5580"),
        ("wikidata", "http://www.wikidata.org/entity/Q5580", "Q5580"),
        ("wikidata", "", ""),
    ],
)
def test_codes_and_their_addresses_are_read(authority, text, code):
    assert read_code(authority, text) == code


@pytest.mark.parametrize(
    ("authority", "text"),
    [
        ("ulan", "300015050"),
        ("ulan", "http://vocab.getty.edu/aat/500115493"),
        ("ulan", "https://evil.example/500115493"),
        ("aat", "500115493"),
        ("aat", "30001505"),
        ("tgn", "0007567"),
        ("wikidata", "P31"),
        ("wikidata", "Q0"),
        ("wikidata", "javascript:alert(1)"),
        ("wikidata", "Q1|Q2"),
    ],
)
def test_what_is_no_code_by_its_form_is_refused(authority, text):
    with pytest.raises(CodeFormError) as refused:
        read_code(authority, text)
    assert refused.value.authority == authority


def test_examples_are_codes():
    for name, authority in AUTHORITIES.items():
        assert read_code(name, authority.uri(authority.example)) == authority.example


@pytest.fixture
def hare(in_app):
    work = Artwork(accession="hare", artist="Dürer", technique="Watercolour")
    other = Artwork(accession="rhino", artist="Dürer", type="Dürer")
    db.session.add_all([work, other])
    db.session.add(
        TermCode(field="artist", text="Dürer", authority="ulan", code="500115493")
    )
    db.session.commit()
    return work


def test_works_share_the_codes_of_their_terms(hare):
    named = {work.accession: work for work in all_works(db.session())}
    dürer = [Code("artist", "Dürer", "ulan", "500115493")]
    assert codes_of(named["hare"]) == codes_of(named["rhino"]) == dürer
    assert codes_of(named["1900.0"]) == []
    uri = "http://vocab.getty.edu/ulan/500115493"
    assert uris_of(named["hare"]) == {"artist": [uri]}


def test_what_a_work_states_itself_counts_for_it(hare):
    hare.details = {"artist_ulan": "500000001", "technique_aat": "none"}
    assert [one.code for one in codes_of(hare)] == ["500000001"]
