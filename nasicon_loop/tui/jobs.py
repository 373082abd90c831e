"""One child process at a time, with progress, elapsed time and a way to stop it."""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab import Lab
from nasicon_loop.tui.child import MARK
from nasicon_loop.tui.words import clock

_GRACE_SECONDS = 5.0
_MAX_LINE_BYTES = 4_000_000
LOG_NAME = "tui.log"


@dataclass(slots=True)
class Job:
    """A running piece of work, as far as its process told."""

    title: str
    process: asyncio.subprocess.Process
    started: float
    what: str = ""
    done: int = 0
    total: int = 0
    detail: str = ""
    is_stopped: bool = False

    @property
    def line(self) -> str:
        """One line for the status bar."""
        bar = ""
        if self.total:
            full = round(12 * min(self.done / self.total, 1.0))
            bar = f" [{'#' * full}{'.' * (12 - full)}] {self.done}/{self.total}"
        return f"{self.title} {clock(time.monotonic() - self.started)}{bar} {self.detail or self.what}  F8 stops it"


def command(lab: Lab, kind: str, n: int = 0) -> list[str]:
    """Return the command line of a piece of work."""
    return [sys.executable, "-m", "nasicon_loop.tui.child", kind, str(lab.folder.path), *([str(n)] if n else [])]


class Jobs:
    """Runs at most one job that changes something; its result comes back to whoever awaits `run`."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.current: Job | None = None

    async def run(self, title: str, kind: str, n: int = 0) -> Mapping[str, Any]:
        """Run one piece of work to its end and return its result.

        Raises Refusal when another one runs, when the work is refused, when it was stopped, and when its process
        died: then logs/tui.log says more.
        """
        if self.current is not None:
            raise Refusal(f"{self.current.title} still runs; wait for its end or stop it with F8", title)
        job = self.current = await self._begin(title, kind, n)
        try:
            return await self._follow(job)
        finally:
            await _end(job)  # also when the application leaves in the middle
            self.current = None

    async def aside(self, title: str, kind: str) -> Mapping[str, Any]:
        """Run a short piece of work that only reads, beside whatever runs, and return its result; Refusal as `run`."""
        job = await self._begin(title, kind, 0)
        try:
            return await self._follow(job)
        finally:
            await _end(job)

    async def _begin(self, title: str, kind: str, n: int) -> Job:
        log = self._lab.folder.logs / LOG_NAME
        log.parent.mkdir(exist_ok=True)
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *command(self._lab, kind, n),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                limit=_MAX_LINE_BYTES,
                start_new_session=True,  # a lost terminal does not end a training
            )
        return Job(title, process, time.monotonic())

    async def _follow(self, job: Job) -> Mapping[str, Any]:
        result: Mapping[str, Any] | None = None
        refusal: str | None = None
        assert job.process.stdout is not None  # noqa: S101 - it was opened as a pipe
        async for raw in job.process.stdout:
            text = raw.decode("utf-8", errors="replace")
            if not text.startswith(MARK):
                continue
            document = json.loads(text.removeprefix(MARK))
            progress = document.get("progress")
            if progress is not None:
                job.what, job.detail = plain(progress["what"], limit=40), plain(progress["detail"], limit=30)
                job.done, job.total = int(progress["done"]), int(progress["total"])
            result = document.get("result", result)
            refusal = document.get("refusal", refusal)
        code = await job.process.wait()
        if result is not None:
            return result
        if job.is_stopped:
            raise Refusal("was stopped; nothing was changed", job.title)
        raise Refusal(refusal or f"ended with code {code}: see logs/{LOG_NAME}", None if refusal else job.title)

    async def stop(self) -> bool:
        """End the running job and wait for its end; returns whether there was one."""
        job = self.current
        if job is None:
            return False
        job.is_stopped = True
        await _end(job)
        return True


async def _end(job: Job) -> None:
    """End the process where it still runs; one that does not listen is killed."""
    if job.process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        job.process.terminate()
    try:
        await asyncio.wait_for(job.process.wait(), _GRACE_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):
            job.process.kill()
        await job.process.wait()
