"""Both kinds of store, empty, by the names of their settings."""

import pytest

from app.services.media.folder import FolderStore
from app.services.media.s3 import Bucket, S3Store


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        return FolderStore(tmp_path / "media")
    bucket = request.getfixturevalue("bucket")
    return S3Store(Bucket(bucket), tmp_path.name)
