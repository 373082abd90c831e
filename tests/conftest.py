"""Fixtures that every room's tests share."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's `&` does that, and every child would ignore Ctrl+C
    signal.signal(signal.SIGINT, signal.default_int_handler)


CopyLab = Callable[[Path, Path], Path]
_numbers = count(1)
_URL = re.compile(r'^url = "(postgresql[^"]*)"', re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database postgres` runs the tests of labs on a server, with a database per lab."""
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite", help="where labs keep results")


def pytest_configure(config: pytest.Config) -> None:
    """Tell the one mark that belongs to the option."""
    config.addinivalue_line("markers", "sqlite: its subject is the file lab.db; not run with --database postgres")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the server run what makes labs; the others do not care, and those of tests/db run on both anyway."""
    if config.getoption("--database") != "postgres":
        return
    chosen = [
        item
        for item in items
        if "any_database" in getattr(item, "fixturenames", ()) and item.get_closest_marker("sqlite") is None
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data that is not part of the project; its tests skip where it is absent."""
    folder = Path(os.environ.get("NASICON_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"reference data not found at {folder} (set NASICON_SHARED)")
    return folder


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found is not None and Path(found).with_name("pg_ctl").exists():
        return Path(found).parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return places[-1].parent if places else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _without_server(reason: str) -> NoReturn:
    """Skip, or fail where these tests have to run (NASICON_NEEDS_POSTGRES, set by .ci/run)."""
    if os.environ.get("NASICON_NEEDS_POSTGRES"):
        pytest.fail(f"PostgreSQL tests may not skip here: {reason}")
    pytest.skip(reason)


class Cluster:
    """A temporary PostgreSQL cluster of our own, which can be stopped and started again."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="nasicon_postgres_"))  # pytest's own are closed to other users
        self._as_user: list[str] = []
        if os.geteuid() == 0:  # initdb refuses root
            self._as_user = ["runuser", "-u", "nobody", "--"]
            shutil.chown(self.folder, "nobody")
        self._data, self._port = self.folder / "cluster", _free_port()
        self._run("initdb", "-D", self._data, "-U", "lab", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")

    def _run(self, program: str, *words: object) -> None:
        command = [*self._as_user, str(self._binaries / program), *map(str, words)]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)

    @property
    def url(self) -> str:
        """Its URL, without a database's name."""
        return f"postgresql://lab@127.0.0.1:{self._port}"

    def start(self) -> None:
        """Let it answer."""
        settings = "-c listen_addresses=127.0.0.1 -c fsync=off -c timezone=Asia/Tokyo"
        options = f"-p {self._port} -k {self.folder} {settings}"
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "60", "-o", options, "-l", self.folder / "log", "start")

    def stop(self) -> None:
        """End it as a power cut would."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)


def _new_cluster() -> Cluster:
    if find_spec("pg8000") is None:
        _without_server("pg8000 is not installed (extra `postgres`)")
    binaries = _binaries()
    if binaries is None:
        _without_server("no PostgreSQL binaries (initdb, pg_ctl) on this machine")
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        _without_server("running as root without runuser: PostgreSQL refuses to start as root")
    return Cluster(binaries)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a cluster that all tests share; without a database's name."""
    cluster = _new_cluster()
    cluster.start()
    try:
        yield cluster.url
    finally:
        cluster.stop()
        cluster.remove()


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A running cluster that belongs to one test."""
    cluster = _new_cluster()
    cluster.start()
    try:
        yield cluster
    finally:
        with suppress(subprocess.CalledProcessError):
            cluster.stop()
        cluster.remove()


class Server:
    """Databases on the cluster, one per lab."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._admin = sa.create_engine(
            f"{url}/postgres".replace("postgresql:", "postgresql+pg8000:"), isolation_level="AUTOCOMMIT"
        )

    def make(self, template: str | None = None) -> str:
        """Make a database, empty or as another one is, and return its URL."""
        name = f"lab{os.getpid()}_{next(_numbers)}"
        for attempt in range(100):
            try:
                with self._admin.connect() as connection:
                    like = "" if template is None else f" TEMPLATE {template}"
                    connection.execute(sa.text(f"CREATE DATABASE {name}{like}"))
                return f"{self.url}/{name}"
            except DBAPIError as error:
                if "being accessed" not in str(error) or attempt == 99:
                    raise
                time.sleep(0.05)  # a connection that was closed a moment ago
        raise AssertionError

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        with self._admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)"))

    def close(self) -> None:
        """Leave."""
        self._admin.dispose()


@contextmanager
def _labs_on(server: Server) -> Iterator[None]:
    """Let `init` give each new lab a database of its own on the server."""
    from nasicon_loop.lab import folder as making

    template, create, made = making.template, making._create_database, list[str]()

    def with_url(name: str, label_prefix: str = "NL", database_url: str = "") -> str:
        made.append(database_url or server.make())
        return template(name, label_prefix, made[-1])

    def on_server(folder: Any, url: str, *names: str) -> None:
        create(folder, url or made[-1], *names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "template", with_url)
        patch.setattr(making, "_create_database", on_server)
        yield


@pytest.fixture(scope="session")
def any_database(request: pytest.FixtureRequest) -> Iterator[Server | None]:
    """For tests that make labs: where these keep their results is the caller's choice (`--database`)."""
    if request.config.getoption("--database") == "sqlite":
        yield None
        return
    server = Server(request.getfixturevalue("postgres_server"))
    with _labs_on(server):
        yield server
    server.close()


def _copied(server: Server | None, source: Path, target: Path) -> Path:
    folder = Path(shutil.copytree(source, target))
    toml = folder / "lab.toml"
    found = _URL.search(toml.read_text(encoding="utf-8"))
    if found is not None and server is not None:
        url = server.make(found[1].rpartition("/")[2])
        toml.write_text(toml.read_text(encoding="utf-8").replace(found[1], url), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def keep_lab(any_database: Server | None) -> CopyLab:
    """A function that copies a lab, its database too; for fixtures that live longer than a test."""
    return lambda source, target: _copied(any_database, source, target)


@pytest.fixture
def copy_lab(any_database: Server | None) -> Iterator[CopyLab]:
    """A function that copies a lab, its database too, until the test ends."""
    made: list[str] = []

    def copied(source: Path, target: Path) -> Path:
        folder = _copied(any_database, source, target)
        made.extend(_URL.findall((folder / "lab.toml").read_text(encoding="utf-8")))
        return folder

    yield copied
    if any_database is not None:
        for url in made:
            any_database.drop(url)
