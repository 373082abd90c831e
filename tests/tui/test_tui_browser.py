"""The screens in a browser: for this computer, this person and this page only."""

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from nasicon_loop.cli.app import app
from nasicon_loop.lab import Lab
from nasicon_loop.tui import browser

pytest.importorskip("textual_serve", reason="the extra `browser` is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Answer:
    """What the server said; of an open connection, the beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Asked:
    """Somebody who asks the server."""

    def __init__(self, port: int, key: str) -> None:
        self.port, self.key, self.own = port, key, f"127.0.0.1:{port}"

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page; `Host` is the server's own unless it is given."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.putrequest("GET", path, skip_host=True)
            for name, value in {"Host": self.own, **headers}.items():
                line.putheader(name.replace("_", "-"), value)
            line.endheaders()
            with line.getresponse() as response:
                body = response.fp.read(64) if response.status == 101 else response.read()
                return Answer(response.status, dict(response.headers), body)

    def window(self, **headers: str) -> Answer:
        """Ask for the connection through which keys are pressed."""
        nonce = base64.b64encode(os.urandom(16)).decode()
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
        return self.get("/ws?width=80&height=24", **upgrade, Sec_WebSocket_Key=nonce, **headers)


@pytest.fixture
def asked(lab: Lab) -> Iterator[Asked]:
    """A server on the lab, started as a user does."""
    port, folder = free_port(), str(lab.folder.path)
    words = [sys.executable, "-m", "nasicon_loop.cli", "tui", "--browser", "--port", str(port), "--lab", folder]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            address = urlsplit(next(word for word in said.split() if word.startswith("http")))
            assert (address.hostname, address.port) == ("127.0.0.1", port)
            one = Asked(port, parse_qs(address.query)["key"][0])
            while True:
                try:
                    one.get("/")
                    break
                except ConnectionRefusedError:
                    assert process.poll() is None
            yield one
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)


def test_only_who_has_the_key_and_is_on_the_right_page_gets_in(asked: Asked) -> None:
    cookie = f"nasicon={asked.key}"
    page = f"http://{asked.own}"
    for refused in (
        asked.get("/"),
        asked.get("/?key=guessed"),
        asked.get("/static/js/textual.js"),
        asked.get("/", Cookie="nasicon=guessed"),
        asked.get("/", Cookie=cookie, Host=f"evil.example:{asked.port}"),  # a name that was bound to this address
        asked.get("/", Cookie=cookie, Host=f"localhost:{asked.port}"),
        asked.window(Cookie=cookie),
        asked.window(Origin=page),
        asked.window(Cookie=cookie, Origin="https://evil.example"),  # a page in the same browser
        asked.window(Cookie=cookie, Origin=f"http://127.0.0.1:{asked.port + 1}"),
    ):
        assert refused.status == 403
        assert len(refused.body.splitlines()) == 1
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", asked.port), 5):
        pass  # another address of this computer, as from the network
    came = asked.get(f"/?key={asked.key}")
    assert (came.status, came.headers["Location"]) == (302, "/")
    given = came.headers["Set-Cookie"]
    assert all(word in given for word in (cookie, "HttpOnly", "SameSite=Strict"))
    shown = asked.get("/", Cookie=cookie)
    assert shown.status == 200
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    window = asked.window(Cookie=cookie, Origin=page)
    assert window.status == 101
    assert window.body, "the lab's screens come"


def test_a_folder_with_an_odd_name_stays_one_word() -> None:
    folder = Path("/labs/a b; touch x $(id) 'c'")
    words = [sys.executable, "-P", "-c", "import json, sys; print(json.dumps(sys.argv[1:]))", str(folder)]
    line = browser.command_line(folder).replace(
        "-m nasicon_loop.tui", "-c 'import json, sys; print(json.dumps(sys.argv[1:]))'"
    )
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [words[-1]]


def test_a_port_that_is_taken_is_refused_in_one_line(lab: Lab) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert browser.main(lab.folder.path, taken.getsockname()[1]) == 1


def test_no_other_host_can_be_named() -> None:
    said = CliRunner().invoke(app, ["tui", "--help"]).output
    assert "--host" not in said
    assert browser.HOST == "127.0.0.1"
