from hypothesis import given
from hypothesis import strategies as st

from app.models.keys import LONGEST_WORD
from app.services.words.distances import FAR, edit_distances, spell

WORDS = st.text("abcd1", min_size=1, max_size=8)


def plainly(one, two):
    """Optimal string alignment, as its definition says."""
    table = {(i, 0): i for i in range(len(one) + 1)}
    table |= {(0, j): j for j in range(len(two) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(two) + 1):
            wrong = one[i - 1] != two[j - 1]
            ways = [table[i - 1, j] + 1, table[i, j - 1] + 1]
            ways.append(table[i - 1, j - 1] + wrong)
            swapped = one[i - 2 : i] == two[j - 2 : j][::-1]
            if i > 1 and j > 1 and swapped:
                ways.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(ways)
    return table[len(one), len(two)]


def distances(word, *others):
    found = edit_distances(word, *spell(list(others)))
    return found.whole.tolist(), found.begun.tolist()


@given(WORDS, st.lists(WORDS, min_size=1, max_size=5))
def test_distances_are_those_of_the_definition(word, others):
    whole, begun = distances(word, *others)
    assert whole == [min(FAR, plainly(word, other)) for other in others]
    nearest = [
        min(plainly(word, other[:end]) for end in range(len(other) + 1))
        for other in others
    ]
    # With all letters wrong, the empty beginning is as near as any.
    assert begun == [min(FAR, near) for near in nearest]


def test_slips_of_all_kinds_count_one():
    typed = ("caravagio", "caravvagggio", "craavaggio", "karavaggio", "caravaggi")
    for word, slips in zip(typed, (1, 2, 1, 1, 1), strict=True):
        assert distances(word, "caravaggio")[0] == [slips]


def test_the_longest_words_are_compared_to_their_end():
    word = "a" * LONGEST_WORD
    assert distances(word, word, word[:-1] + "b") == ([0, 1], [0, 1])
    assert distances("b", "a", "ab") == ([1, 1], [1, 1])
    assert distances("abc") == ([], [])
