import pytest

from app.services.importing.pictures.source import SourceError
from app.services.importing.standards.harvest import Harvest
from tests.services.importing.standards.web import PLACE, FakeWeb, read

AAT = "http://vocab.getty.edu/aat/"
ENGLISH, DUTCH = (
    {"id": f"{AAT}{number}", "type": "Language"} for number in (300388277, 300388256)
)


def kind(number, label=""):
    return {"id": f"{AAT}{number}", "type": "Type", "_label": label}


def named(content, *kinds, type_="Name", **facts):
    return {"type": type_, "content": content, "classified_as": list(kinds), **facts}


def statement(content, *kinds, **facts):
    return named(content, *kinds, type_="LinguisticObject", **facts)


def described(number=1, **facts):
    """Return a work as the Getty and Yale publish theirs."""
    return {
        "@context": "https://linked.art/ns/v1/linked-art.json",
        "id": f"{PLACE}object/{number}",
        "type": "HumanMadeObject",
        "_label": "Irises (85.PA.1)",
        "identified_by": [
            named("Iris study", kind(300404621)),
            named("Irises", kind(300404670, "Primary"), language=[ENGLISH]),
            named("Irissen", kind(300404670, "Primary"), language=[DUTCH]),
            named("4711", kind(300435704, "System number"), type_="Identifier"),
            named(f"85.PA.{number}", kind(300312355, "Acc."), type_="Identifier"),
        ],
        "classified_as": [
            kind(300133025, "Works of art"),
            {
                **kind(300033618, "Painting"),
                "classified_as": [kind(300435443, "Type of Work")],
            },
        ],
        "made_of": [kind(300015050, "oil paint"), kind(300014078, "canvas")],
        "referred_to_by": [
            statement("Oil on canvas", kind(300435429, "Material Statement")),
            statement("74.3 × 94.3 cm", kind(300435430, "Dimension Statement")),
            statement("<p>Painted in <i>Arles</i>.</p>", kind(300435416)),
            statement("Gift of A. Muster", kind(300435418, "Credit Line")),
            statement("signed", kind(300000001, "Marks")),
        ],
        "produced_by": {
            "type": "Production",
            "part": [
                {
                    "type": "Production",
                    "carried_out_by": [
                        {"id": f"{PLACE}person/1", "type": "Person", "_label": "Gogh"}
                    ],
                }
            ],
            "timespan": {
                "type": "TimeSpan",
                "identified_by": [named("1889")],
                "begin_of_the_begin": "1889-01-01T00:00:00Z",
            },
        },
        "current_owner": [{"type": "Group", "_label": "Museum"}],
        "subject_to": [
            {
                "type": "Right",
                "classified_as": [
                    {"id": "https://creativecommons.org/publicdomain/zero/1.0/"}
                ],
            }
        ],
        "representation": [
            {
                "type": "VisualItem",
                "digitally_shown_by": [
                    {
                        "type": "DigitalObject",
                        "format": "image/jpeg",
                        "access_point": [{"id": f"{PLACE}{number}.jpg"}],
                    }
                ],
            }
        ],
        "subject_of": [
            {
                "type": "LinguisticObject",
                "digitally_carried_by": [
                    {
                        "type": "DigitalObject",
                        "format": "text/html",
                        "access_point": [{"id": "https://museum.org/irises"}],
                    }
                ],
            }
        ],
        **facts,
    }


def test_an_object_says_what_a_work_is():
    [record] = read(described())
    assert (record.fault, record.remarks) == (None, [])
    assert (record.accession, record.identifier) == ("85.PA.1", f"{PLACE}object/1")
    assert record.label == {
        "title": "Irises",
        "artist": "Gogh",
        "date": "1889",
        "technique": "Oil on canvas",
        "type": "Painting",
        "rights": "https://creativecommons.org/publicdomain/zero/1.0/",
        "source": "https://museum.org/irises",
    }
    assert record.details == {
        "Other titles": "Iris study",
        "title@en": "Irises",
        "title@nl": "Irissen",
        "dimensions": "74.3 × 94.3 cm",
        "description": "Painted in *Arles*.",
        "credit": "Gift of A. Muster",
        "type_aat": "300033618",
        "Marks": "signed",
        "Owner": "Museum",
    }
    assert record.images == [f"{PLACE}1.jpg"]


def test_names_are_in_the_language_of_the_site():
    [record] = read(described(), language="nl")
    assert record.label["title"] == "Irissen"


def test_without_statements_things_are_named_by_what_they_are():
    plain = described(
        referred_to_by=[],
        dimension=[
            {
                "type": "Dimension",
                "classified_as": [kind(300055644, "height")],
                "value": 74.3,
                "unit": kind(300379098, "cm"),
            }
        ],
        produced_by={
            "type": "Production",
            "referred_to_by": [statement("schilder: Rembrandt", kind(300435446))],
            "timespan": {
                "begin_of_the_begin": "1642-01-01T00:00:00Z",
                "end_of_the_end": "1645-12-31T23:59:59Z",
            },
        },
    )
    [record] = read(plain)
    assert record.label["technique"] == "oil paint; canvas"
    assert record.label["artist"] == "schilder: Rembrandt"
    assert record.label["date"] == "1642–1645"
    assert record.details["dimensions"] == "height 74.3 cm"


def test_what_is_attributed_stays_so():
    part = {
        "carried_out_by": [{"_label": "Gogh"}],
        "classified_as": [kind(300404269, "Attributed to")],
    }
    [record] = read(described(produced_by={"part": [part]}))
    assert record.label["artist"] == "Gogh (Attributed to)"


def test_image_services_and_references_and_manifests_lead_to_pictures():
    service = {
        "format": "image/jpeg",
        "access_point": [{"id": f"{PLACE}a.jpg"}],
        "digitally_available_via": [
            {
                "access_point": [{"id": f"{PLACE}a"}],
                "conforms_to": [{"id": "http://iiif.io/api/image"}],
            }
        ],
    }
    item = {"type": "VisualItem", "digitally_shown_by": [service]}
    [record] = read(described(representation=[item]))
    assert record.images[0].startswith(f"{PLACE}a/info.json#instead=")

    web = FakeWeb(
        {
            f"{PLACE}visual/1": {"digitally_shown_by": [{"id": f"{PLACE}digital/1"}]},
            f"{PLACE}digital/1": {"access_point": [{"id": f"{PLACE}b.jpg"}]},
        }
    )
    referred = described(representation=[], shows=[{"id": f"{PLACE}visual/1"}])
    assert read(referred, web)[0].images == [f"{PLACE}b.jpg"]


def test_a_work_without_pictures_says_so():
    [record] = read(described(representation=[]), FakeWeb({}))
    assert [remark.code for remark in record.remarks] == ["no_picture"]


def page(items, **facts):
    return {"type": "OrderedCollectionPage", "orderedItems": items, **facts}


def reference(number):
    return {"id": f"{PLACE}object/{number}", "type": "HumanMadeObject"}


def web_of_objects(*numbers, **pages):
    files = {f"{PLACE}object/{number}": described(number) for number in numbers}
    return FakeWeb(files | {PLACE + name: one for name, one in pages.items()})


def test_pages_of_references_are_followed():
    web = web_of_objects(
        1,
        2,
        all={"type": "OrderedCollection", "first": {"id": f"{PLACE}p1"}},
        p1=page([reference(1)], next={"id": f"{PLACE}p2"}),
        p2=page([reference(2), {"id": f"{PLACE}person/1", "type": "Person"}]),
    )
    harvest = Harvest()
    records = read(PLACE + "all", web, harvest=harvest)
    assert [record.accession for record in records] == ["85.PA.1", "85.PA.2"]
    assert harvest.is_whole


def test_of_activities_the_last_counts():
    def activity(kind_, number):
        return {"type": kind_, "object": reference(number)}

    web = web_of_objects(1, 2, 3)
    items = [activity("Create", n) for n in (1, 2, 3)]
    items += [activity("Delete", 1), activity("Delete", 2), activity("Update", 2)]
    web.files[PLACE + "all"] = page(items)
    records = read(PLACE + "all", web)
    assert [(one.accession, one.is_gone) for one in records] == [
        ("85.PA.3", False),
        ("", True),
        ("85.PA.2", False),
    ]


def test_streams_that_name_their_last_page_only_are_read_backwards():
    web = web_of_objects(
        1,
        2,
        all={"type": "OrderedCollection", "last": {"id": f"{PLACE}p2"}},
        p1=page([reference(1)]),
        p2=page([reference(2)], prev={"id": f"{PLACE}p1"}),
    )
    assert [one.accession for one in read(PLACE + "all", web)] == ["85.PA.1", "85.PA.2"]


@pytest.mark.parametrize(
    "document",
    [
        [described(1), described(2)],
        {"@graph": [described(1), described(2)]},
        [f"{PLACE}object/1", reference(2)],
    ],
)
def test_plain_lists_are_read(document):
    records = read(document, web_of_objects(1, 2))
    assert [record.accession for record in records] == ["85.PA.1", "85.PA.2"]


def test_one_object_that_cannot_be_had_is_its_own_fault():
    web = web_of_objects(1)
    web.files[f"{PLACE}object/2"] = {"type": "Person"}
    records = read(page([reference(n) for n in (1, 2, 3)]), web)
    assert [one.fault and one.fault.code for one in records] == [
        None,
        "manifest_unusable",
        "manifest_refused",
    ]


def test_a_page_that_cannot_be_had_ends_it():
    web = web_of_objects(1, all=page([reference(1)], next=f"{PLACE}p2"))
    with pytest.raises(SourceError, match="could not be fetched"):
        read(PLACE + "all", web)


@pytest.mark.parametrize("odd", [None, 7, "x", [None], [{"content": {}}]])
def test_odd_objects_break_nothing(odd):
    facts = dict.fromkeys(
        (
            *("identified_by", "classified_as", "referred_to_by", "produced_by"),
            *("representation", "subject_of", "subject_to", "dimension"),
        ),
        odd,
    )
    [record] = read(described(**facts), FakeWeb({}))
    assert record.accession == "1"


def test_makers_are_called_by_their_names_and_not_by_their_numbers():
    identified = [
        {"type": "Identifier", "content": "500000001"},
        {"type": "Name", "content": "Lind, M."},
        {"type": "Name", "content": "Marta Lind", "classified_as": [kind(300404670)]},
    ]
    actor = {"type": "Person", "identified_by": identified}
    made = {
        "id": f"{PLACE}1",
        "type": "HumanMadeObject",
        "produced_by": {"carried_out_by": [actor]},
    }
    [record] = read(made)
    assert record.label["artist"] == "Marta Lind"
