"""Analyses with a person's word in them: points left out, a circuit, a name; what was concluded before stays."""

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
from nasicon_loop.lab.leads import as_analysed
from nasicon_loop.lab.reanalysing import WithSweeps, with_sweeps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from instruments import Spectrum
    from nasicon_loop.eis import Analysis, Geometry
    from nasicon_loop.eis import Settings as EisSettings
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.overview import AnalysisView

_MOST_TEXTS = 100
_MOST_DIGITS = 5
_RUN = 3  # from so many neighbours on, only the ends are written


@dataclass(frozen=True)
class HandFit:
    """What a person asks for. Masked points count from 0.

    `left_out_hz` are stretches (low, high) of frequency in Hz, both ends included, whose points are left out too.

    `electrolyte` are the resistors whose sum is R_total. Without them the engine reads the circuit, which then is one
    of those it knows, or None for the best of them.
    """

    circuit: str | None = None
    electrolyte: tuple[str, ...] = ()
    fixed: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    start: Mapping[str, float] = field(default_factory=dict)
    masked: tuple[int, ...] = ()
    left_out_hz: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        """Raise Refusal for limits without a circuit of one's own."""
        if not self.electrolyte and (self.fixed or self.bounds or self.start):
            raise Refusal("fixed, bounded and started parameters need --circuit and --electrolyte")
        if self.electrolyte and self.circuit is None:
            raise Refusal("the resistors of the electrolyte belong to a circuit: name it")

    @staticmethod
    def parse(
        circuit: str | None,
        electrolyte: str,
        *,
        fix: Sequence[str] = (),
        bound: Sequence[str] = (),
        start: Sequence[str] = (),
        mask: str = "",
        leave_out: Sequence[str] = (),
    ) -> "HandFit":
        """Read it as typed: "R0,R1", "R0=12.3", "R1=10:100", "3,4,10-17", "1e5:1e6" in Hz; Refusal for anything else.

        No circuit, or "auto", is the best of those known.
        """
        names = tuple(part.strip() for part in electrolyte.split(",") if part.strip())
        return HandFit(
            None if circuit is None or circuit.strip() in ("", "auto") else circuit.strip(),
            names,
            {name: _number(text, name) for name, text in map(_pair, fix)},
            {name: _range(text, name) for name, text in map(_pair, bound)},
            {name: _number(text, name) for name, text in map(_pair, start)},
            tuple(place for part in mask.split(",") if part.strip() for place in _places(part)),
            tuple(map(_stretch, leave_out)),
        )

    def places(self, frequency_hz: "NDArray[np.float64]") -> tuple[int, ...]:
        """Return the places of all points to leave out, in rising order. Raises Refusal for a stretch without one."""
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
        from nasicon_loop.eis import analyse_as_told, fit_by_hand

        left_out = self.places(spectrum.frequency_hz)
        if self.circuit is None or not self.electrolyte:
            return analyse_as_told(
                spectrum,
                made_by=by,
                left_out=left_out,
                circuit=self.circuit,
                geometry=geometry,
                settings=settings,
            )
        return fit_by_hand(
            spectrum,
            self.circuit,
            electrolyte=self.electrolyte,
            made_by=by,
            fixed=self.fixed,
            bounds=self.bounds,
            start=self.start,
            masked=left_out,
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


def _places(text: str) -> range:
    first, sign, last = (part.strip() for part in text.partition("-"))
    ends = (first, last if sign else first)
    if not all(end.isdecimal() and len(end) <= _MOST_DIGITS for end in ends) or int(ends[1]) < int(ends[0]):
        raise Refusal("masked points are numbers from 0 with commas, as in 3,4,10-17", plain(text, limit=_MOST_TEXTS))
    return range(int(ends[0]), int(ends[1]) + 1)


def _stretch(text: str) -> tuple[float, float]:
    low, sign, high = text.partition(":")
    if not sign:
        raise Refusal("what is left out is of the form LOW:HIGH in Hz, as in 1:10", plain(text, limit=_MOST_TEXTS))
    ends = _number(low, "left out"), _number(high, "left out")
    if not 0 <= ends[0] <= ends[1] < float("inf"):
        raise Refusal("frequencies are positive, the lower one first", plain(text, limit=_MOST_TEXTS))
    return ends


def circuit_names() -> tuple[str, ...]:
    """Return the circuits that the engine knows; a cable's inductor is added where the data ask for one."""
    from nasicon_loop.eis import known_circuits

    return known_circuits()


def places_text(places: Sequence[int]) -> str:
    """Return places as `--mask` takes them: neighbours as a range, "3,4,10-17"."""
    runs: list[list[int]] = []
    for place in sorted(set(places)):
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    parts = (",".join(map(str, run)) if len(run) < _RUN else f"{run[0]}-{run[-1]}" for run in runs)
    return ",".join(parts)


def refit_analysis(lab: "Lab", number: int, wish: HandFit, *, by: str, reason: str) -> "AnalysisView":
    """Analyse the spectrum of an analysis as a person says and keep it as a new one, in review until somebody signs it.

    The pellet's newest geometry and the lead correction of the old analysis are used, and the file's other sweeps are
    held against it as at the import. Raises Refusal, with nothing stored, without a name or a reason, and where the
    circuit, a name in it or a point is wrong.
    """
    if not by.strip():
        raise Refusal("a fit by hand carries a name: --by NAME", f"analysis {number}")
    if not reason.strip():
        raise Refusal("say why: the analysis keeps it", f"analysis {number}")
    from nasicon_loop.lab.overview import analysis_view

    why = plain(reason, limit=1000)
    with lab.database.read() as reader:
        old = reader.analysis(number)
        known = analysis_of(old)
        spectrum = at_known_temperature(
            as_analysed(reader, from_stored(reader.spectrum(old.spectrum_id)), known), known
        )
        ancestry = reader.genealogy_of_analysis(number)
        shape = None if ancestry.pellet is None else reader.geometry(ancestry.pellet)
        beside = with_sweeps(lab, reader, ancestry.file, set())
    geometry, rules = eis_geometry(shape, lab.settings), eis_settings(lab.settings)
    made = wish.fit(spectrum, by=plain(by, limit=100), geometry=geometry, settings=rules)
    made = _beside_others(made, spectrum, old.spectrum_id, beside, rules)
    made = replace(made, notes=(*made.notes, f"by hand instead of analysis {number}: {why}"))
    with lab.database.write(who=lab.who) as writer:
        stored = writer.add_analysis(
            old.spectrum_id, geometry=shape if made.geometry is not None else None, reason=why, **columns(made)
        )
    return analysis_view(lab, stored.id)


def _beside_others(
    made: "Analysis", spectrum: "Spectrum", spectrum_id: int, beside: "WithSweeps", rules: "EisSettings"
) -> "Analysis":
    """Hold the analysis against the other sweeps of its file and session; a rejected one has nothing to compare."""
    from nasicon_loop.eis import compared

    places = [k for k, sweep in enumerate(beside.sweeps) if sweep.stored.id == spectrum_id]
    if not places or made.r_total_ohm is None:
        return made
    together = [made if k == places[0] else sweep.known for k, sweep in enumerate(beside.sweeps)]
    spectra = [spectrum if k == places[0] else sweep.spectrum for k, sweep in enumerate(beside.sweeps)]
    return compared(together, spectra, settings=rules, earlier=beside.earlier)[places[0]]
