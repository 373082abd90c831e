"""The watch's log: a file that does not grow without end, and the lines of it that a person should see at once."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from nasicon_loop.core import plain

_LOG_BYTES = 1_000_000
_N_OLD_LOGS = 5

OnNotice = Callable[[str], None]


@contextmanager
def log_to(path: Path, on_notice: OnNotice | None = None) -> Iterator[logging.Logger]:
    """Give a logger that writes to `path` (five old files are kept) and hands notices to `on_notice`.

    The logger is of its own: two labs in one process do not mix, and nothing goes to the terminal.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    log = logging.Logger(f"nasicon {path}")
    handler = RotatingFileHandler(
        path, maxBytes=_LOG_BYTES, backupCount=_N_OLD_LOGS, encoding="utf-8", errors="replace"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    if on_notice is not None:
        log.addHandler(_Notice(on_notice))
    try:
        yield log
    finally:
        handler.close()


class _Notice(logging.Handler):
    """Passes on warnings and what is said about training; results are told by themselves."""

    def __init__(self, tell: OnNotice) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING or "training" in str(record.msg):
            self._tell(plain(record.getMessage()))
