"""What a table of promoter groups by a yes/no answer says: plain arithmetic on its six shares.

A table is an array of shares that sum to 1, of three rows (promoters, passives, detractors) by two columns (no, yes);
axes in front of these are tables side by side. The same formulas serve a survey, whose shares have a sampling error,
and published figures, of which only the rounding is known. Each is smooth, and works on complex numbers too: a step
along the imaginary axis gives its slope without rounding error, and thereby its linearised standard error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from exkit.measures.cross import SCORES

GROUPS = list(SCORES)
NO, YES = 0, 1


@dataclass(frozen=True)
class Figure:
    """One figure of a table.

    Attributes
    ----------
    effect
        Its name in results.
    of
        The formula: tables of (..., 3, 2) to figures of (...).
    scale
        Where its interval is symmetric: `log`, `atanh`, or empty for the figure itself.
    level, reference
        The groups that it compares; empty where it is about the whole table.
    needs
        The groups without which there is no such figure.
    """

    effect: str
    of: Callable[[np.ndarray], np.ndarray]
    scale: str = ""
    level: str = ""
    reference: str = ""
    needs: tuple[str, ...] = ()


def share(table: np.ndarray, *, group: str) -> np.ndarray:
    """Share of a group that says yes."""
    row = table[..., GROUPS.index(group), :]
    return row[..., YES] / row.sum(axis=-1)


def risk_difference(table: np.ndarray, *, level: str, reference: str) -> np.ndarray:
    """Share of one group minus that of another."""
    return share(table, group=level) - share(table, group=reference)


def risk_ratio(table: np.ndarray, *, level: str, reference: str) -> np.ndarray:
    """Share of one group divided by that of another."""
    return share(table, group=level) / share(table, group=reference)


def odds_ratio(table: np.ndarray, *, level: str, reference: str) -> np.ndarray:
    """Odds of one group, yes to no, divided by those of another: the sample odds ratio, ad/bc."""
    one, other = (table[..., GROUPS.index(group), :] for group in (level, reference))
    return one[..., YES] * other[..., NO] / (one[..., NO] * other[..., YES])


def overall(table: np.ndarray) -> np.ndarray:
    """Share of everybody that says yes: sum over groups of size times share."""
    return table[..., YES].sum(axis=-1)


def promoters_among(table: np.ndarray) -> np.ndarray:
    """Share of promoters among those who say yes."""
    return table[..., GROUPS.index("promoter"), YES] / overall(table)


def phi_squared(table: np.ndarray) -> np.ndarray:
    """Pearson's χ² divided by n; a group without answers takes no part."""
    expected = table.sum(axis=-1, keepdims=True) * table.sum(axis=-2, keepdims=True)
    parts = np.divide((table - expected) ** 2, expected, out=np.zeros_like(table), where=expected != 0)
    return parts.sum(axis=(-2, -1))


def likelihood_ratio(table: np.ndarray) -> np.ndarray:
    """Likelihood-ratio statistic G divided by n: twice the sum of share times log(share / expected share)."""
    expected = table.sum(axis=-1, keepdims=True) * table.sum(axis=-2, keepdims=True)
    ratio = np.divide(table, expected, out=np.ones_like(table), where=table > 0)
    return 2 * (table * np.log(ratio)).sum(axis=(-2, -1))


def cramers_v(table: np.ndarray) -> np.ndarray:
    """Cramér's V, √(χ² / n): with two answers the smaller side of the table is 2."""
    return np.sqrt(phi_squared(table))


def gamma(table: np.ndarray) -> np.ndarray:
    """Goodman and Kruskal's γ: concordant minus discordant pairs, of those that differ in group and in answer."""
    pairs = [(table[..., a, :], table[..., b, :]) for a, b in combinations(range(len(GROUPS)), 2)]
    concordant = sum(higher[..., YES] * lower[..., NO] for higher, lower in pairs)
    discordant = sum(higher[..., NO] * lower[..., YES] for higher, lower in pairs)
    return (concordant - discordant) / (concordant + discordant)


def correlation(table: np.ndarray) -> np.ndarray:
    """Pearson's r of the score (1, 0, -1) with the answer (1, 0)."""
    score, size, yes = np.array(list(SCORES.values())), table.sum(axis=-1), overall(table)
    mean = (size * score).sum(axis=-1)
    spread = (size * score**2).sum(axis=-1) - mean**2
    return ((table[..., YES] * score).sum(axis=-1) - mean * yes) / np.sqrt(spread * yes * (1 - yes))


def moved_nps(table: np.ndarray, *, moved: float) -> np.ndarray:
    """Points of NPS by which it would be higher if a part of the passives were promoters."""
    return 100 * moved * table[..., GROUPS.index("passive"), :].sum(axis=-1)


def moved_share(table: np.ndarray, *, moved: float) -> np.ndarray:
    """Share of everybody more that would say yes if a part of the passives were, and answered as, promoters do."""
    step = risk_difference(table, level="promoter", reference="passive")
    return moved * table[..., GROUPS.index("passive"), :].sum(axis=-1) * step


def slopes(of: Callable[[np.ndarray], np.ndarray], tables: np.ndarray) -> np.ndarray:
    """Give the slope of a figure in each cell of a table.

    Parameters
    ----------
    of
        The formula.
    tables
        An array of (..., 3, 2).

    Returns
    -------
    ndarray
        Of (..., 6), cells row by row; 0 where there is none.

    References
    ----------
    Squire & Trapp (1998), SIAM Rev. 40, 110-112.
    """
    step = 1e-30
    cells = np.eye(tables.shape[-2] * tables.shape[-1]).reshape(-1, *tables.shape[-2:])
    with np.errstate(all="ignore"):
        found = [of(tables + 1j * step * cell).imag / step for cell in cells]
    return np.nan_to_num(np.stack(found, axis=-1), nan=0.0, posinf=0.0, neginf=0.0)


def _pairwise(effect: str, of: Callable[..., np.ndarray], scale: str = "") -> list[Figure]:
    """Make a figure of each pair of groups, the more enthusiastic one against the other."""
    pairs = combinations(GROUPS, 2)
    return [Figure(effect, partial(of, level=a, reference=b), scale, a, b, needs=(a, b)) for a, b in pairs]


DIFFERENCES = _pairwise("diff", risk_difference)
RATIOS = [*_pairwise("risk_ratio", risk_ratio, "log"), *_pairwise("odds_ratio", odds_ratio, "log")]
ORDERED = [Figure("gamma", gamma, "atanh"), Figure("r", correlation, "atanh")]


def scenario_figures(moved: float) -> dict[str, Figure]:
    """Make the two figures of a scenario, by what they are a difference of: an NPS and a favourable share."""
    formulas = {"nps": moved_nps, "favourable": moved_share}
    return {of: Figure("diff", partial(f, moved=moved), needs=("promoter", "passive")) for of, f in formulas.items()}
