"""Bulk and grain boundary, only where the spectrum shows them apart."""

from dataclasses import dataclass

from nasicon_loop.eis.branches import Arc, Reading

_MAX_REL_SD = 0.15
_LARGEST_BULK_F = 1e-9
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Split:
    """Resistances of bulk and grain boundary with their sd in ohm, or None, and a note in words."""

    r_bulk_ohm: float | None = None
    r_bulk_ohm_sd: float | None = None
    r_gb_ohm: float | None = None
    r_gb_ohm_sd: float | None = None
    note: str = "total only"


def split(reading: Reading, f_max_hz: float) -> Split:
    """Return R_bulk and R_gb of a reading.

    One arc of grain-boundary size behind a series resistor: the resistor is the bulk as high-frequency intercept. Two
    arcs without one: the faster is the bulk if its capacitance is small and its apex was measured. Else "total only".
    """
    arcs = reading.electrolyte_arcs
    has_series_r = "R0" in reading.electrolyte
    if has_series_r and len(arcs) == 1 and arcs[0].apex_hz < f_max_hz and arcs[0].capacitance_f > _LARGEST_BULK_F / 10:
        note = "bulk as high-frequency intercept (with contacts and leads); its own arc lies above the window"
        return _pair(reading, "R0", arcs[0], note)
    if not has_series_r and len(arcs) == 2 and _is_bulk(arcs[0], arcs[1], f_max_hz):
        return _pair(reading, arcs[0].resistor, arcs[1], "bulk and grain boundary as two arcs")
    return Split()


def _is_bulk(fast: Arc, slow: Arc, f_max_hz: float) -> bool:
    return fast.apex_hz < f_max_hz and fast.capacitance_f < min(_LARGEST_BULK_F, slow.capacitance_f / 3.0)


def _pair(reading: Reading, bulk: str, boundary: Arc, note: str) -> Split:
    fit = reading.fit
    r_bulk, r_gb = fit.by_name[bulk], boundary.r_ohm
    sd_bulk, sd_gb = fit.sum_rel_sd([bulk]), fit.sum_rel_sd([boundary.resistor])
    if max(sd_bulk, sd_gb) > _MAX_REL_SD or min(r_bulk, r_gb) < _LEAST_SHARE * (r_bulk + r_gb):
        return Split(note="total only (the spectrum does not resolve bulk and grain boundary)")
    return Split(r_bulk, r_bulk * sd_bulk, r_gb, r_gb * sd_gb, note)
