"""Somebody who reads everything that is published, and tries to work out what is not.

The attacker knows where everybody belongs, but not what they answered. The smallest groups that can be told apart are
the unknowns; every published figure is a sum over some of them. What is withheld then lies between the smallest and the
largest value that agree with all of it: two linear programmes. Nothing here is shared with the choice of what to
withhold (`exkit.present.disclosure`), so that one may check the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST, PART, PART_OF_TOTAL = 3.0, 0.20, 0.10
"""How far from the truth a count must be able to be: so many people, or part of it; a sum of marks, part of it."""

SLIGHTLY = 1e-6
"""What a solver may be wrong by, as part of what it finds."""


@dataclass(frozen=True)
class System:
    """What is published of one question, as sums over the smallest groups that can be told apart.

    Attributes
    ----------
    names
        What is counted: people `n`, `promoters`, `detractors`, the `total` of their marks.
    told
        Per published figure, a row: 1 for each smallest group in it.
    values
        Per published figure and count, its value; nothing where it does not tell that.
    limits
        What holds for any group of people, a row each: so many times each count, added up, is at most 0.
    """

    names: list[str]
    told: np.ndarray
    values: np.ndarray
    limits: np.ndarray

    def ranges(self, targets: np.ndarray, *, of: Sequence[str] | None = None) -> np.ndarray:
        """Find between what each count of some groups must lie.

        Parameters
        ----------
        targets
            Per group, a row: 1 for each smallest group in it.
        of
            Which counts, by their names; all of them if not given.

        Returns
        -------
        array
            Groups by counts by 2: the smallest and the largest value that agree with everything published.
        """
        merged, targets = self._merged(targets)
        counts = [self.names.index(name) for name in of or self.names]
        return np.array([[merged._range(group, count) for count in counts] for group in targets])

    def _merged(self, targets: np.ndarray) -> tuple[System, np.ndarray]:
        """Take smallest groups together that are always in the same figures: none of them can be told apart."""
        alike = np.unique(np.vstack([self.told, targets]), axis=1)
        told, targets = np.split(alike, [len(self.told)])
        return System(self.names, told, self.values, self.limits), targets

    def _range(self, group: np.ndarray, count: int) -> tuple[float, float]:
        """Find the two ends of one count of one group."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, kron

        near, rows = self._near(group)
        width, known = len(self.names), ~np.isnan(self.values[rows])
        every = kron(csr_array(self.told[np.ix_(rows, near)]), np.eye(width), format="csr")[known.ravel()]
        within = kron(np.eye(near.sum()), csr_array(self.limits), format="csr") if len(self.limits) else None
        aim = np.kron(group[near], np.eye(width)[count])
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * aim, A_ub=within, b_ub=None if within is None else np.zeros(within.shape[0]),
                A_eq=every if every.shape[0] else None, b_eq=self.values[rows][known] if every.shape[0] else None,
                method="highs",
            )  # fmt: skip
            ends.append(sign * solved.fun if solved.status == 0 else -sign * np.inf)
        return ends[0], ends[1]

    def _near(self, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find the smallest groups that hang together with some, and the figures that they are in."""
        near = group > 0
        while True:
            rows = (self.told[:, near] > 0).any(axis=1)
            more = near | (self.told[rows] > 0).any(axis=0)
            if (more == near).all():
                return near, rows
            near = more


def needed(truth: np.ndarray, *, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Say between what a withheld count must be able to lie, as far as anybody can tell.

    Parameters
    ----------
    truth
        The counts: groups by names.
    names
        What is counted.

    Returns
    -------
    tuple of array
        Smallest and largest value that must remain possible.

    Examples
    --------
    >>> low, high = needed(np.array([[4.0, 100.0]]), names=["promoters", "n"])
    >>> low.tolist(), high.tolist()
    ([[1.0, 80.0]], [[7.0, 120.0]])
    """
    room = np.where(np.array(names) == "total", PART_OF_TOTAL * truth, np.maximum(LEAST, PART * truth))
    return np.maximum(truth - room, 0), truth + room


def recovered(found: np.ndarray, truth: np.ndarray, *, names: list[str]) -> np.ndarray:
    """Say which counts can be worked out better than they may be.

    Parameters
    ----------
    found
        Ranges, of `System.ranges`.
    truth
        The counts: groups by names; nothing where there is nothing to protect.
    names
        What is counted.

    Returns
    -------
    array of bool
        Per group and count.
    """
    low, high = needed(truth, names=names)
    slack = SLIGHTLY * (1 + np.abs(np.nan_to_num(truth)))
    return (found[..., 0] > low + slack) | (found[..., 1] < high - slack)
