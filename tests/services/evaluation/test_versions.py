import numpy as np
import pytest

from app.retrieval.evaluation.versions import VersionPhoto
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.simulation.photo import PROFILES
from app.services.evaluation.labelled_photos import PhotoFault
from app.services.evaluation.versions import CHANGES, simulate_versions
from tests.support.fakes import draw_picture

MILD = PROFILES["mild"]


@pytest.fixture
def references(media):
    names = [(f"A-{number}", f"{number}.jpg") for number in range(4)]
    for number, (_, name) in enumerate(names):
        media.write(name, encode_jpeg(draw_picture(number)))
    return names


def versions_of(references, media, **options):
    """Simulate versions of works whose pictures are all there."""
    made = list(simulate_versions(references, media, MILD, **options))
    assert not [one for one in made if isinstance(one, PhotoFault)]
    return [one for one in made if isinstance(one, VersionPhoto)]


def test_every_work_gets_a_version_and_changes_take_turns(references, media):
    made = versions_of(references, media)
    assert [one.work for one in made] == ["A-0", "A-1", "A-2", "A-3"]
    assert [one.change for one in made] == [*CHANGES, CHANGES[0]]
    for one in made:
        assert one.version.shape[:2] == one.changed.shape
        assert one.changed.any()


def test_the_same_seed_gives_the_same_versions(references, media):
    first, second, other = (
        versions_of(references, media, seed=seed)[0] for seed in (1, 1, 2)
    )
    assert np.array_equal(first.photo, second.photo)
    assert not np.array_equal(first.changed, other.changed)


def test_a_picture_that_is_gone_is_named_and_the_rest_goes_on(references, media):
    (media.root / "2.jpg").unlink()
    made = list(simulate_versions(references, media, MILD))
    faults = [one for one in made if isinstance(one, PhotoFault)]
    # Work 1 would have got something of work 2.
    assert [fault.place for fault in faults] == ["A-1", "A-2"]
    assert "No such file" in faults[0].reason
