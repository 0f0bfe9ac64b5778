"""Every page, on phones and desks, light and dark: axe finds nothing to complain of.

The pages are taken from the routes, so that a new one cannot be forgotten.
"""

from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from app.background import BACKGROUND
from app.configuration.load import Folders
from app.extensions import db
from app.models import Artwork, EvaluationRun, Passkey, Query, User, now
from app.retrieval.verification.evidence import Verdict
from app.services.accounts import invitations
from app.services.comparing import task as comparing_task
from app.services.comparing.kept import Comparisons
from app.services.curation.bulk import drafts
from app.services.curation.bulk.operations import BulkOperation, OperationKind
from app.services.evaluation import reports
from app.services.evaluation import task as evaluation_task
from app.services.importing import runs
from app.services.importing.columns.reading import Reading
from app.services.importing.diff import Policy
from app.services.index import rebuilding
from app.services.media.folder import FolderStore
from app.services.operations.monthly.months import last_month
from app.services.search.history import Owner
from app.services.system import tasks
from app.services.visits import links
from app.web.account.second_factor import CLOSED
from app.web.shell.security import KEPT
from tests.browser.views import faults_in_views
from tests.support.hooks import listen
from tests.support.labelled import labelled_photos
from tests.support.mapped import make_map
from tests.support.people import PASSWORD, with_account
from tests.support.sites import add_page, set_site
from tests.support.visits import tour_of

pytestmark = pytest.mark.browser

WIDTHS = (390, 1280)
FILES = (
    ".jpg",
    ".png",
    ".csv",
    ".json",
    ".zip",
    ".js",
    ".bin",
    ".txt",
    ".ico",
    ".xml",
    "/metrics",
)
ELSEWHERE = (
    *("second_factor.remove_app", "security.wan_signin", "kiosk.begin"),
    *("media.recording", "curate_desk.show", "curate_naming.look"),
    *("curate_choosing.show", "curate_stubs.record"),
)
"""Not there without an authenticator app, or but between password and second factor;
the first looks like that of passkeys, test_second_factor.py looks at the other. And
what makes the browser a kiosk: test_site.py looks at that. Recordings are no pages, and
the desk has the photos that nobody found: test_desk.py looks at those."""
IMAGE_SERVICE = "iiif_images."
"""Endpoints that give pictures and what is told of them to viewers, no pages."""
CLOSED_DOORS = ("sign_on.", "first_start.")
"""Endpoints that are there only with a provider, or without an administrator:
test_journeys.py looks at them."""
MOST_BYTES = 200_000
"""Of a page before its pictures; nothing is compressed yet."""
WEIGHT = """
() => [...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource")]
  .filter((entry) => !["img", "image"].includes(entry.initiatorType))
  .reduce((sum, entry) => sum + entry.decodedBodySize, 0)
"""
# Of what has the focus: where it is, whether it can be seen to have it.
FOCUSED = """
() => {
  const focused = document.activeElement;
  const style = getComputedStyle(focused);
  const box = focused.getBoundingClientRect();
  return {
    name: focused.tagName + " " + (focused.getAttribute("aria-label") ??
      focused.name ?? "") + " " + focused.textContent.trim().slice(0, 40),
    isBody: focused === document.body,
    isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isSeen: box.width > 0 && box.bottom > 0 && box.top < innerHeight &&
      box.right > 0 && box.left < innerWidth,
  };
}
"""


@pytest.fixture
def curator(app):
    return with_account(app, "curator@example.org", "curator", "admin")


def ask(page, photo):
    """Ask about a photo; return the address of the answer."""
    page.goto("/")
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
    page.locator("#photo").set_input_files(file)
    page.get_by_role("button", name="Find the work").click()
    page.wait_for_url("**/queries/*")
    return urlsplit(page.url).path


def share(page):
    page.get_by_role("button", name="Make a link").click()
    return page.locator("[data-link]").get_attribute("data-link")


def log_in(page, person):
    page.goto("/account/login")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: "/account/login" not in address)


def looked_through(app):
    """Return an import that waits for its curator's decision."""
    table = BytesIO(b"No,Title\n1,Hare\n,Fox\n")
    folders = Folders(app.config["MORELLI_INSTANCE"])
    kept = runs.receive(table, "works.csv", FolderStore(folders.imports))
    run = runs.begin(db.session(), *kept, "works.csv", None)
    reading = Reading({"No": "accession", "Title": "title"})
    runs.plan(db.session(), run, reading, Policy.UPDATE, None)
    app.extensions[BACKGROUND].work_off()
    return run


def compared(app, work):
    """Return the number of a comparison by a work."""
    folders = Folders(app.config["MORELLI_INSTANCE"])
    comparisons = Comparisons(FolderStore(folders.comparisons))
    number = comparing_task.request(
        db.session(), comparisons, None, work=work.accession
    )
    app.extensions[BACKGROUND].work_off()
    return number


def evaluated(app):
    """Return the report of labelled photos."""
    folders = Folders(app.config["MORELLI_INSTANCE"])
    FolderStore(folders.evaluations).write("photos.zip", labelled_photos())
    parameters = {"zip": "photos.zip", "name": "March", "leave_out": False}
    task = tasks.enqueue(db.session(), evaluation_task.KIND, parameters, None)
    app.extensions[BACKGROUND].work_off()
    return reports.of_task(db.session(), task.id)


def toured(work):
    """Return a tour that leads to a work."""
    tour = tour_of(work)
    db.session.add(tour)
    db.session.flush()
    return tour


def edited(work):
    """Return an edit of many works that waits for its curator."""
    dates = BulkOperation(OperationKind.SET, "date", "1900")
    return drafts.draft(db.session(), [work.id], dates, None)


def run_of_set():
    """Return a run over an evaluation set that had photos once."""
    run = EvaluationRun(is_finished=True, asked=9, answerable=8, first=7, found=6)
    db.session.add(run)
    db.session.flush()
    return run


def visited():
    """Return the secret of a link to the visit of whoever asked something today."""
    query = db.session.scalars(select(Query).limit(1)).one()
    owner = Owner(query.user_id, query.visitor)
    ends = now() + timedelta(days=1)
    return links.share(owner, query.created_at.date(), ends).token


def addresses(app, answer, shared, reset):
    """Every address that can be opened, filled with what the small museum has."""
    with app.test_request_context():
        work, other = db.session.scalars(select(Artwork).limit(2)).all()
        curator = db.session.scalars(select(User)).one()
        values = {
            "accession": work.accession,
            "work_id": work.id,
            "kept_id": work.id,
            "gone_id": other.id,
            "edit_id": edited(work).id,
            "user_id": curator.id,
            "run_id": looked_through(app).id,
            "report_id": evaluated(app).id,
            "task_id": tasks.enqueue(db.session(), rebuilding.KIND, {}, None).id,
            "query_id": answer.rpartition("/")[2],
            "comparison_id": compared(app, work),
            "name": "artist",
            "rank": 0,
            "number": 1,
            "asking_id": run_of_set().id,
            "passkey_id": 1,
            "page_id": 1,
            "slug": "imprint",
            "tour_id": toured(work).id,
            "hook_id": listen(db.session()).id,
            "day": now().date().isoformat(),
            "month": f"{last_month().first:%Y-%m}",
            "secret": invitations.invite(
                db.session(), "eva@example.org", "curator", None
            ).secret,
        }
        db.session.commit()
        tokens = {"sharing": shared, "security": reset, "visit_links": visited()}
        return [
            app.url_for(
                rule.endpoint,
                **{
                    name: tokens[rule.endpoint.partition(".")[0]]
                    if name == "token"
                    else values[name]
                    for name in rule.arguments
                },
            )
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and rule.endpoint not in (*KEPT, *CLOSED, *ELSEWHERE)
            and not rule.endpoint.startswith((IMAGE_SERVICE, *CLOSED_DOORS))
            and not rule.rule.endswith(FILES)
        ]


def passkey_of(user):
    return Passkey(
        user_id=user.id,
        name="Telephone",
        credential_id=b"1",
        public_key=b"1",
        backup_state=False,
        device_type="single_device",
        usage="secondary",
        lastuse_datetime=now(),
    )


def walk(page, addresses, seen):
    """Look at every page once; files and what programs read are no pages."""
    found = []
    for address in addresses:
        answer = page.request.get(address)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if answer.status != 200:
            found.append(f"{address}: {answer.status}")
        where = urlsplit(answer.url).path
        if where not in seen:
            seen.add(where)
            page.goto(address)
            weight = page.evaluate(WEIGHT)
            if not 0 < weight <= MOST_BYTES:
                found.append(f"{where}: weighs {weight} bytes")
            found += faults_in_views(page)
    return found


def test_every_page_is_for_everybody(app, open_page, photo, curator):
    make_map(app)
    set_site(app, embedding=["https://www.museum.org"], kiosk_seconds=60)
    add_page(app, "imprint", en=("Imprint", "# House\n\n- one\n- [two](/)"))
    page = open_page()
    answer = ask(page, photo)
    shared = share(page).rpartition("/")[2]
    with app.test_request_context():
        reset = generate_reset_password_token(curator.account())
    seen: set[str] = set()
    found = walk(page, addresses(app, answer, shared, reset), seen)
    log_in(page, curator)
    with app.app_context():
        # Not before: it would be asked for.
        db.session.add(passkey_of(curator.account()))
        db.session.commit()
    found += walk(page, addresses(app, answer, shared, reset), seen)
    assert not found, "\n".join(found)
    # The walk has been where it should: open, own, and curators' pages.
    for path in (
        "/",
        "/works/",
        "/map",
        "/about",
        answer,
        "/account/",
        "/curate/works/",
    ):
        assert path in seen
    assert len(seen) >= 25


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_answer_is_for_everybody(
    app, open_page, photo_of_two, unknown_photo, verdict
):
    page = open_page()
    answer = ask(page, unknown_photo if verdict is Verdict.NOT_FOUND else photo_of_two)
    if verdict is Verdict.UNCERTAIN:
        with app.app_context():
            db.session.scalars(select(Query)).one().verdict = verdict
            db.session.commit()
        page.goto(answer)
    assert page.locator(f"article.{verdict.value}").count() == 1
    for summary in page.locator("article summary").all():
        summary.click()
    assert faults_in_views(page) == []


@pytest.mark.parametrize("path", ["/nowhere", "/works/?q=nothing+like+this"])
def test_empty_and_missing_pages_are_for_everybody(open_page, path):
    assert faults_in_views(open_page(path)) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/", "/works/", "/about", "/account/login"])
def test_what_has_the_focus_can_be_seen(open_page, path, width):
    page = open_page(path, width=width)
    stops = 0
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["isBody"]:
            break
        assert focused["isMarked"], focused
        assert focused["isSeen"], focused
        stops += 1
    assert stops > 8


def test_the_main_path_is_walked_by_keyboard_alone(open_page, photo_file):
    page = open_page()
    # From now on windows for files are caught; begun below, that may come too late.
    page.on("filechooser", lambda _window: None)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["name"].endswith("Skip to the content")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["name"].endswith("Choose a photo")
    page.wait_for_load_state("networkidle")
    # The window in which files are chosen is the browser's own.
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Enter")
    chosen.value.set_files(photo_file)
    page.locator("[data-editor]").wait_for()
    # Once a photo is chosen, the button that sends it has the focus.
    page.keyboard.press("Enter")
    page.wait_for_url("**/queries/*")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    press(page, "Yes, this is it")
    page.get_by_text("You said that this is right.").wait_for()
    press(page, "Ask about another work")
    page.wait_for_url(lambda address: urlsplit(address).path == "/")
    press(page, "Deutsch")
    page.get_by_role("heading", name="Welches Werk ist das?").wait_for()


def press(page, name):
    """Go on by the tabulator until something of this name has the focus; press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by the keyboard")
