"""Putting a recipe together: moles to masses, gases, compositions, warnings."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from nasicon_loop.chemistry import ATOMIC_WEIGHTS_NAME, Composition
from recipes import amounts, excess, firing
from recipes.balance import Balance
from recipes.excess import ExcessBasis
from recipes.facts import dopant_facts
from recipes.furnace import FurnaceProgram, prior_warning
from recipes.precursors import amounts_mass, exact, molar_mass
from recipes.protocol import Protocol
from recipes.strict import shortfall
from recipes.values import PrecursorMass, Pressing, Recipe
from recipes.weighing import contained, master_mix, rounded, tolerance, without_excess

ON_IGNITION = "on ignition"
"""Among the gases: what the lots' certificates call loss on ignition, mostly water and CO2."""
_HOST = frozenset({"Na", "Zr", "Si", "P", "O"})


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for, checked: `made` is the target's cations less a declared shortfall, per formula unit."""

    target: Composition
    made: Mapping[str, Fraction]
    extra: Mapping[str, Fraction]
    basis: ExcessBasis
    excess_percent: float
    mass_g: Fraction
    pellet_mass_g: float
    loss_allowance_percent: float
    n_pellets: int | None
    resolution_g: float
    master_mix_k: int
    is_strict_paper: bool

    @property
    def cations(self) -> dict[str, Fraction]:
        """The target's cations per formula unit."""
        return {symbol: n for symbol, n in self.target.amounts if symbol != "O"}

    @property
    def oxygen_offset(self) -> Fraction:
        """Oxygen that the target was given beyond its charges: zero, or what printed decimals leave open."""
        return self.target.get("O") - amounts.oxygen(self.cations)

    @property
    def formula_moles(self) -> Fraction:
        """Mol of formula units in the batch."""
        return self.mass_g / amounts_mass(dict(self.target.amounts))


@dataclass(frozen=True, slots=True)
class Batch:
    """How it is made: the balance, the protocol and what follows from it."""

    balance: Balance
    protocol: Protocol
    programs: tuple[FurnaceProgram, ...]
    press: Pressing | None
    warnings: tuple[str, ...]


def assemble(order: Order, batch: Batch) -> Recipe:
    """Return the recipe; nothing is decided here any more."""
    lines = _lines(order, batch.balance)
    batched = amounts.fired(amounts.add(order.made, order.extra), order.oxygen_offset)
    weighed = amounts.fired(order.made, order.oxygen_offset)
    gases = _gases(order, batch.balance, batched) | _on_ignition(lines)
    staying = 1 - exact(batch.protocol.excess_loss_fraction)
    expected = amounts.add(order.made, {symbol: staying * n for symbol, n in order.extra.items()})
    total = sum(line.mass_g for line in lines)
    mix = master_mix(lines, order.resolution_g, order.master_mix_k)
    rounded_formula, rounding_error = _rounding(order, lines)
    missing = shortfall(order.cations, order.made)
    recipe_warnings = _warnings(order, batch, lines, missing)
    return Recipe(
        target=order.target.formula,
        weighed=amounts.formula(weighed) if missing else order.target.formula,
        batched=amounts.formula(batched),
        rounded=rounded_formula,
        rounding_error_percent=rounding_error,
        batched_amounts=amounts.floats(batched),
        molar_mass_g_mol=float(amounts_mass(dict(order.target.amounts))),
        mass_g=float(order.mass_g),
        n_pellets=_n_pellets(order),
        pellet_mass_g=order.pellet_mass_g,
        loss_allowance_percent=order.loss_allowance_percent,
        precursors=lines,
        total_g=total,
        excess_percent=order.excess_percent,
        excess_basis=order.basis.value,
        excess_words=excess.words(
            order.basis,
            order.excess_percent,
            _floats(order.extra),
            [(i.formula, i.stoichiometric_g, i.excess_g) for i in lines if i.excess_g],
        ),
        excess_fraction=excess.excess_fraction(_floats(order.extra), _floats(order.made)),
        excess_amounts=_floats(order.extra),
        gas_loss_g=sum(gases.values()),
        gases_g=gases,
        expected_calcined_g=total - sum(gases.values()),
        programs=batch.programs,
        steps=firing.in_words(batch.protocol, batch.programs, batch.press),
        pressing=batch.press,
        protocol=batch.protocol.name,
        protocol_source=batch.protocol.source,
        rejected=batch.balance.rejected,
        warnings=recipe_warnings,
        hazards=_hazards(lines, gases),
        shortfall=missing,
        master_mix=mix,
        balance_resolution_g=order.resolution_g,
        atomic_weights=ATOMIC_WEIGHTS_NAME,
        made_with=_made_with(),
        strict_paper=order.is_strict_paper,
        expected=amounts.formula(amounts.fired(expected, order.oxygen_offset)),
        expected_words=excess.loss_words(batch.protocol.excess_loss_fraction, tuple(order.extra)),
    )


def _lines(order: Order, solved: Balance) -> tuple[PrecursorMass, ...]:
    """Return the weighing table: dopants first (a slip there rescales the rest), what takes up water last."""
    extra = {jar.formula: y for jar, y in solved.excess}
    lines = []
    for jar, x in solved.moles:
        per_mole = order.formula_moles * molar_mass(jar.formula) / jar.content
        stoichiometric, added = x * per_mole, extra[jar.formula] * per_mole
        mass = float(stoichiometric + added)
        lines.append(
            PrecursorMass(
                name=jar.name,
                formula=jar.formula,
                mass_g=mass,
                stoichiometric_g=float(stoichiometric),
                excess_g=float(added),
                purpose=" and ".join(jar.cations),
                rounded_g=rounded(mass, order.resolution_g),
                tolerance_g=tolerance(mass, order.resolution_g),
                assay=jar.assay,
                lot=jar.lot,
                loss_on_ignition=jar.loss_on_ignition,
                cas=jar.cas,
                is_hygroscopic=jar.is_hygroscopic,
                hazards=jar.hazards,
                note=jar.note,
            )
        )
    is_dopant = {line.formula: not set(line.purpose.split(" and ")) & _HOST for line in lines}
    return tuple(sorted(lines, key=lambda i: (not is_dopant[i.formula], i.is_hygroscopic, -i.mass_g)))


def _gases(order: Order, solved: Balance, batched: Mapping[str, Fraction]) -> dict[str, float]:
    """Return g of each gas that leaves; oxygen from the air is negative. Exact, so no rounding looks like a gas."""
    extra = {jar.formula: y for jar, y in solved.excess}
    moles: dict[str, Fraction] = {}
    residue = Fraction(0)
    for jar, x in solved.moles:
        n = x + extra[jar.formula]
        residue += n * jar.residue_oxygen
        moles = amounts.add(moles, {gas: n * per_mole for gas, per_mole in jar.gases})
    moles["O2"] = (residue - batched["O"] + order.oxygen_offset) / 2
    return {gas: float(n * order.formula_moles * molar_mass(gas)) for gas, n in moles.items() if n}


def _on_ignition(lines: tuple[PrecursorMass, ...]) -> dict[str, float]:
    """Return g that leaves because the lots are not dry; empty when all are."""
    lost = sum(line.mass_g * line.loss_on_ignition for line in lines)
    return {ON_IGNITION: lost} if lost else {}


def _rounding(order: Order, lines: tuple[PrecursorMass, ...]) -> tuple[str, float]:
    """Return the weighed formula of the rounded masses and the largest relative error of a cation in per cent."""
    if not all(line.rounded_g for line in lines):
        return order.target.formula, 100.0
    given = contained(lines, {line.formula: without_excess(line, line.rounded_g) for line in lines})
    scale = amounts.oxygen(order.made) / amounts.oxygen(given)
    scaled = {symbol: n * scale for symbol, n in given.items()}
    error = max(abs(float(scaled[symbol] / n - 1)) for symbol, n in order.made.items())
    return amounts.formula(amounts.fired(scaled, order.oxygen_offset)), 100 * error


def _n_pellets(order: Order) -> int:
    if order.n_pellets is not None:
        return order.n_pellets
    one = exact(order.pellet_mass_g) * (1 + exact(order.loss_allowance_percent) / 100)
    return int(order.mass_g / one)


def _warnings(
    order: Order, batch: Batch, lines: tuple[PrecursorMass, ...], missing: Mapping[str, float]
) -> tuple[str, ...]:
    found = []
    if missing:
        short = ", ".join(f"{n:.4g} {symbol}" for symbol, n in missing.items())
        found.append(f"strict paper: the paper's precursors leave {short} short per formula unit")
    if order.excess_percent and not order.extra:
        found.append("no excess: the target has no sodium to lose")
    limit = order.master_mix_k * order.resolution_g
    for line in lines:
        if line.mass_g < limit:
            share = 100 * order.resolution_g / line.mass_g
            least = float(order.mass_g) * limit / line.mass_g
            found.append(
                f"{line.formula}: one balance step is {share:.1f} % of its mass (under {order.master_mix_k} steps); "
                f"make a master mix, or at least {least:.3g} g"
            )
    facts = dopant_facts()
    found += [f"{s}: {facts[s].note}" for s in order.target.elements if s in facts and s not in _HOST]
    found += [w for w in (prior_warning(batch.programs), *batch.warnings) if w]
    if not _n_pellets(order):
        found.append(f"the batch is too small for one pellet of {order.pellet_mass_g:g} g")
    return tuple(found)


def _hazards(lines: tuple[PrecursorMass, ...], gases: Mapping[str, float]) -> tuple[str, ...]:
    """Return each hazard once, with the precursors that have it."""
    whose: dict[str, list[str]] = {}
    for line in lines:
        for hazard in line.hazards:
            whose.setdefault(hazard, []).append(line.formula)
    found = [f"{', '.join(formulas)}: {hazard}" for hazard, formulas in whose.items()]
    if "NH3" in gases:
        found.append(f"calcination gives off {gases['NH3']:.3f} g NH3: furnace under extraction")
    return tuple(found)


def _floats(values: Mapping[str, Fraction]) -> dict[str, float]:
    return {symbol: float(n) for symbol, n in values.items()}


def _made_with() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"nasicon_loop {version('nasicon_loop')}"
    except PackageNotFoundError:
        return "nasicon_loop, not installed"
