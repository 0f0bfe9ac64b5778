import io
import zipfile

import pytest

from app.services.importing.pictures.source import SourceError
from tests.services.importing.importer import rows_of, work
from tests.services.importing.standards.lido_records import RICH, simple, wrapped
from tests.services.importing.standards.web import read
from tests.support.fakes import draw_picture
from tests.support.museum import encoded


def test_a_record_says_what_a_work_is():
    [record] = read(wrapped(RICH), language="de")
    assert record.fault is None
    assert (record.accession, record.identifier) == ("KG 17/3", "DE-MUS-1/4711")
    assert record.label == {
        "title": "Bauernhof im Winter",
        "artist": "Lind, Marta",
        "date": "um 1880",
        "technique": "Öl; Leinwand",
        "type": "Gemälde",
        "location": "Kunsthalle Beispiel, Kiel",
        "source": "https://museum.org/objekt/4711",
        "rights": "Kunsthalle Beispiel, Foto: A. Muster; CC BY 4.0; "
        "https://creativecommons.org/licenses/by/4.0/",
    }
    assert record.details == {
        "Classification": "Landschaft",
        "Erwerb": "Frau Muster (Stifterin), 1921",
        "Maker": "Marta Lind (1850-1920), Malerin",
        "Other titles": "Winterhof",
        "Place": "Skagen",
        "description@de": "Ein Hof & Schnee.\nLinks ein Baum.",
        "dimensions@de": "Höhe: 40 cm, Breite: 60 cm",
        "dimensions@en": "40 by 60 cm",
        "technique@de": "Öl; Leinwand",
        "technique@en": "oil; canvas",
        "title@de": "Bauernhof im Winter",
        "title@en": "Farm in Winter",
        "type@de": "Gemälde",
        "type@en": "painting",
    }
    assert record.images == ["https://museum.org/a.jpg", "https://museum.org/b.jpg"]
    assert [(one.kind, one.language, one.address) for one in record.media] == [
        ("link", "de", "https://museum.org/a.pdf"),
        ("video", "de", "https://museum.org/film"),
    ]


def test_the_language_of_the_site_is_chosen_where_there_is_a_choice():
    [record] = read(wrapped(RICH), language="en")
    assert record.label["title"] == "Farm in Winter"
    assert record.label["technique"] == "oil; canvas"
    assert record.label["type"] == "painting"
    assert record.label["date"] == "um 1880"
    assert record.details["dimensions@en"] == "40 by 60 cm"
    assert record.details["title@de"] == "Bauernhof im Winter"


def altered(*changes):
    text = RICH
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    [record] = read(wrapped(text), language="de")
    return record


def test_without_words_for_it_a_date_is_written_from_its_years():
    shown = "<lido:displayDate>um 1880</lido:displayDate>"
    assert altered((shown, "")).label["date"] == "1875–1885"
    exact = altered((shown, ""), ("1875", "1880-05-04"), ("1885", "1880-05-04"))
    assert exact.label["date"] == "1880-05-04"


def test_without_words_for_them_dimensions_are_those_that_were_measured():
    shown = RICH[RICH.index("<lido:displayObjectMeas") :]
    shown = shown[: shown.index("<lido:objectMeasurements>")]
    assert altered((shown, "")).details["dimensions"] == "height 40 cm"
    concept = "<lido:measurementType><lido:term>height</lido:term>"
    measured = altered((shown, ""), ("<lido:measurementType>height", concept))
    assert measured.details["dimensions"] == "height 40 cm"


def test_a_record_may_say_everything_once_for_each_language():
    start = RICH.index("<lido:descriptiveMetadata")
    end = RICH.index("<lido:administrativeMetadata")
    german = RICH[start:end]
    english = (
        german.replace('xml:lang="de"', 'xml:lang="eng"')
        .replace(">Bauernhof im Winter", ">Farm in Winter")
        .replace("Ein Hof", "A farm")
        .replace(">um 1880<", ">c. 1880<")
        .replace(">Landschaft<", ">Landscape<")
    )
    document = wrapped(RICH.replace(german, german + english))
    [record] = read(document, language="en")
    assert record.label["title"] == "Farm in Winter"
    assert record.label["date"] == "c. 1880"
    assert record.label["artist"] == "Lind, Marta"
    assert record.details["title@de"] == "Bauernhof im Winter"
    assert record.details["date@de"] == "um 1880"
    assert record.details["Classification"] == "Landscape"
    assert record.details["Classification@de"] == "Landschaft"
    assert record.details["description@en"].startswith("A farm")
    assert record.details["description@de"].startswith("Ein Hof")
    assert len(record.images) == 2
    [record] = read(document, language="fr")
    assert record.label["title"] == "Farm in Winter"


def test_titles_in_sets_of_their_own_are_one_title_in_several_languages():
    sets = """<lido:titleSet><lido:appellationValue xml:lang="nld">Boerderij
      </lido:appellationValue></lido:titleSet><lido:titleSet>
      <lido:appellationValue xml:lang="eng">Farm</lido:appellationValue></lido:titleSet>
      </lido:titleWrap>"""
    start, end = RICH.index("<lido:titleSet"), RICH.index("</lido:titleWrap>")
    [record] = read(wrapped(RICH[:start] + sets + RICH[end + 17 :]), language="en")
    assert record.label["title"] == "Farm"
    assert record.details["title@nl"] == "Boerderij"
    assert "Other titles" not in record.details


def test_where_a_work_is_found_on_the_web_is_its_source():
    link = RICH[RICH.index("<lido:recordInfoSet>") :]
    link = link[: link.index("</lido:recordWrap>")]
    recognised = "</lido:lidoRecID>"
    record = altered(
        (link, ""),
        (
            recognised,
            recognised + '<lido:objectPublishedID lido:type="URI">'
            "https://id.museum.org/1</lido:objectPublishedID>",
        ),
    )
    assert record.label["source"] == "https://id.museum.org/1"


def test_an_image_service_is_asked_for_the_picture():
    small = 'lido:type="image_thumb">\n     <lido:linkResource>'
    service = 'lido:type="iiif_image_api"><lido:linkResource>'
    record = altered(
        (small, service),
        ("https://museum.org/a_klein.jpg", "https://museum.org/iiif/4711"),
    )
    assert record.images[0] == "https://museum.org/iiif/4711/info.json"


@pytest.mark.parametrize("term", ["valmistus", "Tillverkning", "výroba", "productie"])
def test_a_making_is_known_by_its_name_in_other_languages(term):
    record = altered(
        ("http://terminology.lido-schema.org/lido00007", "http://museum.org/events/1"),
        (">Herstellung<", f">{term}<"),
    )
    assert record.label["artist"] == "Lind, Marta"
    assert record.label["date"] == "um 1880"


def test_rights_are_whole_in_every_language():
    record = altered(
        ("<lido:term>CC BY 4.0", '<lido:term xml:lang="en">by</lido:term><lido:term>CC')
    )
    licence = "https://creativecommons.org/licenses/by/4.0/"
    photo = "Kunsthalle Beispiel, Foto: A. Muster"
    assert record.label["rights"] == f"{photo}; CC; {licence}"
    assert record.details["rights@en"] == f"{photo}; by; {licence}"


def test_subjects_are_also_those_that_are_persons_and_places():
    record = altered(
        (
            "</lido:eventWrap>\n </lido:descriptiveMetadata>",
            """</lido:eventWrap><lido:objectRelationWrap><lido:subjectWrap>
            <lido:subjectSet><lido:subject>
            <lido:subjectConcept><lido:term>Winter</lido:term></lido:subjectConcept>
            <lido:subjectActor><lido:actor><lido:nameActorSet><lido:appellationValue>Ida
            </lido:appellationValue></lido:nameActorSet></lido:actor></lido:subjectActor>
            <lido:subjectPlace><lido:place><lido:namePlaceSet><lido:appellationValue>Kiel
            </lido:appellationValue></lido:namePlaceSet></lido:place></lido:subjectPlace>
            </lido:subject></lido:subjectSet></lido:subjectWrap>
            </lido:objectRelationWrap></lido:descriptiveMetadata>""",
        )
    )
    assert record.details["Subjects"] == "Winter; Ida; Kiel"


def test_what_is_attributed_stays_so():
    actor = "</lido:roleActor>"
    record = altered(
        (
            actor,
            f"{actor}<lido:attributionQualifierActor>Werkstatt"
            "</lido:attributionQualifierActor>",
        ),
        ("Marta Lind (1850-1920), Malerin", "Werkstatt der Marta Lind"),
    )
    assert record.label["artist"] == "Werkstatt der Marta Lind"


def test_without_an_inventory_number_the_records_own_is_taken():
    record = altered(
        ('<lido:workID lido:type="Inventarnummer">KG 17/3</lido:workID>', ""),
        ('<lido:workID lido:type="local">4711</lido:workID>', ""),
        ('<lido:workID lido:type="inventory number">ALT 1</lido:workID>', ""),
    )
    assert record.accession == "4711"


def test_the_largest_form_of_a_picture_is_taken():
    sized = """<lido:resourceMeasurementsSet>
        <lido:measurementType>width</lido:measurementType>
        <lido:measurementUnit>pixel</lido:measurementUnit>
        <lido:measurementValue>{0}</lido:measurementValue>
        </lido:resourceMeasurementsSet><lido:resourceMeasurementsSet>
        <lido:measurementType>height</lido:measurementType>
        <lido:measurementUnit>pixel</lido:measurementUnit>
        <lido:measurementValue>{0}</lido:measurementValue>
        </lido:resourceMeasurementsSet></lido:resourceRepresentation>"""
    end = "</lido:resourceRepresentation>"
    small = "a_klein.jpg</lido:linkResource>\n    " + end
    assert small in RICH
    large = small.replace(end, sized.format(900))
    assert altered((small, large)).images[0] == "https://museum.org/a_klein.jpg"


def test_numbers_without_end_are_none():
    order = 'lido:sortorder="1"'
    assert order in RICH
    endless = order.replace("1", "1" * 5_000)
    assert set(altered((order, endless)).images) == set(altered().images)


def test_many_records_are_read_one_after_the_other():
    records = read(wrapped(*(simple(number) for number in range(300))))
    assert [record.number for record in records] == list(range(1, 301))
    assert records[-1].accession == "KG 299"


def test_the_simplest_record_is_read():
    [record] = read(wrapped(simple("17/3")))
    assert (record.accession, record.label) == (
        "KG 17/3",
        {"title": "Bauernhof, im Winter"},
    )


def test_a_record_that_says_nothing_is_a_fault_of_its_own():
    found = read(wrapped("<lido:lido/>", simple(1)))
    assert [record.fault and record.fault.code for record in found] == [
        "no_accession",
        None,
    ]


def test_damage_ends_the_list_and_is_said():
    data = wrapped(simple(1), simple(2)).replace(b"KG 2<", b"KG 2&nonsense;<")
    found = read(data.replace(b"</lido:lidoWrap>", b""))
    assert [record.fault and record.fault.code for record in found] == [
        None,
        "broken_xml",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "DOCTYPE"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "DOCTYPE"),
        (b"<!DOCTYPE html><html><body></body></html>", "page of the web"),
        (b'<ead xmlns="urn:isbn:1-931666-22-9"/>', "EAD"),
        (b"<works><work/></works>", "kind works"),
        (b"<", "damaged"),
        (b"<a <b>", "damaged"),
    ],
)
def test_other_xml_is_named(data, said):
    with pytest.raises(SourceError, match=said):
        read(data)


def test_one_huge_text_is_damage_and_takes_no_memory():
    data = wrapped(simple(1), simple(2, title="x" * 11_000_000))
    assert [record.fault is None for record in read(data)] == [True, False]


def test_a_zip_file_of_records_with_their_pictures_is_imported(importer):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("objekte/1.xml", wrapped(simple(1, picture="bilder/1.jpg")))
        archive.writestr("objekte/2.xml", wrapped(simple(2, picture="bilder/2.jpg")))
        archive.writestr("objekte/3.xml", "<html/>")
        archive.writestr("bilder/1.jpg", encoded(draw_picture(60)))
    run = importer.bring_in(file.getvalue(), "lido.zip")
    assert rows_of(run) == [
        (1, "KG 1", "created", []),
        (2, "KG 2", "created", ["picture_missing"]),
        (3, "", "failed", ["file_unusable"]),
    ]
    assert len(work("KG 1").images) == 1
    assert work("KG 1").title == "Bauernhof, im Winter"


def test_a_file_of_records_is_imported(importer):
    run = importer.bring_in(wrapped(simple(1), simple(2)), "lido.xml")
    assert [row[2] for row in rows_of(run)] == ["created", "created"]
