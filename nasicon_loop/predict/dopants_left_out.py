"""Every dopant left out in turn: what does the model say about an element that it has never seen conduct?

That is the question a lab asks about most of the 49 dopants. Asked are sodium rows at 15 to 35 °C with the element; no
row with it teaches, whatever its ion, temperature or source. The whole distribution is judged: the log score is the
mean of -ln(density per dex) at the measured values, in nats, lower is better; a wrong mean and a wrong spread both
cost. Beside ours stands a random forest's distribution (forest.py), with the same rows and chosen with the same care.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry import dopants
from nasicon_loop.core import Executor, Inline, Progress, Refusal, Silent
from nasicon_loop.predict import bins
from nasicon_loop.predict.fitting import fit_ensemble
from nasicon_loop.predict.forest import fit_quantile_forest
from nasicon_loop.predict.groups import sources
from nasicon_loop.predict.paired import bootstrapped
from nasicon_loop.predict.pretraining import Pretrained
from nasicon_loop.predict.rows import Row, StabilityRow
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.splits import Fold, leave_one_element_out
from nasicon_loop.predict.table import Table, tabulate, within
from nasicon_loop.predict.validation import CNN, HYBRID, MIN_ROWS, pretrained_on, without_trees

Array = NDArray[np.float64]

FOREST = "random-forest quantiles"
MODELS = (HYBRID, CNN, FOREST)
PAPER_COMPOUNDS = (
    ("Na3.36Zr1.92Cu0.08Si2.2P0.8O12", 9.62e-4),
    ("Na3.1Zr1.9Nd0.1Si2PO12", 5.48e-4),
    ("Na3.2Zr1.8Fe0.2Si2PO12", 1.68e-4),
)
"""What Zhao et al. synthesised, with L / ((R_ohm + R_ct) S) of their Table 3 in S/cm, at room temperature."""
THE_SERIES = "Si"
"""In the table of dopants, but the host's own: without it hardly a silico-phosphate would be left to learn from."""
_SHOWN_LEVELS = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class LeftOut:
    """How well one model did on the rows of one dopant that it had never seen."""

    dopant: str
    model: str
    n: int
    log_score: float
    """Mean of -ln(density per dex) at the measured values, nats; lower is better."""
    mae: float
    """Of the distributions' means, dex."""
    coverage90: float


@dataclass(frozen=True)
class CompoundLeftOut:
    """One compound of the paper, asked for without its own rows and those of their sources; log10 of S/cm at 25 °C."""

    formula: str
    model: str
    measured: float
    mean: float
    low: float
    """5 % quantile."""
    median: float
    high: float
    """95 % quantile."""
    log_score: float
    n_left_out: int
    """Rows that were not learned from for it."""


@dataclass(frozen=True)
class DopantsLeftOut:
    """Per dopant and per compound, all models; dopants with most rows first."""

    dopants: tuple[LeftOut, ...]
    compounds: tuple[CompoundLeftOut, ...]
    settings: Settings
    seed: int
    n_rows: int

    def by_dopant(self) -> Mapping[str, Mapping[str, LeftOut]]:
        """Return the scores by dopant and model."""
        found: dict[str, dict[str, LeftOut]] = {}
        for one in self.dopants:
            found.setdefault(one.dopant, {})[one.model] = one
        return found

    @property
    def summary(self) -> tuple[str, ...]:
        """Who says more about an unseen dopant, and how often: a line for each of our models against the forest."""
        table = self.by_dopant()
        return tuple(self._against_forest(model, table) for model in MODELS[:2]) if table else ()

    def _against_forest(self, model: str, table: Mapping[str, Mapping[str, LeftOut]]) -> str:
        both = [(one[model].log_score, one[FOREST].log_score, one[model].n) for one in table.values() if model in one]
        if not both:
            return f"{model}: not part of these settings"
        ours, theirs, n_rows = np.array(both).T
        low, high = bootstrapped(ours - theirs, np.arange(len(ours)), seed=self.seed)
        n_better = int((ours < theirs).sum())
        difference = float((ours - theirs).mean())
        sure = f" (95 %: {low:+.2f} to {high:+.2f})" if low <= high else ""
        return (
            f"{model} better than {FOREST} for {n_better} of {len(ours)} dopants; mean log score over dopants "
            f"{ours.mean():.2f} against {theirs.mean():.2f} nats, difference {difference:+.2f}{sure}; over rows "
            f"{np.average(ours, weights=n_rows):.2f} against {np.average(theirs, weights=n_rows):.2f}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {
            "settings": self.settings.to_dict(),
            "seed": self.seed,
            "n_rows": self.n_rows,
            "summary": list(self.summary),
            "dopants": [asdict(one) for one in self.dopants],
            "compounds": [asdict(one) for one in self.compounds],
        }

    def markdown(self) -> str:
        """Return two tables and the summary."""
        table = self.by_dopant()
        models = [model for model in MODELS if any(model in one for one in table.values())]
        lines = [
            "| dopant left out | n |" + "".join(f" {model}: log score | MAE |" for model in models),
            "|---|---|" + "---|---|" * len(models),
        ]
        for name, one in table.items():
            n = next(iter(one.values())).n
            cells = "".join(f" {one[model].log_score:.2f} | {one[model].mae:.2f} |" for model in models)
            lines.append(f"| {name} | {n} |{cells}")
        lines += ["", *self.summary, "", "| compound | measured | model | median | 90 % | log score |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [
            f"| {c.formula} | {c.measured:.2f} | {c.model} | {c.median:.2f} | {c.low:.2f} to {c.high:.2f} "
            f"| {c.log_score:.2f} |"
            for c in self.compounds
        ]
        return "\n".join(lines)


def leave_dopants_out(
    rows: Sequence[Row],
    *,
    settings: Settings | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    executor: Executor | None = None,
    stability: Sequence[StabilityRow] = (),
    only: Sequence[str] | None = None,
) -> DopantsLeftOut:
    """Return the log scores of the model, its networks alone and random-forest quantiles for every dopant in the rows.

    The paper's three compounds are asked for as well, without rows of their compositions and of those rows' sources.
    Trunks that learned `stability` know the left-out element's energies, which hold no conductivity. `only` names
    dopants; None takes all of the 49 that have a row. One dopant and one model are an item of the `executor`; the
    result does not depend on which.
    Raises Refusal with fewer than 20 usable rows.
    """
    settings = settings or Settings.quick()
    table = within(tabulate(sorted(rows, key=lambda row: row.row_id)), settings.temperature_window_c)
    if len(table.rows) < MIN_ROWS:
        raise Refusal(f"{len(table.rows)} usable rows: leaving dopants out needs at least {MIN_ROWS}")
    pretrained = pretrained_on(stability, settings, seed, executor)
    wanted = [name for name in dopants() if name != THE_SERIES and (only is None or name in only)]
    parts = [(name, table.take(fold.seen), table.take(fold.out)) for name, fold in _folds(table, wanted)]
    seen, n_left_out = _without_compounds(table)
    if len(seen.rows) >= MIN_ROWS:
        parts.append(("", seen, tabulate(_paper_rows())))
    jobs = [
        _Job(name, model, known, out, settings, seed, pretrained)
        for name, known, out in parts
        for model in (HYBRID, FOREST)
    ]
    bar = progress or Silent()
    bar.start("leaving dopants out", len(jobs))
    answers = (executor or Inline()).map(_answer, jobs, seed=seed, progress=bar)
    bar.finish()
    found = [(job, model, said) for job, said_by in zip(jobs, answers, strict=True) for model, said in said_by.items()]
    return DopantsLeftOut(
        tuple(_scored(job.name, model, job.out.target, said) for job, model, said in _in_order(found) if job.name),
        tuple(
            one for job, model, said in _in_order(found) if not job.name for one in _asked(job, model, said, n_left_out)
        ),
        settings,
        seed,
        len(table.rows),
    )


@dataclass(frozen=True)
class _Job:
    """One model without one dopant; the paper's compounds where the name is empty."""

    name: str
    model: str
    seen: Table
    out: Table
    settings: Settings
    seed: int
    pretrained: Pretrained | None


_Found = tuple[_Job, str, Array]
"""A job, a model, and what it said: (n, 5) mean, quantiles 5, 50, 95 %, ln density at the measured value."""


def _answer(job: _Job, _seed: int) -> Mapping[str, Array]:
    edges = bins.bin_edges(job.settings)
    if job.model == FOREST:
        return {
            FOREST: _read_off(fit_quantile_forest(job.seen, job.seed, edges).distributions(job.out, edges), edges, job)
        }
    ensemble, _ = fit_ensemble(job.seen, job.settings, job.seed, pretrained=job.pretrained)
    parts = {HYBRID: ensemble}
    if job.settings.is_parametric:
        parts[CNN] = without_trees(job.seen, ensemble, job.seed)
    return {
        name: _read_off(
            part.distributions(job.out.batch, job.out.temperature_c, job.out.kinds).probabilities, edges, job
        )
        for name, part in parts.items()
    }


def _read_off(shares: Array, edges: Array, job: _Job) -> Array:
    mean = bins.moments(shares, edges)[0]
    density = bins.log_density_at(shares, edges, job.out.target)
    return np.column_stack([mean, bins.quantiles(shares, edges, _SHOWN_LEVELS), density])


def _folds(table: Table, names: Sequence[str]) -> Iterator[tuple[str, Fold]]:
    for name in names:
        for fold in leave_one_element_out(table, name):
            yield name, fold


def _in_order(found: Sequence[_Found]) -> list[_Found]:
    return sorted(found, key=lambda one: (-len(one[0].out.rows), one[0].name, MODELS.index(one[1])))


def _scored(name: str, model: str, truth: Array, said: Array) -> LeftOut:
    mean, low, _, high, density = said.T
    inside = (truth >= low) & (truth <= high)
    return LeftOut(
        name, model, len(truth), -float(density.mean()), float(np.abs(mean - truth).mean()), float(inside.mean())
    )


def _asked(job: _Job, model: str, said: Array, n_left_out: int) -> Iterator[CompoundLeftOut]:
    for (formula, _), truth, (mean, low, median, high, density) in zip(
        PAPER_COMPOUNDS, job.out.target, said, strict=True
    ):
        yield CompoundLeftOut(
            formula=formula,
            model=model,
            measured=float(truth),
            mean=float(mean),
            low=float(low),
            median=float(median),
            high=float(high),
            log_score=-float(density),
            n_left_out=n_left_out,
        )


def _paper_rows() -> list[Row]:
    return [
        Row(f"paper-{k}", formula, math.log10(sigma), 0.0, 25.0, "total", "Zhao et al.", "literature")
        for k, (formula, sigma) in enumerate(PAPER_COMPOUNDS)
    ]


def _without_compounds(table: Table) -> tuple[Table, int]:
    """Return the rows that share neither composition nor source with a row of a paper's compound; how many do."""
    theirs = tabulate(_paper_rows()).batch.formulas
    own = np.isin(np.array(table.batch.formulas), theirs)
    numbers = sources(table.rows)
    shares = own | np.isin(numbers, numbers[own])
    return table.take(np.flatnonzero(~shares)), int(shares.sum())
