"""The product as a user sees it: commands that answer with JSON, and a watch that runs on its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from nasicon_loop.core import Refusal, plain

DONE, SOME_REFUSED = 0, 1
_TIMEOUT_S = 900.0
_STOP_TIMEOUT_S = 20.0


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "nasicon_loop.cli", *arguments]


class Product:
    """Runs `nasicon ...` in child processes against one lab folder; nothing of the product is imported here."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._environment = {**os.environ, **(environment or {}), "NASICON_LAB": str(folder), "NO_COLOR": "1"}
        self.n_commands = 0

    def run(self, *arguments: str, allowed: tuple[int, ...] = (DONE,)) -> Any:
        """Run one command with --json and return its document; Refusal with the command's own words otherwise."""
        self.n_commands += 1
        finished = subprocess.run(  # noqa: S603 - our own interpreter, arguments without a shell
            _command(*arguments, "--json"),
            env=self._environment,
            cwd=self.folder if self.folder.is_dir() else None,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=_TIMEOUT_S,
        )
        words = " ".join(arguments)
        if finished.returncode not in allowed:
            tail = finished.stderr.strip().splitlines()[-1:] or ["no message"]
            raise Refusal(f"exit code {finished.returncode}: {plain(tail[0], limit=600)}", f"nasicon {words}")
        try:
            return json.loads(finished.stdout)
        except json.JSONDecodeError as error:
            raise Refusal("did not answer with one JSON document", f"nasicon {words}") from error

    def watch(self, log: Path) -> "Watch":
        """Start `nasicon watch` as a process of its own, its words in `log`; use it with `with`."""
        return Watch(self._environment, self.folder, log)


class Watch:
    """A running `nasicon watch`; leaving the block ends it as Ctrl-C would."""

    def __init__(self, environment: Mapping[str, str], folder: Path, log: Path) -> None:
        self._environment, self._folder, self.log = dict(environment), folder, log
        self._process: subprocess.Popen[bytes] | None = None
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> "Watch":
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self.log.open("wb")
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, arguments without a shell
            _command("watch"),
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=self._stream,
            stderr=subprocess.STDOUT,
        )
        return self

    def check(self) -> None:
        """Raise Refusal when the watch has died."""
        if self._process is not None and self._process.poll() is not None:
            raise Refusal(f"ended by itself with code {self._process.returncode}; see {self.log}", "nasicon watch")

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._stream is not None:
            self._stream.close()


def wait_for(check: Any, *, what: str, timeout_s: float, pause_s: float = 1.0) -> Any:
    """Call `check()` until it returns something true and return that; Refusal after `timeout_s` seconds."""
    end = time.monotonic() + timeout_s
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() >= end:
            raise Refusal(f"did not happen within {timeout_s:g} s", what)
        time.sleep(pause_s)
