"""Every part of a cluster is killed and started again, while people use it.

No answer may be wrong, no change lost or made twice, no photo left behind, nothing done
twice; and who is not answered learns when to come back.
"""

import csv
import json
import os
import re
import shutil
import tempfile
import time
from collections import Counter
from email import message_from_bytes, policy
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from app.retrieval.images.codec import encode_jpeg
from tests.cluster.people import Browser, Curator, Deleter, Visitor
from tests.cluster.running import RunningCluster
from tests.support.fakes import draw_picture, photograph
from tests.support.namespaces import missing_namespaces
from tests.support.waiting import ended

pytestmark = pytest.mark.cluster

WORKS = 8
VISITORS = 3
"""And one who deletes what was searched."""
AWAY_SECONDS, CALM_SECONDS = 1.5, 1.5
ORDER = (
    *("limits", "storage", "server-1", "worker-1"),
    *("database", "server-2", "worker-2"),
)
ROUNDS = int(os.environ.get("TEST_CLUSTER_ROUNDS", "1"))
"""How often each is killed; more for a long night."""
RECOVERED_SECONDS = 5.0
"""After a database is back: who waited for it is still told to come back."""
SETTLED_SECONDS = 150
"""For tasks, deletions and mails to be done, at the end."""
TRIES = 25
"""Wrong passwords: ten are allowed, on each of two servers at worst."""


@pytest.fixture(scope="module")
def photos():
    """Photos of the works, by accession number."""
    return {
        f"W-{number}": encode_jpeg(
            photograph(draw_picture(number, height=480, width=640))
        )
        for number in range(WORKS)
    }


@pytest.fixture(scope="module")
def folder():
    """A folder with a short name, for the database's socket."""
    path = Path(tempfile.mkdtemp(prefix="clu"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def cluster(folder, photos):
    if reason := missing_namespaces():
        pytest.skip(reason)
    if find_spec("nanio") is None:
        pytest.skip("nanio, the storage of a cluster, is not installed: make setup")
    museum = folder / "museum"
    museum.mkdir()
    with (museum / "catalogue.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["accession", "title", "image"])
        for number in range(WORKS):
            name = f"{number}.jpg"
            picture = draw_picture(number, height=480, width=640)
            (museum / name).write_bytes(encode_jpeg(picture))
            writer.writerow([f"W-{number}", f"Landscape {number}", name])
    arguments = ["--catalogue", str(museum / "catalogue.csv"), "--images", str(museum)]
    with RunningCluster(folder / "c", free_ports(), arguments) as running:
        yield running


def free_ports():
    """Return the first of two ports, one after the other, that nobody listens at."""
    import socket

    for first in range(20_000, 30_000, 2):
        try:
            for port in (first, first + 1):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("all ports are taken")


def test_killing_each_part_in_turn_costs_nothing(cluster, photos):
    curator = Curator(cluster.addresses, cluster.administrator_link)
    visitors = [Visitor(n, cluster.addresses, photos) for n in range(VISITORS)]
    deleter = Deleter(VISITORS, cluster.addresses, photos)
    people = [curator, deleter, *visitors]
    for person in people:
        person.start()
    try:
        kill_all_in_turn(cluster)
    finally:
        for person in people:
            person.stopped.set()
        ended(*people)
    asked = [one for person in people for one in person.browser.asked]
    print(Counter(one.status for one in asked), len(curator.confirmed), "edits")
    print([(one.part, one.until - one.since) for one in cluster.absences])
    assert [fault for person in people for fault in person.faults] == []
    await_peace(cluster)

    assert min(visitor.found for visitor in visitors) > 3
    assert [one for one in asked if 400 <= one.status < 500] == []
    assert unexplained(asked, cluster.absences) == [], cluster.broken()
    assert no_change_is_lost_or_made_twice(cluster, curator)
    assert no_photo_is_left_behind(cluster, deleter, asked)
    assert every_mail_came_once(cluster, curator)


def kill_all_in_turn(cluster):
    time.sleep(CALM_SECONDS)
    for part in ORDER * ROUNDS:
        with cluster.killed(part):
            if part == "limits":
                guess_passwords(cluster)
            time.sleep(AWAY_SECONDS)
        time.sleep(CALM_SECONDS)


def guess_passwords(cluster):
    """Guessing has an end while what counts it is away."""
    guesser = Browser(cluster.addresses)
    for number in range(TRIES):
        status, _, text = guesser.post(
            number,
            "/account/login",
            "/account/login",
            email="somebody@example.org",
            password=f"guess {number}",
        )
        if status == 429:
            return
        assert status in (200, 503), text
    raise AssertionError(f"{TRIES} wrong passwords were let through")


def await_peace(cluster):
    """Both servers search the newest index, and nothing is left to be done."""
    browser = Browser(cluster.addresses)
    end = time.monotonic() + SETTLED_SECONDS
    while True:
        states = []
        for server in range(2):
            status, _, text = browser.get(server, "/readyz")
            states.append(json.loads(text) if status == 200 else {"status": status})
        left = what_is_left(cluster)
        same = len({state.get("generation") for state in states}) == 1
        if same and not left and all(state.get("workers", 0) >= 2 for state in states):
            assert not any("newest" in state for state in states)
            return
        assert time.monotonic() < end, (states, left, query(cluster, TASKS))
        time.sleep(0.5)


# The others wait until nobody can still be writing the photo.
DELETIONS = "SELECT count(*) FROM pending_deletion WHERE due_at <= now() OR tries > 0"
TASKS = "SELECT id, kind, state, step, fault, worker, lease_until, now() FROM task"


def what_is_left(cluster):
    unfinished = query(
        cluster, "SELECT count(*) FROM task WHERE state NOT IN ('DONE', 'done')"
    )
    deletions = query(cluster, DELETIONS)
    mails = [
        path
        for name in ("one", "two")
        for path in (cluster.folder / name / "mail").glob("*.eml")
    ]
    left = {"tasks": unfinished[0][0], "deletions": deletions[0][0]}
    return {k: v for k, v in {**left, "mails": len(mails)}.items() if v}


def unexplained(asked, absences):
    """Answers of 5xx while the database was there."""
    away = [one for one in absences if one.part == "database"]
    return [
        one
        for one in asked
        if one.status >= 500
        and not (
            one.status == 503
            and any(
                one.since < gone.until + RECOVERED_SECONDS and one.until > gone.since
                for gone in away
            )
        )
    ]


def no_change_is_lost_or_made_twice(cluster, curator):
    made = Counter(
        row[0]["title"]
        for row in query(cluster, "SELECT after FROM audit_entry WHERE action = 'edit'")
    )
    assert len(curator.confirmed) > 5
    assert {title for title in curator.confirmed if made[title] != 1} == set()
    assert {title: count for title, count in made.items() if count > 1} == {}
    assert made.keys() <= curator.tried.keys()
    # The last change of a work is the one that is there.
    last = dict(
        query(
            cluster,
            "SELECT artwork_id, after ->> 'title' FROM audit_entry "
            "WHERE action = 'edit' ORDER BY id",
        )
    )
    stored = dict(query(cluster, "SELECT id, title FROM artwork"))
    assert {work: stored[work] for work in last} == last
    return True


def no_photo_is_left_behind(cluster, deleter, asked):
    assert deleter.deleted
    kept = dict(query(cluster, "SELECT id, photo_name FROM query"))
    assert not set(deleter.deleted) & kept.keys()
    bucket = cluster.folder / "storage" / "buckets" / "museum"
    photos = bucket / "morelli" / "media" / "queries"
    there = {
        path.relative_to(photos).as_posix()
        for path in photos.rglob("*.jpg")
        if path.is_file()
    }
    named = {name for name in kept.values() if name}
    # A server that was killed between storing a photo and writing its row leaves a
    # photo, which retention finds an hour later.
    unanswered = [one for one in asked if not one.is_done]
    assert len(there - named) <= len(unanswered)
    assert named <= there | set()
    return True


def every_mail_came_once(cluster, curator):
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (cluster.folder / "mail" / "mails" / "new").iterdir()
    ]
    came = Counter(re.findall(r"\S+@\S+", str(mail["To"]))[0] for mail in mails)
    assert curator.invited
    assert {one: came[one] for one in curator.invited if came[one] != 1} == {}
    return True


def query(cluster, statement):
    """Ask the database, by its socket in the cluster's folder."""
    with psycopg.connect(
        host=str(cluster.folder / "database"), user="postgres", dbname="morelli"
    ) as connection:
        return connection.execute(statement).fetchall()
