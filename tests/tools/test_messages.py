"""The page of messages is what the program says."""

import ast

from app.commands import statuses
from tools import messages
from tools.messages import GROUPS, Group


def test_the_page_is_up_to_date():
    assert messages.PAGE.read_text("utf-8") == messages.page(), (
        "run: python -m tools.messages"
    )


def test_every_status_has_its_meaning():
    values = [value for name, value in vars(statuses).items() if name.isupper()]
    assert {one for one in values if isinstance(one, int)} == set(statuses.MEANINGS)


def test_no_group_is_empty():
    assert [group.title for group in GROUPS if not messages.messages(group)] == []


def test_sentences_are_read_as_they_are_met():
    group = Group("", "", (), ("say", "Fault", "yield"))
    source = (
        'say(f"{name} is no {kind}. " "Sorry.")\n'
        'words = _("%(count)s are gone", count=3)\n'
        "raise Fault(words)\n"
        "say(error)\n"
        'other("nothing")\n'
    )
    told = list(messages.told(ast.parse(source), group))
    assert told == ["… is no …. Sorry.", "… are gone"]
