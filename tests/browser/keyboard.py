"""How pages are walked by the keyboard alone."""

from tests.browser.test_accessibility import FOCUSED

MOST_STOPS = 90
"""Of the tabulator on a page."""


def reach(page, is_it, *, is_outlined=True):
    """Go on by the tabulator until what has the focus is what is looked for."""
    page.wait_for_load_state()
    names = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if is_it(focused):
            assert focused["isSeen"], focused
            assert focused["isMarked"] == is_outlined, focused
            return
        names.append(focused["name"])
    raise AssertionError(f"not reached by the keyboard, but: {names}")


def press(page, name, key="Enter"):
    """Press what has this name, once the tabulator has got there."""
    words = name.split()
    reach(page, lambda focused: focused["name"].split()[-len(words) :] == words)
    page.keyboard.press(key)


def to_field(page, name):
    """Go on by the tabulator until a field of this name has the focus."""
    reach(page, lambda focused: focused["name"].split()[1:2] == [name])
