"""Figures for Prometheus: right, summed up, and for nobody without the token."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "t" * 40


@pytest.fixture
def app(make_app):
    return make_app(MORELLI_METRICS_TOKEN=TOKEN)


def scrape(client, token=TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def value(client, name, **labels):
    families = text_string_to_metric_families(scrape(client).text)
    samples = [sample for family in families for sample in family.samples]
    found = [
        sample.value
        for sample in samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return sum(found)


def test_requests_are_counted(client):
    asked = {"endpoint": "artworks.browse", "method": "GET", "status": "200"}
    before = value(client, "morelli_requests_total", **asked)
    client.get("/works/")
    assert value(client, "morelli_requests_total", **asked) == before + 1


def test_searches_are_counted_with_their_stages(client, ask, photo):
    before = value(client, "morelli_searches_total", verdict="found")
    stage = {"stage": "total"}
    measured = value(client, "morelli_search_stage_seconds_count", **stage)
    ask(photo)
    assert value(client, "morelli_searches_total", verdict="found") == before + 1
    name = "morelli_search_stage_seconds_count"
    assert value(client, name, **stage) == measured + 1


def test_what_is_so_now_is_told(client):
    assert value(client, "morelli_works") == 7
    assert value(client, "morelli_tasks") == 0
    assert value(client, "morelli_disk_free_bytes") > 0


def test_strange_requests_do_not_make_strange_figures(client):
    client.open("/nowhere/at/all", method="BREW")
    text = scrape(client).text
    assert "BREW" not in text
    assert "nowhere" not in text


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer x", f"Basic {TOKEN}", "é"])
def test_without_the_token_nothing_is_told(client, sent):
    answer = client.get("/metrics", headers={"Authorization": sent})
    assert answer.status_code == 401
    assert "morelli_" not in answer.text


def test_without_a_setting_there_is_nothing(make_app):
    client = make_app().test_client()
    assert scrape(client, "").status_code == 404
    assert scrape(client).status_code == 404
