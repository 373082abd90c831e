"""One structure of an OPTIMADE answer as CIF text in P1, after checking every number and name in it."""

import math
import re
from collections.abc import Mapping
from typing import Any

from nasicon_loop.core import Refusal, plain

MAX_SITES = 2000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}")
_SYMBOL = re.compile(r"[A-Z][a-z]?")
_MODIFIED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_UNUSABLE = ("unknown_positions", "site_attachments", "implicit_atoms")
_FULL = 1.005


def entry_id(entry: Mapping[str, Any]) -> str:
    """Return the provider's own id of a structure; Refusal when it is not a plain one."""
    name = entry.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise Refusal("has an id that is not a plain name", plain(name, limit=60))
    return name


def last_modified(entry: Mapping[str, Any]) -> str:
    """Return when the provider changed a structure last, as it says, or an empty text."""
    attributes = entry.get("attributes")
    text = attributes.get("last_modified") if isinstance(attributes, dict) else None
    return text if isinstance(text, str) and _MODIFIED.fullmatch(text) else ""


def cif_of_entry(entry: Mapping[str, Any]) -> str:
    """Return a structure as CIF text with all its positions (P1); Refusal naming what is missing or wrong."""
    where = entry_id(entry)
    attributes = entry.get("attributes")
    if not isinstance(attributes, dict):
        raise Refusal("has no attributes", where)
    try:
        return _cif(where, attributes)
    except Refusal as refusal:
        raise Refusal(refusal.reason, where) from refusal


def _cif(name: str, attributes: Mapping[str, Any]) -> str:
    import numpy as np

    features = attributes.get("structure_features") or []
    if not isinstance(features, list) or any(feature in _UNUSABLE for feature in features):
        raise Refusal("its positions are not all known")
    positions = attributes.get("cartesian_site_positions")
    n_sites = len(positions) if isinstance(positions, list) else 0
    if not 0 < n_sites <= MAX_SITES:
        raise Refusal(f"has {n_sites} positions; 1 to {MAX_SITES} are read")
    lattice = np.array(_rows(attributes.get("lattice_vectors"), 3, "lattice_vectors"))
    if abs(float(np.linalg.det(lattice))) < 1.0:
        raise Refusal("its cell has no volume")
    xyz = np.array(_rows(positions, n_sites, "cartesian_site_positions")) @ np.linalg.inv(lattice)
    at_sites = attributes.get("species_at_sites")
    if not isinstance(at_sites, list) or len(at_sites) != n_sites:
        raise Refusal("species_at_sites does not fit the positions")
    species = _species(attributes.get("species"))
    rows = []
    for i, (site, at) in enumerate(zip(at_sites, xyz % 1.0, strict=True)):
        if not isinstance(site, str) or site not in species:
            raise Refusal("a position holds a species that is not described")
        coordinates = " ".join(f"{value:.10f}" for value in at)
        rows += [f"{symbol}{i + 1} {symbol} {coordinates} {n:.10f}" for symbol, n in species[site]]
    return "\n".join([*_head(name, lattice), *rows]) + "\n"


def _head(name: str, lattice: Any) -> list[str]:
    import numpy as np

    lengths = np.linalg.norm(lattice, axis=1)
    pairs = ((1, 2), (0, 2), (0, 1))
    cosines = [float(lattice[i] @ lattice[j] / lengths[i] / lengths[j]) for i, j in pairs]
    angles = [math.degrees(math.acos(min(1.0, max(-1.0, cosine)))) for cosine in cosines]
    return [
        "data_" + re.sub(r"[^A-Za-z0-9.]", "_", name),
        *(f"_cell_length_{axis} {value:.10f}" for axis, value in zip("abc", lengths, strict=True)),
        *(f"_cell_angle_{angle} {v:.8f}" for angle, v in zip(("alpha", "beta", "gamma"), angles, strict=True)),
        "_symmetry_space_group_name_H-M 'P 1'",
        "loop_",
        "_symmetry_equiv_pos_as_xyz",
        "'x, y, z'",
        "loop_",
        *(f"_atom_site_{field}" for field in ("label", "type_symbol", "fract_x", "fract_y", "fract_z", "occupancy")),
    ]


def _rows(table: Any, n_rows: int, what: str) -> list[list[float]]:
    if not isinstance(table, list) or len(table) != n_rows:
        raise Refusal(f"{what} is not a table of {n_rows} rows")
    return [[_number(value, what) for value in row] if _is_triple(row) else _refuse_row(what) for row in table]


def _is_triple(row: Any) -> bool:
    return isinstance(row, list) and len(row) == 3


def _refuse_row(what: str) -> list[float]:
    raise Refusal(f"{what} has a row that is not three numbers")


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e4:
        raise Refusal(f"{what} has a value that is no length in Å")
    return float(value)


def _species(described: Any) -> dict[str, list[tuple[str, float]]]:
    if not isinstance(described, list) or len(described) > MAX_SITES:
        raise Refusal("has no list of species")
    found: dict[str, list[tuple[str, float]]] = {}
    for species in described:
        name = species.get("name") if isinstance(species, dict) else None
        if not isinstance(name, str):
            raise Refusal("has a species without a name")
        if species.get("attached"):
            raise Refusal("has a species with atoms attached")
        found[name] = _elements(species.get("chemical_symbols"), species.get("concentration"))
    return found


def _elements(symbols: Any, shares: Any) -> list[tuple[str, float]]:
    if not isinstance(symbols, list) or not isinstance(shares, list) or not 0 < len(symbols) == len(shares) <= 100:
        raise Refusal("has a species without symbols and concentrations")
    elements = []
    for symbol, share in zip(symbols, shares, strict=True):
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= _FULL:
            raise Refusal("has a concentration that is not between 0 and 1")
        if symbol == "vacancy":
            continue
        if not isinstance(symbol, str) or not _SYMBOL.fullmatch(symbol):
            raise Refusal("has a species of an unknown element")
        if share > 0:
            elements.append((symbol, float(share)))
    if sum(share for _, share in elements) > _FULL:
        raise Refusal("has a species with concentrations above one")
    return elements
