"""The precursor table: what stands on the shelf, what each jar brings and what it gives off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from nasicon_loop.chemistry import Composition, FormulaError, atomic_weight
from nasicon_loop.core import Refusal, plain
from recipes.toml_files import Keys, load

DATA = Path(__file__).parent / "data"
OVERLAY_NAME = "precursors.toml"
_VOLATILE = frozenset({"O", "H", "C", "N"})


def exact(value: float) -> Fraction:
    """Return a number as it is printed, exactly: 22.990 becomes 2299/100, 15 becomes 15."""
    return Fraction(str(value))


@lru_cache(maxsize=512)
def molar_mass(formula: str) -> Fraction:
    """Return the exact molar mass in g/mol that chemistry's pinned atomic weights give; FormulaError for nonsense."""
    return amounts_mass(dict(Composition.parse(formula).amounts))


def amounts_mass(amounts: Mapping[str, Fraction]) -> Fraction:
    """Return the exact mass in g of amounts in mol."""
    return sum((amount * exact(atomic_weight(symbol)) for symbol, amount in amounts.items()), Fraction(0))


@lru_cache(maxsize=512)
def _elements(formula: str) -> Mapping[str, Fraction]:
    return MappingProxyType(dict(Composition.parse(formula).amounts))


@lru_cache(maxsize=512)
def _cations(formula: str) -> Mapping[str, Fraction]:
    return MappingProxyType({s: n for s, n in _elements(formula).items() if s not in _VOLATILE})


@dataclass(frozen=True, slots=True)
class Precursor:
    """One form of one compound; `formula` is canonical with the hydrate water, e.g. `Na3PO4·12H2O`.

    `gases` are mol released per mol, so that cations and oxygen remain. `assay` is a mass fraction of what is left
    after `loss_on_ignition` (also a mass fraction; hydrate water is no part of it). `price_per_g` is None where none is
    known. Lower `preference` is taken first. A jar fired more than `fresh_days` ago is to be fired again (0: never).
    """

    formula: str
    name: str
    cas: str
    gases: tuple[tuple[str, Fraction], ...] = ()
    preference: int = 0
    is_paper: bool = False
    is_hygroscopic: bool = False
    assay: float = 1.0
    price_per_g: float | None = None
    price_source: str = ""
    hazards: tuple[str, ...] = ()
    note: str = ""
    fresh_days: int = 0
    lot: str = ""
    loss_on_ignition: float = 0.0

    @property
    def content(self) -> Fraction:
        """Mass fraction of the compound in what is weighed: the assay counts what ignition leaves."""
        return exact(self.assay) * (1 - exact(self.loss_on_ignition))

    @property
    def elements(self) -> Mapping[str, Fraction]:
        """Mol of each element in one mol, hydrate water included."""
        return _elements(self.formula)

    @property
    def cations(self) -> Mapping[str, Fraction]:
        """Mol of each element that stays in the product, oxygen left out."""
        return _cations(self.formula)

    @property
    def residue_oxygen(self) -> Fraction:
        """Mol of oxygen that stays when the gases have left, before any exchange with the air."""
        lost = sum((n * Composition.parse(gas).get("O") for gas, n in self.gases), Fraction(0))
        return self.elements.get("O", Fraction(0)) - lost

    @property
    def is_anhydrous_phosphate(self) -> bool:
        """Whether this is Na3PO4 in any hydration: the compound that the excess is counted in."""
        cations = self.cations
        return dict(cations) == {"Na": Fraction(3), "P": Fraction(1)}


def key(formula: str) -> str:
    """Return a formula as the table knows it: `Na3PO4.12H2O`, `Na3PO4 · 12 H2O` and `Na3PO4·12H2O` are one."""
    clean = formula.replace(" ", "").replace("•", "·").replace("*", "·")
    head, dot, tail = clean.partition(".")
    return f"{head}·{tail}" if dot and tail.endswith("H2O") and "·" not in clean else clean


def has_valid_check_digit(cas: str) -> bool:
    """Tell whether a CAS registry number has the form n-nn-n and its check digit (weighted digit sum, modulo 10)."""
    parts = cas.split("-")
    if len(parts) != 3 or not all(part.isdecimal() and part.isascii() for part in parts):
        return False
    digits = (parts[0] + parts[1])[::-1]
    return len(parts[1]) == 2 and sum(n * int(d) for n, d in enumerate(digits, 1)) % 10 == int(parts[2])


def precursor_table(extra_folder: Path | None = None) -> tuple[Precursor, ...]:
    """Return the shipped table, overlaid with `precursors.toml` of a lab's protocols folder when it has one.

    Raises Refusal (`path: reason`) for unknown keys, wrong types, wrong CAS numbers and gases that do not leave oxides.
    """
    table = {item.formula: item for item in _read(DATA / OVERLAY_NAME)}
    if extra_folder is not None and (extra_folder / OVERLAY_NAME).is_file():
        table |= {item.formula: item for item in _read(extra_folder / OVERLAY_NAME)}
    return tuple(table.values())


def find(table: Iterable[Precursor], formula: str) -> Precursor:
    """Return the precursor of that formula or name; Refusal when the table has none."""
    wanted = key(formula)
    for item in table:
        if wanted == item.formula or formula.strip().casefold() == item.name.casefold():
            return item
    raise Refusal("is not in the precursor table; add it to protocols/precursors.toml", plain(formula, limit=60))


def find_precursor(formula: str, extra_folder: Path | None = None) -> Precursor:
    """Return the precursor of that formula or name, the lab's own table included; Refusal when there is none."""
    return find(precursor_table(extra_folder), formula)


def _read(path: Path) -> list[Precursor]:
    return list(_read_cached(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=8)
def _read_cached(path: Path, _mtime_ns: int) -> tuple[Precursor, ...]:
    top = Keys(load(path), str(path))
    top.integer("schema")
    if top.text("kind") != "precursors":
        raise Refusal('must say `kind = "precursors"`', path)
    items = [_precursor(entry) for entry in top.tables("precursor")]
    top.done()
    formulas = [item.formula for item in items]
    for formula in formulas:
        if formulas.count(formula) > 1:
            raise Refusal(f"{formula} is listed twice", path)
    return tuple(items)


def _precursor(entry: Keys) -> Precursor:
    formula, hydrate_n = entry.text("formula"), entry.integer("hydrate_n", 0)
    item = Precursor(
        formula=key(formula) + (f"·{hydrate_n}H2O" if hydrate_n > 1 else "·H2O" if hydrate_n else ""),
        name=entry.text("name"),
        cas=entry.text("cas"),
        gases=_gases(entry),
        preference=entry.integer("preference", 0),
        is_paper=entry.flag("is_paper"),
        is_hygroscopic=entry.flag("is_hygroscopic"),
        assay=entry.number("assay", 0.01, 1.0, 1.0),
        price_per_g=entry.optional_number("price_per_g", 0.0, 1e6),
        price_source=entry.text("price_source", ""),
        hazards=entry.texts("hazards"),
        note=entry.text("note", ""),
        fresh_days=entry.integer("fresh_days", 0),
    )
    entry.done()
    _check(item, entry.where)
    return item


def _gases(entry: Keys) -> tuple[tuple[str, Fraction], ...]:
    pairs = []
    for gas, amount in entry.table_of("gases").items():
        try:
            number = Fraction(str(amount))
        except (ValueError, ZeroDivisionError) as error:
            raise Refusal(f"gases: {plain(gas)} must be a number or a quotient such as 3/2", entry.where) from error
        if gas not in {"CO2", "H2O", "NH3"} or number <= 0:
            raise Refusal("gases: CO2, H2O and NH3 are known, in positive amounts", entry.where)
        pairs.append((gas, number))
    return tuple(pairs)


def _check(item: Precursor, where: str) -> None:
    try:
        elements = item.elements
    except FormulaError as error:
        raise Refusal(f"formula: {error}", where) from error
    if not has_valid_check_digit(item.cas):
        raise Refusal(f"{item.formula}: CAS number {item.cas} has a wrong form or check digit", where)
    if item.price_per_g is not None and not item.price_source:
        raise Refusal(f"{item.formula}: a price needs a `price_source`", where)
    if not item.cations:
        raise Refusal(f"{item.formula}: brings no cation", where)
    left = dict(elements)
    for gas, amount in item.gases:
        for symbol, n in Composition.parse(gas).amounts:
            left[symbol] = left.get(symbol, Fraction(0)) - amount * n
    if any(left.get(symbol, Fraction(0)) != 0 for symbol in ("H", "C", "N")) or left.get("O", Fraction(0)) < 0:
        raise Refusal(f"{item.formula}: its gases must take away all H, C and N and leave an oxide", where)
