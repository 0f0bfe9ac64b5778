from bench.visitors import Met, most_overtakers, row


def met(begun, ended, fault=""):
    return Met(begun, ended, 0 if fault else ended + 0.5, fault)


def test_who_came_later_and_was_answered_before_has_overtaken():
    in_order = [met(0, 1), met(0.5, 1.2), met(1, 2)]
    assert most_overtakers(in_order) == 0
    assert most_overtakers([*in_order, met(0, 3)]) == 2


def test_who_came_at_the_same_time_has_not_overtaken():
    assert most_overtakers([met(0, 2), met(0.2, 1)]) == 0


def test_a_crowd_without_any_answer_has_nobody_overtaken():
    assert most_overtakers([]) == 0


def test_the_table_counts_answers_refusals_and_faults():
    visits = [met(0, 1), met(0, 1), Met(0, 1, 0, ""), met(0, 1, "photo: 500")]
    line = row(20, visits, 4)
    assert line == ["20", "2", "0.5", "1500", "1500", "0", "1", "1"]
