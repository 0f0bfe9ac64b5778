"""The folder of backups: which are kept, and which folders are refused."""

import pytest

from app.services.operations.backup.folder import BackupFolder, kept
from app.services.operations.backup.manifest import BackupError


def nights(*days):
    return [f"202611{day:02d}T020000Z" for day in days]


def test_the_newest_of_each_day_and_of_each_week_are_kept():
    names = [*nights(*range(1, 30)), "20261129T120000Z"]
    # 29 November is a Sunday, as are 22, 15, 8 and 1.
    assert sorted(kept(names, 3)) == [
        *nights(15, 22, 27, 28),
        "20261129T120000Z",
    ]


def test_days_without_a_backup_do_not_count():
    assert kept(nights(2, 9, 16), 3) == set(nights(2, 9, 16))
    assert kept([], 3) == set()
    assert kept(nights(1), 1) == set(nights(1))


def test_only_backups_are_removed(tmp_path):
    for name in (*nights(1, 2, 3), "holiday", "20261101"):
        (tmp_path / name).mkdir()
    assert BackupFolder(tmp_path).rotate(1) == nights(1, 2)
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "20261101",
        *nights(3),
        "holiday",
    ]


def test_a_wrong_folder_is_refused_in_a_sentence(tmp_path):
    instance = tmp_path / "instance"
    (instance / "backups").mkdir(parents=True)
    (tmp_path / "file").touch()
    for root, words in (
        (None, "MORELLI_BACKUP_FOLDER"),
        (tmp_path / "unmounted", "mounted"),
        (tmp_path / "file", "no folder"),
        (instance / "backups", "instance folder"),
    ):
        with pytest.raises(BackupError, match=words):
            BackupFolder.checked(root, instance)
