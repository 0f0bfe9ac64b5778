import fcntl
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.errors import (
    ArtefactError,
    DamagedArtefactError,
    EmptyGalleryError,
    GenerationRejectedError,
    IncompatibleArtefactError,
    MissingArtefactError,
    StoreBusyError,
    StoreWriteError,
)
from app.retrieval.generations import manifest as manifest_module
from app.retrieval.generations.manifest import FORMAT
from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import Validation
from app.retrieval.settings import (
    GallerySettings,
    LocalSettings,
    RetrievalSettings,
    ShortlistSettings,
)
from tests.support.fakes import fake_collection, fake_model
from tests.support.full_disk import files_of_at_most
from tests.support.waiting import SCRIPT_SECONDS

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = RetrievalSettings(gallery=GallerySettings(n_trees=5, forest_from=0))
PASSED = Validation({"unit_length": 1.0}, ())


@pytest.fixture(scope="module")
def collection():
    return list(fake_collection(6))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "generations")


def build(store, items, examination=PASSED):
    return store.build(
        items, fake_model(), settings=SETTINGS, examine=lambda _: examination
    )


def open_(store):
    return store.open(fake_model(), SETTINGS)


def names_in(store):
    return {path.name for path in store.root.iterdir()}


def test_a_published_generation_can_be_opened_and_searched(store, collection):
    built = build(store, collection)
    generation, gallery = open_(store)
    assert generation == built
    assert len(gallery) == 6
    assert gallery.search_global(gallery.descriptors[4], 1)[0].position == 4
    assert names_in(store) == {"CURRENT", "LOCK", built.name}


def test_before_the_first_build_there_is_nothing(store):
    assert store.current() is None
    with pytest.raises(EmptyGalleryError, match="precompute_descriptors"):
        open_(store)


def test_the_manifest_says_what_the_generation_is(store, collection):
    manifest = build(store, collection).manifest
    assert (manifest.works, manifest.images, manifest.model_id) == (6, 6, "fake")
    assert manifest.settings["n_trees"] == 5
    assert manifest.settings["seed"] == 0
    assert manifest.examination == {"unit_length": 1.0}
    assert manifest.libraries["numpy"] == np.__version__
    assert "index.ann" in manifest.files


def test_the_manifest_names_only_libraries_that_are_there(
    store, collection, monkeypatch
):
    libraries = ("numpy", "a package that is not installed")
    monkeypatch.setattr(manifest_module, "LIBRARIES", libraries)
    assert build(store, collection).manifest.libraries == {"numpy": np.__version__}


def test_what_another_version_says_of_the_same_format_is_passed_over(store, collection):
    path = build(store, collection).path / "manifest.json"
    told = json.loads(path.read_text()) | {"channel": "annoy"}
    path.write_text(json.dumps(told))
    assert len(open_(store)[1]) == 6


def test_the_same_input_gives_the_same_name_and_bytes(tmp_path, collection):
    one = build(Store(tmp_path / "one"), collection)
    two = build(Store(tmp_path / "two"), iter(collection))
    assert one.name == two.name
    assert one.manifest.files == two.manifest.files


def test_building_again_keeps_the_generation_and_examines_it_once(store, collection):
    first = build(store, collection)
    again = build(store, collection, Validation({}, ("it must not be asked",)))
    assert again == first


def test_another_content_gets_another_name(store, collection):
    assert build(store, collection).name != build(store, collection[1:]).name
    _, gallery = open_(store)
    assert len(gallery) == 5


def test_without_items_the_old_generation_stays(store, collection):
    old = build(store, collection)
    with pytest.raises(EmptyGalleryError):
        build(store, [])
    assert store.current() == old


def test_a_failed_examination_is_not_published_but_kept_aside(store, collection):
    old = build(store, collection)
    for _ in range(2):  # the second takes the first one's place
        with pytest.raises(GenerationRejectedError, match="too bad") as caught:
            build(store, collection[1:], Validation({}, ("it is too bad",)))
    assert caught.value.path == store.root / "refused"
    assert (caught.value.path / "manifest.json").is_file()
    assert store.current() == old
    assert names_in(store) == {"CURRENT", "LOCK", "refused", old.name}


def test_an_error_of_the_caller_passes_through_and_leaves_no_trace(store, collection):
    old = build(store, collection)

    def broken():
        yield collection[0]
        raise FileNotFoundError("a picture is gone")

    with pytest.raises(FileNotFoundError):
        build(store, broken())
    assert store.current() == old
    assert names_in(store) == {"CURRENT", "LOCK", old.name}


def test_only_one_process_builds_at_a_time(store, collection):
    build(store, collection)
    with (store.root / "LOCK").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StoreBusyError):
            build(store, collection[1:])
    build(store, collection[1:])


@pytest.mark.parametrize("length_bytes", [64, 3_000, 8_000, 11_000, 19_000])
def test_a_refused_write_is_a_clear_error_and_the_old_one_lives(
    store, collection, length_bytes
):
    old = build(store, collection[:1])
    with (
        files_of_at_most(length_bytes),
        pytest.raises(StoreWriteError, match="in use is untouched"),
    ):
        build(store, collection)
    assert open_(store)[0] == old
    assert names_in(store) == {"CURRENT", "LOCK", old.name}


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path, collection):
    (tmp_path / "file").touch()
    with pytest.raises(StoreWriteError):
        build(Store(tmp_path / "file" / "generations"), collection)


def test_old_generations_go_and_a_reader_of_one_keeps_working(store, collection):
    first = build(store, collection)
    _, gallery = open_(store)
    later = [build(store, collection[:count]) for count in (5, 4, 3)]
    assert names_in(store) == {"CURRENT", "LOCK", *(g.name for g in later)}
    assert not first.path.exists()
    assert gallery.search_global(gallery.descriptors[5], 1)[0].position == 5
    features = gallery.local_features[5]
    assert gallery.search_local(features, ShortlistSettings())[0].position == 5


def test_returning_to_an_old_generation_does_not_remove_it(store, collection):
    first = build(store, collection)
    for count in (5, 4):
        build(store, collection[:count])
    assert build(store, collection) == first
    build(store, collection[:3])
    assert first.path.exists()


def test_another_model_or_setting_is_incompatible(store, collection):
    build(store, collection)
    with pytest.raises(IncompatibleArtefactError, match="model other"):
        store.open(replace(fake_model(), model_id="other"), SETTINGS)
    with pytest.raises(IncompatibleArtefactError, match="1000"):
        store.open(
            fake_model(), replace(SETTINGS, local=LocalSettings(reference_side_px=1000))
        )


def test_settings_of_the_query_do_not_matter(store, collection):
    build(store, collection)
    local = LocalSettings(query_features=300)
    assert len(store.open(fake_model(), replace(SETTINGS, local=local))[1]) == 6


@pytest.mark.parametrize("keep", [0.0, 0.9])
def test_every_file_that_is_cut_short_is_noticed(store, collection, keep):
    generation = build(store, collection)
    for name in generation.manifest.files:
        path = generation.path / name
        whole = path.read_bytes()
        path.write_bytes(whole[: int(keep * len(whole))])
        with pytest.raises(DamagedArtefactError, match=path.name):
            open_(store)
        path.write_bytes(whole)
    open_(store)


def test_a_missing_file_is_noticed(store, collection):
    generation = build(store, collection)
    (generation.path / "index.ann").unlink()
    with pytest.raises(DamagedArtefactError, match="missing"):
        open_(store)


def test_files_that_are_not_what_they_claim_are_noticed(store, collection):
    generation = build(store, collection)
    path = generation.path / "effort.json"
    path.write_bytes(b" " * path.stat().st_size)
    with pytest.raises(DamagedArtefactError):
        open_(store)


def test_a_damaged_generation_is_built_anew_under_another_name(store, collection):
    first = build(store, collection)
    path = first.path / "descriptors.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    second = build(store, collection)
    assert second.name == f"{first.name}-2"
    assert second.manifest.files == first.manifest.files
    assert build(store, collection) == second


@pytest.mark.parametrize("text", ["", "../elsewhere", "\xff"])
def test_a_current_file_without_a_name_is_damaged(store, collection, text):
    build(store, collection)
    (store.root / "CURRENT").write_text(text, encoding="utf-8")
    with pytest.raises(DamagedArtefactError, match="no name"):
        store.current_name()


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        ("{", DamagedArtefactError),
        ("[]", DamagedArtefactError),
        (json.dumps({"format": FORMAT}), DamagedArtefactError),
        (json.dumps({"format": 99}), IncompatibleArtefactError),
        (None, MissingArtefactError),
    ],
)
def test_a_broken_manifest_says_so(store, collection, manifest, error):
    path = build(store, collection).path / "manifest.json"
    path.unlink()
    if manifest is not None:
        path.write_text(manifest)
    with pytest.raises(error, match="precompute_descriptors"):
        store.current()


def test_leftovers_of_a_killed_build_are_swept(store, collection):
    build(store, collection)
    for leftover in (".new.staged", ".0123.discarded"):
        (store.root / leftover).mkdir()
        (store.root / leftover / "half").touch()
    generation = build(store, collection)
    assert names_in(store) == {"CURRENT", "LOCK", generation.name}


@pytest.mark.parametrize(
    "stride", [9, pytest.param(4, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_killed_at_a_step_the_old_or_the_new_generation_works(tmp_path, stride):
    # In a process of its own, which must not have started any thread before it
    # forks the builders that it then kills.
    killer = subprocess.run(
        [sys.executable, "-m", "tests.retrieval.kill_builds", tmp_path, str(stride)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SCRIPT_SECONDS,
    )
    assert killer.returncode == 0, killer.stderr
    steps = json.loads(killer.stdout)
    assert len(steps) > 60 // stride
    assert set(steps) == {"old", "new"}
    # Once a kill comes late enough for the new one to be live, it stays so.
    assert steps == sorted(steps, reverse=True)


def test_a_copied_store_works(store, collection, tmp_path):
    build(store, collection)
    shutil.copytree(store.root, tmp_path / "copy")
    assert len(open_(Store(tmp_path / "copy"))[1]) == 6


def test_another_decision_has_the_same_content_examined_again(store, collection):
    first = build(store, collection)
    model = fake_model()
    other = replace(model.decision, found_threshold=0.9)
    found = Validation({"unit_length": 0.5}, ())
    second = store.build(
        collection,
        replace(model, decision=other),
        settings=SETTINGS,
        examine=lambda _: found,
    )
    assert second.manifest.fingerprint == first.manifest.fingerprint
    assert second.manifest.examination == {"unit_length": 0.5}
    assert second.path != first.path


def test_an_earlier_generation_can_be_made_live_again(store, collection):
    first = build(store, collection[:4])
    second = build(store, collection)
    assert [one.name for one in store.kept()] == [second.name, first.name]
    store.roll_back(first.name)
    assert store.current_name() == first.name
    assert [one.name for one in store.kept()] == [first.name, second.name]


@pytest.mark.parametrize("name", ["0123456789abcdef", "../secret", "CURRENT", ""])
def test_what_is_no_generation_cannot_be_made_live(store, collection, name):
    live = build(store, collection)
    with pytest.raises(ArtefactError):
        store.roll_back(name)
    assert store.current_name() == live.name


def test_a_damaged_generation_is_not_made_live(store, collection):
    first = build(store, collection[:4])
    second = build(store, collection)
    file = max(first.path.iterdir(), key=lambda path: path.stat().st_size)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ArtefactError):
        store.roll_back(first.name)
    assert store.current_name() == second.name
