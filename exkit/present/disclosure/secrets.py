"""Which groups must be withheld besides those with too few answers, since these could be worked out from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.present.disclosure.complement import complement
from exkit.present.disclosure.groups import Groups, groups_of
from exkit.present.disclosure.nesting import completed, nest


def derivable(result: pd.DataFrame, *, secret: np.ndarray, min_n: int) -> np.ndarray:
    """Say which rows of one result would give others away.

    Parameters
    ----------
    result
        A result, not yet protected.
    secret
        Which rows must not be told.
    min_n
        Smallest group that may be shown: neither may two groups differ by fewer people.

    Returns
    -------
    array of bool
        Per row.
    """
    found, more = groups_of(result), np.zeros(len(result), bool)
    told = (found.keys != "").to_numpy()
    if len(told) < 2 or (told == told[0]).all():
        return more  # groups beside each other, without a whole that they could be subtracted from
    once, place = Groups(completed(found.keys), found.counts).together()
    hidden = np.zeros(len(once), bool)
    hidden[place[secret[found.keys.index]]] = True
    more[found.keys.index] = (withheld(once, secret=hidden, min_n=min_n) & ~hidden)[place]
    return more


def withheld(groups: Groups, *, secret: np.ndarray, min_n: int) -> np.ndarray:
    """Choose which groups to withhold, question by question.

    Parameters
    ----------
    groups
        What is told, or asked for: each group once and with all its names.
    secret
        Which of them must not be told.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    array of bool
        Per group: the secret ones and those that would give them away.
    """
    hidden = secret.copy()
    for rows in groups.keys.groupby("x", sort=True).indices.values():
        cells = nest(groups.take(rows))
        rests = cells.counts[len(rows) :, 0]
        secrets = np.concatenate([secret[rows], (rests > 0) & (rests < min_n)])
        hidden[rows] = complement(cells, secret=secrets)[: len(rows)]
    return hidden
