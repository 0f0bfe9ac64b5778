import pytest

from app.models import Artwork
from app.services.collection.form import Form, form_of


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("painting", Form.FLAT),
        ("Ölgemälde", Form.FLAT),
        ("Öl auf Leinwand", Form.FLAT),
        ("huile sur toile", Form.FLAT),
        ("olio su tela", Form.FLAT),
        ("óleo sobre lienzo", Form.FLAT),
        ("Etching, drypoint", Form.FLAT),
        ("Landscape", Form.FLAT),
        ("bust", Form.ROUND),
        ("Marmorbüste", Form.ROUND),
        ("Buste en marbre", Form.ROUND),
        ("Busto", Form.ROUND),
        ("STATUE", Form.ROUND),
        ("Sculptures", Form.ROUND),
        ("Scultura lignea", Form.ROUND),
        ("Gefäß", Form.ROUND),
        ("vessel", Form.ROUND),
        ("objet", Form.ROUND),
        ("relief", Form.RELIEF),
        ("Relief sculpture", Form.RELIEF),
        ("bassorilievo", Form.RELIEF),
        ("Münze", Form.RELIEF),
        ("", Form.UNKNOWN),
        ("portrait", Form.UNKNOWN),
        ("Robust work", Form.UNKNOWN),
        ("photograph of a statue", Form.UNKNOWN),
        ("relief print", Form.UNKNOWN),
    ],
)
def test_words_of_a_label_tell_the_form(words, form):
    assert form_of(Artwork(type=words)) is form
    assert form_of(Artwork(type="", technique=words)) is form


def test_the_type_goes_before_the_technique():
    assert form_of(Artwork(type="bust", technique="oil on plaster")) is Form.ROUND
    assert form_of(Artwork(type="portrait", technique="bronze")) is Form.ROUND


def test_a_work_that_nothing_is_said_of_has_no_known_form():
    assert form_of(Artwork()) is Form.UNKNOWN
