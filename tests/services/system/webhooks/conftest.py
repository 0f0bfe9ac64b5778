"""A receiver on this machine, a webhook that it is registered as, and a worker."""

import pytest

from app.configuration.load import Folders
from app.models import Webhook
from app.services.system.tasks import TaskContext
from app.services.system.webhooks.events import CHOICES
from tests.support.receiver import receiving

SECRET_KEY = "a secret of the instance"
CONFIG = {
    "SECRET_KEY": SECRET_KEY,
    "PUBLIC_URL": "https://search.museum.org",
    "MORELLI_WEBHOOK_HOSTS": ("127.0.0.1",),
}


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def context(session, tmp_path):
    return TaskContext(session, Folders(tmp_path), CONFIG)


@pytest.fixture
def add_hook(session):
    def add(address, name="The archive", events=CHOICES, **values):
        hook = Webhook(
            name=name,
            address=address,
            events=[str(kind) for kind in events],
            salt="5a17",
            **values,
        )
        session.add(hook)
        session.commit()
        return hook

    return add


@pytest.fixture
def hook(add_hook, receiver):
    return add_hook(receiver.address)
