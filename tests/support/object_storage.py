"""A storage for tests that speaks like S3."""

import http.client
import os
import uuid
from contextlib import contextmanager

import pytest
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
"""The only one in which a bucket is made by a request without a body."""


@contextmanager
def object_storage():
    """Run a storage in this process; yield its address, and have the keys for it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    with pytest.MonkeyPatch.context() as patched:
        for name in [one for one in os.environ if one.startswith("AWS_")]:
            patched.delenv(name)
        for name, value in keys.items():
            patched.setenv(name, value)
        try:
            yield f"http://{host}:{port}"
        finally:
            server.stop()


def new_bucket(endpoint):
    """Make a bucket of its own; return the setting that names it."""
    name = f"museum-{uuid.uuid4().hex[:12]}"
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"))
    connection.request("PUT", f"/{name}")
    assert connection.getresponse().status == 200
    connection.close()
    return f"s3://{name}/morelli?endpoint={endpoint}&region={REGION}"
