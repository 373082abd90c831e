"""The screens in a browser of this computer: `nasicon tui --browser` (extra `browser`).

textual-serve answers whoever asks. Any page that is open in the same browser could connect to it and press keys in the
lab, and so could any other user of the computer. This server listens on 127.0.0.1 only, answers nothing that was asked
of another name or from another page, and wants the key that stands in the address it printed.
"""

import secrets
import shlex
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nasicon_loop.core import Refusal

HOST = "127.0.0.1"
COOKIE = "nasicon"
_KEY_BYTES = 24


def check(port: int) -> None:
    """Raise Refusal when the extra is not installed, or the port is taken."""
    if find_spec("textual_serve") is None:
        raise Refusal("needs textual-serve: pip install 'nasicon_loop[browser]'", "--browser")
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Refusal(f"port {port} cannot be used ({error.strerror}); give another with --port", HOST) from error


def command_line(folder: Path) -> str:
    """Return what textual-serve hands to a shell for each window: our own module and the folder, quoted."""
    words = [sys.executable, "-P", "-m", "nasicon_loop.tui", str(folder)]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def serve(folder: Path, port: int) -> None:
    """Serve the lab's screens until Ctrl-C."""
    server: Any = make_server(folder, port, secrets.token_urlsafe(_KEY_BYTES))
    sys.stdout.write(f"open {server.address} in a browser of this computer; Ctrl-C ends it\n")
    sys.stdout.flush()
    server.serve()


def make_server(folder: Path, port: int, key: str) -> Any:
    """Return the server; nothing listens yet."""
    from aiohttp import web
    from textual_serve.server import Server

    own = f"{HOST}:{port}"
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; "
        f"connect-src 'self' ws://{own}; frame-ancestors 'none'; base-uri 'none'"
    )

    def refuse(request: Any) -> str | None:
        """Why a request is not answered, None when it is."""
        origin = request.headers.get("Origin")
        if request.headers.get("Host") != own:
            return "this is another computer's name"
        if origin is None and request.path == "/ws":
            return "a page must say where it is from"
        if origin is not None and origin != f"http://{own}":
            return "other pages get no answer here"
        given = request.cookies.get(COOKIE) or request.query.get("key") or ""
        if not secrets.compare_digest(given.encode(), key.encode()):
            return "open the address that `nasicon tui --browser` printed"
        return None

    @web.middleware
    async def guard(request: Any, handler: Any) -> Any:
        reason = refuse(request)
        if reason is not None:
            return web.Response(status=403, text=f"{reason}\n")
        if "key" in request.query:  # it leaves the address bar and the history
            found = web.HTTPFound("/")
            found.set_cookie(COOKIE, key, httponly=True, samesite="Strict")
            raise found
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = policy  # nothing is loaded from elsewhere, fonts neither
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    class OwnServer(Server):  # type: ignore[misc, unused-ignore]
        """textual-serve with a guard before everything."""

        address = f"http://{own}/?key={key}"

        async def _make_app(self) -> Any:
            app = await super()._make_app()
            app.middlewares.append(guard)
            return app

        async def on_startup(self, app: Any) -> None:
            """Say nothing: the address with the key was printed."""

    return OwnServer(command_line(folder), host=HOST, port=port, title="nasicon")


def main(folder: Path, port: int) -> int:
    """Serve, or say in one line why not; 0 done, 1 refused."""
    try:
        check(port)
    except Refusal as refusal:
        sys.stderr.write(f"nasicon: {refusal}\n")
        return 1
    serve(folder, port)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
