"""The circuits that are tried, as data: which resistors carry the ions, which branch is the electrode."""

from dataclasses import dataclass
from typing import Literal

Tail = Literal["none", "cpe", "warburg", "open_warburg", "randles", "randles_cpe"]

_TAILS = {"none": "", "cpe": "CPE{0}", "warburg": "W{0}", "open_warburg": "Wo{0}"}
_RANDLES = {"randles": "p(C1,R1-W1)", "randles_cpe": "p(CPE1,R1-W1)"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One structure: a series resistor or none, so many depressed arcs, one kind of electrode branch."""

    has_series_r: bool
    n_arcs: int
    tail: Tail

    @property
    def is_randles(self) -> bool:
        """Whether the electrode's Warburg element sits inside the arc, as in the paper's circuit."""
        return self.tail in _RANDLES

    def text(self, *, has_inductor: bool) -> str:
        """Return the circuit string."""
        parts = (["L0"] if has_inductor else []) + (["R0"] if self.has_series_r else [])
        if self.is_randles:
            parts.append(_RANDLES[self.tail])
        else:
            parts += [f"p(R{i},CPE{i})" for i in range(1, self.n_arcs + 1)]
            if self.tail != "none":
                parts.append(_TAILS[self.tail].format(self.n_arcs + 1))
        return "-".join(parts)


PAPER = Candidate(True, 1, "randles")

SIMPLE: tuple[Candidate, ...] = (
    Candidate(True, 0, "cpe"),
    Candidate(True, 0, "warburg"),
    Candidate(True, 1, "none"),
    Candidate(False, 1, "none"),
    Candidate(True, 1, "cpe"),
    Candidate(False, 1, "cpe"),
    Candidate(True, 1, "warburg"),
    PAPER,
    Candidate(True, 1, "randles_cpe"),
    Candidate(True, 2, "none"),
    Candidate(False, 2, "none"),
)
COMPLEX: tuple[Candidate, ...] = (
    Candidate(True, 2, "cpe"),
    Candidate(False, 2, "cpe"),
    Candidate(True, 2, "warburg"),
    Candidate(True, 1, "open_warburg"),
    Candidate(False, 2, "open_warburg"),
    Candidate(True, 3, "none"),
    Candidate(False, 3, "none"),
)


def known_circuits() -> tuple[str, ...]:
    """Return the circuits that are tried, as text; a cable's inductor `L0` is added where the data ask for one."""
    return tuple(candidate.text(has_inductor=False) for candidate in (*SIMPLE, *COMPLEX))


def known_circuit(text: str) -> Candidate | None:
    """Return the structure of a circuit that is tried, with or without its inductor; None for any other."""
    wanted = "".join(text.split()).removeprefix("L0-")
    return next((one for one in (*SIMPLE, *COMPLEX) if one.text(has_inductor=False) == wanted), None)
