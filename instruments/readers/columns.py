"""Column headings to quantities: names and units, never positions.

Headings seen in exports: `Frequency (Hz)`, `Freq.[Hz]`, `freq/Hz`, `Z' (Ohm)`, `Zs''[ohm]`, `Re(Z)/Ohm`, `-Im(Z)/Ohm`,
`Zre (ohms)`, `Z Imag`, `| Z | (Ohm)`, `Phase (Deg)`, `Impedance Phase Degrees (')`. Names are compared whole, so the
"mag" in `Z Imag` is never taken for a magnitude.
"""

import math
import re
from dataclasses import dataclass

from instruments.errors import UnreadableFile
from instruments.readers.text import MINUS_SIGNS
from nasicon_loop.core import plain

_NAMES = {
    "frequency": "f freq freqs frequency frequencies",
    "real": "z' zs' zre zr zreal re rez re(z) real realz real(z) z're zprime realpart realpartofz impedancereal"
    " realimpedance zrealpart z'real",
    "imaginary": "z'' zs'' zim zi zimg zimag im imz im(z) imag imagz imag(z) imaginary zimaginary z''im zdoubleprime"
    " imaginarypart imaginarypartofz impedanceimaginary imaginaryimpedance impedanceimag zimagpart z''imag",
    "modulus": "|z| |zs| z zmod modz mod(z) modulus zmag magz mag(z) zmagnitude magnitude impedancemagnitude absz"
    " abs(z) zmodulus impedancemodulus |impedance| impedance",
    "phase": "phase phase(z) phasez zphase zphz phz phaseangle theta θ phi φ ϕ phaseofz arg(z) argz impedancephase"
    " impedancephasedegrees phasedegrees phasedeg phaserad",
    "temperature": "temperature temp sampletemperature temperaturesample",
}
_QUANTITY = {name: quantity for quantity, names in _NAMES.items() for name in names.split()}

_HERTZ = {"hz": 1.0, "1/s": 1.0, "s-1": 1.0, "hertz": 1.0, "khz": 1e3, "ghz": 1e9, "rad/s": 0.5 / math.pi}
_HERTZ_EXACT = {"MHz": 1e6, "mHz": 1e-3}
_OHM = {"ohm": 1.0, "kohm": 1e3, "gohm": 1e9, "µohm": 1e-6, "a": 1.0}
_OHM_EXACT = {"MOhm": 1e6, "Mohm": 1e6, "mOhm": 1e-3, "mohm": None, "megaohm": 1e6, "milliohm": 1e-3}
# `Z'(a)` is how ZPlot heads its columns; it is in ohm. A lower-case `mohm` may be milli- or mega-: refused.
_RADIAN = {"deg": math.pi / 180, "°": math.pi / 180, "degree": math.pi / 180, "'": math.pi / 180, "rad": 1.0}
_RADIAN["\N{REPLACEMENT CHARACTER}"] = math.pi / 180  # what is left of a degree sign after a wrong decoding
_CELSIUS = {"c", "°c", "degc", "'c", "deg c", "celsius", "ºc", "℃"}

_MAX_HEADING = 80
_BRACKETED = re.compile(r"^(.+?)\s*(?:\[([^\[\]]*)\]|\(([^()]*)\))\s*$")
_SLASHED = re.compile(r"^([^/]+)/\s*(\S.*)$")
_TRAILING = re.compile(r"^(.+?)[\s_,]+(hz|khz|MHz|mHz|ohms?|kohms?|MOhm|Ω|kΩ|MΩ|deg|degrees?|rad|°)$", re.IGNORECASE)
_FUNCTIONS = ("re", "im", "real", "imag", "mod", "abs", "mag", "arg")
_IS_OHM = re.compile(r"ohm|Ω", re.IGNORECASE)
_AREA = re.compile(r"(?:ohm|Ω).*(?:m2|m²|m\^2|sq)", re.IGNORECASE)
_PRIMES = str.maketrans({"’": "'", "‘": "'", "′": "'", "`": "'", "´": "'", '"': "''", "”": "''", "“": "''", "″": "''"})


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: value in SI (Hz, ohm, rad, °C) = field x `factor` + `offset`.

    `has_unit` is False when the heading names none. `factor` carries the minus of `-Z''`.
    """

    quantity: str
    factor: float
    offset: float
    has_unit: bool


def parse_column(heading: str) -> Column | None:
    """Return what a heading means, or None for a column that is of no use here.

    Raises `UnreadableFile` for a frequency or impedance column in a unit that is unknown, ambiguous or per area.
    """
    name, unit = _name_and_unit(heading)
    quantity = _quantity(name)
    if quantity is None:
        return None
    if unit is None and "degree" in name.lower():
        unit = "deg"
    factor, offset = _conversion(quantity, unit, heading)
    return Column(quantity, -factor if name.startswith("-") else factor, offset, bool(unit))


def quantity_of(heading: str) -> str | None:
    """Return which quantity a heading names, whatever its unit, or None."""
    return _quantity(_name_and_unit(heading)[0])


def _quantity(name: str) -> str | None:
    quantity = _QUANTITY.get(_canonical(name))
    return None if name.startswith("-") and quantity not in ("imaginary", "phase") else quantity


def _canonical(name: str) -> str:
    return re.sub(r"[\s_.\-]", "", name).lower()


def _name_and_unit(heading: str) -> tuple[str, str | None]:
    text = heading.strip()
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1].replace('""', '"').strip()
    if len(text) > _MAX_HEADING:
        return "", None
    text = text.translate(_PRIMES).translate(MINUS_SIGNS)
    for pattern in (_BRACKETED, _SLASHED, _TRAILING):
        found = pattern.match(text)
        if found is None:
            continue
        name, unit = found[1].strip(), next((group for group in found.groups()[1:] if group is not None), "").strip()
        is_function = name.strip("-").lower() in _FUNCTIONS and not _IS_OHM.search(unit)
        if is_function or unit.lower() in ("z", "z*", "f"):  # Re(Z), Re(M), Frequency (f): part of the name
            continue
        return name, unit
    return text, None


def _conversion(quantity: str, unit: str | None, heading: str) -> tuple[float, float]:
    if quantity == "temperature":
        return _temperature(unit)
    if not unit:
        return 1.0, 0.0
    tidy = unit.strip().replace("Ω", "ohm").replace("\N{OHM SIGN}", "ohm").replace("μ", "µ")
    tidy = re.sub(r"(?i)(ohm|degree)s$", r"\1", tidy)
    exact, loose = {
        "frequency": (_HERTZ_EXACT, _HERTZ),
        "phase": ({}, _RADIAN),
    }.get(quantity, (_OHM_EXACT, _OHM))
    factor = exact.get(tidy) or loose.get(tidy.lower())
    if factor is not None:
        return factor, 0.0
    shown = plain(heading.strip(), limit=40)
    if _AREA.search(unit):
        raise UnreadableFile(
            f"column {shown!r} is normalised to area: clear the electrode area in the instrument's software and export"
            " in Ohm; the true area belongs to the pellet"
        )
    if tidy.lower() in ("mhz", "mohm"):
        raise UnreadableFile(f"column {shown!r}: {unit!r} may be milli- or mega-; write MHz, mHz, MOhm or mOhm")
    raise UnreadableFile(f"column {shown!r} has an unknown unit {plain(unit, limit=20)!r}: export in Hz, Ohm and Deg")


def _temperature(unit: str | None) -> tuple[float, float]:
    if unit is not None and unit.strip().lower() in ("k", "kelvin"):
        return 1.0, -273.15
    return (1.0, 0.0) if unit is None or unit.strip().lower() in _CELSIUS else (math.nan, 0.0)
