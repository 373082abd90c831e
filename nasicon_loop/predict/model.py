"""The model: networks that learned the literature, corrected by the lab's own results."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Executor, Progress, Refusal
from nasicon_loop.predict import bins, store
from nasicon_loop.predict.correction import Correction
from nasicon_loop.predict.crystals import Crystals, crystals
from nasicon_loop.predict.ensemble import Ensemble
from nasicon_loop.predict.fitting import fit_ensemble
from nasicon_loop.predict.held_out import HeldOutRows, held_out_rows
from nasicon_loop.predict.hull import MIN_STABILITY_ROWS, Hull, HullNets, fit_hull, usable
from nasicon_loop.predict.metrics import held_out_metrics, paper_metrics
from nasicon_loop.predict.prediction import CLASS_EDGES, QUANTILE_LEVELS, Prediction, Summary
from nasicon_loop.predict.pretraining import Pretrained, from_hull
from nasicon_loop.predict.rows import KINDS, Kind, Row, StabilityRow, data_hash, stability_hash
from nasicon_loop.predict.settings import Settings
from nasicon_loop.predict.splits import families
from nasicon_loop.predict.stored import arrays_of, ensemble_from
from nasicon_loop.predict.table import Table, tabulate, within

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A trained model; `load` or `train` give one."""

    ensemble: Ensemble
    correction: Correction
    hull_nets: HullNets | None
    """Networks for the energy above hull; None when no table of stabilities was there."""
    manifest: Mapping[str, Any]
    """data_hash, networks_hash, networks ("trained" or "taken over"), stability_hash, settings, metrics, spread, share,
    n_rows, n_lab_rows, n_stability_rows, lab_row_ids, lab_rows, sessions, skipped, versions, seed, weights_sha256."""
    held_out: HeldOutRows | None = None
    """What members and trees said about rows that they had not seen; None for models that hold nothing out."""

    def predict(
        self, compositions: Sequence[str | Composition], temperature_c: float = 25.0, kind: Kind = "total"
    ) -> Prediction:
        """Return the distributions of log10 sigma (S/cm) at `temperature_c` (°C), of the total or bulk conductivity.

        Raises Refusal (FormulaError) naming the first composition that is not a NASICON, and for a temperature below
        absolute zero.
        """
        return self.predict_crystals(crystals(compositions), temperature_c, kind)

    def predict_crystals(self, batch: Crystals, temperature_c: float = 25.0, kind: Kind = "total") -> Prediction:
        """Return what `predict` does for crystals that are there already; the same numbers."""
        _check_conditions(temperature_c, kind)
        return self._predict(
            batch, np.full(len(batch), float(temperature_c)), [kind] * len(batch), float(temperature_c)
        )

    def summary(self, batch: Crystals, temperature_c: float = 25.0, kind: Kind = "total") -> Summary:
        """Return mean, sd and epistemic sd (n,) without the distributions: the same to 0.001 dex, many times faster.

        What lies outside the bins is not cut off here. Raises Refusal as `predict` does.
        """
        _check_conditions(temperature_c, kind)
        temperatures, kinds = np.full(len(batch), float(temperature_c)), [str(kind)] * len(batch)
        if not self.ensemble.settings.is_parametric:
            found = self._predict(batch, temperatures, kinds, float(temperature_c))
            return Summary(found.mean, found.sd, found.epistemic_sd)
        normals = self.ensemble.normals(batch, temperatures, kinds)
        mean, total = normals.moments
        total = total + np.diff(self.ensemble.edges).mean() ** 2 / 12  # the bins' own width, as in the distributions
        learnable = _learnable(total, normals.mean.var(axis=1), self.ensemble.settings)
        shift, reduction = self.correction.apply(batch, temperatures, kinds, np.sqrt(learnable))
        return Summary(mean + shift, np.sqrt(total - reduction), np.sqrt(np.maximum(learnable - reduction, 0.0)))

    def loadings(self, compositions: Sequence[str | Composition], temperature_c: float = 25.0) -> Array:
        """Return (n, k) dex: what the k members disagree about at each composition, after the lab's own results.

        Times its transpose it is the part of the epistemic covariance that compositions have in common because the
        networks disagree alike about them; the square sums are at most `epistemic_sd` squared. k is 0 for networks
        without members. Raises Refusal as `predict` does.
        """
        batch = crystals(compositions)
        if not self.ensemble.settings.is_parametric:
            return np.zeros((len(batch), 0))
        temperatures, kinds = np.full(len(batch), float(temperature_c)), ["total"] * len(batch)
        normals = self.ensemble.normals(batch, temperatures, kinds)
        learnable = _learnable(normals.moments[1], normals.mean.var(axis=1), self.ensemble.settings)
        _, reduction = self.correction.apply(batch, temperatures, kinds, np.sqrt(learnable))
        left = np.sqrt(np.maximum(learnable - reduction, 0.0) / learnable)
        apart = normals.mean - normals.mean.mean(axis=1, keepdims=True)
        return np.asarray(apart * left[:, None] / np.sqrt(normals.mean.shape[1]), dtype=np.float64)

    def hull(self, batch: Crystals) -> Hull | None:
        """Return energies above hull and their support for n crystals; None when no stabilities were learned."""
        return None if self.hull_nets is None else self.hull_nets.ask(batch)

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
    stability: Sequence[StabilityRow] = (),
    executor: Executor | None = None,
) -> Model:
    """Train on rows, write the model to `directory` as one step, and return it.

    `stability` are computed energies above hull: trunks learn them first, and `Model.hull` then knows them. When
    `previous` is a model with the same literature and stability rows, settings and seed, its networks are taken over
    bit by bit and only the correction is made anew; when only the literature differs, its trunks are. The result is the
    same as training from the start, which is what happens when `previous` is gone, damaged or different. Deterministic
    by seed; networks, members, and the trees of each fold are items of the `executor`, and the result does not depend
    on which.
    Raises Refusal when too few rows are usable, row ids repeat, or `directory` holds something else.
    """
    settings = settings or Settings.default()
    store.refuse_foreign(Path(directory))
    _check_ids(rows)
    table = tabulate(sorted(rows, key=lambda row: row.row_id))  # the order they come in must not matter
    is_lab = np.array([row.origin == "lab" for row in table.rows], dtype=bool)
    lab = table.take(np.flatnonzero(is_lab))
    literature = within(table.take(np.flatnonzero(~is_lab)), settings.temperature_window_c)
    taught = literature.followed_by(lab) if settings.is_full else literature
    taught_hash = data_hash(taught.rows)
    wanted = {"stability_hash": stability_hash(stability), "settings": settings.to_dict(), "seed": seed}
    old = _earlier(previous, wanted)
    reused = old is not None and old.manifest["networks_hash"] == taught_hash
    if old is not None and reused:
        ensemble, hull_nets, metrics = old.ensemble, old.hull_nets, dict(old.manifest["metrics"])
        held_out = old.held_out
        skipped_stability = [tuple(pair) for pair in old.manifest["skipped_stability"]]
    else:
        hull_nets, skipped_stability = _hull_nets(stability, settings, seed, old, progress=progress, executor=executor)
        pretrained = None if hull_nets is None else from_hull(hull_nets)
        ensemble, metrics, held_out = _fitted(
            taught, settings, seed, progress=progress, pretrained=pretrained, executor=executor
        )
    correction = _correct(ensemble, lab)
    manifest = {
        "data_hash": data_hash(rows),
        "networks_hash": taught_hash,
        "networks": "taken over" if reused else "trained",
        "settings": settings.to_dict(),
        "metrics": metrics,
        **asdict(ensemble.balance),
        "target_mean": ensemble.target_mean,
        "target_sd": ensemble.target_sd,
        "stability_hash": wanted["stability_hash"],
        "n_stability_rows": len(stability) - len(skipped_stability) if hull_nets is not None else 0,
        "skipped_stability": [list(pair) for pair in skipped_stability],
        "n_rows": len(taught.rows) + (0 if settings.is_full else len(lab.rows)),
        "n_literature_rows": len(literature.rows),
        "n_lab_rows": len(lab.rows),
        "lab_row_ids": [row.row_id for row in lab.rows],
        "lab_rows": [_row_document(row) for row in lab.rows],
        "sessions": [asdict(offset) for offset in correction.sessions()],
        "skipped": [list(pair) for pair in table.skipped],
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("nasicon_loop", "torch", "numpy", "scipy")},
        },
        "seed": seed,
    }
    written = store.write(Path(directory), arrays_of(ensemble, hull_nets, correction, held_out), manifest)
    return Model(ensemble, correction, hull_nets, MappingProxyType(written), held_out)


def load(directory: str | Path) -> Model:
    """Return the model in a directory; Refusal when it is missing, damaged or not ours."""
    arrays, manifest = store.read(Path(directory))
    try:
        ensemble, hull_nets = ensemble_from(arrays, manifest)
        held_out = HeldOutRows.from_arrays(arrays)
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
    return Model(ensemble, correction, hull_nets, MappingProxyType(manifest), held_out)


def _check_conditions(temperature_c: float, kind: str) -> None:
    if kind not in KINDS:
        raise Refusal(f"kind must be one of {', '.join(KINDS)}", "kind")
    if not temperature_c > -273.15:
        raise Refusal("is below absolute zero", f"{temperature_c} °C")


def _learnable(total: Array, member_variance: Array, settings: Settings) -> Array:
    member = np.minimum(member_variance, total)
    return np.asarray(member + settings.learnable_fraction * (total - member), dtype=np.float64)


def _correct(ensemble: Ensemble, lab: Table) -> Correction:
    networks = ensemble.distributions(lab.batch, lab.temperature_c, lab.kinds)
    mean, total = bins.moments(networks.probabilities, ensemble.edges)
    scale = np.sqrt(_learnable(total, networks.member_variance, ensemble.settings))
    return Correction(lab.rows, lab.batch, lab.target - mean, scale, ensemble.settings.pellet_scatter_sd)


def _fitted(
    table: Table,
    settings: Settings,
    seed: int,
    *,
    progress: Progress | None,
    pretrained: Pretrained | None,
    executor: Executor | None,
) -> tuple[Ensemble, dict[str, Any], HeldOutRows | None]:
    metrics: dict[str, Any] = {}
    if settings.preset == "paper":
        metrics.update(paper_metrics(table, settings, seed, executor=executor, progress=progress))
    ensemble, held_out = fit_ensemble(
        table, settings, seed, progress=progress, pretrained=pretrained, executor=executor
    )
    metrics.update(held_out_metrics(table, held_out))
    return ensemble, metrics, held_out_rows(table.target, held_out.mean, held_out.sd, families(table))


def _hull_nets(
    stability: Sequence[StabilityRow],
    settings: Settings,
    seed: int,
    old: Model | None,
    *,
    progress: Progress | None,
    executor: Executor | None,
) -> tuple[HullNets | None, list[tuple[str, str]]]:
    """Return networks for the energy above hull, those of an earlier model that fits, or None with too few rows."""
    if len(stability) < MIN_STABILITY_ROWS or not settings.is_parametric:
        return None, []
    if old is not None and old.hull_nets is not None:
        return old.hull_nets, [tuple(pair) for pair in old.manifest["skipped_stability"]]
    batch, energies, skipped = usable(stability)
    if len(batch) < MIN_STABILITY_ROWS:
        return None, list(skipped)
    return fit_hull(batch, energies, settings, seed, executor=executor, progress=progress), list(skipped)


def _earlier(previous: str | Path | None, wanted: Mapping[str, Any]) -> Model | None:
    if previous is None:
        return None
    try:
        old = load(previous)
    except Refusal:
        return None  # gone or damaged: training from the start gives the same, only later
    return old if all(old.manifest.get(name) == value for name, value in wanted.items()) else None


def _check_ids(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.row_id in seen:
            raise Refusal("occurs twice among the training rows", f"row {row.row_id}")
        seen.add(row.row_id)


def _row_document(row: Row) -> dict[str, Any]:
    """What a row of the lab is, without what is not set and came later: manifests of earlier versions have none."""
    later = {"session", "is_reference", "structure"}
    told = {name: getattr(row, name) for name in Row.__dataclass_fields__}
    return {name: value for name, value in told.items() if value or name not in later}
