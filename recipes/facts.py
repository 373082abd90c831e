"""Dopant facts, crucible ceilings and the policy on toxic elements: small data files, read once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from nasicon_loop.chemistry import dopants
from nasicon_loop.core import Refusal, plain
from recipes.precursors import DATA
from recipes.toml_files import Keys, load


@dataclass(frozen=True, slots=True)
class DopantFact:
    """What an element does on the way from jar to pellet."""

    note: str
    source: str


@lru_cache(maxsize=1)
def dopant_facts() -> Mapping[str, DopantFact]:
    """Return the facts by element symbol; elements without an entry have nothing special that we know of."""
    path = DATA / "dopant_facts.toml"
    data = load(path)
    source = str(data["source"])
    facts = {}
    for symbol, table in data["element"].items():
        entry = Keys(table, f"{path}: {symbol}")
        facts[symbol] = DopantFact(entry.text("note"), source)
        entry.done()
    return MappingProxyType(facts)


@lru_cache(maxsize=1)
def crucible_ceilings_c() -> Mapping[str, float]:
    """Return the highest temperature in °C for long use in air, by crucible material."""
    table = load(DATA / "vessels.toml")["ceiling_c"]
    return MappingProxyType({str(name): float(value) for name, value in table.items()})


def crucible_ceiling_c(material: str) -> float:
    """Return one crucible's ceiling; Refusal for a material that is not in the table."""
    known = crucible_ceilings_c()
    if material not in known:
        raise Refusal(f"unknown crucible material; there are {', '.join(known)}", plain(material, limit=60))
    return known[material]


def refuse_blocked(elements: Collection[str], allowed: bool | Collection[str], where: str) -> None:
    """Refuse what chemistry's dopant table calls toxic (As, Cd, Cr) unless allowed: True for all, or the symbols."""
    for symbol in elements:
        dopant = dopants().get(symbol)
        if dopant is None or not dopant.toxic or allowed is True:
            continue
        if allowed is False or symbol not in allowed:
            note = dopant_facts()[symbol].note if symbol in dopant_facts() else dopant.note
            raise Refusal(f"{symbol} is blocked by policy ({note}); the lab must allow it explicitly", where)
