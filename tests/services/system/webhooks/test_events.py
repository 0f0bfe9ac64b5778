import json
from datetime import UTC, datetime

from app.models import Artwork, WebhookEvent
from app.services.system.webhooks.events import PATH, EventKind, body_of, works_data


def body(data, site="https://museum.org/search/"):
    event = WebhookEvent(
        name="n",
        kind=EventKind.WORK_CHANGED.value,
        data=data,
        created_at=datetime(2026, 11, 29, 12, tzinfo=UTC),
    )
    return json.loads(body_of(event, site))


def test_a_body_names_kind_moment_and_works_with_their_addresses():
    work = Artwork(accession="1982.23/4 é", title="Ballast")
    said = body({**works_data([work], {"merged_into": "A"}), PATH: "curate/bulk/3"})
    number = "1982.23/4%20%C3%A9"
    assert said == {
        "type": "work.changed",
        "timestamp": "2026-11-29T12:00:00+00:00",
        "data": {
            "count": 1,
            "works": [
                {
                    "accession": "1982.23/4 é",
                    "title": "Ballast",
                    "merged_into": "A",
                    "url": f"https://museum.org/search/works/{number}",
                    "api_url": f"https://museum.org/search/api/v1/works/{number}",
                }
            ],
            "url": "https://museum.org/search/curate/bulk/3",
        },
    }


def test_what_says_nothing_has_no_data():
    assert body({})["data"] == {}
