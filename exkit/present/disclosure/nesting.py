"""Which groups make up which: all participants are the sectors together, a sector its organisations.

Where the groups that are told of do not make up the whole, the rest is a group as well, of whom nobody tells anything
and whom everybody can work out. One group that differs from another by a handful of people is that, too. And so is a
whole that is told apart in two ways: what sectors add up to, regions add up to as well, whether or not anybody says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from exkit.present.disclosure.groups import UNKNOWN, Groups, stacked

Way = tuple[bool, ...]
"""By which names groups are told apart: yes or no per name."""

SAME = 1e-6
"""Numbers of answers that differ by less are equal."""


@dataclass(frozen=True)
class Cells:
    """Groups of one question with what makes up what.

    Attributes
    ----------
    counts
        What was counted in each group: groups by counts, nothing where it is not told. Last come those of whom nothing
        is told: wholes that can be added up in two ways, and rests.
    names
        What was counted: `n` first.
    parts
        Per equation, a row: 1 for the whole, -1 for each of its parts, 0 for other groups.
    n_rests
        How many of the groups, at the end, are those of whom nothing is told.
    """

    counts: np.ndarray
    names: list[str]
    parts: np.ndarray
    n_rests: int


def nest(groups: Groups) -> Cells:
    """Find out which groups make up which.

    Parameters
    ----------
    groups
        Groups of one question, each once and with all its names (`completed`).

    Returns
    -------
    Cells
        With an equation for each whole and each way in which its parts are told apart.
    """
    names, n_told = list(groups.counts.columns), len(groups)
    groups = stacked([groups, unspoken(groups)])
    values, n = groups.counts.to_numpy(float), groups.counts["n"].to_numpy(float)
    # Of results that were put below each other a missing name may mean everybody.
    unknown, sums = (groups.keys == UNKNOWN).any(axis="columns").to_numpy(), {}
    for whole, way, parts in _wholes(groups.keys):
        known = parts if n[parts].sum() <= n[whole] + SAME else parts[~unknown[parts]]
        left = n[whole] - n[known].sum()
        if left >= -SAME:  # else people are in several parts, or these are parts of something else
            sums[whole, way] = Sum(known, left > SAME)
    sums = {key: one for key, one in sums.items() if not _follows(*key, sums)}
    rests = [np.maximum(values[w] - values[one.parts].sum(axis=0), 0) for (w, _way), one in sums.items() if one.rest]
    counts = np.vstack([values, *rests])
    rows, rest = np.zeros((len(sums), len(counts))), len(values)
    for row, ((whole, _way), one) in zip(rows, sums.items(), strict=True):
        row[whole], row[one.parts] = 1, -1
        if one.rest:
            row[rest], rest = -1, rest + 1
    return Cells(counts, names, rows, len(counts) - n_told)


def unspoken(groups: Groups) -> Groups:
    """List the wholes of which nothing is told, but that are told apart in two ways.

    Parameters
    ----------
    groups
        Groups of one question.

    Returns
    -------
    Groups
        Each once, with what its parts add up to; where these differ, the way in which more people are told of.
    """
    names = [name for name in groups.keys if name != "x"]
    ways = (groups.keys[names] != "").apply(tuple, axis="columns")
    found = [groups.keys.iloc[:0].join(groups.counts)]
    for one, other in combinations(sorted(set(ways)), 2):
        common = tuple(a and b for a, b in zip(one, other, strict=True))
        if common not in (one, other):
            others = [name for name, shared in zip(names, common, strict=True) if not shared]
            sides = [_added_up(groups.take(np.flatnonzero(ways == way)), over=others) for way in (one, other)]
            both = pd.concat(sides, ignore_index=True)
            found.append(both[both.duplicated(list(groups.keys), keep=False)])
    sums = pd.concat(found, ignore_index=True).sort_values("n", ascending=False, kind="stable")
    told = pd.MultiIndex.from_frame(groups.keys)
    sums = sums[~pd.MultiIndex.from_frame(sums[list(groups.keys)]).isin(told)].drop_duplicates(list(groups.keys))
    return Groups(sums[list(groups.keys)], sums[list(groups.counts)])


def _added_up(groups: Groups, *, over: list[str]) -> pd.DataFrame:
    """Add up groups that some names tell apart."""
    keys = groups.keys.assign(**dict.fromkeys(over, ""))
    return keys.join(groups.counts).groupby(list(keys), as_index=False).sum(skipna=False)


class Sum(NamedTuple):
    """What makes up a whole: its parts, and whether there is a rest."""

    parts: np.ndarray
    rest: bool


def _follows(whole: int, way: Way, sums: dict[tuple[int, Way], Sum]) -> bool:
    """Tell whether a sum follows from others: of all teams, where organisations make up the whole and teams these."""
    between = [
        (other, one)
        for (w, other), one in sums.items()
        if w == whole and other != way and not one.rest and all(f or not c for c, f in zip(other, way, strict=True))
    ]
    return any(all((part, way) in sums and not sums[part, way].rest for part in one.parts) for _other, one in between)


def completed(keys: pd.DataFrame) -> pd.DataFrame:
    """Add what follows from a name: of an organisation its sector in that wave, wherever one row tells both.

    Parameters
    ----------
    keys
        What the members of groups have in common.

    Returns
    -------
    DataFrame
        The same with every name that goes with another one in all rows that have both.
    """
    keys, names = keys.copy(), [name for name in keys if name not in ("x", "wave")]
    for finer, coarser in ((a, b) for a, b in product(names, names) if a != b):
        both = keys[(keys[finer] != "") & (keys[coarser] != "")].assign(wave=keys.get("wave", ""))
        in_wave = both.groupby([finer, "wave"])[coarser].agg(["first", "nunique"])
        # A name that goes with several, or as many of the one as of the other: not one within the other.
        if len(both) and (in_wave["nunique"] == 1).all() and both[coarser].nunique() < both[finer].nunique():
            always = both.groupby(finer)[coarser].agg(["first", "nunique"])
            at = pd.MultiIndex.from_arrays([keys[finer], keys.get("wave", pd.Series("", keys.index))])
            known = in_wave["first"].reindex(at).set_axis(keys.index)
            known = known.fillna(keys[finer].map(always["first"].where(always["nunique"] == 1)))
            keys[coarser] = keys[coarser].mask((keys[coarser] == "") & known.notna(), known)
    return keys


def _wholes(keys: pd.DataFrame) -> Iterator[tuple[int, Way, np.ndarray]]:
    """Give each group with the groups that are told apart within it, once per way of telling them apart."""
    names = [name for name in keys if name != "x"]
    ways = (keys[names] != "").apply(tuple, axis="columns")
    places = {way: np.flatnonzero(ways == way) for way in sorted(set(ways))}
    for coarse, fine in product(places, places):
        if coarse == fine or any(c and not f for c, f in zip(coarse, fine, strict=True)):
            continue
        common = [name for name, told in zip(names, coarse, strict=True) if told]
        inside = _by(keys.iloc[places[fine]], common)
        for whole, value in zip(places[coarse], _labels(keys.iloc[places[coarse]], common), strict=True):
            if value in inside:
                yield whole, fine, places[fine][inside[value]]


def _by(keys: pd.DataFrame, common: list[str]) -> dict[tuple, np.ndarray]:
    """Find the places of the rows that have the same names in common."""
    labels = pd.Series(_labels(keys, common))
    return {value: np.asarray(rows) for value, rows in labels.groupby(labels, sort=False).indices.items()}


def _labels(keys: pd.DataFrame, common: list[str]) -> list[tuple]:
    """Write down what rows have in common."""
    return list(keys[common].itertuples(index=False, name=None)) if common else [()] * len(keys)
