"""Use case: what the current model says about formulas and structure files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal
from nasicon_loop.lab.learning import current_model, training_rows

if TYPE_CHECKING:
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.predict import Hull


def predict_things(
    lab: "Lab", things: Sequence[str], *, temperature_c: float = 25.0, reasons: bool = False
) -> tuple[list[dict[str, Any]], list[Refusal]]:
    """Predict formulas and CIF files with the current model; what cannot be read is refused one by one.

    A formula stands on its prototype, a CIF on its own structure. Records come in the order of `things`. Each says what
    is known of the energy above hull ("hull", None without a table of stabilities), and with `reasons` why the
    prediction is what it is ("why"; of a CIF, why its formula's is).
    """
    from nasicon_loop import predict
    from nasicon_loop.lab.makeable import makeable
    from nasicon_loop.lab.structures import is_cif, readable

    read: dict[int, Any] = {}
    refusals = []
    for place, thing in enumerate(things):
        try:
            read[place] = readable(thing)
        except Refusal as refusal:
            refusals.append(Refusal(refusal.reason, thing))
    if not read:
        return [], refusals
    run, model = current_model(lab)
    name = f"run {run.number} ({run.data_hash[:12]})"
    rows = training_rows(lab)[0] if reasons else []
    is_makeable = makeable(lab) if reasons else None
    formulas = [place for place in read if not is_cif(things[place])]
    batches = [([place], read[place]) for place in read if place not in formulas]
    if formulas:
        batches.append((formulas, predict.crystals_of([read[place] for place in formulas])))
    documents: dict[int, dict[str, Any]] = {}
    for places, batch in batches:
        hull = model.hull(batch)
        records = model.predict_crystals(batch, temperature_c).records()
        for k, (place, record) in enumerate(zip(places, records, strict=True)):
            documents[place] = {"schema": 1, **record, "model": name}
            documents[place]["hull"] = None if hull is None else _hull_document(hull, k)
            if place not in formulas:
                documents[place]["structure"] = things[place]
            if reasons:
                documents[place]["why"] = predict.why(
                    model, rows, batch.formulas[k], temperature_c, is_makeable=is_makeable
                ).to_dict()
    return [documents[place] for place in sorted(documents)], refusals


def _hull_document(hull: "Hull | None", k: int) -> dict[str, Any]:
    """Return the energy above hull of one composition; numbers only where all its cations occur in the table."""
    if hull is None or not hull.is_supported[k]:
        return {"is_supported": False, "energy_above_hull_ev": None, "energy_above_hull_ev_sd": None, "p_stable": None}
    return {
        "is_supported": True,
        "energy_above_hull_ev": float(hull.energy_ev[k]),
        "energy_above_hull_ev_sd": float(hull.sd_ev[k]),
        "p_stable": float(hull.p_stable[k]),
    }
