"""Use case of health: is the campaign worth going on with, and may anything be accepted without a person?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal
from nasicon_loop.lab.knowledge import own_pellets
from nasicon_loop.lab.living import lives_of

if TYPE_CHECKING:
    from db import ModelRun, Reader
    from nasicon_loop.campaign import Check, Cost, Gate, OwnPellet
    from nasicon_loop.lab.context import Lab

LEVELS = ("0.05", "0.95")
_SHORT_JOURNAL = 20_000
"""Lines of the journal that are read in well under a second."""
_RANK = {"stop": 0, "look": 1, "ok": 2}


@dataclass(frozen=True, slots=True)
class Health:
    """Checks, the worst first; `gate` says whether automatic acceptance may be on as far as calibration goes.

    `automatic` names the steps that [policy] in lab.toml leaves to the program.
    """

    checks: "tuple[Check, ...]"
    gate: "Gate"
    automatic: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line: how many need somebody, and the worst of them."""
        bad = [check for check in self.checks if check.verdict != "ok"]
        if not bad:
            return f"{len(self.checks)} checks, all well"
        n_stop = sum(check.verdict == "stop" for check in bad)
        return f"{n_stop} stop, {len(bad) - n_stop} look: {bad[0].name}: {bad[0].words}"

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon campaign health --json` prints."""
        import dataclasses

        return {"schema": 1, "summary": self.summary, **dataclasses.asdict(self)}


def health_from(document: "Mapping[str, Any]") -> Health:
    """Return the health that `Health.document` told: what a child process found."""
    from nasicon_loop.campaign import Check, Gate

    checks = tuple(Check(**check) for check in document["checks"])
    return Health(checks, Gate(**document["gate"]), tuple(document["automatic"]))


def is_long_work(lab: "Lab") -> bool:
    """Return whether health, which reads the whole journal, is seconds of work here: better done by another process."""
    with lab.database.read() as reader:
        return reader.max_journal_id() > _SHORT_JOURNAL


def campaign_health(lab: "Lab") -> Health:
    """Look at gain against cost, the search, the reference, replicates, the model, calibration, and what is stale."""
    from nasicon_loop import campaign

    run = _run(lab)
    with lab.database.read() as reader:
        pellets = own_pellets(reader)
        gates = coverage_checks(reader, run, pellets)
        bests = _bests(reader)
        open_ones = _open_formulas(reader)
        stale = [row.name for row in lives_of(lab, reader) if row.is_stale]
    names = ", ".join(stale[:3])
    checks = [
        *gates,
        campaign.expected_gain([gain for _, gain in open_ones], batch_cost(lab, [formula for formula, _ in open_ones])),
        campaign.stalled(bests),
        campaign.drift(pellets),
        campaign.replicates(pellets),
        campaign.against_forest({} if run is None else run.metrics),
        campaign.Check(
            "stale",
            "look" if stale else "ok",
            float(len(stale)),
            "",
            f"{len(stale)} begun and not moved for {lab.settings.campaign.stale_after_days:g} days"
            + (f": {names}" if stale else ""),
            "nasicon campaign cycle --stale" if stale else "",
        ),
    ]
    policy = lab.settings.policy
    steps = {
        "propose": policy.propose,
        "recipe": policy.recipe,
        "arm furnace": policy.arm_furnace,
        "accept fit": policy.accept_fit,
    }
    alone = tuple(step for step, who in steps.items() if who == "automatic")
    return Health(tuple(sorted(checks, key=lambda one: _RANK[one.verdict])), campaign.gate(gates), alone)


def calibration_gate(lab: "Lab") -> "Gate":
    """Return whether the current model's intervals may be trusted with acceptance by itself, and why not."""
    from nasicon_loop import campaign

    run = _run(lab)
    with lab.database.read() as reader:
        return campaign.gate(coverage_checks(reader, run, own_pellets(reader)))


def _run(lab: "Lab") -> "ModelRun | None":
    from nasicon_loop.lab.learning import current_run

    return current_run(lab)


def coverage_checks(reader: "Reader", run: "ModelRun | None", pellets: "Sequence[OwnPellet]") -> "list[Check]":
    """Return the two tests of the intervals: on rows held out in training, and on the lab's own results."""
    from nasicon_loop import campaign

    held = {} if run is None else run.metrics.get("held_out", {})
    told = held.get("na_room_temperature") or held.get("all") or {}
    n = int(told.get("n", 0))
    n_inside = round(n * float(told.get("coverage90", 0.0)))
    return [
        campaign.coverage("held-out intervals", n_inside, n),
        campaign.coverage("own intervals", *campaign.inside(pellets, _intervals(reader, pellets))),
    ]


def _intervals(reader: "Reader", pellets: "Sequence[OwnPellet]") -> dict[str, tuple[float, float]]:
    """The 90 % intervals stored with the suggestions that the pellets came from, by pellet label; new ones alone."""
    kinds = {number: kind for batch in reader.suggested_batches() for number, kind in batch.kinds.items()}
    stored = {
        one.id: (float(one.quantiles[LEVELS[0]]), float(one.quantiles[LEVELS[1]]))
        for one in reader.suggestions()
        if kinds.get(one.number, "new") == "new" and set(LEVELS) <= one.quantiles.keys()
    }
    of_sample = {one.label: one.suggestion_id for one in reader.samples()}
    found = {}
    for pellet in pellets:
        interval = stored.get(of_sample.get(pellet.label.partition("-P")[0]) or -1)
        if interval is not None:
            found[pellet.label] = interval
    return found


def _bests(reader: "Reader") -> list[float]:
    """The best posterior mean that each model run saw, in order; the newest batch of each run tells it."""
    by_run = {batch.model_run_id: batch.incumbent_mean for batch in reader.suggested_batches()}
    return [by_run[run_id] for run_id in sorted(by_run)]


def _open_formulas(reader: "Reader") -> list[tuple[str, float]]:
    """What the newest batch still has to be made: formulas with their expected gain."""
    batches = reader.suggested_batches()
    if not batches:
        return []
    states = reader.suggestion_states()
    begun = {sample.suggestion_id for sample in reader.samples()}
    return [
        (one.formula, batches[-1].gains_dex.get(one.number, 0.0))
        for one in reader.suggestions()
        if one.batch == batches[-1].batch and states[one.number] != "rejected" and one.id not in begun
    ]


def batch_cost(lab: "Lab", formulas: Sequence[str]) -> "Cost | None":
    """Return what compositions take in one furnace load, as they are planned today; None when none can be planned.

    Hours are those of the longest program of each step, grams and price of all precursors. The price is None while a
    jar has none.
    """
    import recipes
    from nasicon_loop.campaign import Cost
    from nasicon_loop.lab.sheets import planned_recipe

    hours: dict[str, float] = {}
    grams, price, is_priced = 0.0, 0.0, True
    prices = {jar.formula: jar.price_per_g for jar in recipes.precursor_table(lab.folder.protocols)}
    for formula in formulas:
        try:
            recipe = planned_recipe(lab, formula)
        except Refusal:
            continue
        for program in recipe.programs:
            hours[program.step] = max(hours.get(program.step, 0.0), program.hours)
        for line in recipe.precursors:
            grams += line.rounded_g
            per_g = prices.get(line.formula)
            is_priced = is_priced and per_g is not None
            price += (per_g or 0.0) * line.rounded_g
    return Cost(sum(hours.values()), grams, price if is_priced else None) if hours else None
