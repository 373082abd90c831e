"""What a recipe is: frozen values that go to JSON and come back from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from nasicon_loop.core import Refusal
from recipes.balance import RejectedSet
from recipes.furnace import FurnaceProgram


@dataclass(frozen=True, slots=True)
class PrecursorMass:
    """One line of the weighing table.

    `mass_g` is exact: stoichiometric plus excess, corrected for assay and loss on ignition of the lot; `rounded_g` is
    what the balance can show.
    `tolerance_g` is how far the actual mass may be off without being written down as a deviation.
    """

    name: str
    formula: str
    mass_g: float
    stoichiometric_g: float
    excess_g: float
    purpose: str
    rounded_g: float
    tolerance_g: float
    assay: float = 1.0
    cas: str = ""
    is_hygroscopic: bool = False
    hazards: tuple[str, ...] = ()
    note: str = ""
    lot: str = ""
    loss_on_ignition: float = 0.0

    @property
    def content(self) -> Fraction:
        """Mass fraction of the compound in what is weighed."""
        return Fraction(str(self.assay)) * (1 - Fraction(str(self.loss_on_ignition)))


@dataclass(frozen=True, slots=True)
class LotContent:
    """What a lot's certificate says: mass fractions; the assay counts what ignition leaves. Refuses impossible ones."""

    name: str
    assay: float = 1.0
    loss_on_ignition: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.assay <= 1:
            raise Refusal(f"an assay is a mass fraction above 0, at most 1, is {self.assay:g}", self.name)
        if not 0 <= self.loss_on_ignition < 0.9:
            raise Refusal(
                f"a loss on ignition is a mass fraction from 0 to 0.9, is {self.loss_on_ignition:g}", self.name
            )

    @property
    def content(self) -> Fraction:
        """Mass fraction of the compound in what is weighed."""
        return Fraction(str(self.assay)) * (1 - Fraction(str(self.loss_on_ignition)))


@dataclass(frozen=True, slots=True)
class MasterMix:
    """A way round masses that the balance cannot resolve: weigh more of `small` with the carrier, take a part."""

    small: tuple[str, ...]
    carrier: str
    masses_g: Mapping[str, float]
    take_g: float
    words: str


@dataclass(frozen=True, slots=True)
class Pressing:
    """Force for one pellet; `gauge_bar` only when the ram's area is known."""

    pressure_mpa: float
    die_diameter_mm: float
    force_kn: float
    force_tonnes: float
    gauge_bar: float | None = None


@dataclass(frozen=True, slots=True)
class RecipeStep:
    """A protocol step in words, with its conditions as (status, text)."""

    name: str
    kind: str
    words: str
    conditions: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything a bench sheet says.

    `target`: the wish. `weighed`: what the stoichiometric masses give, excess left out (differs from the target only by
    a declared shortfall). `batched`: everything in the mill. `rounded`: as `weighed`, from the rounded masses.
    `expected`: after firing, under the assumption of `expected_words`; empty in recipes kept by earlier versions.
    `mass_g`: mass of target compound that the stoichiometric precursors give. `gas_loss_g`: net loss on calcination, O2
    taken up counted negative; what evaporates besides (Na, P) is not known and not in it.
    """

    target: str
    weighed: str
    batched: str
    rounded: str
    rounding_error_percent: float
    batched_amounts: Mapping[str, float]
    molar_mass_g_mol: float
    mass_g: float
    n_pellets: int
    pellet_mass_g: float
    loss_allowance_percent: float
    precursors: tuple[PrecursorMass, ...]
    total_g: float
    excess_percent: float
    excess_basis: str
    excess_words: str
    excess_fraction: float
    excess_amounts: Mapping[str, float]
    gas_loss_g: float
    gases_g: Mapping[str, float]
    expected_calcined_g: float
    programs: tuple[FurnaceProgram, ...]
    steps: tuple[RecipeStep, ...]
    pressing: Pressing | None
    protocol: str
    protocol_source: str
    rejected: tuple[RejectedSet, ...]
    warnings: tuple[str, ...]
    hazards: tuple[str, ...]
    shortfall: Mapping[str, float]
    master_mix: MasterMix | None
    balance_resolution_g: float
    atomic_weights: str
    made_with: str
    strict_paper: bool = False
    expected: str = ""
    expected_words: str = ""
    schema: int = 1


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the actual masses contain, per formula unit of the target (same oxygen as the planned composition).

    `weighed_*` leaves the declared excess out, `batched_*` is everything in the mill. `deviation_percent` is, for each
    cation, weighed against target relative to the target. `out_of_tolerance` names precursors beyond their tolerance.
    """

    weighed_formula: str
    batched_formula: str
    excess_fraction: float
    weighed_amounts: Mapping[str, float]
    batched_amounts: Mapping[str, float]
    deviation_percent: Mapping[str, float]
    out_of_tolerance: tuple[str, ...]
    mass_g: float
