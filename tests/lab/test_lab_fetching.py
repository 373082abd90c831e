"""`nasicon data fetch` against a real OPTIMADE server on this machine, and against servers that misbehave."""

import contextlib
import csv
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from nasicon_loop import lab as ways
from nasicon_loop.chemistry import Composition, cif, composition_of_cif, positions_of_cif
from nasicon_loop.cli.app import app
from nasicon_loop.core import Refusal
from nasicon_loop.lab.fetching import nasicon_filter
from nasicon_loop.lab.optimade import Bounds, structure_pages, structures_url

FORMULAS = ["Na3Zr2Si2PO12", "Na3.4Zr1.8Mg0.2Si2PO12", "NaZr2P3O12", "NaTi2P3O12", "Na3.2Zr1.8Sc0.2Si2PO12"]
LITHIUM = "LiTi2P3O12"
QUICK = Bounds(page_entries=2, page_bytes=2_000_000, n_pages=10, seconds=20.0)


def entry_of(formula: str, number: int) -> dict[str, Any]:
    """A structure as an OPTIMADE provider describes it, symmetry applied."""
    read = positions_of_cif(cif(Composition.parse(formula), "R-3c"))
    at_sites: list[str] = []
    species: dict[str, dict[str, Any]] = {}
    for content, kind in zip(read.contents, read.kinds, strict=True):
        name = f"{'+'.join(symbol for symbol, _ in content)} {kind} {sum(n for _, n in content):.6f}"
        filled = sum(n for _, n in content)
        shares = [*content, ("vacancy", 1.0 - filled)] if filled < 1.0 - 1e-6 else content
        species[name] = {
            "name": name,
            "chemical_symbols": [symbol for symbol, _ in shares],
            "concentration": [n for _, n in shares],
        }
        at_sites.append(name)
    composition = Composition.parse(formula)
    elements = sorted(composition.elements)
    total = float(sum(amount for _, amount in composition.amounts))
    return {
        "type": "structures",
        "id": f"local-{number}",
        "attributes": {
            "immutable_id": f"{number}",
            "last_modified": "2024-05-01T10:00:00Z",
            "elements": elements,
            "nelements": len(elements),
            "elements_ratios": [float(composition.get(symbol)) / total for symbol in elements],
            "chemical_formula_descriptive": "".join(elements),
            "chemical_formula_reduced": "".join(elements),
            "chemical_formula_anonymous": "A12B3C2D",
            "dimension_types": [1, 1, 1],
            "nperiodic_dimensions": 3,
            "lattice_vectors": read.lattice_angstrom.tolist(),
            "cartesian_site_positions": (read.xyz @ read.lattice_angstrom).tolist(),
            "nsites": len(read.kinds),
            "species": list(species.values()),
            "species_at_sites": at_sites,
            "structure_features": ["disorder"],
        },
    }


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Any]:
    ways.create_lab(tmp_path / "lab")
    with ways.opened(tmp_path / "lab") as opened:
        yield opened


# ---------------------------------------------------------------------------------------------- a real OPTIMADE server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The reference implementation, `optimade-python-tools`, with its database in memory."""
    if any(find_spec(name) is None for name in ("optimade", "uvicorn", "mongomock")):
        pytest.skip("optimade[server] is not installed (extra `provider`, in an environment of its own)")
    folder = tmp_path_factory.mktemp("optimade")
    lines = [{"x-optimade": {"meta": {"api_version": "1.1.0"}}}]
    lines += [entry_of(formula, number) for number, formula in enumerate([*FORMULAS, LITHIUM])]
    (folder / "data.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    config = {
        "insert_test_data": False,
        "insert_from_jsonl": str(folder / "data.jsonl"),
        "database_backend": "mongomock",
        "page_limit": 2,
        "base_url": base,
        "root_path": None,
        "log_dir": str(folder),
    }
    (folder / "config.json").write_text(json.dumps(config))
    environment = {**os.environ, "OPTIMADE_CONFIG_FILE": str(folder / "config.json"), "HOME": str(folder)}
    with (folder / "server.log").open("wb") as log:
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "optimade.server.main:app",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            _wait_for(f"{base}/v1/structures?page_limit=1", server, folder / "server.log")
            yield base
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        assert server.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def table_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "provenance.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_structures_come_from_a_real_server_and_predict_reads_them(real_server: str, lab: Any) -> None:
    done = ways.fetch_structures(lab, url=real_server, bounds=QUICK)
    assert done.refusals == ()
    assert (done.n_new, done.n_known, done.n_foreign) == (len(FORMULAS), 0, 0)
    rows = table_of(done.folder)
    assert [row["id"] for row in rows] == [f"local-{number}" for number in range(len(FORMULAS))]
    for row, formula in zip(rows, FORMULAS, strict=True):
        text = (done.folder / row["file"]).read_text(encoding="utf-8")
        assert composition_of_cif(text) == Composition.parse(formula)
        assert row["framework"] == "NASICON"
        assert row["last_modified"].startswith("2024-05-01")


def test_a_fetch_goes_on_where_it_was(real_server: str, lab: Any, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    first = ways.fetch_structures(lab, url=real_server, limit=3, output=folder, bounds=QUICK)
    assert first.n_new == 3
    gone = folder / first.files[1]
    gone.unlink()
    kept = {name: (folder / name).stat().st_mtime_ns for name in (first.files[0], first.files[2])}
    second = ways.fetch_structures(lab, url=real_server, output=folder, bounds=QUICK)
    assert (second.n_new, second.n_known) == (len(FORMULAS) - 2, 2)
    assert gone.exists()
    assert kept == {name: (folder / name).stat().st_mtime_ns for name in kept}
    assert not list(folder.glob(".*"))


def test_the_command_chooses_by_ion_and_element(real_server: str, lab: Any, tmp_path: Path) -> None:
    where = ["--lab", str(lab.folder.path), "--url", real_server, "--json"]
    lithium = CliRunner().invoke(app, ["data", "fetch", "--ion", "Li", "-o", str(tmp_path / "li"), *where])
    assert lithium.exit_code == 0, lithium.output
    assert [row["formula"] for row in table_of(tmp_path / "li")] == [LITHIUM]
    scandium = CliRunner().invoke(app, ["data", "fetch", "--element", "Sc", "-o", str(tmp_path / "sc"), *where])
    assert json.loads(scandium.stdout)["n_new"] == 1


# ------------------------------------------------------------------------------------------- servers that misbehave

Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """Start a server of the specification's JSON:API that answers as told; return its address."""
    servers = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with contextlib.suppress(OSError):  # the client has enough
                    answer(self)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, body: bytes | dict[str, Any], code: int = 200, **headers: str) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def always(body: bytes | dict[str, Any], code: int = 200, **headers: str) -> Answer:
    return lambda handler: send(handler, body, code, **headers)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for as long as somebody listens: no timeout of a socket ever ends that."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(2000):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)


DEEP = b'{"data": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
MISBEHAVIOUR: list[tuple[Answer, str]] = [
    (always(b"<html>maintenance</html>"), "does not answer with JSON"),
    (always(b"\xff\xfe\x00"), "does not answer with JSON"),
    (always(DEEP), "does not answer with"),
    (always(b'{"data": [NaN]}'), "does not answer with JSON"),
    (always(b'{"data": ' + b"9" * 100_000 + b"}"), "does not answer with"),
    (always({"data": {"id": "x"}}), "list of structures"),
    (always({"data": [{}] * 1000}), "1000 structures in one page"),
    (always({"errors": [{"detail": "too \x1b[31mbusy\nnow"}]}, 503), "answers 503"),
    (always({}, 404), "answers 404"),
    (always(b"{" + b" " * 3_000_000 + b"}"), "more than 2 MB"),
    (drip, r"within 0\.4 s|in time"),
    (always({}, 302, Location="http://localhost.invalid/v1/structures"), "another host"),
    (always({}, 302, Location="file:///etc/passwd"), "answers 302"),
    (always({"data": [], "links": {"next": "http://example.invalid/v1/structures?page=2"}}), "another host"),
    (always({"data": [], "links": {"next": {"href": "file:///etc/passwd"}}}), "another host"),
    (always({"data": [], "links": {"next": "http://[::1/"}}), "another host"),
]


@pytest.mark.parametrize(("answer", "reason"), MISBEHAVIOUR)
def test_each_misbehaviour_is_one_line(answer: Answer, reason: str, serve: Callable[[Answer], str]) -> None:
    bounds = Bounds(page_entries=2, page_bytes=2_000_000, n_pages=5, seconds=0.4 if answer is drip else 20.0)
    with pytest.raises(Refusal, match=reason) as refused:
        list(structure_pages(serve(answer), nasicon_filter(), bounds))
    line = str(refused.value)
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) < 400


def test_nobody_at_the_address_is_one_line(lab: Any) -> None:
    done = ways.fetch_structures(lab, url=f"http://127.0.0.1:{_free_port()}", bounds=QUICK)
    (refusal,) = done.refusals
    assert "cannot be reached" in refusal.reason
    assert done.n_new == 0


def test_a_next_link_that_never_ends_does(serve: Callable[[Answer], str]) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        page = int(parse_qs(urlsplit(handler.path).query).get("page", ["0"])[0])
        link = f"http://{handler.headers['Host']}/v1/structures?page={page + 1}"
        send(handler, {"data": [], "links": {"next": link}})

    with pytest.raises(Refusal, match="does not end after 10 pages"):
        list(structure_pages(serve(endless), nasicon_filter(), QUICK))
    own = {"data": [], "links": {"next": "http://127.0.0.1/v1/structures?same"}}
    with pytest.raises(Refusal, match="does not end after 2 pages"):
        list(structure_pages(serve(always(own)), nasicon_filter(), QUICK))


def broken(**changes: Any) -> dict[str, Any]:
    entry = entry_of(FORMULAS[0], 1)
    identity = changes.pop("id", entry["id"])
    return {"id": identity, "type": "structures", "attributes": {**entry["attributes"], **changes}}


BROKEN = [
    (broken(id="../../etc/passwd"), "plain name"),
    (broken(id="=cmd|'/C calc'!A0"), "plain name"),
    (broken(id=7), "plain name"),
    (broken(lattice_vectors=[[1e9, 0, 0], [0, 1, 0], [0, 0, 1]]), "no length"),
    (broken(lattice_vectors=[[1, 0, 0], [1, 0, 0], [0, 0, 1]]), "no volume"),
    (broken(lattice_vectors=None), "lattice_vectors"),
    (broken(cartesian_site_positions=[[0, 0]] * 108), "three numbers"),
    (broken(cartesian_site_positions=[[0, 0, 0]] * 5000), "5000 positions"),
    (broken(species=[{"name": "Na\nloop_", "chemical_symbols": ["Na"], "concentration": [1]}]), "not described"),
    (broken(species=[{"name": "Na", "chemical_symbols": ["Na' evil"], "concentration": [1]}]), "unknown element"),
    (broken(species=[{"name": "Na", "chemical_symbols": ["Na"], "concentration": [1e9]}]), "concentration"),
    (broken(structure_features=["unknown_positions"]), "not all known"),
    ({"id": "empty-1"}, "no attributes"),
]


def test_broken_structures_are_refused_one_by_one_and_the_good_one_is_kept(
    serve: Callable[[Answer], str], lab: Any
) -> None:
    quartz = broken(id="Quartz/1", species=[{"name": "Si", "chemical_symbols": ["Si"], "concentration": [1]}])
    quartz["attributes"]["species_at_sites"] = ["Si"] * len(quartz["attributes"]["species_at_sites"])
    good = broken(id="Good:ID/7")
    entries = [entry for entry, _ in BROKEN] + [quartz, "no structure", good]
    done = ways.fetch_structures(lab, url=serve(always({"data": entries})), bounds=QUICK)
    assert [reason in refusal.reason for refusal, (_, reason) in zip(done.refusals, BROKEN, strict=True)] == [
        True
    ] * len(BROKEN)
    assert (done.n_new, done.n_foreign) == (1, 1)
    (row,) = table_of(done.folder)
    assert row["id"] == "Good:ID/7"
    assert sorted(path.name for path in done.folder.iterdir()) == sorted([row["file"], "provenance.csv"])
    assert done.folder.parent == lab.folder.path


def test_a_provider_that_fails_halfway_keeps_what_came(serve: Callable[[Answer], str], lab: Any) -> None:
    def halfway(handler: BaseHTTPRequestHandler) -> None:
        if "page=2" in handler.path:
            send(handler, b"", 500)
            return
        send(handler, {"data": [entry_of(FORMULAS[0], 1)], "links": {"next": f"http://127.0.0.1{handler.path}&page=2"}})

    base = serve(halfway)
    result = CliRunner().invoke(app, ["data", "fetch", "--url", base, "--lab", str(lab.folder.path)])
    assert result.exit_code == 1
    assert "1 new structures" in result.output
    assert "answers 500" in result.output
    assert len(table_of(lab.folder.path / "structures")) == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nobody"], "there are cod, mp"),
        ([], "name a provider"),
        (["--url", "file:///etc/passwd"], "not the http"),
        (["--url", "http://user:secret@example.org"], "not the http"),
        (["cod", "--ion", 'Na" OR "'], "not the symbol"),
    ],
)
def test_wrong_words_are_said_before_anything_is_asked(arguments: list[str], reason: str, lab: Any) -> None:
    result = CliRunner().invoke(app, ["data", "fetch", *arguments, "--lab", str(lab.folder.path)])
    assert result.exit_code == 1
    assert reason in result.output
    assert not (lab.folder.path / "structures").exists()


def test_no_cell_of_the_table_is_a_formula(serve: Callable[[Answer], str], lab: Any) -> None:
    entries = [broken(id=name) for name in ("=1+1", "+1", "-1", "@x", "a=1", "local/-1")]
    done = ways.fetch_structures(lab, url=serve(always({"data": entries})), bounds=QUICK)
    rows = table_of(done.folder)
    assert [row["id"] for row in rows] == ["local/-1"]
    assert all(cell[:1].isalnum() for row in rows for cell in row.values())


def test_a_table_that_is_not_ours_is_left_alone(lab: Any, tmp_path: Path) -> None:
    (tmp_path / "provenance.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Refusal, match="not the table"):
        ways.fetch_structures(lab, url="http://127.0.0.1:9", output=tmp_path)
    assert (tmp_path / "provenance.csv").read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize(
    "base", ["https://a.org/x", "https://a.org/x/", "https://a.org/x/v1", "https://a.org/x/v1/structures"]
)
def test_addresses_may_be_given_in_any_form(base: str) -> None:
    assert structures_url(base) == "https://a.org/x/v1/structures"
