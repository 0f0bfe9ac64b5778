import traceback

import pytest
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import User

ADDRESS = "anna.archer@example.org"


@pytest.mark.usefixtures("in_app")
def test_an_error_of_the_database_quotes_no_row():
    for name in ("a", "b"):
        db.session.add(User(email=ADDRESS, fs_uniquifier=name, active=True))
    with pytest.raises(IntegrityError) as refused:
        db.session.commit()
    told = "".join(traceback.format_exception(refused.value))
    assert "email" in told  # it says of which column
    assert ADDRESS not in told
