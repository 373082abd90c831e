"""Whether the parts of a score say anything of their own: rank correlations, and words on them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from nasicon_loop.campaign.parts import PARTS

Floats = NDArray[np.float64]

ALIKE = 0.95
"""Above this rank correlation with the conductivity a part adds nothing to the order."""
_FEWEST = 3
_N_NAMED = 12


def spearman(one: Floats, other: Floats) -> float | None:
    """Return Spearman's rank correlation of two columns (n,) where both have values.

    None with fewer than three such places, or where one of the two is constant. Ties share their mean rank.
    """
    both = ~(np.isnan(one) | np.isnan(other))
    if both.sum() < _FEWEST:
        return None
    left, right = rankdata(one[both]), rankdata(other[both])
    if np.ptp(left) == 0 or np.ptp(right) == 0:
        return None
    return float(np.corrcoef(left, right)[0, 1])


def part_remarks(
    parts: Floats, names: Sequence[str], correlations: Sequence[Sequence[float | None]]
) -> tuple[str, ...]:
    """Return what the parts (dopants, 4) of the dopants `names` are worth, in words: gaps, constants, echoes."""
    remarks = ["90 % of the score is sigma: the diffusion part follows from it by Nernst-Einstein"]
    for k, part in enumerate(PARTS):
        values = parts[:, k]
        known = values[~np.isnan(values)]
        missing = [name for name, value in zip(names, values, strict=True) if np.isnan(value)]
        if not len(known):
            remarks.append(f"{part}: no data; not scored, its weight goes to the other parts")
            continue
        if missing:
            remarks.append(
                f"{part}: no data for {len(missing)} of {len(names)} dopants ({_listed(missing)}); not scored there"
            )
        n_values = len(np.unique(np.round(known, 6)))
        if n_values == 1:
            remarks.append(f"{part}: the same for every dopant that has it, so it ranks nothing")
        elif n_values <= len(known) // 3:
            most = int(np.unique(np.round(known, 6), return_counts=True)[1].max())
            remarks.append(f"{part}: only {n_values} different values, {most} of {len(known)} dopants alike")
        like = correlations[k][0]
        if k > 0 and like is not None and abs(like) > ALIKE:
            remarks.append(f"{part}: ranks the dopants as the conductivity does (rho {like:.2f}); it adds no order")
    if not np.isnan(parts[:, PARTS.index("window")]).all():
        remarks.append("window: an estimate from the host's computed window and known redox couples, not measured")
    return tuple(remarks)


def spread_remarks(mean: Floats, sd: Floats) -> tuple[str, ...]:
    """Say when the dopants' best conductivities (n,) differ by less than what one prediction is worth (log10)."""
    range_dex, typical_sd = float(np.ptp(mean)), float(np.median(sd))
    if range_dex >= 2.0 * typical_sd:
        return ()
    return (
        f"the dopants' best conductivities lie within {range_dex:.2f} dex, one prediction has an sd of "
        f"{typical_sd:.2f} dex: neighbours in this ranking cannot be told apart",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_N_NAMED])
    return shown if len(names) <= _N_NAMED else f"{shown} and {len(names) - _N_NAMED} more"
