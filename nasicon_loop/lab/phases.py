"""What diffraction says of a pellet, and how much less its conductivity teaches when nobody looked."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.core import Refusal, plain, read_bounded

if TYPE_CHECKING:
    from db import PelletPhase
    from nasicon_loop.lab.context import Lab

UNKNOWN_PHASE_SD_DEX = 0.05
"""Nobody looked: twice what 2.5 wt % of an insulating second phase costs (Bruggeman, 0.017 dex) and the same again for
the change between the monoclinic and the rhombohedral form. An estimate, kept small beside a caliper's error."""
MIXED_PHASE_SD_DEX = 0.03
"""Both forms side by side, in a ratio that nobody gave."""
BRUGGEMAN = 1.5
"""Exponent of the conducting fraction for round insulating grains in a conducting body."""
_AMORPHOUS = frozenset({"glass", "amorphous"})
_MAX_PATTERN_BYTES = 50 * 1024 * 1024


def phase_sd_dex(phase: str, second_phases: Mapping[str, float]) -> float:
    """Return by how much a pellet's phases widen the noise of log10 sigma as a lesson on its formula, in dex.

    Second phases of mass fraction w count twice 1.5 |log10(1 - w)|: once because an insulator lies in the way
    (Bruggeman; mass for volume fraction), once because what went into them is missing from the formula.
    """
    w = min(sum(second_phases.values()), 0.99)
    second = 2 * BRUGGEMAN * -math.log10(1 - w)
    main = {"unknown": UNKNOWN_PHASE_SD_DEX, "mixed": MIXED_PHASE_SD_DEX}.get(phase, 0.0)
    return math.hypot(main, second)


def set_phase(
    lab: "Lab",
    label: str,
    phase: str,
    *,
    second_percent: Mapping[str, float] | None = None,
    pattern: Path | None = None,
    note: str = "",
    by: str | None = None,
) -> "PelletPhase":
    """Write down a pellet's phase (R-3c, C2/c, mixed, unknown) and its second phases in wt %; the latest counts.

    `label` may be the sample's when it has one pellet. The pattern's file is kept in the vault as it is. Raises Refusal
    for an unknown phase, second phases that are no formula (or "glass"), and 100 wt % or more of them.
    """
    import db
    from nasicon_loop.lab.making import pellet_of

    seconds = {_second(name): percent / 100 for name, percent in (second_percent or {}).items()}
    with lab.database.read() as reader:
        pellet = pellet_of(reader, label)
    if phase not in db.PHASES:  # refused before the pattern is kept, as the writer refuses
        raise Refusal(f"the phase is one of {', '.join(db.PHASES)}", pellet.label)
    if any(fraction <= 0 for fraction in seconds.values()) or sum(seconds.values()) >= 1:
        raise Refusal("second phases are mass fractions: more than 0 and together less than 100 wt %", pellet.label)
    sha256 = None
    if pattern is not None:
        data = read_bounded(pattern, _MAX_PATTERN_BYTES)
        if not data:
            raise Refusal("is empty: export the pattern again", plain(pattern))
        sha256 = lab.folder.open_vault().add(data)
    with lab.database.write(who=lab.who) as writer:
        return writer.add_phase(
            pellet,
            phase,
            second_phases=seconds,
            pattern_sha256=sha256,
            pattern_name=None if pattern is None else plain(pattern.name),
            who=plain(by or lab.who, limit=100),
            note=plain(note, limit=1000),
        )


def _second(name: str) -> str:
    from nasicon_loop.chemistry import Composition, FormulaError

    if name.strip().casefold() in _AMORPHOUS:
        return "glass"
    try:
        return Composition.parse(name).formula
    except FormulaError as error:
        raise Refusal(f"is no second phase: write a formula or glass ({error.reason})", plain(name)) from error
