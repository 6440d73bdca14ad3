"""What somebody who knows all that is shown can work out of what is withheld.

The attacker knows which groups make up which, and that nobody is counted negatively. Each withheld count then lies
between a smallest and a largest value that agree with everything shown: two linear programmes. A count is safe if that
range leaves room on both sides of the truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from exkit.present.disclosure.nesting import Cells

ROOM, ROOM_SHARE = 3.0, 0.20
"""How far the range must reach beyond the truth: people, or part of the count, whichever is more."""

ROOM_TOTAL = 0.10
"""The same for the sum of all marks: part of it."""

BEYOND = 2.0
"""A withheld count is taken to be at most this many times the largest one."""


@dataclass(frozen=True)
class Exposed:
    """A count that can be worked out too well, and what would have to be withheld to prevent it.

    Attributes
    ----------
    group
        Which group: its place among the cells.
    count
        What was counted: its place among the names.
    reach
        How far the range goes beyond the truth on the side where it is too short.
    need
        How far it must go.
    price
        Per group, by how much withholding it would widen the range at most. For those that are withheld together it
        must add up to `need`.
    """

    group: int
    count: int
    reach: float
    need: float
    price: np.ndarray


def room(value: float, name: str) -> float:
    """Say how far beyond a withheld count its range must reach.

    Examples
    --------
    >>> room(4, "promoters"), room(100, "promoters")
    (3.0, 20.0)
    """
    return ROOM_TOTAL * value if name == "total" else max(ROOM, ROOM_SHARE * value)


def exposed(
    cells: Cells,
    *,
    withheld: np.ndarray,
    secret: np.ndarray,
    bounded: np.ndarray | None = None,
    known: dict | None = None,
) -> list[Exposed]:
    """List what can be worked out too well.

    Parameters
    ----------
    cells
        All groups, with what makes up what.
    withheld
        Which groups are not shown; rests never are.
    secret
        Which groups must not be worked out.
    bounded
        Of which of them a bound is told: these must only not be worked out to the last person.
    known
        What earlier tries found, by what was withheld around a group; this one adds to it.

    Returns
    -------
    list of Exposed
        One per secret group, count and side of the truth; none where everything is safe.
    """
    known, found = {} if known is None else known, []
    for group in np.flatnonzero(secret):
        free, rows = _around(cells.parts, group, withheld)
        key = (group, free.tobytes())
        if key not in known:
            least = 1.0 if bounded is not None and bounded[group] else np.inf
            known[key] = list(_of_group(cells, group, free, rows, least=least))
        found += known[key]
    return found


def _around(parts: np.ndarray, group: int, withheld: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the withheld groups that hang together with one of them, and the equations that they are in."""
    near = np.zeros(parts.shape[1], bool)
    near[group] = True
    while True:
        rows = (parts[:, near] != 0).any(axis=1)
        more = near | (withheld & (parts[rows] != 0).any(axis=0))
        if (more == near).all():
            return np.flatnonzero(near), np.flatnonzero(rows)
        near = more


def _of_group(cells: Cells, group: int, free: np.ndarray, rows: np.ndarray, *, least: float) -> Iterator[Exposed]:
    """Look what can be worked out of one group: each count, above and below the truth."""
    for count, name in enumerate(cells.names):
        truth = cells.counts[:, count]
        if np.isnan(truth[group]):
            continue
        need = min(room(truth[group], name), least)
        # Fewer than nobody is not possible, and everybody knows that; less than half a person is nobody, and weights.
        below = min(need, truth[group]) if truth[group] >= 0.5 else 0.0
        for side, enough in ((1.0, need), (-1.0, below)):
            if enough > 0:
                reach, price = _reach(cells.parts[rows], truth, group, side, free)
                if reach < enough * (1 - 1e-6):
                    yield Exposed(group, count, reach, enough, price)


def _reach(parts: np.ndarray, truth: np.ndarray, group: int, side: float, free: np.ndarray) -> tuple[float, np.ndarray]:
    """Find how far from the truth a count can be, all else that is shown being as it is."""
    told = ~np.isnan(truth)
    parts, free = parts[(parts[:, ~told] == 0).all(axis=1)], free[told[free]]
    down = np.nan_to_num(truth)
    up = BEYOND * down.max() + 2 * ROOM - down
    if not len(parts):
        return float(up[group] if side > 0 else down[group]), np.zeros(len(truth))
    if len(parts) == 1:
        return _in_one_sum(parts[0], group, side, free, down=down, up=up)
    return _in_many_sums(parts, group, side, free, down=down, up=up)


def _in_one_sum(
    part: np.ndarray, group: int, side: float, free: np.ndarray, *, down: np.ndarray, up: np.ndarray
) -> tuple[float, np.ndarray]:
    """Find the reach where the others of a single sum make up for it: what they can give together."""
    others = part * part[group] * -side  # 1 for who must go up when the group goes aside, -1 for who must go down
    others[group] = 0
    price = np.where(others > 0, up, 0) + np.where(others < 0, down, 0)
    return float(min(up[group] if side > 0 else down[group], price[free].sum())), price


def _in_many_sums(
    parts: np.ndarray, group: int, side: float, free: np.ndarray, *, down: np.ndarray, up: np.ndarray
) -> tuple[float, np.ndarray]:
    """Find the reach where sums hang together: a linear programme."""
    from scipy.optimize import linprog

    aim, bounds = np.where(free == group, -side, 0.0), np.column_stack([-down, up])[free]
    solved = linprog(aim, A_eq=parts[:, free], b_eq=np.zeros(len(parts)), bounds=bounds, method="highs")
    # What one would gain by letting a count go that is fixed now, in the dual of this programme.
    worth = -parts.T @ solved.eqlin.marginals
    worth[free] = solved.upper.marginals + solved.lower.marginals
    return float(-solved.fun), np.where(worth < 0, -worth * up, worth * down)
