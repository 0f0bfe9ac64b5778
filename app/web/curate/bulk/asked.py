"""Works that the address of the curators' list asks for."""

from dataclasses import replace

from flask import request

from app.services.collection.browsing import Criteria, Presence
from app.services.collection.lacking import can_lack
from app.web.pages.works import address_of, asked_criteria


def asked_works() -> Criteria:
    """Read which works the address of the curators' list asks for."""
    presence = request.args.get("presence", Presence.ALL, type=Presence)
    lacks = request.args.get("lacks", "")
    lacks = lacks if can_lack(lacks) else ""
    return replace(asked_criteria(), presence=presence, lacks=lacks)


def address_of_works(criteria: Criteria) -> dict[str, str]:
    """Return what asks the curators' list for the same works again."""
    address = address_of(criteria)
    if criteria.presence is not Presence.ALL:
        address["presence"] = criteria.presence.value
    if criteria.lacks:
        address["lacks"] = criteria.lacks
    return address
