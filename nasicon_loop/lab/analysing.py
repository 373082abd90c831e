"""Between stored values and the analysis: temperatures, geometry, gates, and what of an analysis goes into columns."""

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from db import PelletGeometry, StoredAnalysis, StoredSpectrum
    from instruments import Spectrum
    from nasicon_loop.eis import Analysis, Geometry
    from nasicon_loop.eis import Settings as EisSettings
    from nasicon_loop.lab.names import NameParts
    from nasicon_loop.lab.settings import Settings

_OF_MEASUREMENT = ("activation_energy_ev", "activation_energy_ev_sd", "temperature_c_sd")


def gates(given: Mapping[str, Any], sources: Mapping[tuple[str, str], str] | None = None) -> dict[str, Any]:
    """Check what [fit] gives against the fields of `eis.Settings` and return it with the right types.

    Raises Refusal for a name that is no gate and for a value that is no such number.
    """
    from nasicon_loop.eis import Settings as EisSettings

    defaults = {field.name: getattr(EisSettings(), field.name) for field in dataclasses.fields(EisSettings)}
    checked: dict[str, Any] = {}
    for name, value in given.items():
        by = (sources or {}).get(("fit", name), "lab.toml")
        where = "" if by == "lab.toml" else f" (from {by})"
        if name not in defaults or name in _OF_MEASUREMENT:
            hint = "; it stands in [measurement]" if name in _OF_MEASUREMENT else ""
            raise Refusal(plain(f"[fit] {name}: unknown key{hint}{where}"), "lab.toml")
        try:
            checked[name] = _like(defaults[name], value)
        except ValueError as error:
            raise Refusal(plain(f"[fit] {name}: {error}, not {value!r}{where}"), "lab.toml") from error
    return checked


def _like(default: Any, value: Any) -> Any:
    if isinstance(default, bool):
        if value in (True, False) or str(value).lower() in ("true", "false"):
            return str(value).lower() == "true"
        raise ValueError("should be true or false")
    if isinstance(default, int | float) or default is None:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError("should be a number")
        return _number(default, value)
    if isinstance(default, str) and isinstance(value, str):
        return value
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        return tuple(value)
    raise ValueError(f"should be a {type(default).__name__}")


def eis_settings(settings: "Settings") -> "EisSettings":
    """Return the analysis settings that lab.toml describes. Raises Refusal for values the analysis refuses."""
    from nasicon_loop.eis import Settings as EisSettings

    return EisSettings(
        activation_energy_ev=settings.measurement.activation_energy_ev,
        activation_energy_ev_sd=settings.measurement.activation_energy_ev_sd,
        temperature_c_sd=settings.measurement.temperature_sd_c,
        **gates(settings.fit.given()),
    )


def eis_geometry(geometry: "PelletGeometry | None", settings: "Settings") -> "Geometry | None":
    """Return what a conductivity needs of a pellet's geometry, or None while thickness or electrode is missing."""
    if geometry is None or geometry.thickness_cm is None or geometry.electrode_diameter_cm is None:
        return None
    from nasicon_loop.eis import Geometry

    def or_default(given: float | None, default: float | None) -> float | None:
        return default if given is None else given

    measurement = settings.measurement
    return Geometry(
        geometry.thickness_cm,
        geometry.electrode_diameter_cm,
        or_default(geometry.thickness_cm_sd, measurement.thickness_sd_cm),
        or_default(geometry.electrode_diameter_cm_sd, measurement.electrode_diameter_sd_cm),
    )


def at_temperature(
    spectrum: "Spectrum",
    name: "NameParts",
    settings: "Settings",
    command_c: float | None = None,
    command_sd_c: float | None = None,
) -> "Spectrum":
    """Return the spectrum with its temperature: file, else file name, else command, else lab.toml, else none."""
    if spectrum.temperature_c is not None:
        return spectrum
    default_sd_c = settings.measurement.temperature_sd_c
    if name.temperature_c is not None:
        return spectrum.with_temperature(name.temperature_c, default_sd_c, "name pattern")
    if command_c is not None:
        return spectrum.with_temperature(command_c, default_sd_c if command_sd_c is None else command_sd_c, "command")
    if settings.measurement.temperature_c is not None:
        return spectrum.with_temperature(settings.measurement.temperature_c, default_sd_c, "lab.toml")
    return spectrum


def _number(default: float | None, value: float | str) -> float:
    """Return a finite number, whole where the default is."""
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError("should be a number") from None
    if not math.isfinite(number):
        raise ValueError("should be a finite number")
    if isinstance(default, int):
        if not number.is_integer():
            raise ValueError("should be a whole number")
        return int(number)
    return number


def from_stored(stored: "StoredSpectrum") -> "Spectrum":
    """Return a stored sweep as the spectrum it was."""
    from instruments import Spectrum

    return Spectrum(
        stored.frequency_hz,
        stored.impedance_ohm,
        stored.metadata,
        stored.temperature_c,
        stored.temperature_c_sd,
        stored.temperature_source,  # type: ignore[arg-type]  # one of the five words when it was written
    )


def at_known_temperature(spectrum: "Spectrum", analysis: "Analysis") -> "Spectrum":
    """Return the spectrum at the temperature that its analysis was told later, where it carries none itself."""
    if spectrum.temperature_c is not None or analysis.temperature_c is None:
        return spectrum
    return spectrum.with_temperature(analysis.temperature_c, analysis.temperature_c_sd, "command")


def analysis_of(stored: "StoredAnalysis") -> "Analysis":
    """Return a stored analysis as the value it was. Raises Refusal for a document that is none."""
    from nasicon_loop.eis import Analysis

    return Analysis.from_dict(stored.document)


def columns(analysis: "Analysis") -> dict[str, Any]:
    """Return the parts of an analysis that have a column of their own, and the whole as `document`."""
    return {
        "engine_version": analysis.engine_version,
        "verdict": analysis.verdict,
        "reasons": analysis.reasons,
        "circuit_string": analysis.circuit_string,
        "r_total_ohm": analysis.r_total_ohm,
        "r_total_ohm_sd": analysis.r_total_ohm_sd,
        "sigma_total_s_cm": analysis.sigma_total_s_cm,
        "sigma_total_s_cm_sd": analysis.sigma_total_s_cm_sd,
        "sigma_25_s_cm": analysis.sigma_25_s_cm,
        "sigma_25_s_cm_sd": analysis.sigma_25_s_cm_sd,
        "temperature_c": analysis.temperature_c,
        "temperature_c_sd": analysis.temperature_c_sd,
        "temperature_source": analysis.temperature_source,
        "kk_rms": analysis.kk_rms,
        "document": analysis.to_dict(),
        "made_by": analysis.made_by,
    }
