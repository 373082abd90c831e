"""Heavy work in a process of its own: `python -m nasicon_loop.tui.child KIND LAB [N]`.

Tells progress and the result as lines of JSON on standard output, each marked with `MARK`, so that nothing else that
is printed there can be taken for it.
"""

import sys
from pathlib import Path
from typing import Any

from nasicon_loop.core import Refusal, plain, to_json
from nasicon_loop.lab import Lab, opened

MARK = "@nasicon "
KINDS = ("train", "suggest", "dopants", "report", "why", "map", "health")
_REFUSED = 1
_WRONG_USAGE = 2


def _tell(**document: Any) -> None:
    sys.stdout.write(MARK + to_json(document, indent=None) + "\n")
    sys.stdout.flush()


class _Told:
    """Progress as lines for the parent process."""

    def __init__(self) -> None:
        self._what, self._total, self._done = "", 0, 0

    def start(self, what: str, total: int) -> None:
        """Begin a piece of work."""
        self._what, self._total, self._done = what, total, 0
        self._say("")

    def advance(self, n_steps: int = 1, detail: str = "") -> None:
        """Go on."""
        self._done += n_steps
        self._say(detail)

    def finish(self) -> None:
        """End."""

    def _say(self, detail: str) -> None:
        _tell(progress={"what": self._what, "done": self._done, "total": self._total, "detail": plain(detail)})


def _train(lab: Lab, _n: int) -> Any:
    from nasicon_loop.lab import train_model

    trained = train_model(lab, progress=_Told())
    run = trained.run
    return {"run": None if run is None else run.number, "taught_by": trained.taught_by, "note": trained.note}


def _suggest(lab: Lab, n: int) -> Any:
    from nasicon_loop.lab import suggest_compositions

    batch = suggest_compositions(lab, n, progress=_Told())
    numbers = [one.suggestion.number for one in batch.suggestions]
    return {"numbers": numbers, "notes": batch.notes, "changes": batch.changes}


def _dopants(lab: Lab, _n: int) -> Any:
    from nasicon_loop.lab import screen_dopants

    return {"scores": screen_dopants(lab, progress=_Told())}


def _report(lab: Lab, _n: int) -> Any:
    from nasicon_loop.lab import write_report

    return {"path": str(write_report(lab, progress=_Told()).html)}


def _why(lab: Lab, n: int) -> Any:
    from nasicon_loop.lab import suggestion_reasons

    told = _Told()
    told.start("asking the model", 1)
    return suggestion_reasons(lab, n)


def _map(lab: Lab, _n: int) -> Any:
    from nasicon_loop.lab import score_cells, score_dopants

    found = score_dopants(lab, progress=_Told())
    return {"cells": score_cells(found), "model": found.model}


def _health(lab: Lab, _n: int) -> Any:
    from nasicon_loop.lab import campaign_health

    return campaign_health(lab).document()


_WORK = dict(zip(KINDS, (_train, _suggest, _dopants, _report, _why, _map, _health), strict=True))


def main(arguments: list[str]) -> int:
    """Do one piece of work; 0 done, 1 refused, 2 wrong usage."""
    if len(arguments) not in (2, 3) or arguments[0] not in _WORK:
        sys.stderr.write(f"usage: child {'|'.join(KINDS)} LAB [N]\n")
        return _WRONG_USAGE
    kind, where = arguments[0], Path(arguments[1])
    try:
        with opened(where) as lab:
            _tell(result=_WORK[kind](lab, int(arguments[2]) if len(arguments) == 3 else 0))
    except (Refusal, OSError) as refusal:
        _tell(refusal=str(refusal))
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
