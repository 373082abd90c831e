"""The balance of an ensemble, from what its members and trees say about chemical systems that they have not seen."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nasicon_loop.predict.ensemble import NORMAL_90, Balance, Normals

Array = NDArray[np.float64]
Held = NDArray[np.bool_]
"""(n, members): which rows a member does not see."""

MIN_HELD_OUT = 10
SPREAD_LIMITS = (0.5, 3.0)
SHARES = (0.25, 0.5, 0.75, 1.0)
"""Parts of the mean that the networks may have; never none, or it would be another model."""
RATIOS = (1.0, 1.5, 2.0, 3.0, 4.0)
"""How much more the members' disagreement may be widened than their own spreads."""
EVENNESS = 0.5
"""Spreads are halfway to all the same: with 0 intervals were wider for the same coverage, with 1 they missed what is
far away (measured on the splits of `validate`)."""
_MISS = 2.0 / 0.1
"""What one decade outside a 90 % interval costs beside its width: the interval score of Gneiting and Raftery (2007)."""


@dataclass(frozen=True)
class HeldOut:
    """What was said about rows by members and trees that had not seen them: mean and sd (n,), NaN where nobody did.

    `trees` is what the trees alone said of the same rows, None without trees.
    """

    mean: Array
    sd: Array
    trees: Array | None = None


def balance_of(target: Array, members: Normals, held: Held, trees: Array | None, *, is_calibrated: bool) -> Balance:
    """Return the balance that suits unseen systems; `trees` (n,) are the means of trees that had not seen the row.

    The networks' share is the one with the least absolute error. The ratio of the spreads is the one with the best
    interval score; their size is the split conformal quantile. Where nobody said anything about an unseen row (one
    chemical system, or too few rows) nothing is changed.
    """
    if not (held.any(axis=1) & (trees is None or np.isfinite(trees))).any():
        return Balance()
    share = 1.0
    if trees is not None:
        means = {s: said(members, held, trees, Balance(s)).mean for s in SHARES}
        share = min(SHARES, key=lambda s: float(np.nanmean(np.abs(means[s] - target))))
    if not is_calibrated:
        return Balance(share)
    found = [_fitting(target, members, held, trees, Balance(share, 1.0, ratio, EVENNESS)) for ratio in RATIOS]
    return min(found, key=lambda balance: _interval_score(said(members, held, trees, balance), target))


def said(members: Normals, held: Held, trees: Array | None, balance: Balance) -> HeldOut:
    """Return what each row's own unseeing members say with the trees; their sd has the disagreement between them."""
    n_held = held.sum(axis=1)
    mean = np.where(n_held > 0, (members.mean * held).sum(axis=1) / np.maximum(n_held, 1), np.nan)
    noise = (members.sd**2 * held).sum(axis=1) / np.maximum(n_held, 1)
    between = (((members.mean - mean[:, None]) * held) ** 2).sum(axis=1) / np.maximum(n_held - 1, 1)
    sd = np.sqrt(balance.spread**2 * noise + balance.disagreement**2 * between)
    wanted = mean if trees is None else balance.share * mean + (1.0 - balance.share) * trees
    return HeldOut(wanted, sd * balance.evening(sd), trees)


def _fitting(target: Array, members: Normals, held: Held, trees: Array | None, balance: Balance) -> Balance:
    """Return the balance with the size of its spreads fitted, so that 90 % intervals hold 90 % of the held-out rows."""
    sd = said(members, held, trees, replace(balance, evenness=0.0)).sd
    balance = replace(balance, typical_sd=float(np.exp(np.nanmean(np.log(sd)))))
    factor = _conformal_factor(said(members, held, trees, balance), target)
    return replace(
        balance,
        spread=factor * balance.spread,
        disagreement=factor * balance.disagreement,
        typical_sd=factor * balance.typical_sd,
    )


def _conformal_factor(found: HeldOut, target: Array) -> float:
    deviation = np.abs(found.mean - target) / found.sd
    deviation = np.sort(deviation[np.isfinite(deviation)])
    if len(deviation) < MIN_HELD_OUT:
        return 1.0
    place = min(int(np.ceil(0.9 * (len(deviation) + 1))) - 1, len(deviation) - 1)
    return float(np.clip(deviation[place] / NORMAL_90, *SPREAD_LIMITS))


def _interval_score(found: HeldOut, target: Array) -> float:
    """Return the mean width of 90 % intervals (dex), with a charge for each decade outside."""
    half = NORMAL_90 * found.sd
    outside = np.maximum(np.abs(found.mean - target) - half, 0.0)
    return float(np.nanmean(2.0 * half + _MISS * outside))
