"""The script as an operator meets it: figures, files, faults and exit statuses."""

import csv
import hashlib
import json

import pytest

from app.programs import evaluate, index
from app.retrieval.evaluation.asking import engine_asker
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.model import Model
from tests.support.databases import ask as sql
from tests.support.fakes import draw_picture, fake_model, photograph

WORKS = 8


@pytest.fixture(scope="module")
def museum(tmp_path_factory):
    """An indexed instance, with photos of two works and of something else."""
    folder = tmp_path_factory.mktemp("museum")
    with pytest.MonkeyPatch.context() as patch:
        use(patch, folder)
        with (folder / "catalogue.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["accession", "image", "title"])
            for number in range(WORKS):
                picture = encode_jpeg(draw_picture(number))
                (folder / f"{number}.jpg").write_bytes(picture)
                writer.writerow([f"A-{number}", f"{number}.jpg", f"No. {number}"])
        arguments = ["--catalogue", str(folder / "catalogue.csv")]
        assert index.main([*arguments, "--images", str(folder)]) == 0
    for number in (3, 5, 77):
        photo = encode_jpeg(photograph(draw_picture(number)))
        (folder / f"photo{number}.jpg").write_bytes(photo)
    return folder


def use(patch, folder):
    patch.setenv("MORELLI_INSTANCE", str(folder / "instance"))
    patch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads: fake_model())
    )


@pytest.fixture
def ask(museum, monkeypatch, tmp_path):
    """Run the script with a list of photos; return its status and its JSON."""
    use(monkeypatch, museum)

    def ask(*arguments, rows=()):
        report = tmp_path / "report.json"
        if rows:
            labels = museum / "photos.csv"
            labels.write_text("photo,references,kind\n" + "\n".join(rows))
            arguments = ("--queries", str(labels), *arguments)
        status = evaluate.main([*arguments, "--json", str(report)])
        return status, json.loads(report.read_text()) if report.exists() else None

    return ask


GOOD_ROWS = [
    "photo3.jpg,A-3,phone",
    "photo5.jpg,A-5|A-1,phone",
    "photo77.jpg,NONE,street",
]


def test_photos_are_asked_and_the_figures_written(ask, capsys):
    status, report = ask("--leave-out", rows=GOOD_ROWS)
    assert status == 0
    assert report["queries"] == 3
    assert report["top1"] == report["true_accept"] == 1
    assert report["recall_union_100"] == 1
    assert report["false_accept"] == 0
    assert report["latency_ms"]["p50"] > report["latency_ms"]["stages"]["verify"]["p50"]
    assert list(report["per_kind"]) == ["phone", "street"]
    assert report["per_kind"]["street"]["top1"] is None
    assert report["origin"]["works"] == WORKS
    output = capsys.readouterr().out
    assert "phone" in output
    assert "100.00" in output
    assert "verify" in output


def test_rows_and_photos_that_cannot_be_used_are_named(ask, capsys):
    rows = [*GOOD_ROWS, "gone.jpg,A-3,phone", "photo3.jpg,A-99,phone"]
    status, report = ask(rows=rows)
    assert status == 1
    assert report["queries"] == 3
    assert report["origin"]["photos_not_asked"] == 2
    errors = capsys.readouterr().err
    assert "line 5, gone.jpg: No such file" in errors
    assert "line 6, photo3.jpg: the collection has no work A-99" in errors
    assert "2 photos could not be asked" in errors


def test_mistakes_are_printed(ask, capsys):
    status, report = ask(rows=["photo3.jpg,A-4,phone"])
    assert status == 0
    assert report["top1"] == 0
    assert report["mistakes"][0]["answered"] == "A-3"
    assert (
        "photo3.jpg (phone): missed; shows A-4; answered A-3" in capsys.readouterr().out
    )


def test_photos_are_made_from_the_collection(ask):
    status, report = ask("--perturb", "mild", "--sample", "5", "--seed", "1")
    assert status == 0
    assert report["queries"] == 5
    assert list(report["per_kind"]) == ["mild"]
    assert report["top1"] >= 0.8
    assert (
        ask("--perturb", "mild", "--sample", "5", "--seed", "1")[1]["mistakes"]
        == (report["mistakes"])
    )


def test_walls_are_hung_with_the_collection(ask):
    status, report = ask("--perturb", "walls", "--sample", "8")
    assert status == 0
    assert list(report["per_kind"]) == ["wall"]
    assert report["all_named"] >= 0.8
    assert report["misnamed"] == 0


def test_versions_are_made_from_the_collection(ask, capsys):
    status, report = ask("--versions", "3", "--seed", "1")
    assert status == 0
    assert list(report["figures"]) == ["moved", "added", "removed", "all"]
    assert report["figures"]["all"]["photos"] == 3
    assert report["figures"]["all"]["first"] == 1
    assert report["origin"]["works"] == WORKS
    assert "false outline" in capsys.readouterr().out
    assert ask("--versions", "3", "--seed", "1")[1]["outcomes"] == report["outcomes"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--versions", "0"),
        ("--versions", "3", "--leave-out"),
        ("--versions", "3", "--channel", "global"),
        ("--versions", "3", "--sample", "2"),
    ],
)
def test_options_that_do_not_go_with_versions(arguments):
    with pytest.raises(SystemExit):
        evaluate.parse(arguments)


def test_the_global_channel_can_be_asked_alone(ask):
    status, report = ask("--channel", "global", rows=GOOD_ROWS)
    assert status == 0
    assert report["recall_global_100"] == 1
    assert report["recall_local_100"] is None
    assert report["false_accept"] is None
    assert report["latency_ms"]["p50"] > 0


def test_withdrawn_works_are_not_found(ask, museum):
    instance = museum / "instance"
    withdraw = "UPDATE artwork SET withdrawn_at = {} WHERE accession = 'A-3'"
    sql(instance, withdraw.format("'2026-01-01 00:00:00'"))
    try:
        status, report = ask(rows=["photo3.jpg,NONE,phone", "photo5.jpg,A-5,phone"])
    finally:
        sql(instance, withdraw.format("NULL"))
    assert status == 0
    assert report["false_accept"] == 0
    assert report["origin"]["works"] == WORKS - 1


def test_stopping_half_way_keeps_what_was_asked(ask, monkeypatch, capsys):
    def asker(engine, _channel):
        ask_engine = engine_asker(engine)
        photos_left = iter(range(2))

        def tired(photo, excluded):
            if next(photos_left, None) is None:
                raise KeyboardInterrupt
            return ask_engine(photo, excluded)

        return tired

    monkeypatch.setattr(evaluate, "asker", asker)
    status, report = ask(rows=GOOD_ROWS)
    assert status == 130
    assert report["queries"] == 2
    assert "the photos asked so far" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["gone.jpg,A-3,phone"], "No photo could be asked"),
        (["photo3.jpg,A-99,phone"], "No photo could be asked"),
    ],
)
def test_nothing_to_ask_is_a_failure(ask, capsys, rows, message):
    status, report = ask(rows=rows)
    assert (status, report) == (2, None)
    assert message in capsys.readouterr().err


def test_a_list_that_is_none_is_a_failure(ask, museum, capsys):
    assert ask("--queries", str(museum / "nowhere.csv"))[0] == 2
    assert ask("--queries", str(museum / "catalogue.csv"))[0] == 2
    errors = capsys.readouterr().err
    assert "nowhere.csv cannot be used: No such file" in errors
    assert "its first line does not name photo, references, kind" in errors


def test_without_an_index_the_command_to_run_is_named(
    ask, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("MORELLI_INSTANCE", str(tmp_path / "empty"))
    assert ask("--perturb", "mild")[0] == 2
    assert "Run:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--queries", "x.csv", "--perturb", "mild"],
        ["--queries", "x.csv", "--sample", "3"],
        ["--perturb", "mild", "--sample", "0"],
        ["--perturb", "sideways"],
        ["--perturb", "mild", "--json", "/nowhere/report.json"],
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        evaluate.main(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_what_admins_judged_of_a_photo_is_obeyed(ask, museum):
    rows = ["photo3.jpg,NONE,street"]
    assert ask(rows=rows)[1]["false_accept"] == 1
    photo = hashlib.sha256((museum / "photo3.jpg").read_bytes()).hexdigest()
    sql(
        museum / "instance",
        "INSERT INTO relevance_judgement (photo_sha256, accession, relevance, photo,"
        " created_at, number) VALUES"
        " (:photo, 'A-3', 'in_view', 'photo3.jpg', '2026-01-01', 0),"
        " (:photo, 'A-99', 'shown', 'photo3.jpg', '2026-01-01', 0)",
        photo=photo,
    )
    _, report = ask(rows=rows)
    assert report["false_accept"] == 0
    assert report["proportions"]["false_accept"] == {"count": 0, "total": 1}
    assert report["top1"] is None  # what is not there cannot be asked for
