import pytest

from app.services.system.links.circuit_breaker import (
    PATIENCE,
    REST_SECONDS,
    CircuitBreaker,
)
from app.services.system.links.connections import LinkError, Refusal


class Web:
    """Answers or fails as it is told, and counts how often it was asked."""

    def __init__(self, refusal=None):
        self.refusal = refusal
        self.asked = []

    def read(self, address):
        self.asked.append(address)
        if self.refusal is not None:
            raise LinkError(self.refusal)
        return b"picture"


def ask_often(hosts, web, times, host="m.org"):
    for number in range(times):
        with pytest.raises(LinkError) as caught:
            hosts.ask(f"http://{host}/{number}.jpg", web.read)
        assert caught.value.refusal is web.refusal


@pytest.mark.parametrize(
    "refusal", [Refusal.UNKNOWN_NAME, Refusal.UNREACHABLE, Refusal.TOO_SLOW]
)
def test_a_host_that_does_not_answer_is_left_in_peace(refusal):
    web, hosts = Web(refusal), CircuitBreaker(clock=lambda: 0.0)
    ask_often(hosts, web, 1_000)
    assert len(web.asked) == PATIENCE


def test_another_host_is_asked_all_the_same():
    web, hosts = Web(Refusal.UNREACHABLE), CircuitBreaker(clock=lambda: 0.0)
    ask_often(hosts, web, 100)
    ask_often(hosts, web, 1, host="tate.org")
    assert web.asked[-1] == "http://tate.org/0.jpg"


def test_after_a_while_it_gets_another_chance():
    now = 0.0
    web, hosts = Web(Refusal.UNREACHABLE), CircuitBreaker(clock=lambda: now)
    ask_often(hosts, web, 100)
    now = REST_SECONDS + 1
    ask_often(hosts, web, 100)
    assert len(web.asked) == PATIENCE + 1
    now = 2 * REST_SECONDS + 2
    web.refusal = None
    for number in range(20):
        assert hosts.ask(f"http://m.org/{number}.jpg", web.read) == b"picture"


def test_what_is_the_pictures_fault_is_not_the_hosts():
    web, hosts = Web(Refusal.STATUS), CircuitBreaker(clock=lambda: 0.0)
    ask_often(hosts, web, 100)
    assert len(web.asked) == 100


def test_failures_now_and_then_do_not_add_up():
    web, hosts = Web(), CircuitBreaker(clock=lambda: 0.0)
    for _ in range(5):
        web.refusal = Refusal.TOO_SLOW
        ask_often(hosts, web, PATIENCE - 1)
        web.refusal = None
        assert hosts.ask("http://m.org/good.jpg", web.read) == b"picture"
    assert len(web.asked) == 5 * PATIENCE


@pytest.mark.parametrize(
    "address", ["http://[m.org/a.jpg", "https://m\u2100x.org/a.jpg"]
)
def test_an_address_that_is_none_is_refused_and_ends_nothing(address):
    web = Web()
    with pytest.raises(LinkError) as caught:
        CircuitBreaker().ask(address, web.read)
    assert (caught.value.refusal, web.asked) == (Refusal.MALFORMED, [])
