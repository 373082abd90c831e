"""Why this one, in words and numbers that a chemist can check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from nasicon_loop.campaign.candidates import Key, composition_key
from nasicon_loop.campaign.values import Candidate, Known
from nasicon_loop.chemistry import Composition, FormulaError, dopants, element

_N_NEAREST = 2
SODIUM_WEIGHT = 0.25  # sodium follows from the charge of the others and would count them twice
OTHER_ELEMENT_ATOMS = 0.1  # a row with the same elements says more than one with another dopant in the same place
_RADIUS_SCALE_ANGSTROM = 0.05
_DOUBTFUL = 0.8
_VALENCE_SCALE = 0.5
_ELECTRONEGATIVITY_SCALE = 0.4
_HOST_SILICON = 2.0


@dataclass(frozen=True, slots=True)
class Literature:
    """Measured rows, indexed for reasons: key and value of every readable row, and rows per element."""

    rows: tuple[tuple[dict[str, float], Known], ...]
    n_rows_by_element: Mapping[str, int]

    def support(self, dopant: str) -> int:
        """Return how many measured rows contain the dopant (for Si: an Si content other than 2)."""
        return self.n_rows_by_element.get(dopant, 0)


def literature(known: Sequence[Known]) -> Literature:
    """Index measured rows; those whose formula is no composition on an oxygen basis are left out."""
    rows: list[tuple[dict[str, float], Known]] = []
    counts: dict[str, int] = {}
    for row in known:
        try:
            amounts = dict(composition_key(row.formula))
        except (FormulaError, ZeroDivisionError):
            continue
        rows.append((amounts, row))
        for symbol in amounts:
            if symbol != "Si" or amounts.get("P", 0.0) == 0 or abs(amounts["Si"] - _HOST_SILICON) > 0.01:
                counts[symbol] = counts.get(symbol, 0) + 1
    return Literature(tuple(rows), counts)


def distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return half the sum of the differences of amounts on 12 O (atoms exchanged); sodium counts a quarter."""
    return 0.5 * sum(
        abs(one.get(symbol, 0.0) - other.get(symbol, 0.0)) * (SODIUM_WEIGHT if symbol == "Na" else 1.0)
        for symbol in {*one, *other} - {"O"}
    )


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A measured composition near a candidate: median over its reports, and who measured it."""

    formula: str
    log10_sigma: float
    source: str
    kind: str
    distance_atoms: float

    @property
    def words(self) -> str:
        """Formula, conductivity in S/cm, who measured it, and how far away it is."""
        kind = f" {self.kind}" if self.kind else ""
        value = f"{short_formula(self.formula)}{kind} {sigma_words(self.log10_sigma)}"
        return f"{value} ({self.source}, {self.distance_atoms:.2f} atoms away)"


def nearest(key: Key, rows: Literature, n: int = _N_NEAREST) -> list[Neighbour]:
    """Return the `n` nearest measured compositions, nearest first, each once.

    Every element that only one of the two has counts as 0.1 atoms more in the order, not in the distance. Of several
    reports the lab's own are taken before others, totals before bulk values, and of what remains the median.
    """
    amounts = dict(key)
    groups: dict[Key, list[Known]] = {}
    for other, row in rows.rows:
        groups.setdefault(tuple(sorted(other.items())), []).append(row)
    ranked = sorted(
        groups,
        key=lambda other: (
            round(distance(amounts, dict(other)) + OTHER_ELEMENT_ATOMS * len(amounts.keys() ^ dict(other).keys()), 4),
            other,
        ),
    )
    return [_neighbour(groups[other], distance(amounts, dict(other))) for other in ranked[:n]]


def _neighbour(reports: Sequence[Known], gap: float) -> Neighbour:
    own = [row for row in reports if row.is_lab] or list(reports)
    alike = [row for row in own if not row.kind] or own
    source = alike[0].source if len(alike) == 1 else f"median of {len(alike)} reports"
    value = median(row.log10_sigma for row in alike)
    return Neighbour(alike[0].formula, value, source, alike[0].kind, gap)


def similar_dopants(symbol: str, rows: Literature, n: int = 2) -> list[str]:
    """Return the measured dopants most like `symbol` in radius, valence and electronegativity."""
    table = dopants()
    this = table[symbol]

    def unlike(other: str) -> float:
        that = table[other]
        return (
            abs(that.radius_angstrom - this.radius_angstrom) / _RADIUS_SCALE_ANGSTROM
            + abs(that.oxidation_state - this.oxidation_state) / _VALENCE_SCALE
            + abs(that.electronegativity - this.electronegativity) / _ELECTRONEGATIVITY_SCALE
            + (0.0 if that.site == this.site else 4.0)
        )

    measured = [other for other in table if other != symbol and rows.support(other) > 0]
    return sorted(measured, key=lambda other: (unlike(other), element(other).atomic_number))[:n]


def sigma_words(log10_sigma: float) -> str:
    """Return a log10 conductivity as S/cm with two digits: -3.25 gives '5.6e-4'."""
    mantissa, exponent = f"{10.0**log10_sigma:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def short_formula(formula: str) -> str:
    """Return a formula with amounts to 0.001: weighed compositions carry more digits than anybody reads."""
    return Composition.parse(formula).rounded(3).formula


def _support_words(candidate: Candidate, rows: Literature) -> str:
    n_rows = rows.support(candidate.dopant)
    if candidate.dopant == "Si":
        return f"{n_rows} measured rows away from Si2P1"
    if n_rows:
        return f"{n_rows} measured row{'s' if n_rows > 1 else ''} with {candidate.dopant}"
    alike = similar_dopants(candidate.dopant, rows)
    guess = f": a guess by similarity ({', '.join(alike)})" if alike else ": a guess"
    return f"no row with {candidate.dopant}{guess}"


def reason(
    candidate: Candidate,
    *,
    mean: float,
    sd: float,
    probability: float,
    incumbent_mean: float,
    rows: Literature,
    feasibility: float = 1.0,
    learned: str = "",
) -> str:
    """Return the reason in words: what is expected, how likely it beats the best, what is known near it."""
    parts = [
        f"expected {sigma_words(mean)} S/cm (68 % between {sigma_words(mean - sd)} and {sigma_words(mean + sd)})",
        f"{100.0 * probability:.0f} % chance to beat the best known composition, of which the model expects "
        f"{sigma_words(incumbent_mean)}",
    ]
    near = nearest(composition_key(candidate.composition), rows)
    if near:
        parts.append("nearest known " + ", ".join(one.words for one in near))
    parts.append(_support_words(candidate, rows))
    if learned:
        parts.append(f"{learned}: a dense single phase taken as {100.0 * feasibility:.0f} % likely")
    elif feasibility < _DOUBTFUL:
        parts.append(_doubt_words(candidate, feasibility))
    return "; ".join(parts)


def _doubt_words(candidate: Candidate, feasibility: float) -> str:
    entry = dopants()[candidate.dopant]
    mismatch = 100.0 * (entry.radius_angstrom / entry.host_radius_angstrom - 1.0)
    host_state = element(entry.host).oxidation_state
    charge = "" if entry.oxidation_state == host_state else f", charge {entry.oxidation_state}+ for {host_state}+"
    return (
        f"{float(candidate.amount):g} {candidate.dopant} may not all go in for {entry.host} ({mismatch:+.0f} % in "
        f"radius{charge}): one phase taken as {100.0 * feasibility:.0f} % likely"
    )
