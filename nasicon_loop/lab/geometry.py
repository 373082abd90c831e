"""What caliper and balance say of a pellet: single values or readings, and the density that follows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import Refusal, plain

if TYPE_CHECKING:
    from db import Pellet, PelletGeometry, Reader

LENGTHS = (
    "thickness_cm",
    "electrode_diameter_cm",
    "fired_diameter_cm",
    "die_diameter_cm",
    "green_thickness_cm",
    "green_diameter_cm",
)
WITH_SD = ("thickness_cm", "electrode_diameter_cm", "fired_diameter_cm")
_LIMIT_CM = {"thickness_cm": 5.0, "green_thickness_cm": 5.0}
_WIDEST_CM = 15.0
_POSSIBLE = (0.2, 1.1)
"""A relative density outside is a slip of unit, not a pellet."""


@dataclass(frozen=True, slots=True)
class Archimedes:
    """Weighings in a liquid, masses in g; without the soaked mass open pores do not count as volume."""

    dry_g: float
    immersed_g: float
    liquid: str
    soaked_g: float | None = None
    liquid_density_g_cm3: float | None = None

    def density_g_cm3(self) -> float:
        """Return the pellet's density; Refusal for water and for masses in the wrong order."""
        import recipes

        return recipes.archimedes_g_cm3(
            self.dry_g,
            self.immersed_g,
            self.soaked_g,
            liquid=self.liquid,
            liquid_density_g_cm3=self.liquid_density_g_cm3,
        )


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What caliper and balance say of a pellet; None where nobody measured yet. Lengths in cm, masses in g.

    Die, fired and electrode diameter are three things; green is the pellet as pressed.
    """

    thickness_cm: float | None = None
    electrode_diameter_cm: float | None = None
    mass_g: float | None = None
    fired_diameter_cm: float | None = None
    die_diameter_cm: float | None = None
    green_mass_g: float | None = None
    green_thickness_cm: float | None = None
    green_diameter_cm: float | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise Refusal("must be a positive number", item.name)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured."""
        return all(getattr(self, item.name) is None for item in fields(self))


@dataclass(frozen=True, slots=True)
class Details:
    """What stands behind a pellet's numbers.

    `readings` holds lengths that were read several times, by their names in `Dimensions`: their mean and sd take the
    place of a single value.
    """

    readings: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    electrode_method: str | None = None
    archimedes: Archimedes | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.readings) - set(LENGTHS))
        if unknown:
            raise Refusal(f"is no length that is read: {', '.join(LENGTHS)}", unknown[0])

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return not self.readings and self.electrode_method is None and self.archimedes is None

    def resolved(self, size: Dimensions, resolution_cm: float) -> tuple[Dimensions, dict[str, float], tuple[str, ...]]:
        """Return `size` with the means of the readings, the sd of each that has one, and what is odd about them."""
        import recipes

        means: dict[str, Any] = {}
        sd: dict[str, float] = {}
        notes: list[str] = []
        for name, values in self.readings.items():
            found = recipes.reading(name, values, resolution_cm)
            means[name] = found.value
            notes += found.notes
            if found.sd is not None and name in WITH_SD:
                sd[f"{name}_sd"] = found.sd
        return replace(size, **means), sd, tuple(notes)


def refuse_odd_lengths(label: str, size: Dimensions) -> None:
    """Refuse lengths that no pellet has (millimetres given as centimetres) before they are written down."""
    for name in LENGTHS:
        value: float | None = getattr(size, name)
        if value is not None and value > _LIMIT_CM.get(name, _WIDEST_CM):
            raise Refusal(f"{name} of {value:g} is no pellet's; lengths are in cm", label)
    if size.mass_g is not None and size.mass_g > _HEAVIEST_G:
        raise Refusal(f"mass_g of {size.mass_g:g} is no pellet's; masses are in g", label)
    if size.electrode_diameter_cm is not None and size.electrode_diameter_cm < _NARROWEST_CM:
        raise Refusal(f"electrode_diameter_cm of {size.electrode_diameter_cm:g} is no electrode's; in cm", label)
    if (
        size.electrode_diameter_cm
        and size.fired_diameter_cm
        and size.electrode_diameter_cm > 1.05 * size.fired_diameter_cm
    ):
        raise Refusal("the electrode cannot be wider than the fired pellet; die, fired and electrode are three", label)


_HEAVIEST_G = 100.0
_NARROWEST_CM = 0.05


@dataclass(frozen=True, slots=True)
class Density:
    """Relative density as a fraction, and how it was found; `notes` are about the green pellet."""

    relative: float | None
    method: str | None
    notes: tuple[str, ...] = ()


def density(reader: "Reader", pellet: "Pellet", size: Dimensions, archimedes: Archimedes | None = None) -> Density:
    """Return what the new numbers, with those known before, say of a pellet's density over the cell's.

    Archimedes' weighings go before mass and size; once entered they count until they are entered anew.
    Raises Refusal for a density that no pellet has.
    """
    known = reader.geometry(pellet)
    theoretical = _theoretical_g_cm3(reader, pellet)
    notes = _green_notes(pellet, size, known, theoretical)
    if archimedes is not None:
        relative = archimedes.density_g_cm3() / theoretical
        _refuse_impossible(relative, "the weighings", pellet.label)
        return Density(relative, f"Archimedes in {plain(archimedes.liquid, limit=60)}", notes)
    if known is not None and known.archimedes is not None:
        return Density(None, None, notes)
    mass_g, thickness_cm, diameter_cm = (
        _newest(size, known, name) for name in ("mass_g", "thickness_cm", "fired_diameter_cm")
    )
    if mass_g is None or thickness_cm is None:
        return Density(None, None, notes)
    if diameter_cm is None:
        _refuse_too_light(
            mass_g, thickness_cm, _newest(size, known, "electrode_diameter_cm"), theoretical, pellet.label
        )
        return Density(None, None, notes)
    relative = _cylinder_g_cm3(mass_g, thickness_cm, diameter_cm) / theoretical
    _refuse_impossible(relative, "mass and size", pellet.label)
    return Density(relative, "mass and size", notes)


def _refuse_too_light(
    mass_g: float, thickness_cm: float, electrode_cm: float | None, theoretical: float, label: str
) -> None:
    """The pellet is at least as wide as its electrode, so mass, thickness and electrode bound its density."""
    if electrode_cm is None:
        return
    most = _cylinder_g_cm3(mass_g, thickness_cm, electrode_cm) / theoretical
    if most < _POSSIBLE[0]:
        raise Refusal(
            f"mass, thickness and electrode allow at most {100 * most:.0f} % of the theoretical density; "
            "check the units (g, cm)",
            label,
        )


def _newest(size: Dimensions, known: "PelletGeometry | None", name: str) -> float | None:
    given: float | None = getattr(size, name)
    return given if given is not None or known is None else getattr(known, name)


def _green_notes(
    pellet: "Pellet", size: Dimensions, known: "PelletGeometry | None", theoretical: float
) -> tuple[str, ...]:
    if size.green_mass_g is None and size.green_thickness_cm is None and size.green_diameter_cm is None:
        return ()
    mass_g, thickness_cm, diameter_cm = (
        _newest(size, known, name) for name in ("green_mass_g", "green_thickness_cm", "green_diameter_cm")
    )
    if mass_g is None or thickness_cm is None or diameter_cm is None:
        return ()
    relative = _cylinder_g_cm3(mass_g, thickness_cm, diameter_cm) / theoretical
    _refuse_impossible(relative, "the green mass and size", pellet.label)
    return (f"green: {100 * relative:.0f} % of the theoretical density",)


def _cylinder_g_cm3(mass_g: float, thickness_cm: float, diameter_cm: float) -> float:
    return mass_g / (math.pi / 4 * diameter_cm**2 * thickness_cm)


def _refuse_impossible(relative: float, what: str, label: str) -> None:
    if not _POSSIBLE[0] < relative < _POSSIBLE[1]:
        raise Refusal(f"{what} give {100 * relative:.0f} % of the theoretical density; check the units (g, cm)", label)


def _theoretical_g_cm3(reader: "Reader", pellet: "Pellet") -> float:
    """Density of the prototype cell of what was weighed, else of the target."""
    from nasicon_loop.chemistry import Composition, cell

    sample = reader.sample_by_id(pellet.sample_id)
    weighing = reader.weighing(sample)
    return cell(Composition.parse(weighing.weighed_formula if weighing else sample.target_formula)).density_g_cm3
