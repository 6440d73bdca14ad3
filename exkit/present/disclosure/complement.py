"""Which further groups to withhold, so that what must not be told cannot be worked out either.

An attacker tries (`attack`); whatever comes out too well gives a condition on what would have to be withheld besides,
and the least costly choice that meets all conditions so far is made, until the attacker finds nothing. This is how
cells are suppressed optimally in official statistics: Fischetti and Salazar (2001), Management Science 47(7).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exkit.present.disclosure.attack import Exposed, exposed
from exkit.present.disclosure.nesting import Cells

ROUNDS = 100
"""How often the attacker may try; after that everything that hangs together with a secret is withheld."""


def complement(
    cells: Cells,
    *,
    secret: np.ndarray,
    hidden: np.ndarray,
    bounded: np.ndarray | None = None,
    least: np.ndarray | None = None,
) -> np.ndarray:
    """Choose what to withhold.

    Parameters
    ----------
    cells
        All groups, with what makes up what.
    secret
        Which groups must not be told, nor worked out.
    hidden
        Which groups are withheld anyway.
    bounded
        Of which of the secret groups a bound is told.
    least
        Per count, how many the withheld parts of a whole that is told must have together: everybody knows what is left
        of it when the others are taken away. No limit if not given.

    Returns
    -------
    array of bool
        Per group whether it is withheld: the secret ones, and those that would give them away. As few people as
        possible are left out of what is shown; rests are never shown, and count as withheld.
    """
    always = secret | hidden
    always[len(always) - cells.n_rests :] = True
    conditions, known = [] if least is None else list(_left_over(cells, always, least)), {}
    withheld = _least_costly(cells, conditions, always=always) if conditions else always
    for _round in range(ROUNDS):
        found = exposed(cells, withheld=withheld, secret=secret, bounded=bounded, known=known)
        if not found:
            return withheld
        conditions += found
        withheld = _least_costly(cells, conditions, always=always)
    return _all_that_hangs_together(cells, always)


def _left_over(cells: Cells, always: np.ndarray, least: np.ndarray) -> Iterator[Exposed]:
    """Say of which wholes the parts that are withheld in any case are too few together, and what would mend it."""
    for part in cells.parts:
        [whole], parts = np.flatnonzero(part > 0), part < 0
        together = cells.counts[parts & always].sum(axis=0)
        if always[whole] or not together[0] > 0:
            continue
        for count in np.flatnonzero((together < least) & ~np.isnan(cells.counts[whole])):
            need = least[count] - together[count]
            price = np.where(parts, np.nan_to_num(cells.counts[:, count]), 0.0)
            price[whole] = need
            yield Exposed(whole, count, 0.0, need, np.where(always, 0.0, price))


def _least_costly(cells: Cells, conditions: list[Exposed], *, always: np.ndarray) -> np.ndarray:
    """Choose the groups with the fewest people that together meet all conditions."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    needs = np.array([one.need for one in conditions])
    prices = np.minimum(np.array([one.price for one in conditions]), needs[:, None])
    # Of two choices that cost the same the one with the groups that come first, here and everywhere.
    cost = np.maximum(cells.counts[:, 0], 1) + 1e-6 * np.arange(len(always))
    solved = milp(
        np.where(always, 0, cost),
        constraints=LinearConstraint(prices, lb=needs * (1 - 1e-9)),
        integrality=np.ones(len(always)),
        bounds=Bounds(always.astype(float), 1.0),
    )
    return always | (solved.x > 0.5) if solved.x is not None else _all_that_hangs_together(cells, always)


def _all_that_hangs_together(cells: Cells, always: np.ndarray) -> np.ndarray:
    """Withhold whatever is connected with a secret: more than is needed, and safe."""
    withheld = always.copy()
    while True:
        touched = (cells.parts[:, withheld] != 0).any(axis=1)
        more = withheld | (cells.parts[touched] != 0).any(axis=0)
        if (more == withheld).all():
            return withheld
        withheld = more
