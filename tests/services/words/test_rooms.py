from app.models import Artwork, now
from app.services.words.rooms import (
    is_room,
    rooms,
    works_by_artist,
    works_in_room,
)


def test_rooms_come_as_people_count(collection):
    found = [(room.value, room.works) for room in rooms(collection)]
    assert found == [
        *(("Hall", 1), ("Room 1", 1), ("room 1a", 1), ("Room 2", 3), ("Room 10", 1)),
    ]


def test_works_of_a_room(collection):
    here = works_in_room(collection, "Room 2", 5)
    assert [work.accession for work in here] == ["1900.2", "1982.23/40", "1982.23/4"]
    others = works_in_room(collection, "Room 2", 1, besides=here[0])
    assert [work.accession for work in others] == ["1982.23/40"]
    assert is_room(collection, "Hall")
    [work] = works_in_room(collection, "Hall", 5)
    work.withdrawn_at = now()
    collection.commit()
    assert not is_room(collection, "Hall")
    assert not is_room(collection, "")


def test_other_works_by_the_artist(collection):
    works = {work.accession: work for work in collection.query(Artwork)}
    others = works_by_artist(collection, works["1900.1"], 5)
    assert [work.accession for work in others] == ["1900.2"]
    assert works_by_artist(collection, works["9"], 5) == []
