"""The model: networks that learned the literature, corrected by the lab's own results."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Progress, Refusal
from nasicon_loop.predict import bins, store
from nasicon_loop.predict.correction import Correction
from nasicon_loop.predict.crystals import Crystals, crystals
from nasicon_loop.predict.encoder import Encoder
from nasicon_loop.predict.ensemble import Ensemble, fit_ensemble
from nasicon_loop.predict.image import IMAGE_SHAPE
from nasicon_loop.predict.metrics import held_out_metrics, paper_metrics
from nasicon_loop.predict.network import ConductivityNet
from nasicon_loop.predict.prediction import CLASS_EDGES, QUANTILE_LEVELS, Prediction
from nasicon_loop.predict.rows import KINDS, Kind, Row, data_hash
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.table import Table, tabulate, within

Array = NDArray[np.float64]

_LARGEST_SPREAD = 100.0


@dataclass(frozen=True)
class Model:
    """A trained model; `load` or `train` give one."""

    ensemble: Ensemble
    correction: Correction
    manifest: Mapping[str, Any]
    """data_hash, networks_hash, networks ("trained" or "taken over"), settings, metrics, spread, n_rows, n_lab_rows,
    lab_row_ids, lab_rows, skipped, versions, seed, weights_sha256."""

    def predict(
        self, compositions: Sequence[str | Composition], temperature_c: float = 25.0, kind: Kind = "total"
    ) -> Prediction:
        """Return the distributions of log10 sigma (S/cm) at `temperature_c` (°C), of the total or bulk conductivity.

        Raises Refusal (FormulaError) naming the first composition that is not a NASICON, and for a temperature below
        absolute zero.
        """
        if kind not in KINDS:
            raise Refusal(f"kind must be one of {', '.join(KINDS)}", "kind")
        if not temperature_c > -273.15:
            raise Refusal("is below absolute zero", f"{temperature_c} °C")
        batch = crystals(compositions)
        return self._predict(
            batch, np.full(len(batch), float(temperature_c)), [kind] * len(batch), float(temperature_c)
        )

    def predict_crystals(self, batch: Crystals, temperature_c: float = 25.0, kind: Kind = "total") -> Prediction:
        """Return what `predict` returns, for crystals, such as those of structure files."""
        if kind not in KINDS or not temperature_c > -273.15:
            raise Refusal(f"needs a kind of {', '.join(KINDS)}, and a temperature above absolute zero", "prediction")
        shown_c = float(temperature_c)
        return self._predict(batch, np.full(len(batch), shown_c), [kind] * len(batch), shown_c)

    def _predict(self, batch: Crystals, temperature_c: Array, kinds: list[str], shown_c: float) -> Prediction:
        settings, edges = self.ensemble.settings, self.ensemble.edges
        networks = self.ensemble.distributions(batch, temperature_c, kinds)
        total = bins.moments(networks.probabilities, edges)[1]
        learnable = _learnable(total, networks.member_variance, settings)
        shift, reduction = self.correction.apply(batch, temperature_c, kinds, np.sqrt(learnable))
        probabilities = networks.probabilities
        if self.correction.rows:
            probabilities = bins.moved(probabilities, edges, shift, np.sqrt((total - reduction) / total))
        mean, variance = bins.moments(probabilities, edges)
        epistemic = np.clip(variance * (learnable - reduction) / (total - reduction), 0.0, variance)
        return Prediction(
            formulas=batch.formulas,
            temperature_c=shown_c,
            mean=mean,
            sd=np.sqrt(variance),
            epistemic_sd=np.sqrt(epistemic),
            noise_sd=np.sqrt(np.maximum(variance - epistemic, 0.0)),
            quantiles=bins.quantiles(probabilities, edges, QUANTILE_LEVELS),
            quantile_levels=QUANTILE_LEVELS,
            class_probabilities=bins.class_probabilities(probabilities, edges, CLASS_EDGES),
            bin_probabilities=probabilities,
            bin_edges=edges,
            correction=shift,
        )


def train(
    rows: Sequence[Row],
    directory: str | Path,
    *,
    settings: Settings | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    previous: str | Path | None = None,
) -> Model:
    """Train on rows, write the model to `directory` as one step, and return it.

    When `previous` is a model with the same literature rows, settings and seed, its networks are taken over bit by bit
    and only the correction is made anew: the result is the same as training from the start, which is what happens when
    `previous` is gone, damaged or different. Deterministic by seed.
    Raises Refusal when too few rows are usable, row ids repeat, or `directory` holds something else.
    """
    settings = settings or Settings.default()
    store.refuse_foreign(Path(directory))
    _check_ids(rows)
    table = tabulate(sorted(rows, key=lambda row: row.row_id))  # the order they come in must not matter
    is_lab = np.array([row.origin == "lab" for row in table.rows], dtype=bool)
    lab = table.take(np.flatnonzero(is_lab))
    literature = within(table.take(np.flatnonzero(~is_lab)), settings.temperature_window_c)
    taught = _joined(literature, lab) if settings.is_full else literature
    taught_hash = data_hash(taught.rows)
    reused = _reused(previous, taught_hash, settings, seed)
    ensemble, metrics = reused or _fitted(taught, settings, seed, progress)
    correction = _correct(ensemble, lab)
    manifest = {
        "data_hash": data_hash(rows),
        "networks_hash": taught_hash,
        "networks": "taken over" if reused else "trained",
        "settings": settings.to_dict(),
        "metrics": metrics,
        "spread": ensemble.spread,
        "n_rows": len(taught.rows) + (0 if settings.is_full else len(lab.rows)),
        "n_literature_rows": len(literature.rows),
        "n_lab_rows": len(lab.rows),
        "lab_row_ids": [row.row_id for row in lab.rows],
        "lab_rows": [_row_document(row) for row in lab.rows],
        "skipped": [list(pair) for pair in table.skipped],
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("nasicon_loop", "torch", "numpy", "scipy")},
        },
        "seed": seed,
    }
    written = store.write(Path(directory), _arrays(ensemble, correction), manifest)
    return Model(ensemble, correction, MappingProxyType(written))


def load(directory: str | Path) -> Model:
    """Return the model in a directory; Refusal when it is missing, damaged or not ours."""
    arrays, manifest = store.read(Path(directory))
    try:
        ensemble = _ensemble_from(arrays, manifest)
        rows = tuple(Row(**document) for document in manifest["lab_rows"])
        correction = Correction(
            rows,
            crystals([row.formula for row in rows]),
            arrays["correction.residual"],
            arrays["correction.scale"],
            ensemble.settings.pellet_scatter_sd,
        )
    except (LookupError, TypeError, ValueError, RuntimeError, AttributeError, ArithmeticError) as error:
        raise Refusal("the manifest and the weights do not fit together; train again", directory) from error
    return Model(ensemble, correction, MappingProxyType(manifest))


def _learnable(total: Array, member_variance: Array, settings: Settings) -> Array:
    member = np.minimum(member_variance, total)
    return np.asarray(member + settings.learnable_fraction * (total - member), dtype=np.float64)


def _correct(ensemble: Ensemble, lab: Table) -> Correction:
    networks = ensemble.distributions(lab.batch, lab.temperature_c, lab.kinds)
    mean, total = bins.moments(networks.probabilities, ensemble.edges)
    scale = np.sqrt(_learnable(total, networks.member_variance, ensemble.settings))
    return Correction(lab.rows, lab.batch, lab.target - mean, scale, ensemble.settings.pellet_scatter_sd)


def _fitted(table: Table, settings: Settings, seed: int, progress: Progress | None) -> tuple[Ensemble, dict[str, Any]]:
    metrics: dict[str, Any] = {}
    if settings.preset == "paper":
        metrics.update(paper_metrics(table, settings, seed, progress))
    ensemble, held_out = fit_ensemble(table, settings, seed, progress)
    metrics.update(held_out_metrics(table, held_out, settings))
    return ensemble, metrics


def _reused(
    previous: str | Path | None, taught_hash: str, settings: Settings, seed: int
) -> tuple[Ensemble, dict[str, Any]] | None:
    if previous is None:
        return None
    try:
        arrays, manifest = store.read(Path(previous))
    except Refusal:
        return None  # gone or damaged: training from the start gives the same, only later
    wanted = {"networks_hash": taught_hash, "settings": settings.to_dict(), "seed": seed}
    if any(manifest.get(name) != value for name, value in wanted.items()):
        return None
    return _ensemble_from(arrays, manifest), dict(manifest["metrics"])


def _check_ids(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.row_id in seen:
            raise Refusal("occurs twice among the training rows", f"row {row.row_id}")
        seen.add(row.row_id)


def _joined(literature: Table, lab: Table) -> Table:
    rows = literature.rows + lab.rows
    return Table(rows, crystals([row.formula for row in rows]), literature.skipped)


def _row_document(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}


def _arrays(ensemble: Ensemble, correction: Correction) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {f"encoder.{k}": v for k, v in ensemble.encoder.to_arrays().items()}
    for number, member in enumerate(ensemble.members):
        arrays.update({f"member{number}.{k}": v.numpy() for k, v in member.state_dict().items()})
    arrays["correction.residual"] = correction.residual
    arrays["correction.scale"] = correction.scale
    return arrays


def _ensemble_from(arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]) -> Ensemble:
    settings = Settings.from_dict(manifest["settings"])
    encoder = Encoder.from_arrays(
        {name.removeprefix("encoder."): array for name, array in arrays.items() if name.startswith("encoder.")}
    )
    members = []
    for number in range(settings.n_members):
        prefix = f"member{number}."
        n_points = len(arrays[f"{prefix}prior_dual"])
        member = ConductivityNet(IMAGE_SHAPE, len(encoder.feature_mean), settings, n_points)
        member.load_state_dict(
            {k.removeprefix(prefix): torch.from_numpy(v.copy()) for k, v in arrays.items() if k.startswith(prefix)}
        )
        members.append(member.eval())
    spread = float(manifest["spread"])
    if not 0 < spread < _LARGEST_SPREAD or not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError("a spread or a weight that is no number of a trained model")
    return Ensemble(encoder, tuple(members), settings, spread)
