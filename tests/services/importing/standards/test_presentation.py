import json

import pytest

from app.services.collection import manifests
from app.services.importing.pictures.source import SourceError
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.image_service import picture_address
from app.services.importing.standards.vocabulary import field_of
from tests.services.importing.importer import rows_of, work
from tests.services.importing.standards.web import PLACE, FakeWeb, read, web_of
from tests.support.fakes import draw_picture
from tests.support.museum import encoded


def manifest(name, **facts):
    body = {"id": f"{PLACE}{name}.jpg", "type": "Image"}
    canvas = {"items": [{"items": [{"body": body}]}], "type": "Canvas"}
    return {
        "id": PLACE + name,
        "type": "Manifest",
        "label": {"de": ["Hase"], "en": ["Hare"]},
        "metadata": [
            {"label": {"en": ["Accession number"]}, "value": {"none": [f"A.{name}"]}},
            {"label": {"en": ["Artist"]}, "value": {"en": ["Dürer"]}},
            {"label": {"en": ["Dimensions"]}, "value": {"none": ["25 cm", "9 in"]}},
        ],
        "rights": "https://creativecommons.org/publicdomain/zero/1.0/",
        "items": [canvas],
        **facts,
    }


def collection(*names, kind="Manifest"):
    items = [{"id": PLACE + name, "type": kind} for name in names]
    return {"id": PLACE + "all", "type": "Collection", "items": items}


def test_a_manifest_says_what_a_work_is():
    [record] = read(manifest("1"))
    assert record.fault is None
    assert (record.accession, record.images) == ("A.1", [f"{PLACE}1.jpg"])
    assert record.label == {
        "title": "Hare",
        "artist": "Dürer",
        "rights": "https://creativecommons.org/publicdomain/zero/1.0/",
        "source": f"{PLACE}1",
    }
    assert record.details == {
        "dimensions": "25 cm; 9 in",
        "title@de": "Hase",
        "title@en": "Hare",
    }


def test_without_a_number_the_address_makes_one():
    plain = manifest("7", metadata=[], id=f"{PLACE}7/manifest.json")
    [record] = read(plain)
    assert record.accession == "7"


@pytest.mark.parametrize(
    ("value", "number"), [("MS. 7", "MS. 7"), ("https://x.org/7", "1")]
)
def test_what_is_called_an_identifier_is_the_number_where_there_is_no_other(
    value, number
):
    row = {"label": {"en": ["Identifier"]}, "value": {"none": [value]}}
    [record] = read(manifest("1", metadata=[row]))
    assert record.accession == number
    assert record.details["Identifier"] == value


def test_a_list_of_manifests_that_are_whole_is_read_as_it_is():
    records = read([manifest("1"), manifest("2")])
    assert [record.accession for record in records] == ["A.1", "A.2"]


def test_what_is_in_no_language_beside_translations_is_the_museums_own():
    label = {"none": ["Der Hase"], "en": ["Hare"], "pt-BR": ["Lebre"]}
    [record] = read(manifest("1", label=label))
    assert record.label["title"] == "Der Hase"
    assert record.details["title@en"] == "Hare"
    assert record.details["title@pt-BR"] == "Lebre"


def test_rights_are_whole_in_every_language():
    value = {"de": ["Alle Rechte beim Museum"], "en": ["All rights reserved"]}
    [record] = read(manifest("1", requiredStatement={"value": value}))
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert record.label["rights"] == f"All rights reserved; {licence}"
    assert record.details["rights@de"] == f"Alle Rechte beim Museum; {licence}"


def test_collections_are_followed_and_what_is_missing_is_named():
    web = web_of(
        all=collection("inner", kind="Collection"),
        inner=collection("1", "2", "3", "1"),
    )
    web.files |= {PLACE + "1": manifest("1"), PLACE + "2": b"<html>"}
    found = [
        (record.accession, record.fault and record.fault.code)
        for record in read(PLACE + "all", web)
    ]
    assert found == [
        ("A.1", None),
        ("2", "manifest_unusable"),
        ("3", "manifest_refused"),
    ]


def test_collections_that_hold_themselves_come_to_an_end():
    web = web_of(all=collection("all", "more", kind="Collection"))
    web.files[PLACE + "more"] = collection("all", kind="Collection")
    assert list(read(PLACE + "all", web)) == []
    assert web.read_count <= 4


@pytest.mark.parametrize(
    "items", [None, 7, "x", [None], [{"items": {"items": [{"body": None}]}}]]
)
def test_odd_manifests_break_nothing(items):
    odd = manifest("1", items=items, metadata=items, homepage=items, label=items)
    [record] = read(odd)
    assert record.images == []


def test_addresses_are_not_followed_where_that_is_switched_off():
    with pytest.raises(SourceError, match="MORELLI_LINKS"):
        list(read(PLACE + "all"))


def test_names_in_the_metadata_are_understood():
    assert field_of("Inv. No.") == "accession"
    assert field_of("Medium") == "technique"
    assert field_of("Weight") == ""


def test_works_are_imported_with_pictures_from_the_web(importer):
    web = web_of(all=collection("1", "2"))
    web.files |= {
        PLACE + "1": manifest("1"),
        PLACE + "2": manifest("2"),
        PLACE + "1.jpg": encoded(draw_picture(60)),
    }
    importer.use_web(web)
    data = json.dumps(web.files[PLACE + "all"])
    run = importer.bring_in(data, "all.json")
    assert rows_of(run) == [
        (1, "A.1", "created", []),
        (2, "A.2", "created", ["picture_refused"]),
    ]
    assert len(work("A.1").images) == 1
    fetched = web.read_count
    again = importer.bring_in(data, "all.json")
    assert rows_of(again)[0] == (1, "A.1", "unchanged", [])
    # The manifests and the picture that failed, but not the one that is there.
    assert web.read_count == fetched + 3


def test_our_own_manifests_come_back(importer):
    original = work("1900.0")
    place = PLACE.__add__
    described = manifests.manifest(
        original, manifests.Addresses(place("m"), place("p"), place, place, place)
    )
    run = importer.plan(json.dumps(described), "m.json", fetches=False)
    [row] = rows_of(run)
    assert row[1] == "1900.0"


PRESENTATION2 = {
    "@context": "http://iiif.io/api/presentation/2/context.json",
    "@id": f"{PLACE}4711/manifest.json",
    "@type": "sc:Manifest",
    "label": "Harbour at dusk",
    "metadata": [
        {"label": "Inventory number", "value": "GG 4711"},
        {
            "label": [
                {"@value": "Künstlerin", "@language": "de"},
                {"@value": "Artist", "@language": "en"},
            ],
            "value": [{"@value": "Marta Lind", "@language": "de"}],
        },
    ],
    "attribution": "Example Museum",
    "license": "https://creativecommons.org/publicdomain/mark/1.0/",
    "sequences": [
        {
            "canvases": [
                {
                    "@id": f"{PLACE}4711/canvas/1",
                    "images": [
                        {
                            "resource": {
                                "@id": f"{PLACE}4711/full/full/0/default.jpg",
                                "@type": "dctypes:Image",
                                "service": {
                                    "@context": "http://iiif.io/api/image/2/context.json",
                                    "@id": f"{PLACE}4711",
                                },
                            }
                        }
                    ],
                }
            ]
        }
    ],
}


def test_presentation_2_is_read_as_3_is():
    [record] = read(PRESENTATION2)
    assert record.accession == "GG 4711"
    assert record.label == {
        "title": "Harbour at dusk",
        "artist": "Marta Lind",
        "rights": "Example Museum; https://creativecommons.org/publicdomain/mark/1.0/",
        "source": f"{PLACE}4711/manifest.json",
    }
    instead = f"{PLACE}4711/full/full/0/default.jpg"
    assert record.images == [picture_address(f"{PLACE}4711", instead=instead)]


def test_paged_collections_of_presentation_2_are_followed():
    def page(name, **facts):
        return {"@id": PLACE + name, "@type": "sc:Collection", **facts}

    web = web_of(
        all=page("all", first=f"{PLACE}page1", total=3),
        page1=page("page1", manifests=[{"@id": f"{PLACE}1"}], next=f"{PLACE}page2"),
        page2=page("page2", members=[{"@id": f"{PLACE}2", "@type": "sc:Manifest"}]),
    )
    web.files |= {PLACE + "1": manifest("1"), PLACE + "2": manifest("2")}
    harvest = Harvest()
    records = read(PLACE + "all", web, harvest=harvest)
    assert [record.accession for record in records] == ["A.1", "A.2"]
    assert harvest.is_whole


def test_a_thousand_pages_are_no_depth():
    pages = {
        f"{PLACE}{number}": {
            "@id": f"{PLACE}{number}",
            "@type": "sc:Collection",
            "next": f"{PLACE}{number + 1}",
        }
        for number in range(1500)
    }
    pages[f"{PLACE}1500"] = manifest("1")
    assert [record.accession for record in read(f"{PLACE}0", FakeWeb(pages))] == ["A.1"]


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ("http://iiif.io/api/presentation/4/context.json", "Presentation 4"),
        ("http://www.shared-canvas.org/ns/context.json", "Presentation 1"),
    ],
)
def test_versions_that_are_not_read_are_named(context, said):
    with pytest.raises(SourceError, match=said):
        read({"@context": context, "type": "Scene"})


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "neither JSON nor XML"),
        (b"[" * 100_000, "neither JSON nor XML"),
        ({"type": "Canvas"}, "type Canvas"),
        ({"features": []}, "neither IIIF nor Linked Art"),
    ],
)
def test_what_is_not_read_is_named(document, said):
    with pytest.raises(SourceError, match=said):
        read(document)


def test_markup_becomes_our_own_or_text_and_several_values_stay():
    markup = manifest(
        "1",
        label={"de": ["Hafen"], "en": ["Harbour"], "fr": ["Le port"]},
        summary={
            "en": ["<p>Painted <i>en plein air</i>.<br/>See <a href='x'>it</a></p>"]
        },
        metadata=[
            {
                "label": {"en": ["Artist"], "de": ["Künstler"]},
                "value": {"none": ["<span><a href='x'>Lind &amp; shop</a></span>"]},
            },
            {"label": {"en": ["Artist"]}, "value": {"none": ["Ole Berg"]}},
            {
                "label": {"de": ["Inventarnummer"], "xy": ["?"]},
                "value": {"none": ["GG 4712"]},
            },
            {
                "label": {"en-GB": ["Medium"]},
                "value": {"en-GB": ["<i>Oil</i>", "wood"]},
            },
        ],
    )
    [record] = read(markup)
    assert record.accession == "GG 4712"
    assert record.label["artist"] == "Lind & shop; Ole Berg"
    assert record.label["technique"] == "Oil; wood"
    assert record.details == {
        "description@en": "Painted *en plein air*.\nSee it",
        "title@de": "Hafen",
        "title@en": "Harbour",
        "title@fr": "Le port",
    }
    [french] = read(markup, language="fr")
    assert (record.label["title"], french.label["title"]) == ("Harbour", "Le port")


def test_rights_are_said_by_all_that_say_them():
    rights = manifest(
        "1",
        metadata=[{"label": {"en": ["Rights"]}, "value": {"none": ["Public domain"]}}],
        requiredStatement={
            "label": {"en": ["Attribution"]},
            "value": {"en": ["Courtesy of the museum"]},
        },
        rights="http://creativecommons.org/publicdomain/zero/1.0/",
    )
    [record] = read(rights)
    assert record.label["rights"] == (
        "Public domain; Courtesy of the museum; "
        "http://creativecommons.org/publicdomain/zero/1.0/"
    )


def test_a_date_for_navigation_is_the_date_where_there_is_no_other():
    dated = manifest("1", navDate="1856-01-01T00:00:00Z")
    assert read(dated)[0].label["date"] == "1856"


def painted(body):
    page = {"items": [{"motivation": "painting", "body": body}]}
    return manifest("1", items=[{"type": "Canvas", "items": [page]}])


SERVICE = {"id": f"{PLACE}big", "type": "ImageService3", "profile": "level1"}


@pytest.mark.parametrize(
    ("body", "picture"),
    [
        ({"type": "Image", "service": [SERVICE]}, picture_address(f"{PLACE}big")),
        (SERVICE, picture_address(f"{PLACE}big", instead=f"{PLACE}big")),
        (
            {
                "type": "SpecificResource",
                "source": {"id": f"{PLACE}a.jpg", "type": "Image", "service": SERVICE},
                "selector": {"type": "ImageApiSelector", "region": "0,0,500,400"},
            },
            picture_address(
                f"{PLACE}big", region="0,0,500,400", instead=f"{PLACE}a.jpg"
            ),
        ),
        ({"type": "SpecificResource", "source": f"{PLACE}a.jpg"}, f"{PLACE}a.jpg"),
        (
            {
                "type": "Choice",
                "items": [
                    {"type": "Image", "id": f"{PLACE}a.jpg"},
                    {"type": "Image", "id": f"{PLACE}x-ray.jpg"},
                ],
            },
            f"{PLACE}a.jpg",
        ),
    ],
)
def test_pictures_are_found_in_whatever_body_they_stand(body, picture):
    [record] = read(painted(body))
    assert (record.images, record.remarks) == ([picture], [])


def test_a_manifest_without_a_picture_says_so():
    [record] = read(painted({"type": "Sound", "id": f"{PLACE}a.mp3"}))
    assert [remark.code for remark in record.remarks] == ["no_picture"]


def test_an_image_service_alone_is_a_work():
    info = {
        "@context": "http://iiif.io/api/image/2/context.json",
        "@id": f"{PLACE}4711",
        "protocol": "http://iiif.io/api/image",
        "width": 800,
        "height": 600,
        "profile": ["http://iiif.io/api/image/2/level0.json"],
    }
    [record] = read(info)
    assert (record.accession, record.fault) == ("4711", None)
    assert record.images == [f"{PLACE}4711/info.json"]


def test_a_collection_inside_that_cannot_be_had_leaves_the_rest_unknown():
    web = web_of(all=collection("inner", kind="Collection"))
    harvest = Harvest()
    [record] = read(PLACE + "all", web, harvest=harvest)
    assert record.fault.code == "manifest_refused"
    assert not harvest.is_whole
