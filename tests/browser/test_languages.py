"""The site in all its languages, as a browser shows it."""

from urllib.parse import urlsplit

import pytest
from babel.messages.pofile import read_po

from app.configuration.load import ROOT
from app.web.shell.languages import LANGUAGES
from tests.browser.views import OVERFLOWS, faults
from tests.support.people import PASSWORD, TOKEN, with_account

pytestmark = pytest.mark.browser

HEADING, TURNED = "Which work is this?", "The photo was turned."
MORE = ("/works/1900.0", "/facets/artist", "/works/?q=nothing+like+this", "/nowhere")
"""Pages besides those whose address is always the same."""
# Words that are shown, read aloud, or said by a script; code speaks no language.
TEXTS = """
() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest("code, pre"))
      texts.push(walker.currentNode.textContent);
  for (const element of document.querySelectorAll("*"))
    for (const name of ["aria-label", "alt", "title", "placeholder", "data-done"])
      if (element.hasAttribute(name)) texts.push(element.getAttribute(name));
  texts.push(document.title);
  const words = document.querySelector("[data-words]");
  if (words) texts.push(...Object.values(JSON.parse(words.textContent)));
  return texts.map((text) => text.trim().replaceAll(/\\s+/g, " ")).filter(Boolean);
}
"""


def plain_addresses(app):
    """Every address without a name or a number in it, taken from the routes."""
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    ]


def open_pages(page, addresses, seen):
    """Open one page after the other; files and what programs read are no pages.

    Where an address leads elsewhere, that page has its own turn. What was seen before,
    all but its way to other pages, is not opened again.
    """
    for address in addresses:
        answer = page.request.get(address)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        if is_page and urlsplit(answer.url).path == urlsplit(address).path:
            _, _, content = TOKEN.sub("", answer.text()).partition("<main")
            if content not in seen:
                seen.add(content)
                page.goto(address)
                yield


def catalogue_of(language):
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def said(language, text):
    """Return how a language says a text."""
    return text if language == "en" else catalogue_of(language)[text].string


def untranslated(language):
    """English texts that this language says in another way."""
    return {
        message.id
        for message in catalogue_of(language)
        if isinstance(message.id, str) and message.id and message.id != message.string
    }


def faults_of(page, language, english):
    """Tell what is wrong with the language of a page, and whether it has room."""
    found = ["wider than the screen"] if page.evaluate(OVERFLOWS) else []
    if page.locator("html").get_attribute("lang") != language:
        found.append("wrong lang")
    chosen = page.locator("footer [aria-current=true]")
    if chosen.count() and chosen.inner_text() != LANGUAGES[language]:
        found.append("wrong language marked")
    texts = page.evaluate(TEXTS)
    found += [f"not filled in: {text}" for text in texts if "%(" in text]
    found += [f"not translated: {text}" for text in texts if text in english]
    return [f"{urlsplit(page.url).path}: {fault}" for fault in found]


def ask(page, photo):
    page.goto("/")
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
    page.locator("#photo").set_input_files(file)
    page.locator("[data-ask] [type=submit]").click()
    page.wait_for_url("**/queries/*")


def log_in(page, person):
    page.goto("/account/login")
    page.locator("[name=email]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit], main button").last.click()
    page.wait_for_url(lambda address: "/account/login" not in address)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_every_page_speaks_the_language_of_the_browser(
    app, open_page, photo, unknown_photo, language
):
    anna = with_account(app, "anna@example.org", "curator", "admin")
    english = untranslated(language)
    # On a phone, for words are long in some languages.
    page = open_page(width=390, locale=language)
    found: list[str] = []
    seen: set[str] = set()
    for _ in open_pages(page, [*plain_addresses(app), *MORE], seen):
        found += faults_of(page, language, english)
    for shown in (photo, unknown_photo):
        ask(page, shown)
        for summary in page.locator("article summary").all():
            summary.click()
        found += faults_of(page, language, english)
        assert faults(page) == []
    log_in(page, anna)
    for _ in open_pages(page, [*plain_addresses(app), *MORE], seen):
        found += faults_of(page, language, english)
    assert found == []


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (1280, False)])
def test_the_switch_changes_the_language_and_stays_on_the_page(
    open_page, width, scripts
):
    page = open_page("/works/?q=table", width=width, java_script_enabled=scripts)
    for code in reversed(LANGUAGES):
        page.get_by_role("button", name=LANGUAGES[code]).click()
        page.wait_for_url("**/works/?q=table")
        assert page.locator("html").get_attribute("lang") == code
        assert page.locator("#q").input_value() == "table"
    page.get_by_role("button", name="Français").click()
    page.goto("/")
    assert page.get_by_role("heading", level=1).inner_text() == said("fr", HEADING)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_scripts_say_is_said_in_the_language(open_page, photo_file, language):
    page = open_page(locale=language)
    assert page.get_by_role("heading", level=1).inner_text() == said(language, HEADING)
    page.locator("#photo").set_input_files(photo_file)
    page.locator("[data-editor]").wait_for()
    page.locator("[data-turn='1']").click()
    page.get_by_text(said(language, TURNED)).wait_for()
