"""Spectra of known truth, and what a method made of them. No `run`: not a benchmark."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from instruments.spectrum import Spectrum
from nasicon_loop.core import Processes
from nasicon_loop.eis import Analysis, analyse, analyse_many, simulated_spectra

SHARED = Path(os.environ.get("NASICON_SHARED", Path(__file__).resolve().parents[2] / "shared"))
DRIFT_LIMIT = 0.12
"""`drift_10_percent` moves by 10 % while it is measured; its truth is the value at the start."""


@dataclass(frozen=True)
class Case:
    """One spectrum with its truth; `circuit` is the true one where it is known."""

    spectrum: Spectrum
    r_total_ohm: float
    kind: str
    circuit: str | None = None

    @property
    def limit(self) -> float:
        """How wrong an accepted result of a stress case may be."""
        return DRIFT_LIMIT if self.kind == "drift_10_percent" else 0.05


@dataclass(frozen=True)
class Outcome:
    """What one method made of one case. `seconds` is None where several ran at once."""

    case: Case
    r_total_ohm: float | None
    sd_ohm: float | None
    verdict: str
    seconds: float | None
    circuit: str | None = None

    @property
    def error(self) -> float:
        """Relative error; infinite without a number."""
        return float("inf") if self.r_total_ohm is None else abs(self.r_total_ohm / self.case.r_total_ohm - 1.0)

    @property
    def is_covered(self) -> bool:
        """Whether the truth lies in the 95 % interval."""
        return self.r_total_ohm is not None and (
            abs(self.r_total_ohm - self.case.r_total_ohm) <= 1.96 * (self.sd_ohm or 0.0)
        )


def shared_cases(name: str) -> list[Case] | None:
    """Read one of the shared sets; None where it is not at hand."""
    path = SHARED / "bench" / name
    if not path.is_file():
        return None
    return [
        Case(
            Spectrum(e["frequency_hz"], np.array(e["z_real_ohm"]) + 1j * np.array(e["z_imag_ohm"])),
            float(e["r_total_ohm"]),
            e["kind"] or "usual",
        )
        for e in json.loads(path.read_text(encoding="utf-8"))
    ]


def own_cases(n: int, seed: int = 2026) -> list[Case]:
    """Generate our own set."""
    return [Case(s.spectrum, s.r_total_ohm, s.kind, s.circuit_string) for s in simulated_spectra(n, seed=seed)]


def ours_timed(cases: Sequence[Case]) -> list[Outcome]:
    """Analyse one after the other, told nothing, and time each."""
    done = []
    for case in cases:
        begin = time.perf_counter()
        analysis = analyse(case.spectrum)
        done.append(_outcome(case, analysis, time.perf_counter() - begin))
    return done


def ours_in_bulk(cases: Sequence[Case]) -> list[Outcome]:
    """Analyse in two processes, told nothing; not timed."""
    analyses = analyse_many([case.spectrum for case in cases], executor=Processes(2))
    return [_outcome(case, analysis, None) for case, analysis in zip(cases, analyses, strict=True)]


def _outcome(case: Case, a: Analysis, seconds: float | None) -> Outcome:
    return Outcome(case, a.r_total_ohm, a.r_total_ohm_sd, a.verdict, seconds, a.circuit_string)


def by(method: Callable[[Case], float | None], cases: Sequence[Case], most_seconds: float) -> list[Outcome]:
    """Time a method that gives a number and no verdict, on as many of the first cases as the time allows."""
    done: list[Outcome] = []
    start = time.perf_counter()
    for case in cases:
        begin = time.perf_counter()
        if done and begin - start > most_seconds:
            break
        value = method(case)
        done.append(Outcome(case, value, None, "none", time.perf_counter() - begin))
    return done
