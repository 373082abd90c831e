"""Nobody waits at quitting for work that only reads."""

import asyncio
import threading

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.tui.unwaited import together, unwaited


def test_it_gives_the_result_and_raises_the_refusal() -> None:
    assert asyncio.run(unwaited(divmod, 7, 2)) == (3, 1)

    def refuse() -> None:
        raise Refusal("is gone", "lab")

    with pytest.raises(Refusal, match="is gone"):
        asyncio.run(unwaited(refuse))


def test_leaving_does_not_wait_for_it() -> None:
    release, begun = threading.Event(), threading.Event()

    def long_work() -> bool:
        begun.set()
        return release.wait(60)

    async def leave() -> None:
        task = asyncio.create_task(unwaited(long_work))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()

    asyncio.run(leave())
    assert not release.is_set()
    release.set()


def test_two_are_done_together_and_either_may_refuse() -> None:
    met = threading.Barrier(2, timeout=30)
    assert together(lambda: (met.wait(), "here")[1], lambda: (met.wait(), "beside")[1]) == ("here", "beside")

    def refuse() -> None:
        raise Refusal("is gone", "lab")

    for pair in ((refuse, lambda: 1), (lambda: 1, refuse)):
        with pytest.raises(Refusal, match="is gone"):
            together(*pair)
