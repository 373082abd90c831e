"""Starting coroutines beside the event loop's own work."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from textual.dom import DOMNode


def spawn(
    node: DOMNode, work: Callable[..., Coroutine[Any, Any, Any]], *given: Any, group: str, is_exclusive: bool = False
) -> None:
    """Run `work(*given)` as a worker of `node`; with `is_exclusive` it replaces what runs in the same group.

    The coroutine is made when the worker begins, so that one replaced before that leaves nothing behind.
    """
    job: Any = partial(work, *given)
    node.run_worker(job, group=group, exclusive=is_exclusive)
