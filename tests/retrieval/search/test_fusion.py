from app.retrieval.search.fusion import agreeing, best_of_views, merge_shortlists
from app.retrieval.types import Hit


def hits(*positions):
    return [Hit(position, 1.0) for position in positions]


def test_merging_names_every_position_once():
    merged = merge_shortlists((hits(1, 3), 1.0), (hits(4, 1, 2), 0.5))
    assert sorted(merged) == [1, 2, 3, 4]


def test_a_position_that_two_channels_name_comes_first():
    assert merge_shortlists((hits(6, 5), 1.0), (hits(7, 5), 1.0))[0] == 5


def test_the_weightier_channel_has_more_say():
    assert merge_shortlists((hits(1), 0.5), (hits(2), 1.0)) == (2, 1)
    assert merge_shortlists((hits(1, 2), 0.5), ([], 1.0)) == (1, 2)
    assert merge_shortlists(([], 0.5), ([], 1.0)) == ()


def test_of_equals_an_earlier_channel_comes_first():
    assert merge_shortlists((hits(2), 1.0), (hits(1), 1.0)) == (2, 1)


def test_views_are_merged_by_their_best_similarity():
    whole = [Hit(3, 0.9), Hit(1, 0.4)]
    middle = [Hit(1, 0.8), Hit(2, 0.8), Hit(3, 0.1)]
    merged = best_of_views([whole, middle], 3)
    assert merged == (Hit(3, 0.9), Hit(1, 0.8), Hit(2, 0.8))
    assert best_of_views([whole, middle], 1) == (Hit(3, 0.9),)


def test_channels_agree_on_what_two_of_them_put_first():
    shortlists = [hits(1, 2, 3), hits(3, 2, 9), hits(9)]
    assert agreeing([9, 3, 2, 1], shortlists, 2) == [2]
    assert agreeing([9, 3, 2, 1], shortlists, 3) == [9, 3, 2]
