"""The document as a page for people: all of it, and nothing from elsewhere."""

import re

from app.web.api.pages import list_operations


def test_the_page_shows_all_that_the_document_says(client, document):
    page = client.get("/api/docs").text
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for operation in list_operations(document):
        assert operation.facts["operationId"] in ids
        assert operation.path in page
    assert {f"form-{name}" for name in document["components"]["schemas"]} <= set(ids)
    assert {f"error-{n}" for n in document["components"]["responses"]} <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_page_keeps_to_the_policy_and_fetches_nothing_from_elsewhere(client):
    answer = client.get("/api/docs")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]* src=)", answer.text)
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
