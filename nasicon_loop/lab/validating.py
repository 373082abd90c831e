"""Use cases of validating: how good the model is on rows that it has not seen, beside simpler ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Executor, Progress, Refusal
from nasicon_loop.lab.learning import current_run, set_threads, stability_rows, training_rows

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import DopantsLeftOut, Row, Settings, Validation
    from nasicon_loop.report import HeldOutView

CAVEAT = "the spreads were fitted to these rows; a cross-validation is the stricter question"


@dataclass(frozen=True, slots=True)
class StoredQuality:
    """What the current model said, while it was trained, about rows that it had not seen."""

    run: int
    view: "HeldOutView"
    caveat: str = CAVEAT

    def document(self) -> dict[str, Any]:
        """Return the object that `nasicon validate --stored --json` prints."""
        view = self.view
        return {
            "schema": 1,
            "model_run": self.run,
            "n": len(view.measured),
            "mae": view.mae,
            "coverage90": view.covered90,
            "calibration": {"nominal": view.nominal, "held_out": view.covered},
            "caveat": self.caveat,
            "rows": [
                {"family": family, "measured": measured, "mean": mean, "low": low, "high": high}
                for family, measured, mean, low, high in zip(
                    view.families, view.measured, view.predicted, view.low, view.high, strict=True
                )
            ],
        }


def stored_quality(lab: "Lab", *, plot: Path | None = None) -> StoredQuality:
    """Return parity and calibration of the current model on the rows that it held out; `plot` draws them.

    Nothing is computed anew and no network is loaded. Raises Refusal when nothing was trained yet, or the model was
    stored without held-out rows.
    """
    from nasicon_loop import predict
    from nasicon_loop.lab.pictures import draw_held_out, stored_view
    from nasicon_loop.report import refuse_picture

    if plot is not None:
        refuse_picture(plot)
    run = current_run(lab)
    if run is None:
        raise Refusal("there is no trained model yet; run `nasicon train`", "model")
    rows = predict.read_held_out(lab.folder.models / Path(run.directory).name)
    found = StoredQuality(run.number, stored_view(rows, f"model run {run.number}, while it was trained"))
    if plot is not None:
        draw_held_out([found.view], plot)
    return found


def validate_model(
    lab: "Lab",
    *,
    quick: bool = False,
    plot: Path | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> "Validation":
    """Cross-validate on all rows that may teach; nothing is stored. The `executor` does fold by fold.

    `plot` draws parity, residuals and calibration of each split (.png or .svg). Raises Refusal for another suffix
    before the work begins.
    """
    from nasicon_loop import predict

    if plot is not None:
        from nasicon_loop.report import refuse_picture

        refuse_picture(plot)
    rows, settings = _question(lab, quick=quick)
    found = predict.validate(
        rows,
        settings=settings,
        seed=lab.settings.training.seed,
        progress=progress,
        executor=executor,
        stability=stability_rows(lab),
    )
    if plot is not None:
        from nasicon_loop.lab.pictures import draw_validation

        draw_validation(found, plot)
    return found


def validate_dopants(
    lab: "Lab", *, quick: bool = False, progress: Progress | None = None, executor: Executor | None = None
) -> "DopantsLeftOut":
    """Leave every dopant out in turn, and the paper's compounds; nothing is stored. The `executor` does one by one."""
    from nasicon_loop import predict

    rows, settings = _question(lab, quick=quick)
    return predict.leave_dopants_out(
        rows,
        settings=settings,
        seed=lab.settings.training.seed,
        progress=progress,
        executor=executor,
        stability=stability_rows(lab),
    )


def _question(lab: "Lab", *, quick: bool) -> "tuple[list[Row], Settings]":
    from nasicon_loop import predict

    rows, _ = training_rows(lab)
    if not rows:
        raise Refusal("there is nothing to learn from; run `nasicon data import` first", "validation")
    set_threads(lab.settings.training.threads)
    return rows, predict.Settings.quick() if quick else predict.Settings.default()
