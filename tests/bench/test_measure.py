import os

from bench.measure import Clock, memory_mb, peak_memory_mb


def test_a_clock_adds_up_a_stage():
    clock = Clock()
    for _ in range(2):
        with clock.stage("one"):
            pass
    assert list(clock.seconds) == ["one"]
    assert clock.seconds["one"] > 0


def test_memory_is_of_the_process_asked_for():
    assert memory_mb(os.getpid())["Pss"] <= memory_mb()["Rss"] * 1.5
    assert peak_memory_mb() >= memory_mb()["Rss"] * 0.5
