"""What a plot of an analysed spectrum shows, as plain arrays: one source for pictures on paper and in the terminal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.eis.analysis import Analysis
from nasicon_loop.eis.elements import Real

if TYPE_CHECKING:
    from instruments.spectrum import Spectrum

_PER_DECADE = 24


@dataclass(frozen=True)
class Curve:
    """One curve over frequency: real part and minus the imaginary part in ohm, modulus in ohm, phase in degrees.

    Nyquist is `minus_imag_ohm` over `real_ohm`; Bode is `modulus_ohm` and `phase_deg` over `frequency_hz`. All (n,).
    """

    frequency_hz: Real
    real_ohm: Real
    minus_imag_ohm: Real
    modulus_ohm: Real
    phase_deg: Real

    @staticmethod
    def of(frequency_hz: Real, impedance_ohm: NDArray[np.complex128]) -> "Curve":
        """Return the curve of an impedance (n,)."""
        return Curve(
            np.array(frequency_hz),
            impedance_ohm.real.copy(),
            -impedance_ohm.imag,
            np.abs(impedance_ohm),
            np.degrees(np.angle(impedance_ohm)),
        )


@dataclass(frozen=True)
class SpectrumView:
    """Measured points, which of them were masked, the fit as a dense line, residuals, and where R_total lies.

    `fit` is None where there is no circuit. `residual_real` and `residual_imag` (n,) are (measured - fit) / |Z|, NaN
    without a fit; `kk_band` is the Kramers-Kronig noise (one standard deviation, a fraction), None where it is unknown.
    """

    points: Curve
    is_masked: NDArray[np.bool_]
    fit: Curve | None
    residual_real: Real
    residual_imag: Real
    kk_band: float | None
    r_total_ohm: float | None
    minimum_ohm: float | None
    title: str


def spectrum_view(spectrum: "Spectrum", analysis: Analysis | None = None) -> SpectrumView:
    """Return the view model of a spectrum, with its analysis where there is one."""
    f, z = np.asarray(spectrum.frequency_hz), np.asarray(spectrum.impedance_ohm)
    masked = np.zeros(len(f), dtype=bool)
    nothing = np.full(len(f), np.nan)
    title = str(spectrum.metadata.get("name", "spectrum"))
    if analysis is None:
        return SpectrumView(Curve.of(f, z), masked, None, nothing, nothing.copy(), None, None, None, title)
    masked[[i for i in analysis.masked if i < len(f)]] = True
    fit, real, imag = None, nothing, nothing.copy()
    if analysis.circuit_string is not None:
        decades = float(np.log10(f.max() / f.min()))
        dense = np.logspace(np.log10(f.max()), np.log10(f.min()), int(_PER_DECADE * decades) + 2)
        fit = Curve.of(dense, analysis.impedance_at(dense))
        residual = (z - analysis.impedance_at(f)) / np.maximum(np.abs(z), 1e-300)
        real, imag = residual.real.copy(), residual.imag.copy()
    cross = analysis.cross_check
    return SpectrumView(
        Curve.of(f, z),
        masked,
        fit,
        real,
        imag,
        analysis.kk_rms,
        analysis.r_total_ohm,
        None if cross is None else cross.r_total_ohm,
        f"{title}: {analysis.verdict}",
    )
