"""How often R_total is right, told nothing, beside what people do today.

On the shared sets of spectra with known truth where they are at hand, and on a set of our own, generated here.
"""

import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.eis_peers import impedance_r_total, minimum_rule
from instruments.spectrum import Spectrum
from nasicon_loop.eis import analyse, simulated_spectra

SHARED = Path(os.environ.get("NASICON_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "bench"
N_OWN = 400
N_PEERS = 40
"""The peers need up to seconds a spectrum: they see the first so many of each set."""


@dataclass(frozen=True)
class Case:
    """One spectrum with its truth; `circuit` is the true one where it is known."""

    spectrum: Spectrum
    r_total_ohm: float
    kind: str
    circuit: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What one method made of one case."""

    case: Case
    r_total_ohm: float | None
    sd_ohm: float | None
    verdict: str
    seconds: float
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


def shared_cases(name: str) -> list[Case]:
    """Read one of the shared sets."""
    entries = json.loads((SHARED / name).read_text(encoding="utf-8"))
    return [
        Case(
            Spectrum(e["frequency_hz"], np.array(e["z_real_ohm"]) + 1j * np.array(e["z_imag_ohm"])),
            float(e["r_total_ohm"]),
            e["kind"] or "usual",
        )
        for e in entries
    ]


def own_cases(n: int) -> list[Case]:
    """Generate our own set."""
    return [Case(s.spectrum, s.r_total_ohm, s.kind, s.circuit_string) for s in simulated_spectra(n, seed=2026)]


def ours(case: Case) -> Outcome:
    """The analysis, told nothing."""
    begin = time.perf_counter()
    a = analyse(case.spectrum)
    seconds = time.perf_counter() - begin
    return Outcome(case, a.r_total_ohm, a.r_total_ohm_sd, a.verdict, seconds, a.circuit_string)


def by(method: Callable[[Case], float | None], cases: Iterable[Case]) -> list[Outcome]:
    """Time a method that gives a number and no verdict."""
    done = []
    for case in cases:
        begin = time.perf_counter()
        value = method(case)
        done.append(Outcome(case, value, None, "accepted", time.perf_counter() - begin))
    return done


def row(name: str, outcomes: list[Outcome]) -> str:
    """Return one line of the comparison."""
    n = len(outcomes)
    shares = " / ".join(f"{100 * sum(o.error <= limit for o in outcomes) / n:.1f}" for limit in (0.02, 0.05, 0.10))
    accepted = [o for o in outcomes if o.verdict == "accepted"]
    worst = max((o.error for o in accepted), default=0.0)
    has_sd = any(o.sd_ohm for o in outcomes)
    numbered = [o for o in outcomes if o.r_total_ohm is not None]
    covered = f"{100 * sum(o.is_covered for o in numbered) / max(len(numbered), 1):.1f} %" if has_sd else "none given"
    share = f"{100 * len(accepted) / n:.1f} %" if has_sd else "no verdict"
    lost = "some without a number" if np.isinf(worst) else f"{100 * worst:.2f} %"
    seconds = statistics.median(o.seconds for o in outcomes)
    return f"| {name} | {n} | {shares} | {share} | {lost} | {covered} | {1e3 * seconds:.1f} |"


HEAD = (
    "| method | n | % within 2 / 5 / 10 % | accepted | worst not flagged | 95 % interval covers | median ms |\n"
    "|---|---|---|---|---|---|---|"
)


def comparison(cases: list[Case]) -> tuple[list[str], list[Outcome]]:
    """Return the lines of the comparison on one set, and our outcomes."""
    mine = [ours(case) for case in cases]
    some, found = cases[:N_PEERS], {id(o.case): o.circuit for o in mine}

    def right_circuit(case: Case) -> float | None:
        text = case.circuit or found[id(case)]
        return (
            None if text is None else impedance_r_total(text, case.spectrum.frequency_hz, case.spectrum.impedance_ohm)
        )

    def paper(case: Case) -> float | None:
        return impedance_r_total("R0-p(C1,R1-W1)", case.spectrum.frequency_hz, case.spectrum.impedance_ohm)

    def habit(case: Case) -> float | None:
        return minimum_rule(case.spectrum.frequency_hz, case.spectrum.impedance_ohm)

    told = "told the true circuit" if cases[0].circuit else "told the circuit we found"
    lines = [
        HEAD,
        row("ours, told nothing", mine),
        row(f"impedance, {told}, modulus weights", by(right_circuit, some)),
        row("impedance, the paper's R0-p(C1,R1-W1), modulus weights", by(paper, some)),
        row("minimum rule, no fit", by(habit, cases)),
    ]
    return lines, mine


def groups(outcomes: list[Outcome], key: Callable[[Outcome], str]) -> list[str]:
    """Return our outcomes split by a property of the case."""
    parts: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        parts[key(outcome)].append(outcome)
    lines = [
        "| | n | accepted | review | rejected | worst accepted | accepted covered |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in sorted(parts):
        some = parts[name]
        count = {v: sum(o.verdict == v for o in some) for v in ("accepted", "review", "rejected")}
        accepted = [o for o in some if o.verdict == "accepted"]
        worst = f"{100 * max(o.error for o in accepted):.2f} %" if accepted else "none"
        covered = f"{100 * sum(o.is_covered for o in accepted) / len(accepted):.0f} %" if accepted else "none"
        counts = f"{count['accepted']} | {count['review']} | {count['rejected']}"
        lines.append(f"| {name} | {len(some)} | {counts} | {worst} | {covered} |")
    return lines


def decade(outcome: Outcome) -> str:
    """Name the decade of the true resistance."""
    return f"1e{int(np.floor(np.log10(outcome.case.r_total_ohm)))} ohm"


def run() -> str:
    """Return the section on the accuracy of R_total as Markdown."""
    text = ["## Impedance: is R_total right?", ""]
    if SHARED.is_dir():
        lines, mine = comparison(shared_cases("eis_spectra.json"))
        text += [
            "Shared set, usual cells:",
            "",
            *lines,
            "",
            "Ours by decade of R_total:",
            "",
            *groups(mine, decade),
            "",
        ]
        stress = [ours(case) for case in shared_cases("eis_stress.json")]
        text += ["Shared set, outside every model we fit:", "", *groups(stress, lambda o: o.case.kind), ""]
    else:
        text += [f"The shared sets are not at {SHARED} (set NASICON_SHARED): only our own set is shown.", ""]
    lines, mine = comparison(own_cases(N_OWN))
    text += [f"Our own set of {N_OWN} generated spectra:", "", *lines, "", "Ours by kind:", ""]
    text += groups(mine, lambda o: o.case.kind)
    return "\n".join(text)


if __name__ == "__main__":
    print(run())
