"""Which groups must be withheld besides those with too few answers, since these could be worked out from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.present.disclosure.complement import complement
from exkit.present.disclosure.groups import BANDS, Groups, groups_of, keys_of
from exkit.present.disclosure.nesting import SAME, Cells, completed, nest


def derivable(result: pd.DataFrame, *, secret: np.ndarray, bounded: np.ndarray, min_n: int) -> np.ndarray:
    """Say which rows of one result would give others away.

    Parameters
    ----------
    result
        A result, not yet protected.
    secret
        Which rows must not be told.
    bounded
        Of which rows a bound is told, and no more may be known.
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
    hidden, vague = (any_of(rows[found.keys.index], place) for rows in (secret, bounded))
    more[found.keys.index] = (withheld(once, secret=hidden, bounded=vague, min_n=min_n) & ~hidden)[place]
    return more


def adding_up(result: pd.DataFrame, *, bounded: np.ndarray) -> np.ndarray:
    """Say which shares would give away those beside them of which a bound is told: all answers of a group add up.

    Parameters
    ----------
    result
        A result, not yet protected.
    bounded
        Of which rows a bound is told.

    Returns
    -------
    array of bool
        Per row: the two other answers that stand nearest to a bounded one. A single one would follow from the mean.
    """
    more, rows = np.zeros(len(result), bool), result.reset_index(drop=True)
    if not bounded.any():
        return more
    shares = rows[rows["effect"] == "share"]
    for answers in shares.groupby([*keys_of(shares).to_numpy().T, shares["n"]]).indices.values():
        answers = shares.index[answers].to_numpy()
        vague = bounded[answers]
        if vague.any() and abs(shares.loc[answers, "estimate"].astype(float).sum() - 1) < SAME:
            distance = np.abs(np.subtract.outer(answers[~vague], answers[vague])).min(axis=1)
            more[answers[~vague][np.argsort(distance, kind="stable")[:2]]] = True
    return more


def any_of(flags: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Say of each group whether any of its rows is flagged.

    Parameters
    ----------
    flags
        Per row.
    place
        Of which group each row tells, of `Groups.together`.
    """
    out = np.zeros(place.max(initial=-1) + 1, bool)
    out[place[flags]] = True
    return out


def withheld(
    groups: Groups, *, secret: np.ndarray, bounded: np.ndarray, min_n: int, anyway: np.ndarray | None = None
) -> np.ndarray:
    """Choose which groups to withhold, question by question.

    Parameters
    ----------
    groups
        What is told, or asked for: each group once and with all its names.
    secret
        Which of them must not be told.
    bounded
        Of which of them a bound is told, and no more may be known.
    min_n
        Smallest group that may be shown.
    anyway
        Which groups are withheld anyway, though they may be worked out.

    Returns
    -------
    array of bool
        Per group: the secret ones and those that would give them away.
    """
    hidden = secret.copy() if anyway is None else secret | anyway
    for rows in groups.keys.groupby("x", sort=True).indices.values():
        cells = nest(groups.take(rows))
        rests = np.zeros(len(cells.counts) - len(rows), bool)
        secrets = np.concatenate([secret[rows], _few(cells, len(rows), min_n)])
        least = np.where(np.isin(cells.names, ["n", *BANDS]), min_n, 0)
        found = complement(cells, secret=secrets, hidden=np.concatenate([hidden[rows], rests]), least=least)
        hidden[rows] = found[: len(rows)]
        if bounded[rows].any():
            vague = np.concatenate([bounded[rows], rests])
            more = complement(cells, secret=secrets | vague, hidden=found, bounded=vague)
            hidden[rows] |= more[: len(rows)] & ~vague[: len(rows)]
    return hidden


def _few(cells: Cells, n_told: int, min_n: int) -> np.ndarray:
    """Say which rests have too few people, or too few promoters or detractors, as the door does of what is told.

    Where the whole is not told itself, its parts may not be all of it: then only few people are a group of their own.
    """
    rests = cells.counts[n_told:]
    bands = [cells.names.index(name) for name in BANDS if name in cells.names]
    of_told = ((cells.parts[:, :n_told] > 0).any(axis=1)[:, None] & (cells.parts[:, n_told:] < 0)).any(axis=0)
    few_behind = of_told & (rests[:, bands] < min_n).any(axis=1)
    return (rests[:, 0] > 0) & ((rests[:, 0] < min_n) | few_behind)
