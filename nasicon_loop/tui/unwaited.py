"""Work in threads that nobody waits for when the application leaves."""

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


def together(here: Callable[[], Any], beside: Callable[[], Any]) -> tuple[Any, Any]:
    """Return both results; `beside` is done in a thread of its own meanwhile. Only for work that reads.

    The database reads without holding Python up, so that both take as long as the longer one. What is raised by one is
    raised here, `here` first.
    """
    found: dict[str, Any] = {}

    def run() -> None:
        try:
            found["result"] = beside()
        except Exception as error:  # it is raised below
            found["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    result = here()
    thread.join()
    if "error" in found:
        raise found["error"]
    return result, found["result"]
