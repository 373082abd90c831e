"""Which precursors make a composition, and how much of each: exact, never negative, with the rejected sets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from nasicon_loop.core import Refusal
from recipes.precursors import Precursor, molar_mass

Amounts = Mapping[str, Fraction]
MAX_CANDIDATES = 12
"""Sets are enumerated per group of linked elements; with more jars than this for one group the lab must choose."""


@dataclass(frozen=True, slots=True)
class RejectedSet:
    """A set of precursors that was not taken, and why."""

    precursors: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Balance:
    """Mol of each precursor per formula unit: for the target alone, and on top of it for the declared excess."""

    moles: tuple[tuple[Precursor, Fraction], ...]
    excess: tuple[tuple[Precursor, Fraction], ...]
    rejected: tuple[RejectedSet, ...]


def solve(columns: Sequence[Amounts], wanted: Amounts) -> list[Fraction] | str:
    """Return x with `sum x_j columns_j = wanted` exactly, or a reason in words.

    Gauss-Jordan elimination over fractions. Elements that only columns or only `wanted` name count as zero elsewhere.
    """
    symbols = sorted(set(wanted).union(*columns))
    rows = [[c.get(s, Fraction(0)) for c in columns] + [wanted.get(s, Fraction(0))] for s in symbols]
    n_columns = len(columns)
    for pivot in range(n_columns):
        found = next((r for r in range(pivot, len(rows)) if rows[r][pivot] != 0), None)
        if found is None:
            return "two of them bring the same, so the split is not defined"
        rows[pivot], rows[found] = rows[found], rows[pivot]
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for r, row in enumerate(rows):
            if r != pivot and row[pivot] != 0:
                rows[r] = [a - row[pivot] * b for a, b in zip(row, rows[pivot], strict=True)]
    if any(row[-1] != 0 for row in rows[n_columns:]):
        return "cannot give these elements in the ratio " + _ratio(wanted)
    return [row[-1] for row in rows[:n_columns]]


def balance(wanted: Amounts, excess: Amounts, candidates: Sequence[Precursor], where: str) -> Balance:
    """Return the preferred exact balance of `wanted` (mol of cations per formula unit) and of `excess` on top.

    The same precursors carry both. Among working sets the cheapest is taken when every price is known, else the lowest
    sum of preferences, then the least gas, then the fewest jars. Raises Refusal when no set works.
    """
    usable = [item for item in candidates if set(item.cations) <= set(wanted)]
    moles: list[tuple[Precursor, Fraction]] = []
    extra: list[tuple[Precursor, Fraction]] = []
    rejected: list[RejectedSet] = []
    for group in _groups(wanted, usable):
        jars = [item for item in usable if set(item.cations) <= set(group)]
        _refuse_uncovered(group, jars, where)
        chosen, losers = _best(
            {s: n for s, n in wanted.items() if s in group},
            {s: n for s, n in excess.items() if s in group},
            jars,
            where,
        )
        rejected += losers
        moles += [(jar, x) for jar, x, _ in chosen]
        extra += [(jar, y) for jar, _, y in chosen]
    return Balance(tuple(moles), tuple(extra), tuple(rejected))


def _groups(wanted: Amounts, jars: Iterable[Precursor]) -> list[tuple[str, ...]]:
    """Return elements in groups that share a precursor; each group is balanced by itself."""
    groups = [{symbol} for symbol in wanted]
    for jar in jars:
        linked = [g for g in groups if g & set(jar.cations)]
        groups = [g for g in groups if g not in linked] + [set().union(*linked)]
    order = list(wanted)
    return sorted((tuple(sorted(g, key=order.index)) for g in groups), key=lambda g: order.index(g[0]))


def _refuse_uncovered(group: Sequence[str], jars: Sequence[Precursor], where: str) -> None:
    for symbol in group:
        if not any(symbol in jar.cations for jar in jars):
            raise Refusal(f"no precursor in the table brings {symbol}; add one to protocols/precursors.toml", where)
    if len(jars) > MAX_CANDIDATES:
        raise Refusal(
            f"{len(jars)} precursors bring {' and '.join(group)}; name the ones to use (at most {MAX_CANDIDATES})",
            where,
        )


Chosen = list[tuple[Precursor, Fraction, Fraction]]


def _best(wanted: Amounts, excess: Amounts, jars: Sequence[Precursor], where: str) -> tuple[Chosen, list[RejectedSet]]:
    working: list[Chosen] = []
    rejected: list[RejectedSet] = []
    for size in range(1, len(wanted) + 1):
        for jar_set in combinations(jars, size):
            if {s for jar in jar_set for s in jar.cations} != set(wanted):
                continue
            result = _try(wanted, excess, jar_set)
            if isinstance(result, str):
                rejected.append(RejectedSet(tuple(jar.formula for jar in jar_set), result))
            elif result:
                working.append(result)
    if not working:
        reasons = "; ".join(f"{' + '.join(r.precursors)}: {r.reason}" for r in rejected[:3])
        raise Refusal(f"no set of precursors gives {_ratio(wanted)} ({reasons})", where)
    costs = [_cost(chosen) for chosen in working]
    is_priced = all(cost is not None for cost in costs)
    ranked = sorted(working, key=lambda chosen: _rank(chosen, is_priced=is_priced))
    winner = ranked[0]
    losers = [RejectedSet(tuple(jar.formula for jar, _, _ in c), _lost(c, winner, is_priced)) for c in ranked[1:]]
    return winner, losers + rejected


def _try(wanted: Amounts, excess: Amounts, jars: Sequence[Precursor]) -> Chosen | str:
    """Return the amounts, an empty list for a set with an idle jar (a smaller set does the same), or a reason."""
    columns = [jar.cations for jar in jars]
    target = solve(columns, wanted)
    if isinstance(target, str):
        return target
    for jar, x in zip(jars, target, strict=True):
        if x < 0:
            return f"would need {float(x):.4g} mol {jar.formula} per formula unit"
    extra = solve(columns, excess)
    if isinstance(extra, str):
        return f"cannot carry the excess of {' and '.join(s for s, n in excess.items() if n)}"
    total = [x + y for x, y in zip(target, extra, strict=True)]
    if any(amount < 0 for amount in total):
        return "the excess would need less than nothing of one of them"
    if not all(total):
        return []
    return list(zip(jars, target, extra, strict=True))


def _cost(chosen: Chosen) -> float | None:
    prices = [(jar.price_per_g, float((x + y) * molar_mass(jar.formula) / jar.content)) for jar, x, y in chosen]
    return None if any(price is None for price, _ in prices) else sum((price or 0.0) * mass for price, mass in prices)


def _rank(chosen: Chosen, *, is_priced: bool) -> tuple[float, float, float, int, tuple[str, ...]]:
    preference = sum(jar.preference for jar, _, _ in chosen)
    gas = sum(float((x + y) * n * molar_mass(g)) for jar, x, y in chosen for g, n in jar.gases)
    cost = (_cost(chosen) or 0.0) if is_priced else 0.0
    return cost, preference, gas, len(chosen), tuple(jar.formula for jar, _, _ in chosen)


def _lost(loser: Chosen, winner: Chosen, is_priced: bool) -> str:
    if is_priced:
        return f"works, but costs {_cost(loser):.4g} against {_cost(winner):.4g} per mole of target"
    theirs, ours = (sum(jar.preference for jar, _, _ in chosen) for chosen in (loser, winner))
    return f"works, but is less preferred (rank {theirs} against {ours}; the prices are not all known)"


def _ratio(amounts: Amounts) -> str:
    return " : ".join(amounts) + " = " + " : ".join(f"{float(n):.4g}" for n in amounts.values())
