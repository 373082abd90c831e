"""At the balance: resolution, tolerances, master mixes, and what was weighed in the end."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from nasicon_loop.chemistry import Composition
from nasicon_loop.core import Refusal, plain
from recipes import amounts
from recipes.excess import excess_fraction, words
from recipes.precursors import key, molar_mass
from recipes.values import LotContent, MasterMix, PrecursorMass, Recipe, Weighed

TOLERANCE = 0.002
"""A mass may be off by 0.2 %, or by one display step where that is more."""
MASTER_MIX_K = 200
"""A mass under this many display steps (one step is then more than 0.5 % of it) gets a master-mix proposal."""
MASTER_MIX_MAX_FACTOR = 20
"""A mix for more batches than this wastes more than a larger batch does."""
_VOLATILE = frozenset({"O", "H", "C", "N"})


def rounded(mass_g: float, resolution_g: float) -> float:
    """Return a mass as the balance shows it."""
    step = Decimal(str(resolution_g))
    return float((Decimal(repr(mass_g)) / step).quantize(Decimal(1), ROUND_HALF_EVEN) * step)


def tolerance(mass_g: float, resolution_g: float) -> float:
    """Return how far off a mass may be: 0.2 % of it, at least one display step, in whole steps."""
    return max(1, math.floor(TOLERANCE * mass_g / resolution_g)) * resolution_g


def decimals(resolution_g: float) -> int:
    """Return how many decimals a mass in g has on this balance."""
    return max(0, math.ceil(-math.log10(resolution_g) - 1e-9))


def master_mix(lines: Sequence[PrecursorMass], resolution_g: float, k: int) -> MasterMix | None:
    """Return a proposal when masses are under k display steps, None when all are above or nothing can carry them.

    The carrier is the heaviest precursor that is dry and large enough; small ones and carrier are weighed n-fold,
    milled together, and one n-th is taken for this batch.
    """
    limit = k * resolution_g
    small = [line for line in lines if 0 < line.mass_g < limit]
    carriers = [line for line in lines if line.mass_g >= limit and not line.is_hygroscopic]
    if not small or not carriers:
        return None
    carrier = max(carriers, key=lambda line: line.mass_g)
    factor = max(2, math.ceil(limit / min(line.mass_g for line in small)))
    if factor > MASTER_MIX_MAX_FACTOR:
        return None
    parts = [*small, carrier]
    masses = {line.formula: rounded(factor * line.mass_g, resolution_g) for line in parts}
    take = rounded(sum(masses.values()) / factor, resolution_g)
    n = decimals(resolution_g)
    listed = " and ".join(f"{mass:.{n}f} g {name}" for name, mass in masses.items())
    names = " and ".join(masses)
    words = f"master mix: mill {listed} together, take {take:.{n}f} g of it in place of {names}"
    return MasterMix(tuple(line.formula for line in small), carrier.formula, masses, take, words)


def contained(
    lines: Sequence[PrecursorMass],
    masses_g: Mapping[str, float],
    lots: Mapping[str, LotContent] | None = None,
) -> dict[str, Fraction]:
    """Return mol of each cation that masses (by formula) contain: by the lots given, else by those of the plan."""
    content = {line.formula: line.content for line in lines} | {f: lot.content for f, lot in (lots or {}).items()}
    moles = {
        line.formula: Fraction(masses_g[line.formula]) * content[line.formula] / molar_mass(line.formula)
        for line in lines
    }
    parts = {
        line.formula: {s: n for s, n in Composition.parse(line.formula).amounts if s not in _VOLATILE} for line in lines
    }
    return {symbol: n for symbol, n in amounts.total(parts, moles).items() if n}


def without_excess(line: PrecursorMass, actual_g: float) -> float:
    """Return the part of an actual mass that is not declared excess: in the proportion that was planned.

    A whole batch weighed 5 % larger then has 5 % more excess and the same weighed composition.
    """
    return actual_g * line.stoichiometric_g / line.mass_g if line.mass_g else actual_g


def weighed_composition(
    recipe: Recipe, actual_masses: Mapping[str, float], lots: Mapping[str, LotContent] | None = None
) -> Weighed:
    """Return the weighed and batched composition of the masses that are really in the mill.

    `actual_masses` are in g, by formula or name; every precursor of the recipe is needed. `lots` are those that were
    taken, by formula, where they are not the planned ones. Both compositions are per
    formula unit of the target: oxygen (from charge) of the weighed one equals that of the planned one. Raises Refusal
    for missing, unknown, doubled or impossible masses.
    """
    masses = _by_formula(recipe, actual_masses)
    lines = recipe.precursors
    without = {line.formula: without_excess(line, masses[line.formula]) for line in lines}
    stoichiometric, everything = contained(lines, without, lots), contained(lines, masses, lots)
    planned = {s: n for s, n in Composition.parse(recipe.weighed).amounts if s != "O"}
    if not stoichiometric:
        raise Refusal("all masses are zero", "weighing")
    scale = amounts.oxygen(planned) / amounts.oxygen(stoichiometric)
    weighed = {s: n * scale for s, n in stoichiometric.items()}
    batched = {s: n * scale for s, n in everything.items()}
    target = {s: n for s, n in Composition.parse(recipe.target).amounts if s != "O"}
    extra = {s: float(n - weighed.get(s, Fraction(0))) for s, n in batched.items()}
    mass_g = float(amounts_mass_g(amounts.fired(stoichiometric)))
    return Weighed(
        weighed_formula=amounts.formula(amounts.fired(weighed)),
        batched_formula=amounts.formula(amounts.fired(batched)),
        excess_fraction=excess_fraction(extra, {s: float(n) for s, n in weighed.items()}),
        weighed_amounts=amounts.floats(amounts.fired(weighed)),
        batched_amounts=amounts.floats(amounts.fired(batched)),
        deviation_percent={s: 100 * float(weighed.get(s, Fraction(0)) / n - 1) for s, n in target.items()},
        out_of_tolerance=tuple(
            line.formula for line in lines if abs(masses[line.formula] - line.mass_g) > 1.001 * line.tolerance_g
        ),
        mass_g=mass_g,
    )


def amounts_mass_g(contents: Mapping[str, Fraction]) -> Fraction:
    """Return the mass in g of amounts in mol."""
    return sum((n * molar_mass(symbol) for symbol, n in contents.items()), Fraction(0))


def _by_formula(recipe: Recipe, actual_masses: Mapping[str, float]) -> dict[str, float]:
    masses: dict[str, float] = {}
    for given, mass in actual_masses.items():
        formula = _known(recipe, given)
        if formula in masses:
            raise Refusal("is given twice", formula)
        if isinstance(mass, bool) or not math.isfinite(mass) or mass < 0:
            raise Refusal(f"must be a mass in g, not negative, is {mass}", formula)
        masses[formula] = float(mass)
    missing = [line.formula for line in recipe.precursors if line.formula not in masses]
    if missing:
        raise Refusal(f"no mass given for {', '.join(missing)}", "weighing")
    return masses


def _known(recipe: Recipe, given: str) -> str:
    for line in recipe.precursors:
        if key(given) == line.formula or given.strip().casefold() == line.name.casefold():
            return line.formula
    known = ", ".join(line.formula for line in recipe.precursors)
    raise Refusal(f"is not in this recipe; it has {known}", plain(given, limit=60))


def rescaled(recipe: Recipe, precursor: str, actual_g: float) -> Recipe:
    """Return the recipe for the batch in which the mass of one precursor is exactly what was weighed.

    The rescue after too much of one precursor: weigh more of the others, the composition stays. Refusal for an unknown
    precursor and for less than half or more than twice the planned mass, which is no slip.
    """
    formula = _known(recipe, precursor)
    line = next(line for line in recipe.precursors if line.formula == formula)
    factor = actual_g / line.mass_g
    if not 0.5 <= factor <= 2:
        raise Refusal(f"{actual_g:g} g is {factor:.3g} times the plan; plan a new batch instead", formula)
    step = recipe.balance_resolution_g
    lines = tuple(_scaled_line(item, factor, step) for item in recipe.precursors)
    return replace(
        recipe,
        precursors=lines,
        mass_g=recipe.mass_g * factor,
        total_g=recipe.total_g * factor,
        gas_loss_g=recipe.gas_loss_g * factor,
        gases_g={gas: mass * factor for gas, mass in recipe.gases_g.items()},
        expected_calcined_g=recipe.expected_calcined_g * factor,
        excess_words=words(
            recipe.excess_basis,
            recipe.excess_percent,
            recipe.excess_amounts,
            [(item.formula, item.stoichiometric_g, item.excess_g) for item in lines if item.excess_g],
        ),
        master_mix=None,
        warnings=(*recipe.warnings, f"rescaled by {factor:.5f} to {actual_g:g} g {formula} in the mill"),
    )


def _scaled_line(line: PrecursorMass, factor: float, step: float) -> PrecursorMass:
    mass = line.mass_g * factor
    return replace(
        line,
        mass_g=mass,
        stoichiometric_g=line.stoichiometric_g * factor,
        excess_g=line.excess_g * factor,
        rounded_g=rounded(mass, step),
        tolerance_g=tolerance(mass, step),
    )
