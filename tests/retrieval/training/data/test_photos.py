import numpy as np
import pytest

from app.retrieval.training.data.photos import choose_works, draw_pairs, pair_stream
from app.retrieval.training.data.pictures import SIDE_PX, PictureBank
from tests.support.fakes import draw_picture


@pytest.fixture
def bank(tmp_path):
    return PictureBank.pack([draw_picture(n) for n in range(6)], tmp_path / "bank")


def test_the_bank_gives_back_what_it_was_given(tmp_path):
    pictures = [draw_picture(n)[:90, : 60 + n] for n in range(3)]
    bank = PictureBank.pack(pictures, tmp_path)
    assert len(bank) == 3
    assert all(np.array_equal(bank[n], pictures[n]) for n in range(3))


def test_a_bank_may_be_empty(tmp_path):
    assert len(PictureBank.pack([], tmp_path)) == 0


def test_the_bank_stores_large_pictures_small(tmp_path):
    bank = PictureBank.pack([np.zeros((700, 1400, 3), np.uint8)], tmp_path)
    assert bank[0].shape == (SIDE_PX // 2, SIDE_PX, 3)


def test_every_work_comes_once_before_any_comes_again():
    candidates = np.array([3, 5, 7, 9, 11, 13])
    steps = [choose_works(candidates, 3, seed=1, step=step) for step in range(4)]
    assert sorted(np.concatenate(steps[:2])) == candidates.tolist()
    assert sorted(np.concatenate(steps[2:])) == candidates.tolist()
    assert np.concatenate(steps[:2]).tolist() != np.concatenate(steps[2:]).tolist()


def test_a_batch_has_no_work_twice_however_few_there_are():
    assert sorted(choose_works(np.array([4, 8]), 64, seed=0, step=9)) == [4, 8]


def test_pairs_are_two_views_of_each_work(bank):
    rng = np.random.default_rng(2)
    batch = draw_pairs(bank, np.array([4, 1]), side_px=48, rng=rng)
    assert batch.pictures.shape == (4, 48, 48, 3)
    assert not np.array_equal(batch.pictures[0], batch.pictures[2])


def test_a_stream_resumed_at_a_step_gives_the_same_photos(bank):
    def photos(steps):
        with pair_stream(bank, np.arange(6), 2, 3) as batch_of:
            return [batch_of(*step).pictures for step in steps]

    whole = photos([(0, 32), (1, 32), (2, 48)])
    assert np.array_equal(photos([(2, 48)])[0], whole[2])
    assert whole[2].shape == (4, 48, 48, 3)
