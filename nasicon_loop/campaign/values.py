"""What the campaign thinks about, as frozen values. Conductivities are log10 of S/cm at 25 °C."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Protocol

from nasicon_loop.chemistry import Composition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nasicon_loop.predict import Crystals

    Floats = NDArray[np.float64]


Acquires = Literal["ei", "nei", "ucb", "thompson", "novelty"]
"""How candidates are valued; see acquiring.py."""
Kind = Literal["new", "replicate", "reference"]
"""What a suggestion asks for: a new composition, one more pellet of a measured one, an undoped reference pellet."""


class Predicts(Protocol):
    """A trained model: `predict(compositions)` gives the arrays of `nasicon_loop.predict.Prediction`."""

    def predict(self, compositions: Sequence[Composition], /) -> Any:
        """Return mean, sd, epistemic_sd, quantiles and bins, one row per composition."""
        ...


class Answers(Protocol):
    """What a model says of n compositions for screening; arrays (n,) in log10 of S/cm."""

    @property
    def mean(self) -> "Floats":
        """Expected value."""
        ...

    @property
    def sd(self) -> "Floats":
        """Of the next result."""
        ...

    @property
    def epistemic_sd(self) -> "Floats":
        """The part that more data would remove."""
        ...


class Stabilities(Protocol):
    """What a model says of the 0 K hull; arrays (n,)."""

    @property
    def p_stable(self) -> "Floats":
        """Probability of lying within 25 meV/atom of it."""
        ...

    @property
    def is_supported(self) -> "NDArray[np.bool_]":
        """Whether all cations occur in the data behind it; elsewhere the model has no word on it."""
        ...


class Screens(Protocol):
    """A trained model asked about arrays of crystals: no object per composition."""

    def summary(self, batch: "Crystals", temperature_c: float = 25.0) -> Answers:
        """Return mean and standard deviations."""
        ...

    def hull(self, batch: "Crystals") -> Stabilities | None:
        """Return what is known on stability; None when no stability table was imported."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A charge-neutral composition that could be made: `amount` of `dopant` on `site`, Si `silicon` per formula."""

    formula: str
    dopant: str
    site: str
    amount: Fraction
    silicon: Fraction
    composition: Composition = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """A measured conductivity near room temperature: from the literature, or from this lab (`is_lab`).

    `kind` is a word to say beside the value ("bulk": without grain boundaries), empty for a total conductivity.
    """

    formula: str
    log10_sigma: float
    source: str
    is_lab: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A result of this lab since the previous batch; `predicted_*` is what the suggestion had promised."""

    label: str
    formula: str
    dopant: str
    log10_sigma: float
    log10_sigma_sd: float
    predicted_mean: float | None = None
    predicted_sd: float | None = None


@dataclass(frozen=True, slots=True)
class OwnPellet:
    """One pellet of this lab near 25 °C, log10 S/cm; `formula` is the target. `predicted_*` is what was promised."""

    label: str
    formula: str
    log10_sigma: float
    log10_sigma_sd: float
    is_reference: bool = False
    predicted_mean: float | None = None
    predicted_sd: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a sample of this lab became a dense single phase; `weight` below 1 where nobody looked at the phases."""

    label: str
    formula: str
    is_good: bool
    why: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One suggestion: its distribution, its acquisition value and the reason in words.

    `acquisition` is in the units of `acquired_by`; `gain` is the expected improvement in dex times the chance of one
    dense phase, whatever it was chosen by.
    """

    formula: str
    dopant: str
    mean: float
    sd: float
    quantiles: dict[str, float]
    acquisition: float
    reason: str
    epistemic_sd: float = 0.0
    probability_best: float = 0.0
    n_support_rows: int = 0
    amount: float = 0.0
    silicon: float = 2.0
    kind: Kind = "new"
    acquired_by: Acquires = "ei"
    gain: float = 0.0
    feasibility: float = 1.0


@dataclass(frozen=True, slots=True)
class Previous:
    """The batch before this one, what was learned since, and (if still at hand) the model that made it."""

    choices: tuple[Choice, ...] = ()
    results: tuple[Result, ...] = ()
    model: Predicts | None = None
    n_literature_added: int = 0
    retracted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ElementScore:
    """The best that one dopant promises; `formula` is None when no candidate with it is left or allowed."""

    element: str
    formula: str | None
    mean: float | None
    sd: float | None
    acquisition: float | None
    n_support_rows: int
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A batch, remarks on how it came about, and what changed since the previous one."""

    choices: tuple[Choice, ...]
    notes: tuple[str, ...]
    changes: tuple[str, ...]
    incumbent_formula: str | None
    incumbent_mean: float
    n_candidates: int
    scores: tuple[ElementScore, ...] = ()
    acquired_by: Acquires = "ei"
    passed_over: Mapping[str, str] = field(default_factory=dict)
