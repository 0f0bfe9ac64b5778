"""A curator writes and records what a work tells; a visitor reads and hears it."""

import pytest

from tests.browser.test_accessibility import ask, log_in
from tests.browser.views import faults_in_views
from tests.support.people import with_account
from tests.support.recordings import make_recording

pytestmark = pytest.mark.browser

STORY = "Der Tisch stand im *Turm*. " + "Er war lang. " * 40
TONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const end = context.createMediaStreamDestination();
  tone.connect(end);
  tone.start();
  return end.stream;
};
"""
"""A microphone before which a tone sounds: no machine of the tests has one."""
VOICES = """
window.spoken = [];
const voices = [{lang: "de-DE", name: "Anna"}];
const value = Object.assign(new EventTarget(), {
  getVoices: () => voices, cancel: () => {}, speak: (one) => window.spoken.push(one),
});
Object.defineProperty(window, "speechSynthesis", {value});
window.SpeechSynthesisUtterance = class extends EventTarget {
  constructor(text) { super(); this.text = text; }
};
"""


@pytest.fixture
def curator(app):
    return with_account(app, "curator@example.org", "curator")


def write(page, language, text):
    page.get_by_role("group", name="Add a text").get_by_label("Language").fill(language)
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name="Save the texts").click()
    page.get_by_text("Saved.").wait_for()


def fill_in(form, title):
    form.get_by_label("Title").fill(title)
    form.get_by_label("Language").fill("de")
    form.get_by_label("Transcript").fill("Guten Tag. Sie hören einen Ton.")


def hears(page, name):
    """Play a recording, and return how many seconds long the browser takes it for."""
    return page.get_by_label(name, exact=True).evaluate(
        """async (audio) => {
          audio.muted = true;
          await audio.play();
          audio.pause();
          return audio.duration;
        }"""
    )


def test_a_story_in_two_languages_and_a_recording(open_page, curator):
    page = open_page(permissions=["microphone"])
    page.add_init_script(TONE)
    log_in(page, curator)
    page.goto("/curate/works/1")
    page.get_by_role("link", name="Story, texts, audio, video, links").click()
    write(page, "de", STORY)
    write(page, "en", "The table stood in the tower.")
    form = page.locator("[data-recorder]")
    form.get_by_role("button", name="Record with the microphone").click()
    form.get_by_text("Recording: 0:01").wait_for()
    form.get_by_role("button", name="Stop recording").click()
    form.get_by_text("Recorded: 0:0").wait_for()
    fill_in(form, "Ein Gespräch")
    form.get_by_role("button", name="Add the audio").click()
    page.get_by_text("The recording is kept.").wait_for()
    form.get_by_label("Audio file").set_input_files(
        {
            "name": "a.webm",
            "mimeType": "audio/webm",
            "buffer": make_recording("webm", seconds=2),
        }
    )
    fill_in(form, "Ein Ton")
    form.get_by_role("button", name="Add the audio").click()
    page.get_by_text("The recording is kept.").wait_for()
    assert faults_in_views(page) == []

    visitor = open_page(width=390, locale="de-DE")
    visitor.add_init_script(VOICES)
    visitor.goto("/works/1900.0")
    story = visitor.locator(".prose").first
    assert story.get_attribute("lang") == "de"
    assert story.locator("em").inner_text() == "Turm"
    assert hears(visitor, "Ein Ton") == pytest.approx(2, abs=0.3)
    assert hears(visitor, "Ein Gespräch") > 0.5
    visitor.locator("[data-read-aloud]").first.click()
    spoken = visitor.evaluate("window.spoken.map((one) => [one.lang, one.text])")
    assert spoken[0][0] == "de"
    assert spoken[0][1].startswith("Der Tisch stand im Turm.")
    assert faults_in_views(visitor) == []


def test_the_answer_begins_the_story_above_the_fold(open_page, curator, photo):
    page = open_page()
    log_in(page, curator)
    page.goto("/curate/works/1/content")
    write(page, "de", STORY)
    visitor = open_page(width=390)
    ask(visitor, photo)
    assert visitor.locator(".story-beginning").get_by_text("In German").is_visible()
    beginning = visitor.locator(".story-beginning p[lang=de]")
    assert beginning.inner_text().startswith("Der Tisch stand im Turm. Er war lang.")
    box = beginning.bounding_box()
    assert box["y"] + box["height"] < 844
    visitor.locator(".story-beginning a").click()
    visitor.locator("#texts").wait_for()


def test_what_visitors_see_is_chosen_without_javascript(open_page, curator):
    page = open_page(java_script_enabled=False)
    log_in(page, curator)
    page.goto("/curate/label/?work=1900.0")
    page.get_by_role("checkbox", name="Technique").uncheck()
    page.get_by_role("button", name="Try it").last.click()
    preview = page.locator(".layout-preview")
    assert "Oil on canvas" not in preview.inner_text()
    assert "Room 12" in preview.inner_text()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved. Visitors see it so from now on.").wait_for()
