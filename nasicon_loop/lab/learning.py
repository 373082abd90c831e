"""Use cases of learning: rows out of the database, training, the current model, prediction."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Executor, Progress, Refusal
from nasicon_loop.lab.automatic import with_policy
from nasicon_loop.lab.phases import phase_sd_dex

if TYPE_CHECKING:
    from db import LiteratureRow, ModelRun, Reader, TeachingRow
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import Explanation, Model, Row, StabilityRow

LITERATURE_SD_DEX = 0.44
"""Scatter of 46 clean reports of undoped Na3Zr2Si2PO12: what one published value is worth as a measurement."""
TAUGHT_RANGE_C = (-50.0, 350.0)
"""Published conductivities measured outside these temperatures are not learned from."""
_LN10 = math.log(10.0)
_MIN_LAB_SD_DEX = 0.02
"""Below the uncertainty of any caliper: no result weighs more than this."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training did, and `done`, what followed by itself. `run` is None when an automatic one was not due.

    `sessions` say by how many dex the lab's furnace loads and days seem to read too high (correction.py).
    """

    run: "ModelRun | None"
    n_new_results: int
    metrics: Mapping[str, Any]
    taught_by: tuple[str, ...]
    explanation: "Explanation | None" = None
    note: str = ""
    sessions: tuple[Mapping[str, Any], ...] = ()
    done: tuple[str, ...] = ()


def teaching_row(row: "TeachingRow") -> "Row":
    """Return a result of the lab as the model sees it: composition as weighed, at 25 °C, with how it was made.

    Its sd is the measurement's, widened where nobody knows the pellet's phases or second phases were found. Its session
    is the furnace load that sintered it, else the day on which it was measured.
    """
    from nasicon_loop.lab.sessions import session_of
    from nasicon_loop.predict import Row

    sigma = row.sigma_25_s_cm if row.sigma_25_s_cm is not None else row.sigma_total_s_cm
    sd = row.sigma_25_s_cm_sd if row.sigma_25_s_cm is not None else row.sigma_total_s_cm_sd
    relative_sd = 0.15 if sd is None else sd / sigma
    measured_sd = math.hypot(relative_sd / _LN10, phase_sd_dex(row.phase, row.second_phases))
    covariates = {
        "excess_fraction": row.excess_fraction,
        "sintering_c": row.sintering_c,
        "sintering_h": row.sintering_h,
        "relative_density": row.relative_density,
    }
    return Row(
        row_id=f"analysis-{row.analysis_id}",
        formula=row.formula,
        log10_sigma=math.log10(sigma),
        log10_sigma_sd=max(measured_sd, _MIN_LAB_SD_DEX),
        temperature_c=25.0,
        kind="total",
        source=row.pellet_label or row.sample_label,
        origin="lab",
        covariates={name: float(value) for name, value in covariates.items() if value is not None},
        session=session_of(row),
        is_reference=row.is_reference,
    )


def literature_row(row: "LiteratureRow", structure: str | None = None) -> "Row":
    """Return a published conductivity as the model sees it; `structure` is the text of the CIF that came with it."""
    from nasicon_loop.predict import Row

    return Row(
        row_id=f"literature-{row.row_hash[:16]}",
        formula=row.formula,
        log10_sigma=math.log10(row.sigma_s_cm),
        log10_sigma_sd=LITERATURE_SD_DEX,
        temperature_c=row.temperature_c,
        kind=row.kind if row.kind in ("total", "bulk") else "unknown",  # type: ignore[arg-type]
        source=row.doi or row.source,
        origin="literature",
        structure=structure,
    )


def training_rows(lab: "Lab") -> tuple[list["Row"], list["TeachingRow"]]:
    """Return all rows that may teach now, literature first, and the lab's own results behind them.

    Several sweeps of one pellet are one row: they share its geometry, its composition and its making. So are copies and
    repeats of one published measurement (`predict.merged_rows`). Raises Refusal when the vault does not give a
    structure back that a row stands on.
    """
    from nasicon_loop.lab.structures import structure_text, with_structure_once
    from nasicon_loop.predict import merged_rows

    with lab.database.read() as reader:
        literature = [row for row in with_structure_once(reader.literature(usable=None)) if may_teach(row)]
        own, results = own_rows(reader)
    return [*merged_rows([literature_row(row, structure_text(lab, row)) for row in literature]), *own], results


def own_rows(reader: "Reader") -> tuple[list["Row"], list["TeachingRow"]]:
    """Return the lab's own results that teach, one row per pellet, and the analyses behind them."""
    from nasicon_loop.lab.pooling import per_pellet

    results = reader.teaching_analyses()
    return per_pellet(reader, results, [teaching_row(row) for row in results], _MIN_LAB_SD_DEX), results


def may_teach(row: "LiteratureRow") -> bool:
    """Say whether a published value can teach: usable ones near room temperature, and clean ones of other temperatures.

    The network hears 1/T, so a series at 127 and 327 °C tells of phosphates what nobody measured at 25 °C.
    """
    from nasicon_loop.lab.tables import ROOM_TEMPERATURE_RANGE_C, SPOILING_FLAGS

    low, high = ROOM_TEMPERATURE_RANGE_C
    if low <= row.temperature_c <= high:
        return row.is_usable
    is_clean = row.kind != "grain boundary" and not SPOILING_FLAGS & set(row.flags)
    return is_clean and TAUGHT_RANGE_C[0] <= row.temperature_c <= TAUGHT_RANGE_C[1]


def stability_rows(lab: "Lab") -> list["StabilityRow"]:
    """Return the computed energies above hull as the model learns them; none when no table was imported."""
    from nasicon_loop.lab.structures import structure_text
    from nasicon_loop.predict import StabilityRow

    with lab.database.read() as reader:
        stored = reader.stability()
    return [
        StabilityRow(
            f"stability-{row.row_hash[:16]}",
            row.formula,
            row.energy_above_hull_ev,
            row.source,
            structure_text(lab, row),
        )
        for row in stored
    ]


def train_model(
    lab: "Lab",
    *,
    paper: bool = False,
    full: bool = False,
    automatic: bool = False,
    seed: int | None = None,
    explain: bool = False,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Trained:
    """Train on the literature and the lab's accepted results, and keep the run with what taught it.

    `automatic` trains only when enough new results wait, and then goes on as far as [policy] allows (lab.toml).
    One training at a time: a second one is refused. Networks, members and the trees of each fold are items of the
    `executor`; the result does not depend on which.
    Raises Refusal when there is nothing to learn from.
    """
    from nasicon_loop.lab.locking import exclusive
    from nasicon_loop.lab.retraining import remove_unfinished_models

    with exclusive(lab.folder.training_lock, "a training is running in this lab already; wait for its end"):
        remove_unfinished_models(lab)
        n_new, n_gone = _news(lab)
        due = lab.settings.training.retrain_after_n_results
        if automatic and n_new < max(due, 1) and n_gone == 0:
            return Trained(None, n_new, {}, (), note=f"{n_new} new results; training begins at {due}")
        did = _train(
            lab,
            n_new,
            paper=paper,
            full=full,
            automatic=automatic,
            seed=seed,
            explain=explain,
            bar=progress,
            executor=executor,
        )
    return with_policy(lab, did) if automatic else did


def _news(lab: "Lab") -> tuple[int, int]:
    """How many results the newest run does not know, and how many it knows that were taken back since."""
    with lab.database.read() as reader:
        run = reader.latest_model_run()
        known = {lesson.analysis_id for lesson in reader.lessons(run)} if run else set()
        now = {row.analysis_id for row in reader.teaching_analyses()}
    return len(now - known), len(known - now)


def _train(
    lab: "Lab",
    n_new: int,
    *,
    paper: bool,
    full: bool,
    automatic: bool,
    seed: int | None,
    explain: bool,
    bar: Progress | None,
    executor: Executor | None,
) -> Trained:
    from dataclasses import replace

    from nasicon_loop import predict

    rows, results = training_rows(lab)
    if not rows:
        raise Refusal("there is nothing to learn from; run `nasicon data import` first", "training")
    settings = predict.Settings.paper() if paper else predict.Settings.default()
    settings = replace(settings, is_full=True) if full else settings
    set_threads(lab.settings.training.threads)
    previous = current_run(lab)
    directory = _free_directory(lab)
    used_seed = lab.settings.training.seed if seed is None else seed
    model = predict.train(
        rows,
        directory,
        settings=settings,
        seed=used_seed,
        progress=bar,
        previous=None if previous is None else _directory(lab, previous),
        stability=stability_rows(lab),
        executor=executor,
    )
    run = _keep(lab, model, directory, results, seed=used_seed, trigger="automatic" if automatic else "command")
    return Trained(
        run,
        n_new,
        run.metrics,
        tuple(sorted({row.pellet_label or row.sample_label for row in results})),
        predict.explain(model) if explain else None,
        sessions=tuple(model.manifest["sessions"]),
    )


def _free_directory(lab: "Lab") -> Path:
    """A folder named for the moment; a clock that was set back may show a moment that has a model already."""
    moment = lab.clock.now().strftime("%Y%m%dT%H%M%S%fZ")
    names = (moment, *(f"{moment}-{number}" for number in range(2, 1000)))
    return next(path for name in names if not (path := lab.folder.models / name).exists())


def _keep(
    lab: "Lab", model: "Model", directory: Path, results: Sequence["TeachingRow"], *, seed: int, trigger: str
) -> "ModelRun":
    manifest = model.manifest
    n_lab_rows = int(manifest["n_lab_rows"])
    with lab.database.write(who=lab.who) as writer:
        return writer.add_model_run(
            directory=directory.name,
            data_hash=str(manifest["data_hash"]),
            settings=manifest["settings"],
            metrics=manifest["metrics"],
            n_literature_rows=int(manifest["n_rows"]) - n_lab_rows,
            n_lab_rows=n_lab_rows,
            seed=seed,
            trigger=trigger,
            lessons={row.analysis_id: teaching_row(row).log10_sigma_sd for row in results},
        )


def current_run(lab: "Lab") -> "ModelRun | None":
    """Return the run whose model the lab uses: the newest that is not one of `--paper`, else the newest."""
    with lab.database.read() as reader:
        runs = reader.model_runs()
    for run in reversed(runs):
        if run.settings.get("preset") != "paper" and (_directory(lab, run) / "manifest.json").is_file():
            return run
    return runs[-1] if runs and (_directory(lab, runs[-1]) / "manifest.json").is_file() else None


def current_model(lab: "Lab") -> "tuple[ModelRun, Model]":
    """Return the lab's current model; Refusal when nothing was trained yet."""
    run = current_run(lab)
    if run is None:
        raise Refusal("there is no trained model yet; run `nasicon train`", "model")
    return run, load_model(lab, run)


def load_model(lab: "Lab", run: "ModelRun") -> "Model":
    """Return the model of a run; Refusal when its files are gone or damaged."""
    from nasicon_loop import predict

    set_threads(lab.settings.training.threads)
    return predict.load(_directory(lab, run))


def _directory(lab: "Lab", run: "ModelRun") -> Path:
    name = Path(run.directory).name  # a path from the database is used as a name inside models/ only
    return lab.folder.models / name


def set_threads(n_threads: int) -> None:
    if n_threads > 0:
        import torch

        torch.set_num_threads(n_threads)
