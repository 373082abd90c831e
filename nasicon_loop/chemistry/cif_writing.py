"""A composition on its prototype as CIF text, occupancies included."""

import math
from fractions import Fraction

from nasicon_loop.chemistry.cells import C2C, cell
from nasicon_loop.chemistry.composition import Composition
from nasicon_loop.chemistry.prototypes import Prototype, Site, prototype
from nasicon_loop.chemistry.sites import M_PER_FORMULA, X_PER_FORMULA, Amounts, Sites, total

_CAVITIES_2 = 3
_OXYGEN = 12


def cif(composition: Composition, phase: str | None = None) -> str:
    """Return a structure as CIF text; `phase` None takes the likelier form at room temperature.

    Cavity A1 fills first, A2 takes the rest; ions mix on a site in proportion. Sites that add up to less than full keep
    vacancies, to more (rounding) are scaled down to full. The
    cell is the predicted one, the positions the prototype's: a starting model, not a refinement. Lengths and
    occupancies carry more digits than anybody knows, so that what is read back is the same structure to 1e-9 Å. Raises
    FormulaError when the composition is not a NASICON or the phase is unknown.
    """
    sites = composition.sites()
    model = prototype(phase or cell(composition).phase)
    lengths = _cell(model, composition)
    rows = [row for site in model.sites for row in _rows(site, _occupancies(site, sites))]
    lines = [
        "data_" + "".join(char if char.isalnum() or char == "." else "_" for char in composition.formula),
        "# starting model: predicted cell, positions of the prototype",
        f"# prototype: {model.source}",
        f"_chemical_formula_sum   '{' '.join(f'{s}{float(n):.6g}' for s, n in composition.amounts)}'",
        f"_cell_formula_units_Z   {model.formula_units}",
        f"_symmetry_space_group_name_H-M   '{model.phase}'",
        f"_symmetry_Int_Tables_number   {model.space_group_number}",
        *(f"_cell_length_{name}   {value:.10f}" for name, value in zip("abc", lengths[:3], strict=True)),
        *(f"_cell_angle_{n}   {v:.4f}" for n, v in zip(("alpha", "beta", "gamma"), lengths[3:], strict=True)),
        "loop_",
        "_symmetry_equiv_pos_as_xyz",
        *(f"'{operation}'" for operation in model.operations),
        "loop_",
        *(f"_atom_site_{name}" for name in ("label", "type_symbol", "symmetry_multiplicity")),
        *(f"_atom_site_{name}" for name in ("fract_x", "fract_y", "fract_z", "occupancy")),
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _cell(model: Prototype, composition: Composition) -> tuple[float, float, float, float, float, float]:
    predicted = cell(composition)
    if model.phase != C2C:
        return predicted.a_angstrom, predicted.a_angstrom, predicted.c_angstrom, 90.0, 90.0, 120.0
    # the monoclinic cell keeps its measured shape and takes the predicted volume
    a, b, c, alpha, beta, gamma = model.reference_cell
    wanted = predicted.volume_angstrom3 * model.formula_units / predicted.formula_units
    factor = (wanted / (a * b * c * math.sin(math.radians(beta)))) ** (1 / 3)
    return a * factor, b * factor, c * factor, alpha, beta, gamma


def _occupancies(site: Site, sites: Sites) -> Amounts:
    """Return the occupancy of each element on one prototype site, adding up to at most 1."""
    if site.kind == "O":
        return (("O", min(sites.oxygen / _OXYGEN, Fraction(1))),)
    if site.kind == "M":
        return _shared(sites.m, total(sites.m) / M_PER_FORMULA)
    if site.kind == "X":
        return _shared(sites.x, total(sites.x) / X_PER_FORMULA)
    first = min(total(sites.a), Fraction(1))
    return _shared(sites.a, first if site.kind == "A1" else (total(sites.a) - first) / _CAVITIES_2)


def _shared(amounts: Amounts, occupancy: Fraction) -> Amounts:
    if not occupancy:
        return ()
    full = min(occupancy, Fraction(1)) / total(amounts)
    return tuple((symbol, amount * full) for symbol, amount in amounts)


def _rows(site: Site, occupancies: Amounts) -> list[str]:
    x, y, z = (f"{value:.5f}" for value in site.xyz)
    return [
        f"{site.label}_{symbol} {symbol} {site.multiplicity} {x} {y} {z} {float(occupancy):.12f}"
        for symbol, occupancy in occupancies
    ]
