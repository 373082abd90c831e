"""`plan`: from a target composition to everything that the bench needs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal
from recipes import firing
from recipes.assemble import Batch, Order, assemble
from recipes.balance import balance
from recipes.excess import extra_amounts, read_basis
from recipes.facts import refuse_blocked
from recipes.precursors import Precursor, exact, find, precursor_table
from recipes.protocol import find_protocol
from recipes.strict import strict_candidates, strict_cations
from recipes.values import LotContent, Recipe
from recipes.weighing import MASTER_MIX_K

LOSS_ALLOWANCE_PERCENT = 10.0
"""What mill, crucible and sieve keep of a batch that is planned in pellets."""


def plan(
    target: str | Composition,
    *,
    n_pellets: int = 1,
    mass_g: float | None = None,
    pellet_mass_g: float = 0.6,
    loss_allowance_percent: float = LOSS_ALLOWANCE_PERCENT,
    excess_percent: float = 15.0,
    excess_basis: str = "precursor",
    excess_elements: Sequence[str] = ("Na", "P"),
    protocol: str = "paper",
    precursors: Sequence[str] | None = None,
    strict_paper: bool = False,
    assays: Mapping[str, float] | None = None,
    lots: Mapping[str, LotContent] | None = None,
    allow_toxic: bool | Collection[str] = False,
    balance_resolution_g: float = 0.0001,
    master_mix_k: int = MASTER_MIX_K,
    furnace_max_c: float | None = None,
    crucible: str | None = None,
    pressure_mpa: float | None = None,
    die_diameter_mm: float | None = None,
    die_max_mpa: float | None = None,
    ram_area_cm2: float | None = None,
    extra_folder: Path | None = None,
) -> Recipe:
    """Return the recipe for a target composition.

    `mass_g` is the mass of target compound that the stoichiometric precursors give; without it the batch is
    `n_pellets * pellet_mass_g * (1 + loss_allowance_percent / 100)`. `precursors` are formulas or names: the elements
    that they bring come from them alone, the others from the table as usual. `strict_paper` allows only Na3PO4, ZrO2,
    SiO2 and the dopants' oxides and states what is then missing. `assays` are mass fractions by formula, `lots` the
    same with a name and a loss on ignition.
    `allow_toxic` is True or the symbols of blocked elements to allow. `extra_folder` is a lab's protocols folder.

    Raises Refusal, in one line, for a target that is no formula or not charge-neutral, elements without a precursor or
    blocked by policy, impossible batches, unknown words, and temperatures or pressures above a given ceiling.
    """
    composition = _checked_target(target, allow_toxic)
    named = {formula: LotContent("", value) for formula, value in (assays or {}).items()} | dict(lots or {})
    table = _with_lots(precursor_table(extra_folder), named)
    amount = _amount(n_pellets, mass_g, pellet_mass_g, loss_allowance_percent)
    basis = read_basis(excess_basis)
    cations = {symbol: n for symbol, n in composition.amounts if symbol != "O"}
    extra = extra_amounts(basis, excess_percent, composition.formula, cations, excess_elements)
    if strict_paper and precursors is not None:
        raise Refusal("cannot be combined with a list of precursors", "strict_paper")
    candidates = strict_candidates(table, cations) if strict_paper else _candidates(table, precursors, cations)
    made = strict_cations(cations) if strict_paper else cations
    solved = balance(made, extra, candidates, composition.formula)
    chosen = find_protocol(protocol, extra_folder)
    gases = {gas for jar, _ in solved.moles for gas, _ in jar.gases}
    furnace = firing.programs(chosen, gases)
    firing.check_ceilings(furnace, furnace_max_c, crucible)
    press = firing.pressing(chosen, pressure_mpa, die_diameter_mm, die_max_mpa, ram_area_cm2)
    order = Order(
        target=composition,
        made=made,
        extra=extra,
        basis=basis,
        excess_percent=excess_percent,
        mass_g=amount,
        pellet_mass_g=pellet_mass_g,
        loss_allowance_percent=loss_allowance_percent,
        n_pellets=None if mass_g is not None else n_pellets,
        resolution_g=_resolution(balance_resolution_g),
        master_mix_k=master_mix_k,
        is_strict_paper=strict_paper,
    )
    warnings = [firing.pressing_warning(press, die_max_mpa)]
    return assemble(order, Batch(solved, chosen, furnace, press, tuple(w for w in warnings if w)))


def _checked_target(target: str | Composition, allow_toxic: bool | Collection[str]) -> Composition:
    composition = Composition.parse(target) if isinstance(target, str) else target
    if not composition.get("O"):
        raise Refusal("has no oxygen; recipes are for oxides fired in air", composition.formula)
    if len(composition.elements) < 2:
        raise Refusal("has nothing but oxygen", composition.formula)
    if not composition.is_balanced:
        charge = composition.charge()
        sodium = composition.get("Na") - charge
        hint = f"; Na{float(sodium):.4g} would balance it" if composition.get("Na") and sodium > 0 else ""
        if hint and charge < 0:
            hint += f", or O{float(composition.get('O') + charge / 2):.4g}"
        raise Refusal(f"is not charge-neutral: {float(charge):+.3g} per formula unit{hint}", composition.formula)
    refuse_blocked(composition.elements, allow_toxic, composition.formula)
    return composition


def _amount(n_pellets: int, mass_g: float | None, pellet_mass_g: float, loss_percent: float) -> Fraction:
    limits = [("pellet_mass_g", pellet_mass_g, 0.001, 1000.0), ("loss_allowance_percent", loss_percent, 0.0, 200.0)]
    if mass_g is not None:
        limits.append(("mass_g", mass_g, 0.001, 100_000.0))
    else:
        limits.append(("n_pellets", n_pellets, 1, 10_000))
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise Refusal(f"must be from {low:g} to {high:g}, is {value:g}", name)
    if mass_g is not None:
        return exact(mass_g)
    return n_pellets * exact(pellet_mass_g) * (1 + exact(loss_percent) / 100)


def _resolution(resolution_g: float) -> float:
    if not 1e-7 <= resolution_g <= 1.0:
        raise Refusal(f"must be from 1e-7 to 1 g, is {resolution_g:g}", "balance_resolution_g")
    return resolution_g


def _with_lots(table: tuple[Precursor, ...], lots: Mapping[str, LotContent]) -> tuple[Precursor, ...]:
    known = {find(table, formula).formula: lot for formula, lot in lots.items()}
    return tuple(
        replace(jar, assay=lot.assay, loss_on_ignition=lot.loss_on_ignition, lot=lot.name)
        if (lot := known.get(jar.formula))
        else jar
        for jar in table
    )


def _candidates(
    table: tuple[Precursor, ...], wanted: Sequence[str] | None, cations: Mapping[str, Fraction]
) -> list[Precursor]:
    if wanted is None:
        return list(table)
    named = [find(table, formula) for formula in wanted]
    for jar in named:
        foreign = sorted(set(jar.cations) - set(cations))
        if foreign:
            raise Refusal(f"brings {' and '.join(foreign)}, which the target does not contain", jar.formula)
    covered = {symbol for jar in named for symbol in jar.cations}
    return list(dict.fromkeys(named)) + [jar for jar in table if jar not in named and not covered & set(jar.cations)]
