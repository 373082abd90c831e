"""What the columns of somebody's table mean, by their names. A unit that the header does not name is never guessed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nasicon_loop.core import Refusal, plain
from nasicon_loop.core.units import ZERO_CELSIUS_K

Convert = Callable[[float], float]


def _times(factor: float) -> Convert:
    return lambda value: value * factor


def _power_of_ten(factor: float) -> Convert:
    return lambda value: factor * 10.0**value


_SIGMA_UNITS = {"s_cm": 1.0, "ms_cm": 1e-3, "us_cm": 1e-6, "s_m": 1e-2}
_SIGMA = {f"{name}_{unit}": _times(k) for name in ("sigma", "conductivity") for unit, k in _SIGMA_UNITS.items()}
_LOG_SIGMA = {
    f"{name}_{unit}": _power_of_ten(k)
    for name in ("log10_sigma", "log10_conductivity")  # a plain `log` may be the natural one
    for unit, k in _SIGMA_UNITS.items()
}
_TEMPERATURE: dict[str, Convert] = {
    **{name: _times(1.0) for name in ("temperature_c", "t_c")},
    **{name: lambda kelvin: kelvin - ZERO_CELSIUS_K for name in ("temperature_k", "t_k")},
}
_ENERGY = {
    **{f"{name}_ev": _times(1.0) for name in ("activation_energy", "ea", "e_a")},
    **{f"{name}_mev": _times(1e-3) for name in ("activation_energy", "ea", "e_a")},
}
_HULL = {f"{name}_{unit}_atom": _times(k) for name in ("e_hull", "ehull") for unit, k in (("mev", 1.0), ("ev", 1e3))}
_NUMBERS: dict[str, dict[str, Convert]] = {
    "sigma_s_cm": {**_SIGMA, **_LOG_SIGMA},
    "temperature_c": _TEMPERATURE,
    "activation_energy_ev": _ENERGY,
    "sintering_c": {name: _times(1.0) for name in ("sintering_c", "sintering_t_c", "sintering_temperature_c")},
    "sintering_h": {name: _times(1.0) for name in ("sintering_h", "sintering_time_h")},
    "e_hull_mev_atom": _HULL,
    "formation_energy_ev_atom": {"formation_energy_ev_atom": _times(1.0)},
}
_TEXTS: dict[str, tuple[str, ...]] = {
    "formula": ("formula", "composition"),
    "file": ("file", "cif", "cif_file", "filename"),
    "mobile_ion": ("mobile_ion",),
    "kind": ("kind", "sigma_kind"),
    "source": ("source", "doi_or_source", "reference"),
    "doi": ("doi",),
    "dataset": ("dataset", "source_dataset"),
    "flags": ("flags",),
    "usable": ("usable",),
}
_WITHOUT_UNIT = {
    "sigma": "sigma_s_cm",
    "conductivity": "sigma_s_cm",
    "log10_sigma": "log10_sigma_s_cm",
    "log_sigma": "log10_sigma_s_cm",
    "temperature": "temperature_c",
    "t": "temperature_c",
    "activation_energy": "activation_energy_ev",
    "ea": "activation_energy_ev",
    "e_hull": "e_hull_mev_atom",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what: places of texts, places and conversions of numbers, by our names."""

    texts: Mapping[str, int]
    numbers: Mapping[str, tuple[int, Convert]]
    width: int

    def text(self, cells: Sequence[str], name: str) -> str:
        """Return the text of a column, empty when there is no such column."""
        return cells[self.texts[name]].strip() if name in self.texts else ""

    def number(self, cells: Sequence[str], name: str) -> float | None:
        """Return a number in our unit, None for an empty cell; ValueError names what is not a number."""
        if name not in self.numbers:
            return None
        place, convert = self.numbers[name]
        shown = cells[place].strip()
        if not shown:
            return None
        try:
            return convert(float(shown))
        except ValueError:
            hint = "; write a decimal point" if "," in shown else ""
            raise ValueError(f"{name}: {plain(shown, limit=40)!r} is not a number{hint}") from None
        except OverflowError:
            raise ValueError(f"{name}: {plain(shown, limit=40)!r} is too large") from None


def recognise(header: Sequence[str], where: str) -> Columns:
    """Return what the columns mean; others are left alone. Refusal for a quantity without unit, or given twice."""
    texts: dict[str, int] = {}
    numbers: dict[str, tuple[int, Convert]] = {}
    for place, title in enumerate(header):
        key = _key(title)
        if key in _WITHOUT_UNIT:
            raise Refusal(f"column {plain(title, limit=40)!r} names no unit; write {_WITHOUT_UNIT[key]}", where)
        for name, spellings in _TEXTS.items():
            if key in spellings:
                _once(name, texts, title, where)
                texts[name] = place
        for name, conversions in _NUMBERS.items():
            if key in conversions:
                _once(name, numbers, title, where)
                numbers[name] = (place, conversions[key])
    return Columns(texts, numbers, len(header))


def _once(name: str, found: Mapping[str, object], title: str, where: str) -> None:
    if name in found:
        raise Refusal(f"two columns give {name}; the second is {plain(title, limit=40)!r}", where)


def _key(title: str) -> str:
    """Return a header as a key: `Conductivity (mS/cm)` and `conductivity_ms_cm` are the same, `S cm-1` is `s_cm`."""
    lowered = title.strip().lower().replace("µ", "u").replace("μ", "u").replace("σ", "sigma").replace("°", "")
    return re.sub(r"[^a-z0-9]+", "_", lowered.replace("cm-1", "cm").replace("cm^-1", "cm")).strip("_")
