"""Every method finds what it was shown, and says what it keeps."""

import numpy as np
import pytest

from app.lab.methods import (
    COSINE,
    EUCLID,
    HAMMING,
    LEARNT,
    PROBABILITY,
    VOTES,
    EngineMethod,
)
from app.lab.picture_cache import PictureCache
from app.lab.vector_method import VectorMethod
from app.retrieval.descriptors.whitening import learn_whitening, unit_length
from app.retrieval.settings import RetrievalSettings
from tests.lab.quick import all_methods, see_blocks
from tests.support.fakes import draw_picture, fake_model, photograph

COUNT = 12
LESSONS = range(2, COUNT)


@pytest.fixture(scope="module")
def shown():
    engine = EngineMethod(fake_model(), RetrievalSettings())
    for method in (everyone := [*all_methods(), engine]):
        for seed in range(COUNT):
            method.add(method.look(PictureCache(draw_picture(seed))))
        method.finish(LESSONS)
    return {method.name: method for method in everyone}


def test_every_method_finds_a_picture_it_was_shown(shown):
    for method in shown.values():
        for measure in method.measures:
            scores = method.ask(PictureCache(draw_picture(5)), measure)
            assert scores.shape == (COUNT,)
            assert scores.dtype == np.float32
            assert np.argmax(scores) == 5, f"{method.name} by {measure}"


def test_methods_name_their_own_measure_first(shown):
    assert {name: method.measures for name, method in shown.items()} == {
        "blocks": (COSINE, EUCLID),
        "plain blocks": (COSINE, EUCLID),
        "pHash": (HAMMING,),
        "local words": (VOTES,),
        "whole engine": (PROBABILITY,),
    }


def test_cosine_is_of_whitened_and_euclid_of_plain_vectors(shown):
    pictures = [see_blocks(PictureCache(draw_picture(seed))) for seed in range(COUNT)]
    taught = unit_length(np.concatenate([pictures[i] for i in LESSONS]))
    whitening = learn_whitening(taught, 8)

    def descriptor(vectors):
        whitened = whitening.apply(unit_length(vectors))
        parts = [part / np.linalg.norm(part) for part in whitened]
        return sum(parts) / np.linalg.norm(sum(parts))

    asked = see_blocks(PictureCache(draw_picture(99)))
    cosines = [descriptor(own) @ descriptor(asked) for own in pictures]
    distances = [np.linalg.norm(own.sum(0) - asked.sum(0)) for own in pictures]
    method, cache = shown["blocks"], PictureCache(draw_picture(99))
    assert method.ask(cache, COSINE) == pytest.approx(np.array(cosines), abs=1e-4)
    assert method.ask(cache, EUCLID) == pytest.approx(-np.array(distances), abs=1e-4)


def test_works_alike_are_asked_by_what_is_kept(shown):
    for name in ("blocks", "plain blocks", "pHash", "local words"):
        for measure in shown[name].measures:
            assert np.argmax(shown[name].alike(3, measure)) == 3
    assert shown["whole engine"].alike(3, PROBABILITY) is None


def test_the_engine_ranks_what_it_verified_and_nothing_else(shown):
    photo = photograph(draw_picture(7))
    scores = shown["whole engine"].ask(PictureCache(photo), PROBABILITY)
    assert np.argmax(scores) == 7
    verified = scores[np.isfinite(scores)]
    assert len(set(verified.tolist())) == len(verified) < COUNT
    assert verified.max() > 0.8


def test_sizes_are_of_what_is_kept(shown):
    assert shown["blocks"].bytes_per_work(COSINE) == 8 * 4
    assert shown["blocks"].bytes_per_work(EUCLID) == 48 * 4
    assert shown["pHash"].bytes_per_work(HAMMING) == 8
    words = shown["local words"].bytes_per_work(VOTES)
    assert 0 < words <= 500 * 12
    assert shown["whole engine"].bytes_per_work(PROBABILITY) > words


def test_a_descriptor_is_no_longer_than_what_is_seen():
    method = VectorMethod("blocks", "", see_blocks, dimension=512)
    for seed in range(COUNT):
        method.add(method.look(PictureCache(draw_picture(seed))))
    method.finish(range(COUNT))
    assert method.descriptors.shape == (COUNT, 48)


def test_a_learnt_similarity_is_one_more_measure():
    class Backwards:
        name = LEARNT

        def score(self, query, candidates):
            return -(candidates @ query)

    method = VectorMethod("blocks", "", see_blocks)
    method.compare_by(Backwards())
    for seed in range(COUNT):
        method.add(method.look(PictureCache(draw_picture(seed))))
    method.finish(())
    cache = PictureCache(draw_picture(4))
    assert method.measures == (COSINE, EUCLID, LEARNT)
    assert method.ask(cache, LEARNT) == pytest.approx(-method.ask(cache, COSINE))
    assert np.argmin(method.alike(4, LEARNT)) == 4
