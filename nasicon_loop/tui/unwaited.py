"""Work in a thread that nobody waits for when the application leaves."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


async def unwaited(work: Callable[..., Any], *given: Any) -> Any:
    """Return `work(*given)`, done in a thread of its own; only for work that reads.

    `asyncio.to_thread` keeps a person who quits waiting for the end of the work; this thread ends with the program.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if future.done():  # nobody waits any more
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work(*given)
        except Exception as found:  # it is raised where the work is awaited
            error = found
        with suppress(RuntimeError):  # the loop is closed: the application left
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True).start()
    return await future
