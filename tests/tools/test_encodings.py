from tools.encodings import __main__ as encodings
from tools.encodings.museums import MUSEUMS


def test_every_table_can_be_written_in_its_encodings():
    for museum in MUSEUMS.values():
        for encoding in museum.encodings:
            text = encodings._table(museum, 40, 1)
            assert encodings._reads(text.encode(encoding), encoding, text), encoding


def test_a_name_that_reads_other_letters_is_wrong():
    text = "Józef Ślęzak"
    data = text.encode("cp1250")
    assert encodings._reads(data, "windows-1250", text)
    assert not encodings._reads(data, "cp1252", text)
    assert not encodings._reads(data, None, text)
    assert not encodings._reads(data, "klingon", text)


def test_the_same_seed_gives_the_same_table():
    museum = MUSEUMS["Polish"]
    assert encodings._table(museum, 5, 1) == encodings._table(museum, 5, 1)
    assert encodings._table(museum, 5, 1) != encodings._table(museum, 5, 2)
