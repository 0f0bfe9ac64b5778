import numpy as np
import pytest

from app.lab.errors import LabError
from app.lab.labelled import LabelledPicture, halves, look, read_tree, small_classes
from app.retrieval.errors import ImageError
from app.retrieval.images.codec import encode_jpeg
from tests.lab.trees import MEMBERS, TINTS, fake_extractor, tinted, write_tree


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return write_tree(tmp_path_factory.mktemp("tree"))


def test_every_folder_is_a_class(tree):
    pictures = read_tree(tree)
    labels = [picture.label for picture in pictures]
    assert {label: labels.count(label) for label in labels} == dict.fromkeys(
        TINTS, MEMBERS
    )
    assert pictures[0] == LabelledPicture(tree / "blue/image_0000.jpg", "blue")


def test_hidden_files_and_folders_are_passed_over(tree, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jpg").touch()
    (tmp_path / "a" / ".DS_Store").touch()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "2.jpg").touch()
    assert [picture.path.name for picture in read_tree(tmp_path)] == ["1.jpg"]


def test_what_is_no_tree_is_explained(tmp_path):
    with pytest.raises(LabError, match="is no folder"):
        read_tree(tmp_path / "none")
    (tmp_path / "image.jpg").touch()
    with pytest.raises(LabError, match=r"no class folders.*named like the class"):
        read_tree(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(LabError, match="no pictures in the class folders"):
        read_tree(tmp_path)


def test_halves_part_every_class_evenly(tree):
    taught, asked = halves(read_tree(tree), 0)
    for half in (taught, asked):
        labels = [picture.label for picture in half]
        assert [labels.count(label) for label in TINTS] == [MEMBERS // 2] * 3
    assert not set(taught) & set(asked)
    assert set(taught) | set(asked) == set(read_tree(tree))


def test_halves_depend_on_the_seed_and_not_on_other_classes(tree):
    pictures = read_tree(tree)
    assert halves(pictures, 0) == halves(pictures[::-1], 0)
    assert halves(pictures, 0) != halves(pictures, 1)
    alone = halves([each for each in pictures if each.label == "red"], 0)[0]
    assert alone == [each for each in halves(pictures, 0)[0] if each.label == "red"]


def test_the_half_to_ask_has_the_odd_one(tree):
    taught, asked = halves(read_tree(tree)[:5], 0)
    assert (len(taught), len(asked)) == (2, 3)


def test_small_classes_are_named(tree):
    assert small_classes(read_tree(tree)[:11]) == ["green"]
    assert small_classes(read_tree(tree)) == []


def test_looks_at_everything_that_measures_need(tree, result_cache):
    pictures = read_tree(tree)[:3]
    looks, faults = look(pictures, fake_extractor(), "Looking", result_cache)
    assert faults == 0
    assert looks.pictures == tuple(pictures)
    assert looks.labels == ["blue"] * 3
    assert looks.structural.luminance.shape == (3, 128, 128)
    assert looks.structural.features.shape == (3, 192)
    assert looks.activations.shape == (3, 48)
    assert looks.views.shape == (3, 0)


def test_to_learn_from_pictures_a_photo_of_each_is_described(tree, result_cache):
    looks, _ = look(read_tree(tree)[:3], fake_extractor(), "Looking", result_cache, 0)
    assert looks.views.shape == (3, 192)
    assert looks.activations.shape == (3, 0)
    likeness = looks.views @ looks.structural.features.T
    assert (likeness.argmax(axis=1) == np.arange(3)).all()


def test_photos_follow_from_the_seed(tree, result_cache):
    pictures = read_tree(tree)[:2]

    def views(what, seed):
        looks, _ = look(pictures, fake_extractor(), what, result_cache, seed)
        return looks.views

    first = views("First", 1)
    np.testing.assert_array_equal(first, views("Once more", 1))
    assert (first != views("Others", 2)).any()


def test_unreadable_pictures_are_named_and_left_out(tmp_path, result_cache, capsys):
    good = write_tree(tmp_path, 1) / "red/image_0000.jpg"
    bad = [tmp_path / "red/broken.jpg", tmp_path / "red/gone.jpg"]
    bad[0].write_bytes(good.read_bytes()[:200])
    pictures = [LabelledPicture(path, "red") for path in (bad[0], good, bad[1])]
    looks, faults = look(pictures, fake_extractor(), "Looking", result_cache)
    assert faults == 2
    assert looks.pictures == (pictures[1],)
    printed = capsys.readouterr().err
    for path in bad:
        assert f"{path} is left out" in printed
    with pytest.raises(LabError, match="Not one"):
        look(pictures[:1], fake_extractor(), "Once more", result_cache)


def test_of_a_box_only_the_part_counts(tmp_path):
    path = tmp_path / "image.png"
    path.write_bytes(encode_jpeg(tinted("red", 1)))
    whole = LabelledPicture(path, "").read()
    part = LabelledPicture(path, "", (10, 20, 74, 84)).read()
    np.testing.assert_array_equal(part, whole[20:84, 10:74])
    beyond = LabelledPicture(path, "", (-5, -5, 999, 40)).read()
    np.testing.assert_array_equal(beyond, whole[:40])
    with pytest.raises(ImageError, match="outside the picture"):
        LabelledPicture(path, "", (500, 500, 600, 600)).read()
