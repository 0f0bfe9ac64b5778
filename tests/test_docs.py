"""What the documents promise is there: settings, scripts' options, links."""

import re
from pathlib import Path

import pytest

from app.configuration.load import SETTINGS
from app.lab.__main__ import COMMANDS as LAB

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
SETTINGS_PAGE = (ROOT / "docs/settings.md").read_text("utf-8")
LAB_OPTIONS = ("__main__", "collection", "networks")
SCRIPTS = ("index", "evaluate", "train", "demo", "serve")


def setting_row(setting):
    default = f"`{setting.default}`" if setting.default else "–"
    return f"| `{setting.name}` | {default} | {setting.help} |"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_on_its_page_as_it_is(setting):
    assert setting_row(setting) in SETTINGS_PAGE


def test_their_page_knows_no_other_settings():
    named = set(re.findall(r"MORELLI_\w+", SETTINGS_PAGE))
    assert named == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_inside_the_project_lead_somewhere(document):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
    assert not [link for link in links if not (document.parent / link).exists()]


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_option_of_a_script_is_documented(script):
    source = ROOT / "app" / "programs" / f"{script}.py"
    options = set(re.findall(r'"(--[a-z-]+)"', source.read_text("utf-8")))
    operating = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert options
    assert not {option for option in options if f"`{option}" not in operating}


def test_every_command_of_the_lab_and_its_options_are_documented():
    text = (ROOT / "docs" / "lab.md").read_text("utf-8")
    names = [name.replace("-", "_") for name in LAB] + [*LAB_OPTIONS]
    modules = [ROOT / "app" / "lab" / f"{name}.py" for name in names]
    sources = [module.read_text("utf-8") for module in modules]
    options = {o for source in sources for o in re.findall(r'"(--[a-z-]+)"', source)}
    assert len(options) > 5
    assert not {option for option in options if f"`{option}" not in text}
    assert not [name for name in LAB if f"app.lab {name}" not in text]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_the_documents_exist(document):
    text = document.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    assert not [
        name
        for name in re.findall(r"python (\w+\.py)", text)
        if not (ROOT / name).exists()
    ]


SECURITY = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [
    line.split("|")[1:-1]
    for line in SECURITY.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+", line)
]
"""Requirements of the OWASP standard, as their cells."""
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_test_that_shows_a_requirement_exists():
    named = set(TEST.findall(SECURITY))
    assert len(named) > 100
    there = {path: (ROOT / path).read_text("utf-8") for path, _ in named}
    assert not [
        (path, name)
        for path, name in sorted(named)
        if f"\ndef {name}(" not in there[path]
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip())
def test_every_requirement_is_shown_or_its_reason_given(row):
    numbers, level, what, shown = map(str.strip, row)
    assert re.fullmatch(r"\d+\.\d+\.\d+(, \d+\.\d+\.\d+)*", numbers)
    assert re.fullmatch("1|2|1–2", level)
    assert what
    reasons = ("](", "`make check`", "not met", "by design: ")
    assert TEST.search(shown) or any(reason in shown for reason in reasons)


MOST_ENTRIES = 20
"""Files and folders that one look takes in."""
ROOMS = [
    folder
    for folder in sorted((ROOT / "app").rglob("*/"))
    if (folder / "__init__.py").exists() and folder.parent.name != "training"
]


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.name)
def test_every_room_is_on_the_map_and_small(room):
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert f"{room.name}/`" in page
    entries = [path for path in room.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MOST_ENTRIES or room.name == "lab"


def test_the_map_shows_no_room_that_is_gone():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = page[page.index("## The rooms") : page.index("## Where the network runs")]
    shown = set(re.findall(r"^\| `(?:app/)?([\w/]+)/`", rooms, re.M))
    folders = [*ROOT.glob("*/"), *(ROOT / "models").glob("*/")]
    there = {path.name for path in (*folders, *(ROOT / "app").rglob("*/"))}
    assert {name.rsplit("/")[-1] for name in shown} <= there
