"""What is known of a spectrum before any circuit is fitted to it."""

from dataclasses import dataclass

import numpy as np

from nasicon_loop.eis.branches import Window
from nasicon_loop.eis.crosscheck import Drift, Minima, drift, minimum_rule
from nasicon_loop.eis.gates import Gates
from nasicon_loop.eis.kk import KramersKronig, kramers_kronig
from nasicon_loop.eis.modelfit import Data
from nasicon_loop.eis.screen import Screened, is_flipped
from nasicon_loop.eis.settings import Settings

_LIKELY_INDUCTANCE_H = 5e-6
_NOTICED = 0.2  # of the noise


@dataclass(frozen=True)
class Evidence:
    """The screened points, the Kramers-Kronig test, the drift, the minima, and the window they make."""

    data: Screened
    test: KramersKronig
    change: Drift
    minima: Minima
    window: Window

    @staticmethod
    def of(data: Screened, gates: Gates, settings: Settings) -> "Evidence | None":
        """Return the evidence, or None where a gate says that there is no point in going on. Records the gates."""
        if not gates.at_least("points", len(data.index)) or not gates.at_least("range", data.decades):
            return None
        test = kramers_kronig(data.frequency_hz, data.impedance_ohm, outlier_sd=settings.outlier_sd)
        if not _data_gates(data, test, gates):
            return None
        change = drift(data.frequency_hz, data.impedance_ohm, test)
        is_large = change.is_significant(n_sd=settings.drift_sd) and abs(change.change) > settings.max_drift
        gates.record("drift", change.change, is_passed=not is_large)
        minima = minimum_rule(data.frequency_hz, test)
        window = Window(
            float(data.frequency_hz.min()),
            float(data.frequency_hz.max()),
            None if minima.inside is None else minima.inside.r_ohm,
            None if minima.end is None else minima.end.r_ohm,
            data.looks_like_khz,
        )
        return Evidence(data, test, change, minima, window)

    def points(self) -> Data:
        """Return what the candidates are fitted to: masked points weigh nothing."""
        z = self.data.impedance_ohm
        weights = np.where(self.test.masked, 0.0, 1.0 / np.abs(z))
        return Data.of(self.data.frequency_hz, z, weights, has_inductor=self._inductance_matters())

    def masked(self) -> tuple[int, ...]:
        """Return the places of the masked points in the spectrum as it was given."""
        return tuple(int(i) for i in self.data.index[self.test.masked])

    def notes(self, settings: Settings) -> tuple[str, ...]:
        """Return what was done to the points, in words."""
        n_left_out = self.data.n_original - len(self.data.index)
        if not n_left_out:
            return ()
        if self.data.n_original > settings.max_points:
            return (f"thinned from {self.data.n_original} to {len(self.data.index)} points, evenly over log f",)
        return (f"{n_left_out} points that are no numbers were left out",)

    def _inductance_matters(self) -> bool:
        """Whether a usual cable could be seen above the noise."""
        f, z = self.data.frequency_hz, self.data.impedance_ohm
        seen = 2.0 * np.pi * f * _LIKELY_INDUCTANCE_H / np.abs(z)
        return bool(seen.max() > _NOTICED * max(self.test.rms, 1e-4))


def _data_gates(data: Screened, test: KramersKronig, gates: Gates) -> bool:
    """Look at the data alone; return whether an analysis makes sense."""
    gates.at_least("few points", len(data.index))
    gates.at_least("narrow range", data.decades)
    gates.at_least("density", data.points_per_decade)
    gates.at_least("highest frequency", float(data.frequency_hz.max()))
    inductive = float(np.mean(data.impedance_ohm.imag > 0))
    is_right = gates.record("sign", inductive, is_passed=not is_flipped(data, test, gates.limit("sign")))
    gates.at_least("no capacitor", float(np.max(-data.impedance_ohm.imag / np.abs(data.impedance_ohm))))
    is_passive = gates.at_most("negative real part", data.negative_real_share)
    gates.at_most("Kramers-Kronig", test.rms)
    is_impedance = gates.at_most("no impedance", test.rms)
    gates.at_most("outliers", float(np.mean(test.masked)))
    return is_right and is_passive and is_impedance
