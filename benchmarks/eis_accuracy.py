"""How often R_total is right, told nothing, beside what people do today.

On the shared sets of spectra with known truth where they are at hand, and on a set of our own, generated here.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from benchmarks.eis_peers import HAS_PYIMPSPEC, impedance_fit, kindest, minimum_rule, pyimpspec_fit, r_total
from benchmarks.eis_sets import SHARED, Case, Outcome, by, ours_in_bulk, ours_timed, own_cases, shared_cases

N_OWN = 2000
N_PEERS = 150
PEER_SECONDS = 25.0
"""A peer sees the first so many of a set, or as many as this time allows; its n is in the table."""
PAPER = "R0-p(C1,R1-W1)"
DENSE_ENOUGH = ("cut_at_100_hz", "drift_2_percent", "havriliak_negami", "lognormal_rc", "six_per_decade")
NO_PYIMPSPEC = "pyimpspec, told the circuit: not installed: pip install .[bench]"

HEAD = (
    "| method | n | % within 2 / 5 / 10 % | no number, % | accepted, % | wrong by > 10 %, not flagged "
    "| worst not flagged | 95 % interval covers | median ms |\n|---|---|---|---|---|---|---|---|---|"
)


def row(name: str, outcomes: Sequence[Outcome]) -> str:
    """Return one line of the comparison."""
    n = len(outcomes)
    shares = " / ".join(f"{_percent(o.error <= limit for o in outcomes)}" for limit in (0.02, 0.05, 0.10))
    none = _percent(o.r_total_ohm is None for o in outcomes)
    has_verdict = any(o.sd_ohm for o in outcomes)
    silent = [o for o in outcomes if o.r_total_ohm is not None and (o.verdict == "accepted" or not has_verdict)]
    wrong = sum(o.error > 0.10 for o in silent)
    worst = f"{100 * max((o.error for o in silent), default=0.0):.2f} %"
    accepted = _percent(o.verdict == "accepted" for o in outcomes) if has_verdict else "no verdict"
    covered = f"{_percent(o.is_covered for o in outcomes if o.r_total_ohm)} %" if has_verdict else "none given"
    times = [o.seconds for o in outcomes if o.seconds is not None]
    median = f"{1e3 * statistics.median(times):.1f}" if times else "-"
    return f"| {name} | {n} | {shares} | {none} | {accepted} | {wrong} | {worst} | {covered} | {median} |"


def comparison(cases: Sequence[Case], mine: Sequence[Outcome]) -> list[str]:
    """Return the lines of the comparison on one set; `mine` are our timed outcomes of the first of them."""
    found = {id(o.case): o.circuit for o in mine}
    some = [o.case for o in mine]

    def told(fit: Callable[..., dict[str, float] | None]) -> Callable[[Case], float | None]:
        def method(case: Case) -> float | None:
            f, z = case.spectrum.frequency_hz, case.spectrum.impedance_ohm
            if case.circuit is not None:
                return r_total(case.circuit, fit(case.circuit, f, z))
            text = found[id(case)]
            return None if text is None else kindest(case.r_total_ohm, fit(text, f, z))

        return method

    def paper(case: Case) -> float | None:
        return r_total(PAPER, impedance_fit(PAPER, case.spectrum.frequency_hz, case.spectrum.impedance_ohm))

    def habit(case: Case) -> float | None:
        return minimum_rule(case.spectrum.frequency_hz, case.spectrum.impedance_ohm)

    known = "told the true circuit" if cases[0].circuit else "told the circuit that we found"
    lines = [
        HEAD,
        row("ours, told nothing", mine),
        row(f"impedance, {known}, modulus weights", by(told(impedance_fit), some, PEER_SECONDS)),
        row(f"impedance, the paper's {PAPER}, modulus weights", by(paper, some, PEER_SECONDS)),
    ]
    if HAS_PYIMPSPEC:
        lines.append(row(f"pyimpspec, {known}, modulus weights", by(told(pyimpspec_fit), some, PEER_SECONDS)))
    lines.append(row("minimum rule, no fit", by(habit, some, PEER_SECONDS)))
    return lines if HAS_PYIMPSPEC else [*lines, "", f"{NO_PYIMPSPEC}."]


def groups(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> list[str]:
    """Return our outcomes split by a property of the case."""
    parts: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        parts[key(outcome)].append(outcome)
    lines = [
        "| | n | accepted | review | rejected | review, % | worst accepted | accepted covered, % |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in sorted(parts):
        some = parts[name]
        count = {v: sum(o.verdict == v for o in some) for v in ("accepted", "review", "rejected")}
        accepted = [o for o in some if o.verdict == "accepted"]
        worst = f"{100 * max(o.error for o in accepted):.2f} %" if accepted else "none"
        covered = _percent(o.is_covered for o in accepted) if accepted else "none"
        counts = f"{count['accepted']} | {count['review']} | {count['rejected']}"
        review = f"{100 * count['review'] / len(some):.0f}"
        lines.append(f"| {name} | {len(some)} | {counts} | {review} | {worst} | {covered} |")
    return lines


def decade(outcome: Outcome) -> str:
    """Name the decade of the true resistance."""
    power = int(np.floor(np.log10(outcome.case.r_total_ohm)))
    return f"1e{power} to 1e{power + 1} ohm"


def goals(lines: Sequence[tuple[str, str, bool]]) -> list[str]:
    """Return what was to be reached, what was, and whether that is enough."""
    rows = (f"| {goal} | {measured} | {'yes' if is_met else '**no**'} |" for goal, measured, is_met in lines)
    return ["| goal | measured | met |", "|---|---|---|", *rows]


def usual_goals(mine: Sequence[Outcome]) -> list[tuple[str, str, bool]]:
    """Compare the usual cells with what they must reach."""
    n = len(mine)
    right = sum(o.error <= 0.02 for o in mine) / n
    accepted = [o for o in mine if o.verdict == "accepted"]
    worst = max((o.error for o in accepted), default=0.0)
    covered = sum(o.is_covered for o in mine) / n
    low = [o for o in mine if 10.0 <= o.case.r_total_ohm < 100.0]
    review = sum(o.verdict == "review" for o in low) / max(len(low), 1)
    return [
        ("99 % within 2 %", f"{right:.1%}", right >= 0.99),
        ("97 % accepted", f"{len(accepted) / n:.1%}", len(accepted) >= 0.97 * n),
        ("no accepted result wrong by > 10 %", f"worst {worst:.2%}", worst <= 0.10),
        ("95 % interval covers 90 to 99 %", f"{covered:.1%}", 0.90 <= covered <= 0.99),
        ("10 to 100 ohm: at most 10 % in review", f"{review:.1%} of {len(low)}", review <= 0.10),
    ]


def stress_goals(mine: Sequence[Outcome]) -> list[tuple[str, str, bool]]:
    """Compare the cells outside every model with what they must reach."""
    accepted = [o for o in mine if o.verdict == "accepted"]
    wrong = sum(o.error > o.case.limit for o in accepted)
    covered = sum(o.is_covered for o in accepted) / max(len(accepted), 1)
    dense = [o for o in mine if o.case.kind in DENSE_ENOUGH]
    review = sum(o.verdict == "review" for o in dense) / max(len(dense), 1)
    open_arcs = sum(o.case.kind == "arc_not_closed" for o in accepted)
    return [
        ("every accepted result within 5 % (drift_10_percent: 12 %)", f"{wrong} of {len(accepted)} not", wrong == 0),
        (f"{', '.join(DENSE_ENOUGH)}: at most 15 % in review", f"{review:.1%} of {len(dense)}", review <= 0.15),
        ("arc_not_closed never accepted", f"{open_arcs} accepted", open_arcs == 0),
        ("95 % interval of the accepted covers 90 %", f"{covered:.1%}", covered >= 0.90),
    ]


def shared_sections() -> list[str]:
    """Return what the shared sets show, or why they are not shown."""
    usual, stress = shared_cases("eis_spectra.json"), shared_cases("eis_stress.json")
    if usual is None or stress is None:
        return [f"The shared sets are not at {SHARED} (set NASICON_SHARED): only our own set is shown.", ""]
    mine, strained = ours_timed(usual), ours_timed(stress)
    text = [f"Shared set of {len(usual)} usual cells. A peer's sum of resistances is the kinder of two readings:", ""]
    text += [*comparison(usual, mine[:N_PEERS]), "", *goals(usual_goals(mine)), ""]
    text += ["Ours by decade of R_total:", "", *groups(mine, decade), ""]
    text += [f"Shared set of {len(stress)} cells outside every model we fit, ours, told nothing:", ""]
    return [*text, *groups(strained, lambda o: o.case.kind), "", *goals(stress_goals(strained)), ""]


def own_section() -> list[str]:
    """Return what our own generated set shows."""
    cases = own_cases(N_OWN)
    timed = ours_timed(cases[:N_PEERS])
    mine = timed + ours_in_bulk(cases[N_PEERS:])
    covered = sum(o.is_covered for o in mine) / len(mine)
    text = [f"Our own set: the first {N_PEERS} of {N_OWN} generated spectra beside the peers.", ""]
    text += [*comparison(cases, timed), "", f"All {N_OWN}:", "", HEAD, row("ours, told nothing", mine), ""]
    text += [*goals([("95 % interval covers 93 to 98 %", f"{covered:.1%}", 0.93 <= covered <= 0.98)]), ""]
    text += ["By decade of R_total:", "", *groups(mine, decade), "", "By kind:", ""]
    return text + groups(mine, lambda o: o.case.kind)


def run() -> str:
    """Return the section on the accuracy of R_total as Markdown."""
    return "\n".join(["## Impedance: is R_total right?", "", *shared_sections(), *own_section()])


def _percent(flags: Iterable[bool]) -> str:
    found = list(flags)
    return f"{100 * sum(found) / max(len(found), 1):.1f}"


if __name__ == "__main__":
    print(run())
