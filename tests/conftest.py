"""Fixtures that every room's tests share."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A temporary PostgreSQL cluster of our own; its URL without a database's name."""
    if find_spec("pg8000") is None:
        _without_server("pg8000 is not installed (extra `postgres`)")
    binaries = _binaries()
    if binaries is None:
        _without_server("no PostgreSQL binaries (initdb, pg_ctl) on this machine")
    as_user: list[str] = []
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        _without_server("running as root without runuser: PostgreSQL refuses to start as root")
    folder = Path(tempfile.mkdtemp(prefix="nasicon_postgres_"))  # pytest's own folders are closed to other users
    if os.geteuid() == 0:  # initdb refuses root
        as_user = ["runuser", "-u", "nobody", "--"]
        shutil.chown(folder, "nobody")
    cluster, port = folder / "cluster", _free_port()

    def run(*command: object) -> None:
        subprocess.run([*as_user, *map(str, command)], check=True, cwd="/", stdout=subprocess.DEVNULL)

    run(binaries / "initdb", "-D", cluster, "-U", "lab", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c timezone=Asia/Tokyo"
    run(binaries / "pg_ctl", "-D", cluster, "-w", "-t", "60", "-o", options, "-l", folder / "log", "start")
    try:
        yield f"postgresql://lab@127.0.0.1:{port}"
    finally:
        run(binaries / "pg_ctl", "-D", cluster, "-m", "immediate", "stop")
        shutil.rmtree(folder)
