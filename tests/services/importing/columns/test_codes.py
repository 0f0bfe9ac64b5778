import pytest

from app.services.importing.columns.codes import code_column, settle_codes


@pytest.mark.parametrize(
    ("column", "detail"),
    [
        ("artist_ulan", "artist_ulan"),
        ("Artist ULAN URL", "artist_ulan"),
        ("Artist Wikidata URL", "artist_wikidata"),
        ("ULAN", "artist_ulan"),
        ("Medium AAT ID", "technique_aat"),
        ("technique_aat", "technique_aat"),
        ("location_tgn", "location_tgn"),
        ("Object Wikidata URL", ""),
        ("AAT", ""),
        ("Artist", ""),
        ("Artist ID", ""),
        ("artist_aat", ""),
    ],
)
def test_columns_of_codes_are_known_by_their_names(column, detail):
    assert code_column(column) == detail


def test_codes_are_written_as_we_do_and_what_is_none_is_kept_and_told():
    details = {
        "artist_ulan": "http://vocab.getty.edu/page/ulan/500115493",
        "artist_wikidata": "https://www.wikidata.org/wiki/Q1|Q2",
        "story@en": "500115493",
    }
    [remark] = settle_codes(details)
    assert remark.code == "no_code"
    assert details == {
        "artist_ulan": "500115493",
        "artist_wikidata": "https://www.wikidata.org/wiki/Q1|Q2",
        "story@en": "500115493",
    }
