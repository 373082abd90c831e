"""Fits that a person designs: their circuit, their limits, their name; what was concluded before stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain
from nasicon_loop.lab.analysing import (
    analysis_of,
    at_known_temperature,
    columns,
    eis_geometry,
    eis_settings,
    from_stored,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from instruments import Spectrum
    from nasicon_loop.eis import Analysis, Geometry
    from nasicon_loop.eis import Settings as EisSettings
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.overview import AnalysisView

_MOST_TEXTS = 100


@dataclass(frozen=True)
class HandFit:
    """What a person asks for. `electrolyte` are the resistors whose sum is R_total; masked points count from 0.

    `left_out_hz` are stretches (low, high) of frequency in Hz, both ends included, whose points are masked too.
    """

    circuit: str
    electrolyte: tuple[str, ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    start: Mapping[str, float] = field(default_factory=dict)
    masked: tuple[int, ...] = ()
    left_out_hz: tuple[tuple[float, float], ...] = ()

    @staticmethod
    def parse(
        circuit: str,
        electrolyte: str,
        *,
        fix: Sequence[str] = (),
        bound: Sequence[str] = (),
        start: Sequence[str] = (),
        mask: str = "",
        leave_out: Sequence[str] = (),
    ) -> "HandFit":
        """Read it as typed: "R0,R1", "R0=12.3", "R1=10:100", "3,4,17", "1:10" (in Hz). Raises Refusal otherwise."""
        names = tuple(part.strip() for part in electrolyte.split(",") if part.strip())
        return HandFit(
            circuit,
            names,
            {name: _number(text, name) for name, text in map(_pair, fix)},
            {name: _range(text, name) for name, text in map(_pair, bound)},
            {name: _number(text, name) for name, text in map(_pair, start)},
            tuple(_place(part) for part in mask.split(",") if part.strip()),
            tuple(map(_stretch, leave_out)),
        )

    def places(self, frequency_hz: "NDArray[np.float64]") -> tuple[int, ...]:
        """Return which points are masked, each once. Raises Refusal for a stretch without a point."""
        found = set(self.masked)
        for low, high in self.left_out_hz:
            inside = [k for k, f in enumerate(frequency_hz) if low <= f <= high]
            if not inside:
                raise Refusal(f"there is no point between {low:g} and {high:g} Hz", "left out")
            found.update(inside)
        return tuple(sorted(found))

    def fit(
        self, spectrum: "Spectrum", *, by: str, geometry: "Geometry | None" = None, settings: "EisSettings"
    ) -> "Analysis":
        """Fit a spectrum so. Raises Refusal where the circuit or a name is wrong."""
        from nasicon_loop.eis import fit_by_hand

        return fit_by_hand(
            spectrum,
            self.circuit,
            electrolyte=self.electrolyte,
            made_by=by,
            fixed=self.fixed,
            bounds=self.bounds,
            start=self.start,
            masked=self.places(spectrum.frequency_hz),
            geometry=geometry,
            settings=settings,
        )


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise Refusal("is not of the form NAME=VALUE, as in R0=12.3", plain(text, limit=_MOST_TEXTS))
    return name.strip(), value.strip()


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Refusal(f"{plain(text, limit=_MOST_TEXTS)!r} is not a number", plain(name)) from None


def _range(text: str, name: str) -> tuple[float, float]:
    low, sign, high = text.partition(":")
    if not sign:
        raise Refusal("bounds are of the form NAME=LOW:HIGH, as in R1=10:100", plain(name))
    return _number(low, name), _number(high, name)


def _stretch(text: str) -> tuple[float, float]:
    low, sign, high = text.partition(":")
    if not sign:
        raise Refusal("what is left out is of the form LOW:HIGH in Hz, as in 1:10", plain(text, limit=_MOST_TEXTS))
    ends = _number(low, "left out"), _number(high, "left out")
    if not 0 <= ends[0] <= ends[1] < float("inf"):
        raise Refusal("frequencies are positive, the lower one first", plain(text, limit=_MOST_TEXTS))
    return ends


def _place(text: str) -> int:
    if not text.strip().isdecimal():
        raise Refusal("masked points are numbers from 0 with commas, as in 3,4,17", plain(text, limit=_MOST_TEXTS))
    return int(text)


def refit_analysis(lab: "Lab", number: int, wish: HandFit, *, by: str, reason: str) -> "AnalysisView":
    """Fit the spectrum of an analysis by hand and keep it as a new analysis, in review until somebody signs it.

    The pellet's newest geometry and the lead correction of the old analysis are used. Raises Refusal, with nothing
    stored, without a name or a reason, and where the circuit or a name in it is wrong.
    """
    if not by.strip():
        raise Refusal("a fit by hand carries a name: --by NAME", f"analysis {number}")
    if not reason.strip():
        raise Refusal("say why: the analysis keeps it", f"analysis {number}")
    from nasicon_loop.lab.leads import as_analysed
    from nasicon_loop.lab.overview import analysis_view

    with lab.database.read() as reader:
        old = reader.analysis(number)
        known = analysis_of(old)
        spectrum = at_known_temperature(
            as_analysed(reader, from_stored(reader.spectrum(old.spectrum_id)), known), known
        )
        pellet = reader.genealogy_of_analysis(number).pellet
        shape = None if pellet is None else reader.geometry(pellet)
    geometry = eis_geometry(shape, lab.settings)
    made = wish.fit(spectrum, by=plain(by, limit=100), geometry=geometry, settings=eis_settings(lab.settings))
    made = replace(made, notes=(*made.notes, f"by hand instead of analysis {number}: {plain(reason, limit=1000)}"))
    with lab.database.write(who=lab.who) as writer:
        stored = writer.add_analysis(
            old.spectrum_id, geometry=shape if made.geometry is not None else None, **columns(made)
        )
    return analysis_view(lab, stored.id)
