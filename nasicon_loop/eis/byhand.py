"""A fit that a person designs: their circuit, fixed or bounded parameters, masked points, their name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nasicon_loop.core import Refusal, plain
from nasicon_loop.eis.analysis import Analysis
from nasicon_loop.eis.branches import Reading
from nasicon_loop.eis.candidates import Candidate
from nasicon_loop.eis.circuit import Circuit
from nasicon_loop.eis.conclusion import cross_check, relative_sd, with_fit, with_leads_note
from nasicon_loop.eis.elements import Complex, Real
from nasicon_loop.eis.evidence import Evidence
from nasicon_loop.eis.gates import Gates
from nasicon_loop.eis.geometry import Geometry
from nasicon_loop.eis.leads import CORRECTION
from nasicon_loop.eis.modelfit import ModelFit
from nasicon_loop.eis.screen import screened
from nasicon_loop.eis.settings import Settings
from nasicon_loop.eis.solver import fit_batch
from nasicon_loop.eis.told import by_hand_gate, check_places
from nasicon_loop.eis.verdict import settled, verdict_of

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

_N_STARTS = 64
_N_POLISHED = 3
_UNKNOWN_STRUCTURE = Candidate(has_series_r=False, n_arcs=0, tail="none")


def fit_by_hand(
    spectrum: "Spectrum",
    circuit: str,
    *,
    electrolyte: Sequence[str],
    made_by: str,
    fixed: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    start: Mapping[str, float] | None = None,
    masked: Sequence[int] = (),
    geometry: Geometry | None = None,
    settings: Settings | None = None,
) -> Analysis:
    """Fit this circuit; R_total is the sum of the `electrolyte` resistors (names as in the circuit, "R0").

    `fixed` holds parameters at a value, `bounds` keeps them within (low, high), `start` gives starting values where the
    data should not; `masked` are places in the spectrum that weigh nothing, besides the outliers. The verdict is review
    at best: signing is a second step. Raises Refusal for a circuit outside the grammar, unknown names, bad bounds,
    places that the spectrum does not have, or no name of a person.
    """
    if not made_by.strip():
        raise Refusal("a fit by hand carries the name of who made it", "made_by")
    rules = settings or Settings()
    model = Circuit.compile(circuit)
    box = _box(model, fixed or {}, bounds or {})
    _check_names(model, electrolyte, start or {}, masked, spectrum.n_points)
    gates = Gates(rules)
    data = screened(np.asarray(spectrum.frequency_hz), np.asarray(spectrum.impedance_ohm), rules)
    evidence = Evidence.of(data, gates, rules)
    places = tuple(sorted(set(masked)))
    by_hand = by_hand_gate(plain(made_by), len(places), spectrum.n_points)
    if evidence is None:
        verdict, reasons = verdict_of(gates.met)
        return Analysis(verdict, reasons, gates=(*gates.met, by_hand), made_by=plain(made_by), left_out=places)
    hidden = evidence.test.masked | np.isin(data.index, list(masked))
    if (~hidden).sum() < rules.min_points:
        raise Refusal(
            f"{(~hidden).sum()} points would be left; a fit by hand needs at least {rules.min_points}", "masked points"
        )
    fit = _fit(model, evidence, hidden, box, _starts(model, data.frequency_hz, data.impedance_ohm, box, start or {}))
    names = list(electrolyte)
    reading = Reading(fit, (), tuple(names), sum(fit.by_name[n] for n in names), fit.sum_rel_sd(names))
    rel_sd = relative_sd(reading, 0.0, evidence, rules)
    gates.at_most("fit", fit.rms)
    gates.at_most("precision", rel_sd)
    base = Analysis(
        "review",
        (),
        notes=evidence.notes(rules),
        kk_rms=evidence.test.rms,
        noise=evidence.test.rms,
        masked=tuple(int(i) for i in data.index[hidden]),
        cross_check=cross_check(reading, evidence.minima),
        gates=(*gates.met, by_hand),
        temperature_c=spectrum.temperature_c,
        temperature_c_sd=spectrum.temperature_c_sd,
        temperature_source=spectrum.temperature_source,
        geometry=geometry,
        made_by=plain(made_by),
        leads=spectrum.metadata.get(CORRECTION),
        left_out=places,
    )
    made = replace(with_fit(base, reading, rel_sd), split_note="total only")
    return settled(with_leads_note(made, rules), rules)


def _box(model: Circuit, fixed: Mapping[str, float], bounds: Mapping[str, tuple[float, float]]) -> Real:
    box = model.bounds.copy()
    for name, pair in {**bounds, **{name: (value, value) for name, value in fixed.items()}}.items():
        if name not in model.names:
            raise Refusal(
                f"{model.text} has no parameter {plain(name)}; it has {', '.join(model.names)}", "fit by hand"
            )
        low, high = float(pair[0]), float(pair[1])
        if not (0 < low <= high < np.inf):
            raise Refusal(
                f"{name} cannot lie between {low:g} and {high:g}: bounds are positive, low first", "fit by hand"
            )
        box[model.names.index(name)] = (low, high)
    return box


def _check_names(
    model: Circuit, electrolyte: Sequence[str], start: Mapping[str, float], masked: Sequence[int], n_points: int
) -> None:
    resistors = [name for name in model.names if model.units[model.names.index(name)] == "Ohm"]
    if not electrolyte or any(name not in resistors for name in electrolyte):
        raise Refusal(f"name the resistances of the electrolyte among {', '.join(resistors)}", "fit by hand")
    unknown = [name for name, value in start.items() if name not in model.names or not value > 0]
    if unknown:
        raise Refusal(
            f"{plain(unknown[0])} is no parameter of {model.text}, or its start is not positive", "fit by hand"
        )
    check_places(masked, n_points)


def _starts(model: Circuit, f: Real, z: Complex, box: Real, start: Mapping[str, float]) -> Real:
    """Return starts (m, k): values of the size that the data allow, spread evenly in the logarithm, always the same."""
    random = np.random.default_rng(0)
    omega = 2.0 * np.pi * np.array([f.min(), f.max()])
    low, high = float(np.abs(z).min()), float(np.abs(z).max())
    shape = (_N_STARTS,)
    r = np.exp(random.uniform(np.log(0.05 * low), np.log(2.0 * high), size=shape))
    w = np.exp(random.uniform(np.log(omega[0]), np.log(omega[1]), size=shape))
    columns = []
    for unit in model.units:
        r = random.permutation(r)
        w = random.permutation(w)
        by_unit = {
            "": random.uniform(0.6, 1.0, size=shape),
            "sec": 1.0 / w,
            "F": 1.0 / (r * w),
            "H": 0.01 * r / omega[1],
            "Ohm sec^-1/2": r * np.sqrt(w),
            "Ohm^-1 sec^a": w**-0.85 / r,
            "H sec": 0.01 * r / omega[1],
            "F sec^(gamma - 1)": 1.0 / (r * w),
        }
        columns.append(by_unit.get(unit, r))
    starts = np.clip(np.column_stack(columns), box[:, 0], box[:, 1])
    for name, value in start.items():
        place = model.names.index(name)
        starts[:, place] = np.clip(value, *box[place])
    return np.asarray(starts)


def _fit(
    model: Circuit, evidence: Evidence, hidden: "np.ndarray[tuple[int], np.dtype[np.bool_]]", box: Real, starts: Real
) -> ModelFit:
    f, z = evidence.data.frequency_hz, evidence.data.impedance_ohm
    weights = np.where(hidden, 0.0, 1.0 / np.abs(z))
    if 2 * int(np.count_nonzero(weights)) <= model.n_parameters:
        raise Refusal("too many points are masked to fit this circuit", "fit by hand")
    coarse = fit_batch(model, f, z, starts, weights=weights, bounds=box, max_iterations=40, tolerance=1e-6)
    best = np.argsort(coarse.cost)[:_N_POLISHED]
    fine = fit_batch(model, f, z, coarse.parameters[best], weights=weights, bounds=box, max_iterations=150)
    k = int(np.argmin(fine.cost))
    n_residuals = 2 * int(np.count_nonzero(weights))
    return ModelFit(_UNKNOWN_STRUCTURE, model, f, weights, fine.parameters[k], float(fine.cost[k]), n_residuals, box)
