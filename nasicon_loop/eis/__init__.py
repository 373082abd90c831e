"""Unattended analysis of impedance spectra of solid electrolytes: from a spectrum to a conductivity with a verdict.

`analyse(spectrum, geometry)` is the whole of it. Names load on first use; importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.eis.analysis import ENGINE_VERSION, Analysis, CandidateResult, CrossCheck, Gate, RandlesFit
    from nasicon_loop.eis.byhand import fit_by_hand
    from nasicon_loop.eis.candidates import known_circuits
    from nasicon_loop.eis.circuit import Circuit
    from nasicon_loop.eis.conclusion import is_leaky
    from nasicon_loop.eis.drt import RelaxationPeak, RelaxationTimes, relaxation_times
    from nasicon_loop.eis.engine import analyse, analyse_many
    from nasicon_loop.eis.geometry import Geometry
    from nasicon_loop.eis.grammar import CircuitError, parse
    from nasicon_loop.eis.hebb_wagner import Polarisation, polarisation
    from nasicon_loop.eis.kk import KramersKronig, kramers_kronig
    from nasicon_loop.eis.leads import Leads
    from nasicon_loop.eis.repeats import Repeat, analyse_repeats, compared, goes_up
    from nasicon_loop.eis.series import Arrhenius, Pooled, arrhenius, pooled
    from nasicon_loop.eis.settings import GATES, GateRule, Settings
    from nasicon_loop.eis.sigma import Conductivity, conductivity
    from nasicon_loop.eis.simulated import SimulatedSpectrum, paper_spectrum, simulated_spectra
    from nasicon_loop.eis.solver import Fit, fit_batch
    from nasicon_loop.eis.told import analyse_as_told
    from nasicon_loop.eis.views import Curve, SpectrumView, spectrum_view

_HOME = {
    "Leads": "leads",
    "Repeat": "repeats",
    "analyse_repeats": "repeats",
    "compared": "repeats",
    "goes_up": "repeats",
    "Polarisation": "hebb_wagner",
    "polarisation": "hebb_wagner",
    "is_leaky": "conclusion",
    "ENGINE_VERSION": "analysis",
    "Analysis": "analysis",
    "Arrhenius": "series",
    "Pooled": "series",
    "arrhenius": "series",
    "fit_by_hand": "byhand",
    "pooled": "series",
    "CandidateResult": "analysis",
    "CrossCheck": "analysis",
    "Gate": "analysis",
    "RandlesFit": "analysis",
    "RelaxationPeak": "drt",
    "RelaxationTimes": "drt",
    "relaxation_times": "drt",
    "known_circuits": "candidates",
    "Circuit": "circuit",
    "Curve": "views",
    "Conductivity": "sigma",
    "conductivity": "sigma",
    "analyse": "engine",
    "analyse_as_told": "told",
    "analyse_many": "engine",
    "Geometry": "geometry",
    "CircuitError": "grammar",
    "parse": "grammar",
    "KramersKronig": "kk",
    "kramers_kronig": "kk",
    "GATES": "settings",
    "GateRule": "settings",
    "Settings": "settings",
    "SimulatedSpectrum": "simulated",
    "paper_spectrum": "simulated",
    "simulated_spectra": "simulated",
    "Fit": "solver",
    "fit_batch": "solver",
    "SpectrumView": "views",
    "spectrum_view": "views",
}

__all__ = [
    "ENGINE_VERSION",
    "GATES",
    "Analysis",
    "Arrhenius",
    "CandidateResult",
    "Circuit",
    "CircuitError",
    "Conductivity",
    "CrossCheck",
    "Curve",
    "Fit",
    "Gate",
    "GateRule",
    "Geometry",
    "KramersKronig",
    "Leads",
    "Polarisation",
    "Pooled",
    "RandlesFit",
    "RelaxationPeak",
    "RelaxationTimes",
    "Repeat",
    "Settings",
    "SimulatedSpectrum",
    "SpectrumView",
    "analyse",
    "analyse_as_told",
    "analyse_many",
    "analyse_repeats",
    "arrhenius",
    "compared",
    "conductivity",
    "fit_batch",
    "fit_by_hand",
    "goes_up",
    "is_leaky",
    "known_circuits",
    "kramers_kronig",
    "paper_spectrum",
    "parse",
    "polarisation",
    "pooled",
    "relaxation_times",
    "simulated_spectra",
    "spectrum_view",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
