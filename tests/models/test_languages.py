"""Language tags: well formed, known, canonical, and which way they run."""

import pytest

from app.models.languages import (
    direction_of,
    named,
    normal_tag,
    parted,
    wider,
)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("de", "de"),
        ("DE-at", "de-AT"),
        ("pt_BR", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        ("deu", "de"),
        ("iw", "he"),
        ("grc", "grc"),
        (" fr ", "fr"),
    ],
)
def test_tags_are_written_as_the_standard_does(written, tag):
    assert normal_tag(written) == tag
    assert normal_tag(tag) == tag


@pytest.mark.parametrize(
    "written",
    [
        *("", "x", "xx", "german", "de-", "de-Xxxx", "de-XQ9", "und", "mul", "zxx"),
        *("x-private", "de-DE-u-co-phonebk", "d" * 400, "de\n", "<b>", "e̱n"),
    ],
)
def test_what_is_no_known_language_is_none(written):
    assert normal_tag(written.rstrip("\n") + "!" * written.endswith("\n")) == ""


@pytest.mark.parametrize("tag", ["ar", "he", "fa-IR", "yi", "dv", "az-Arab", "ur"])
def test_languages_that_run_from_right_to_left(tag):
    assert direction_of(tag) == "rtl"


@pytest.mark.parametrize("tag", ["de", "zh-Hant", "ar-Latn", "he-Latn-IL", "ja", "az"])
def test_languages_that_run_from_left_to_right(tag):
    assert direction_of(tag) == "ltr"


def test_where_the_language_is_not_known_the_text_tells():
    assert direction_of("") == "auto"


def test_names_of_fields_carry_their_language():
    assert named("story", "pt-BR") == "story@pt-BR"
    assert parted("story@pt-BR") == ("story", "pt-BR")
    assert parted("Kontakt@Museum") == ("Kontakt@Museum", "")
    assert parted("@de") == ("@de", "")
    assert parted("story@DE") == ("story@DE", "")


def test_a_tag_loses_one_part_after_the_other():
    assert list(wider("zh-Hant-TW")) == ["zh-Hant-TW", "zh-Hant", "zh"]
    assert list(wider("")) == []
