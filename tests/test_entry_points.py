"""No process of ours speaks to anybody unasked, or writes outside its folders."""

import csv
import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest

import bench.server
from app.configuration.load import ROOT
from app.retrieval.images.codec import encode_jpeg
from tests.support.databases import ask
from tests.support.fakes import draw_picture
from tests.support.sheltered import Shelter

WORKS, FEW = 12, 4
CARELESS = """
import socket
from pathlib import Path

try:
    socket.getaddrinfo("example.org", 443)
except OSError:
    Path.home().joinpath("client-id").write_text("1")
"""
HEAVY = ("tensorflow", "keras", "scipy", "sklearn", "skimage", "matplotlib")


@pytest.fixture
def shelter(tmp_path):
    return Shelter(tmp_path)


def test_the_trap_catches_who_is_careless(shelter):
    shelter.run("-c", CARELESS)
    reached, written, left = shelter.escapes()
    assert reached.startswith("socket.getaddrinfo example.org ")
    assert written.startswith(f"open {shelter.environ['HOME']}/client-id ")
    assert left == f"{shelter.environ['HOME']}/client-id"


def test_the_trap_catches_children_too(shelter):
    code = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CARELESS!r}])"
    )
    shelter.run("-c", code)
    assert len(shelter.escapes()) == 3


COMMANDS = {
    "server": ("-m", "gunicorn", "--check-config"),
    "commands": ("-m", "flask", "--app", "wsgi", "db", "upgrade"),
    "lab": ("-m", "app.lab", "compare", "--help"),
    "scripts": (
        "-c",
        "import precompute_descriptors, evaluate, demo, serve; "
        "import tools.screenshots, tools.kill_imports; "
        "import bench.indexing, bench.query, bench.server, bench.visitors; "
        "import bench.slow_senders; "
        "import bench.dashboard, bench.scale, bench.map, bench.__main__",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_start_reaches_nobody_and_leaves_nothing(shelter, command):
    # gunicorn looks for its settings where it is started.
    shelter.run(*command, at=ROOT if "gunicorn" in command else None)
    assert shelter.escapes() == []


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Catalogues of drawn works and of few of them, and a list of photos."""
    folder = tmp_path_factory.mktemp("data")
    rows = [["accession", "image", "title", "artist"]]
    for number in range(WORKS):
        name = f"{number}.jpg"
        (folder / name).write_bytes(encode_jpeg(draw_picture(number)))
        rows.append([f"A-{number}", name, f"No. {number}", f"Hand {number % 2}"])
    for name, count in {"works.csv": WORKS, "few.csv": FEW}.items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(rows[: count + 1])
    (folder / "photos.csv").write_text("photo,references,kind\n1.jpg,A-1,phone\n")
    return folder


def collection(data, name="works.csv"):
    return "--catalogue", data / name, "--images", data


WORK_FOR_THE_WORKER = """
from wsgi import app
from app.extensions import db
from app.models import Task

with app.app_context():
    db.session.add_all([Task(kind="map"), Task(kind="care")])
    db.session.commit()
"""


def wait_until(is_true, process):
    deadline = time.monotonic() + 240
    while not is_true():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.2)


def is_ready(address):
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=60) as answer:  # noqa: S310 - our own
            return answer.status == 200
    except OSError:
        return False


def task_states(instance):
    return {state for (state,) in ask(instance, "SELECT state FROM task")}


def servers(process):
    """Return the numbers of the server and all its processes."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    is_server = "gunicorn" in Path(f"/proc/{process}/cmdline").read_text()
    below = [one for child in children for one in servers(int(child))]
    return [process, *below] if is_server else below


@pytest.mark.slow
def test_a_museum_is_indexed_served_and_worked_for(shelter, data):
    shelter.run(ROOT / "precompute_descriptors.py", *collection(data))
    assert "top 1" in shelter.run(
        ROOT / "evaluate.py", "--queries", data / "photos.csv"
    )
    shelter.run("-c", WORK_FOR_THE_WORKER)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    site = shelter.start(ROOT / "demo.py", *collection(data), MORELLI_PORT=port)
    try:
        wait_until(lambda: is_ready(f"http://127.0.0.1:{port}"), site)
        answer = bench.server.ask(port, (data / "1.jpg").read_bytes())
        assert answer["decision"] == "found"
        wait_until(lambda: task_states(shelter.instance) == {"done"}, site)
        assert shelter.open_to_others() == []
        processes = servers(site.pid)
        assert len(processes) > 1
        libraries = "".join(Path(f"/proc/{p}/maps").read_text() for p in processes)
        assert "site-packages/cv2/" in libraries
        assert [one for one in HEAVY if f"site-packages/{one}/" in libraries] == []
    finally:
        site.send_signal(signal.SIGTERM)
        status = site.wait(60)
    assert status == 0
    assert shelter.escapes() == []
    assert shelter.open_to_others() == []


@pytest.mark.slow
def test_the_lab_compares_and_learns(shelter, data):
    out = shelter.instance / "lab"
    compared = shelter.run("-m", "app.lab", "compare", *collection(data), "--out", out)
    assert "whole engine" in compared
    shelter.run(
        *("-m", "app.lab", "train-similarity", *collection(data), "--out", out / "s"),
        *("--similarity", out / "similarity.npz"),
    )
    assert (out / "similarity.npz").exists()
    assert shelter.escapes() == []


TRAIN_WITH_FEW_QUESTIONS = """
import sys
import train
from app.retrieval.training.components import questions

questions.PHOTOS, questions.VERSIONS, questions.BANNERS = 24, 4, 4
sys.exit(train.main())
"""
"""Every step of a training; the decision asks as few photos as it can learn from."""


@pytest.mark.slow
def test_a_model_is_trained(shelter, data):
    out = shelter.instance / "model"
    shelter.run(
        *("-c", TRAIN_WITH_FEW_QUESTIONS, *collection(data), "--out", out),
        *("--side", 96, "--build", shelter.instance / "build", "--steps", 1),
        at=ROOT,
    )
    assert (out / "descriptor.xml").exists()
    assert shelter.escapes() == []


@pytest.mark.slow
def test_speed_and_memory_are_measured(shelter, data):
    shelter.run("-m", "bench.indexing", *collection(data, "few.csv"))
    for module in ("bench.query", "bench.server"):
        shelter.run("-m", module, "--queries", data / "photos.csv", at=ROOT)
    assert shelter.escapes() == []
