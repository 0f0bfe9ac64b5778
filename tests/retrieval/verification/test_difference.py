import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.verification.difference import (
    BREAK,
    BREAK_REACH,
    STEP,
    Blocks,
    background_of,
    filled,
    find_regions,
    outline_of,
)
from app.retrieval.verification.evidence import BlockState

SIZE = (20, 30)


def blocks(region, *, bare=None, step=1.0, hidden=None):
    """Agreeing blocks but for a region (slices) that surely does not."""
    states = np.full(SIZE, BlockState.AGREES, np.int8)
    states[region] = BlockState.DISAGREES
    if hidden is not None:
        states[hidden] = BlockState.HIDDEN
    nothing = np.zeros(SIZE, np.bool_)
    if bare is not None:
        nothing[bare] = True
    steps = np.full((SIZE[0] + 2, SIZE[1] + 2), step, np.float32)
    surely = states == BlockState.DISAGREES
    return Blocks(states, surely, nothing, steps, np.zeros_like(steps))


INSIDE = np.s_[8:13, 10:16]
AT_THE_EDGE = np.s_[15:20, 10:16]


def test_a_region_inside_is_a_difference():
    (region,) = find_regions(blocks(INSIDE))
    expected = np.zeros(SIZE, np.bool_)
    expected[INSIDE] = True
    assert np.array_equal(region, expected)


def test_the_largest_region_comes_first():
    two = blocks(INSIDE)
    two.states[2:6, 2:6] = BlockState.DISAGREES
    two.surely_disagree[2:6, 2:6] = True
    assert [np.count_nonzero(region) for region in find_regions(two)] == [30, 16]


def test_specks_and_threads_are_no_difference():
    assert find_regions(blocks(np.s_[8:10, 10:12])) == []
    assert find_regions(blocks(np.s_[8:10, 3:27])) == []


def test_a_region_that_only_perhaps_disagrees_is_none():
    doubtful = blocks(INSIDE)
    doubtful.surely_disagree[8:11] = False
    assert find_regions(doubtful) == []


def test_a_region_whose_surroundings_are_plain_is_none():
    lonely = blocks(INSIDE)
    lonely.states[lonely.states == BlockState.AGREES] = BlockState.PLAIN
    assert find_regions(lonely) == []


def test_an_object_at_the_edge_of_a_work_is_a_difference():
    assert len(find_regions(blocks(AT_THE_EDGE))) == 1


def test_what_comes_in_over_the_edge_is_none():
    assert find_regions(blocks(AT_THE_EDGE, step=STEP / 2)) == []


def test_what_stands_before_the_frame_too_is_none():
    someone = blocks(AT_THE_EDGE)
    someone.breaks[-1, 11:17] = 2 * BREAK
    assert find_regions(someone) == []
    beside = blocks(AT_THE_EDGE)
    beside.breaks[-1, 20:26] = 2 * BREAK
    assert len(find_regions(beside)) == 1


def test_a_broken_frame_says_nothing_of_a_region_far_from_it():
    away = blocks(np.s_[20 - BREAK_REACH - 5 : 20 - BREAK_REACH, 10:16])
    away.breaks[-1] = 2 * BREAK
    assert len(find_regions(away)) == 1


def test_a_few_plain_surroundings_agree_too():
    half = blocks(INSIDE)
    half.states[:, 14:][half.states[:, 14:] == BlockState.AGREES] = BlockState.PLAIN
    assert len(find_regions(half)) == 1


def test_what_the_reference_shows_nothing_of_is_none_at_the_edge():
    assert find_regions(blocks(AT_THE_EDGE, bare=AT_THE_EDGE)) == []
    assert len(find_regions(blocks(INSIDE, bare=INSIDE))) == 1


def test_a_region_that_is_mostly_enclosed_by_the_unknown_is_none():
    assert find_regions(blocks(INSIDE, hidden=np.s_[:, 16:])) != []
    cornered = blocks(INSIDE, hidden=np.s_[:, 16:])
    cornered.states[13:] = BlockState.HIDDEN
    assert find_regions(cornered) == []


def test_a_small_region_beside_somebody_in_front_is_none():
    crowded = blocks(INSIDE)
    crowded.states[15:, 18:28] = BlockState.DISAGREES
    crowded.surely_disagree[15:, 18:28] = True
    crowded.steps[:] = 0
    assert find_regions(crowded) == []


def test_what_takes_much_of_the_work_is_another_work_and_no_difference():
    assert find_regions(blocks(np.s_[3:17, 6:22])) == []


def test_a_solid_disagrees_here_and_there_and_differs_nowhere():
    large = np.s_[5:15, 8:22]
    solid = blocks(large)
    assert len(find_regions(solid)) == 1
    # Threads, which are no regions of their own, away from the one that there is; fewer
    # than it has blocks, and more than one in seven of all others.
    threads = np.zeros(SIZE, np.bool_)
    threads[:, ::4] = True
    threads[2:18, 5:25] = False
    solid.states[threads] = BlockState.DISAGREES
    assert np.count_nonzero(threads) < 10 * 14
    assert find_regions(solid) == []


def test_background_reaches_the_edge_and_is_bare():
    border = np.s_[:, :4]
    assert np.count_nonzero(background_of(blocks(border, bare=border))) == 80
    assert not background_of(blocks(border)).any()
    assert not background_of(blocks(INSIDE, bare=INSIDE)).any()


@pytest.mark.parametrize(
    ("region", "box"),
    [
        (np.s_[:, :], (0, 0, 1, 1)),
        (np.s_[:, :15], (0, 0, 0.5, 1)),
        (np.s_[10:, :], (0, 0.5, 1, 1)),
        (INSIDE, (10.5 / 31, 8.5 / 21, 16.5 / 31, 13.5 / 21)),
    ],
)
def test_outline_of_a_box(region, box):
    mask = np.zeros(SIZE, np.bool_)
    mask[region] = True
    outline = outline_of(mask)
    found = (*outline.min(axis=0), *outline.max(axis=0))
    assert found == pytest.approx(box, abs=0.02)


@given(st.integers(0, 14), st.integers(0, 24), st.integers(3, 6), st.integers(3, 6))
def test_filling_an_outline_gives_the_region_back(top, left, height, width):
    mask = np.zeros(SIZE, np.bool_)
    mask[top : top + height, left : left + width] = True
    outline = outline_of(mask)
    assert 0 <= outline.min() <= outline.max() <= 1
    # At ten times the size of the blocks' grid; blocks lie around its lines.
    area = filled([outline], (210, 310)).mean() * 21 * 31
    reach = (height + (top == 0) / 2 + (top + height == 20) / 2) * (
        width + (left == 0) / 2 + (left + width == 30) / 2
    )
    assert area == pytest.approx(reach, rel=0.2)


def test_filling_nothing():
    assert not filled([], (4, 5)).any()
