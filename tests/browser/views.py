"""How pages are looked at: each width and each colour scheme once, by axe-core.

Colours do not depend on the width, nor the layout on the colours.
"""

from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT

VIEWS = ((390, "dark"), (1280, "light"))
WIDTHS, SCHEMES = (390, 1280), ("light", "dark")

OVERFLOWS = (
    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
)
# All else that axe tells would take longer to bring here than to find out.
VIOLATIONS = """
() => axe.run({resultTypes: ["violations"]}).then(({violations}) =>
  violations.map(({id, nodes}) => `${id}: ${nodes[0].target}`))
"""
# Texts that stand one letter below the other; what only screen readers read is clipped.
SQUEEZED = """
() => [...document.querySelectorAll("main :is(p, li, dd, dt, h1, h2, h3, figcaption)")]
  .filter((one) => one.checkVisibility() && one.innerText.trim().length > 12)
  .filter((one) => getComputedStyle(one).position !== "absolute")
  .filter((one) => one.clientWidth < 3 * parseFloat(getComputedStyle(one).fontSize))
  .map((one) => one.innerText.trim().slice(0, 40))
"""
# A picture that is still on its way is waited for.
SHOWN = "image => image.decode().then(() => image.naturalWidth > 0, () => false)"


def shows(picture):
    """Tell whether a picture is there to be seen; lazy ones come when scrolled to."""
    picture.scroll_into_view_if_needed()
    return picture.evaluate(SHOWN)


def faults(page):
    """What keeps somebody from the page; it must fit the width of the screen as well.

    A click comes back when its answer begins to arrive, so this waits for the rest.
    """
    page.wait_for_load_state()
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(VIOLATIONS)
    if page.evaluate(OVERFLOWS):
        found.append("wider than the screen")
    found += [f"squeezed: {text!r}" for text in page.evaluate(SQUEEZED)]
    return found


def faults_in_views(page):
    """What keeps somebody from the page on a phone and on a desk, and where."""
    found = []
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        where = f"{urlsplit(page.url).path} {width} {scheme}"
        found += [f"{where}: {fault}" for fault in faults(page)]
    return found


def faults_in_all_views(page, widths=WIDTHS):
    """What keeps somebody from a page, in each width and colour scheme."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [f"{page.url} {width} {scheme}: {one}" for one in faults(page)]
    return found
