import csv
from pathlib import Path

import pytest

from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.images.codec import encode_jpeg
from app.services.operations import demonstration
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow
BUNDLED_VOCABULARY = (
    Path(__file__).resolve().parents[2] / "models" / "default" / "vocabulary.npz"
)
PIPELINE = "app.retrieval.training.pipeline"


@pytest.fixture
def network_alone(monkeypatch):
    """Learn nothing beside the network: other tests learn a whole model."""
    monkeypatch.setattr(f"{PIPELINE}.PARTS", {})


@pytest.fixture
def museum(tmp_path):
    with (tmp_path / "works.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["accession", "image", "title"])
        for number in range(20):
            name = f"{number}.jpg"
            (tmp_path / name).write_bytes(encode_jpeg(draw_picture(number)))
            writer.writerow([f"W-{number}", name, f"Work {number}"])
    return tmp_path


def arguments_for(museum, *more):
    catalogue, out = str(museum / "works.csv"), str(museum / "models" / "mine")
    where = ["--catalogue", catalogue, "--images", str(museum), "--out", out]
    return [*where, "--build", str(museum / "build"), "--side", "96", *more]


def test_without_a_network_the_bundled_model_is_taken(
    museum, network_alone, monkeypatch, capsys
):
    from app.programs import train
    from app.retrieval.descriptors import backbone

    def unreachable(**_):
        raise Exception("URL fetch failure on https://example.org")  # noqa: TRY002

    published = backbone.Backbone(
        ("block5_conv3",),
        16,
        512,
        backbone.BACKBONES["vgg16"].build,
        unreachable,
    )
    monkeypatch.setattr(
        backbone, "BACKBONES", {**backbone.BACKBONES, "vgg16": published}
    )
    arguments = arguments_for(museum, "--backbone", "vgg16", "--weights", "imagenet")
    arguments += ["--vocabulary", str(BUNDLED_VOCABULARY)]
    assert train.main(arguments) == 0
    said = capsys.readouterr()
    assert "URL fetch failure" in said.err
    assert "Going on with the bundled model" in said.err
    assert "Traceback" not in said.err
    taken = ModelManifest.read(museum / "models" / "mine").backbone
    assert taken == ModelManifest.read(BUNDLED_VOCABULARY.parent).backbone


def test_a_weights_file_that_is_not_there_is_one_sentence(museum, capsys):
    from app.programs import train

    assert train.main(arguments_for(museum, "--weights", "nowhere.npz")) == 2
    assert "no such file" in capsys.readouterr().err
    assert not (museum / "models" / "mine").exists()


def test_a_catalogue_that_is_not_there_is_one_sentence(museum, capsys):
    from app.programs import train

    (museum / "works.csv").unlink()
    assert train.main(arguments_for(museum)) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_the_usual_length_of_a_descriptor_depends_on_the_network(museum):
    from app.programs import train

    def dimensions(*options):
        plan = train.plan_of(train.parse(arguments_for(museum, *options)))
        return plan.dimension, plan.joined_dimension

    assert dimensions() == (256, 512)
    assert dimensions("--backbone", "vgg16") == (512, 1024)
    assert dimensions("--backbone", "vgg16", "--dimension", "64") == (64, 64)


def test_a_teacher_and_pictures_without_labels_are_part_of_the_plan(museum):
    from app.programs import train

    more = museum / "more" / "inside"
    more.mkdir(parents=True)
    for name in ("b.PNG", "a.jpg", "notes.txt"):
        (more / name).write_bytes(b"")
    options = ["--teacher", "efficientnet-lite2", "--pictures", str(museum / "more")]
    plan = train.plan_of(train.parse(arguments_for(museum, *options)))
    assert plan.teacher == "efficientnet-lite2"
    assert [path.name for path in plan.pictures] == ["a.jpg", "b.PNG"]


def test_a_folder_without_pictures_is_one_sentence(museum, capsys):
    from app.programs import train

    assert train.main(arguments_for(museum, "--pictures", "nowhere")) == 2
    assert "There are no pictures in nowhere." in capsys.readouterr().err


def test_trained_weights_are_shaken_less_than_random_ones(museum):
    from app.programs import train

    def recipe(*options):
        arguments = arguments_for(museum, "--steps", "9", *options)
        return train.plan_of(train.parse(arguments)).fine_tuning

    assert recipe().learning_rate < recipe("--weights", "random").learning_rate
    told = recipe("--learning-rate", "0.1", "--pairs", "5")
    assert (told.learning_rate, told.pair_count, told.steps) == (0.1, 5, 9)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--keep", "1.5", "between 0 and 1"),
        ("--keep", "nan", "between 0 and 1"),
        ("--pairs", "1", "fewer than 2"),
        ("--learning-rate", "0", "above 0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(museum, capsys, option, value, said):
    from app.programs import train

    with pytest.raises(SystemExit) as refused:
        train.main(arguments_for(museum, option, value))
    assert refused.value.code == 2
    assert said in capsys.readouterr().err


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Less than half of the museum that ``make demo`` draws."""
    folder = tmp_path_factory.mktemp("drawn") / "museum"
    works = generate_collection(48, demonstration.WORKS_SEED)
    demonstration.draw_collection(folder, works)
    return folder


@pytest.mark.lasting
def test_training_on_the_drawn_museum_beats_a_random_network(
    drawn, network_alone, tmp_path
):
    """From the command line to a network, as a newcomer would."""
    from app.programs import train

    recall = {}
    for steps in (0, 24):
        options = {
            "--catalogue": drawn / demonstration.CATALOGUE_FILE,
            "--images": drawn / demonstration.IMAGES_FOLDER,
            "--out": tmp_path / f"steps-{steps}",
            "--build": tmp_path / "build",
            "--vocabulary": BUNDLED_VOCABULARY,
            "--weights": "random",
            "--side": 96,
            "--steps": steps,
        }
        arguments = [str(word) for option in options.items() for word in option]
        assert train.main(arguments) == 0
        figures = ModelManifest.read(tmp_path / f"steps-{steps}").training["figures"]
        recall[steps] = figures["held-out works, mild photos"]["recall@1"]
    assert recall[24] > recall[0] + 0.2
