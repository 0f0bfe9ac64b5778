import pytest

from app.services.importing.pictures.source import SourceError
from app.services.importing.standards.harvest import Harvest
from tests.services.importing.standards.lido_records import NAMESPACES, simple
from tests.services.importing.standards.oai_repository import BASE, Repository
from tests.services.importing.standards.web import read

OLD, NEW = "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"
DC = """<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
 <dc:title xml:lang="nl">De haas</dc:title><dc:title xml:lang="en">The Hare</dc:title>
 <dc:creator>Dürer, Albrecht</dc:creator><dc:date>1502</dc:date>
 <dc:format>image/jpeg</dc:format><dc:format>watercolour</dc:format>
 <dc:identifier>https://museum.org/object/7</dc:identifier>
 <dc:identifier>SK-A-7</dc:identifier>
 <dc:relation>https://museum.org/picture/7.jpg</dc:relation>
 <dc:rights>Public domain</dc:rights><dc:subject>animals</dc:subject></oai_dc:dc>"""
EDM = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:edm="http://www.europeana.eu/schemas/edm/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:ore="http://www.openarchives.org/ore/terms/"
 xmlns:skos="http://www.w3.org/2004/02/skos/core#"
 xmlns:svcs="http://rdfs.org/sioc/services#">
 <edm:ProvidedCHO rdf:about="https://museum.org/object/7">
  <dc:title xml:lang="de">Feldhase</dc:title>
  <dc:title xml:lang="en">Young Hare</dc:title>
  <dc:creator rdf:resource="#durer"/>
  <dcterms:created rdf:resource="#time"/>
  <dcterms:medium xml:lang="de">Aquarell</dcterms:medium>
  <dcterms:extent>25 × 23 cm</dcterms:extent>
  <dc:identifier>3073</dc:identifier><edm:type>IMAGE</edm:type>
 </edm:ProvidedCHO>
 <edm:Agent rdf:about="#durer"><skos:prefLabel>Albrecht Dürer</skos:prefLabel>
 </edm:Agent>
 <edm:TimeSpan rdf:about="#time"><edm:begin>1502</edm:begin><edm:end>1503</edm:end>
 </edm:TimeSpan>
 <edm:WebResource rdf:about="https://museum.org/7.jpg">
  <svcs:has_service rdf:resource="https://museum.org/iiif/7"/></edm:WebResource>
 <ore:Aggregation rdf:about="https://museum.org/aggregation/7">
  <edm:dataProvider>Museum</edm:dataProvider>
  <edm:isShownAt rdf:resource="https://museum.org/page/7"/>
  <edm:isShownBy rdf:resource="https://museum.org/7.jpg"/>
  <edm:rights rdf:resource="http://creativecommons.org/publicdomain/mark/1.0/"/>
 </ore:Aggregation></rdf:RDF>"""


def lido(number, title="Hof"):
    record = simple(number, title=title)
    return record.replace("<lido:lido>", f"<lido:lido {NAMESPACES}>")


def repository(*numbers, **options):
    return Repository([(n, OLD, lido(n)) for n in numbers], **options)


def test_all_pages_are_read_in_the_best_format():
    web = repository(*range(5), formats=("oai_dc", "lido"))
    harvest = Harvest()
    records = read(BASE, web, harvest=harvest)
    assert [record.accession for record in records] == [f"KG {n}" for n in range(5)]
    assert [record.number for record in records] == [1, 2, 3, 4, 5]
    assert records[0].identifier == "oai:museum.org:0"
    assert (harvest.is_whole, harvest.mark) == (True, "2026-11-28T12:00:00Z")


def test_what_the_address_asks_for_is_obeyed():
    web = repository(1, formats=("oai_dc", "lido"))
    read(f"{BASE}?verb=ListRecords&metadataPrefix=lido&set=art", web)
    assert web.asked[-1] == {"metadataPrefix": "lido", "set": "art"}


def test_deleted_records_are_named_by_the_repository():
    web = Repository([(1, OLD, lido(1)), (2, NEW, None)])
    gone = read(BASE, web)[1]
    assert (gone.is_gone, gone.identifier) == (True, "oai:museum.org:2")


def test_only_what_changed_is_asked_for_where_deletions_are_remembered():
    records = [(1, OLD, lido(1)), (2, NEW, lido(2))]
    harvest = Harvest(since=NEW)
    [record] = read(BASE, Repository(records), harvest=harvest)
    assert (record.accession, harvest.is_whole) == ("KG 2", False)
    forgetful = Repository(records, deletions="no")
    harvest = Harvest(since=NEW)
    assert len(read(BASE, forgetful, harvest=harvest)) == 2
    assert harvest.is_whole


def test_nothing_new_is_no_fault():
    harvest = Harvest(since="2027-01-01T00:00:00Z")
    assert read(BASE, repository(1), harvest=harvest) == []


def test_a_list_that_breaks_off_is_an_error():
    web = repository(*range(5))
    web.breaks_at = 2
    with pytest.raises(SourceError, match="could not be fetched"):
        read(BASE, web)
    assert [asked.get("resumptionToken") for asked in web.asked[-3:]] == ["|2"] * 3


def test_errors_of_the_protocol_are_told():
    with pytest.raises(SourceError, match="cannotDisseminateFormat"):
        read(f"{BASE}?metadataPrefix=mods", repository(1))
    with pytest.raises(SourceError, match="none of LIDO"):
        read(BASE, repository(1, formats=("mods",)))


def test_a_token_that_comes_again_is_no_endless_list():
    web = repository(*range(5))
    page = web.ListRecords

    def stuck(resumptionToken="", **asked):  # noqa: N803
        return page("|2" if resumptionToken else "", **asked).replace("|4", "|2")

    web.ListRecords = stuck
    with pytest.raises(SourceError, match="begins again"):
        read(BASE, web)


def test_a_record_without_a_description_is_its_own_fault():
    web = Repository([(1, OLD, "<odd/>"), (2, OLD, lido(2))])
    found = read(BASE, web)
    assert [one.fault and one.fault.code for one in found] == ["no_metadata", None]


def test_damage_in_the_middle_leaves_the_rest_unknown():
    web = Repository([(1, OLD, lido(1)), (2, OLD, "<a></b>")])
    harvest = Harvest()
    found = read(BASE, web, harvest=harvest)
    assert [one.fault and one.fault.code for one in found] == [None, "broken_xml"]
    assert not harvest.is_whole


def test_dublin_core_says_what_a_work_is():
    web = Repository([(7, OLD, DC)], formats=("oai_dc",))
    [record] = read(BASE, web)
    assert record.accession == "SK-A-7"
    assert record.label == {
        "title": "The Hare",
        "artist": "Dürer, Albrecht",
        "date": "1502",
        "technique": "watercolour",
        "rights": "Public domain",
        "source": "https://museum.org/object/7",
    }
    assert record.images == ["https://museum.org/picture/7.jpg"]
    assert record.details == {
        "Subjects": "animals",
        "title@en": "The Hare",
        "title@nl": "De haas",
    }


def test_the_europeana_data_model_says_what_a_work_is():
    web = Repository([(7, OLD, EDM)], formats=("edm",))
    [record] = read(BASE, web, language="de")
    assert record.accession == "3073"
    assert record.label == {
        "title": "Feldhase",
        "artist": "Albrecht Dürer",
        "date": "1502–1503",
        "technique": "Aquarell",
        "rights": "http://creativecommons.org/publicdomain/mark/1.0/",
        "source": "https://museum.org/page/7",
    }
    assert record.details == {
        "Provider": "Museum",
        "dimensions": "25 × 23 cm",
        "title@de": "Feldhase",
        "title@en": "Young Hare",
    }
    assert record.images == [
        "https://museum.org/iiif/7/info.json#instead=https%3A%2F%2Fmuseum.org%2F7.jpg"
    ]


def test_one_answer_in_a_file_is_read_for_what_it_holds():
    web = repository(1, 2, 3)
    data = web.read(f"{BASE}?verb=ListRecords&metadataPrefix=lido")
    harvest = Harvest()
    assert len(read(data, harvest=harvest)) == 2
    assert not harvest.is_whole
