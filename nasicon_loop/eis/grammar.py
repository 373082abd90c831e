"""The circuit language of the `impedance` package as a grammar of ours: parsed once, to a tree, before anything runs.

    circuit := term ("-" term)*                  in series
    term    := element | "p(" circuit ("," circuit)+ ")"
    element := letters digits                    R0, CPE1, Ws2; each name once

`impedance` evaluates text built from such a string; what is not in this grammar never reaches it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nasicon_loop.core import Refusal, plain

_TOKEN = re.compile(r"\s*(p\(|[A-Za-z]+[0-9]+|[-,)])")
_MAX_LENGTH = 300
_MAX_DEPTH = 12


class CircuitError(Refusal):
    """A circuit string that is outside the grammar, or names an element that does not exist."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its full name ("CPE1") and its kind ("CPE")."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Series:
    """Branches one after the other."""

    branches: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Parallel:
    """Branches beside each other."""

    branches: "tuple[Node, ...]"


Node = Element | Series | Parallel


def parse(circuit: str) -> Node:
    """Return the tree of a circuit string. Raises CircuitError with what is wrong."""
    if not isinstance(circuit, str) or not circuit.strip():
        raise CircuitError("the circuit is empty", "circuit")
    if len(circuit) > _MAX_LENGTH:
        raise CircuitError(f"the circuit is longer than {_MAX_LENGTH} characters", "circuit")
    parser = _Parser(_tokens(circuit), plain(circuit))
    node = parser.series(0)
    if parser.rest:
        raise parser.error(f"unexpected {parser.rest[0]!r}")
    names = [element.name for element in elements(node)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise parser.error(f"{twice} occurs twice; number the elements")
    return node


def elements(node: Node) -> Iterator[Element]:
    """Yield the elements from left to right: the order of the parameters."""
    if isinstance(node, Element):
        yield node
    else:
        for branch in node.branches:
            yield from elements(branch)


def _tokens(circuit: str) -> list[str]:
    found, place, text = [], 0, circuit.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise CircuitError(
                f"cannot read {plain(text[place:], limit=20)!r} (example: R0-p(R1,CPE1)-CPE2)", "circuit"
            )
        found.append(match.group(1))
        place = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[str], text: str) -> None:
        self.rest = tokens
        self.text = text

    def error(self, reason: str) -> CircuitError:
        return CircuitError(reason, f"circuit {self.text}")

    def series(self, depth: int) -> Node:
        branches = [self.term(depth)]
        while self.rest and self.rest[0] == "-":
            self.rest.pop(0)
            branches.append(self.term(depth))
        return branches[0] if len(branches) == 1 else Series(tuple(branches))

    def term(self, depth: int) -> Node:
        if not self.rest:
            raise self.error("it ends too early")
        token = self.rest.pop(0)
        if token == "p(":  # noqa: S105 - a bracket, not a password
            return self.parallel(depth + 1)
        if not token[0].isalpha():
            raise self.error(f"an element is missing before {token!r}")
        kind = token.rstrip("0123456789")
        if kind in ("p", "s"):
            raise self.error(f"{token} is not an element")
        return Element(token, kind)

    def parallel(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise self.error("the brackets are nested too deeply")
        branches = [self.series(depth)]
        while self.rest and self.rest[0] == ",":
            self.rest.pop(0)
            branches.append(self.series(depth))
        if not self.rest or self.rest.pop(0) != ")":
            raise self.error("a bracket is not closed")
        if len(branches) < 2:
            raise self.error("p(...) needs two branches or more")
        return Parallel(tuple(branches))
