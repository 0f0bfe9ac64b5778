"""IIIF's own validator of the Image API asks our service everything of level 2."""

import random
import threading

import numpy as np
import pytest
from werkzeug.serving import make_server

from app.extensions import db
from app.models import Artwork, ReferenceImage
from app.retrieval.settings import ImageSettings
from app.services.collection.pictures import store_picture
from app.services.media.folder import FolderStore
from tests.support.museum import encoded
from tests.support.waiting import ended

pytestmark = pytest.mark.slow

LEVEL, VERSION = 2, "3.0"
SQUARE_PX = 100
BEYOND_STANDARD = {"size_noup"}
"""Wants ``!2000,3000`` refused for a smaller picture. The standard: "as large as
possible but not larger than the extracted region, w or h" (4.2), which is the whole."""


@pytest.fixture
def validator():
    # It loads libmagic, which not every machine has.
    return pytest.importorskip("iiif_validator.validator", exc_type=ImportError)


@pytest.fixture
def service(app, validator):
    """Serve the validator's squares; return the server's port and the identifier."""
    colours = np.array(validator.ValidationInfo().colorInfo, np.uint8)
    squares = colours.transpose(1, 0, 2).repeat(SQUARE_PX, 0).repeat(SQUARE_PX, 1)
    store = FolderStore(app.config["MORELLI_INSTANCE"] / "media" / "works")
    kept = store_picture(encoded(squares, "PNG"), store, settings=ImageSettings())
    with app.app_context():
        image = ReferenceImage(
            sha256=kept.sha256, media_name=kept.media_name, width=1000, height=1000
        )
        db.session.add(Artwork(accession="squares", images=[image]))
        db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(daemon=True, target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port, kept.sha256
    server.shutdown()
    ended(thread)
    server.server_close()


@pytest.mark.filterwarnings("ignore")  # the validator's own, of 2019
def test_the_validator_finds_nothing(validator, service):
    random.seed(1)  # which squares it looks at
    port, identifier = service
    tests = validator.TestSuite(validator.ValidationInfo()).list_tests(VERSION)
    chosen = {name for name, facts in tests.items() if facts["level"] <= LEVEL}
    assert len(chosen) > 30
    faults = {}
    for name in chosen - BEYOND_STANDARD:
        suite = validator.TestSuite(validator.ValidationInfo())
        asked = validator.ImageAPI(
            identifier, f"127.0.0.1:{port}", "iiif/images", version=VERSION, debug=False
        )
        suite.run_test(name, asked)
        if asked.exception:
            faults[name] = str(asked.exception), asked.urls
    assert faults == {}
