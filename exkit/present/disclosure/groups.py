"""Which groups of people a result tells of, and how many of them gave which answer.

An NPS tells, with its n and its shares, how many promoters and detractors there are; a share how many gave an answer; a
mean what all marks add up to. Of other statistics, such as correlations, nothing can be added up or subtracted. A group
is known by the question and by what its members have in common: a sector, an organisation, a wave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exkit.result import chosen_in, group_columns

COUNTED = ("nps", "share", "mean")
"""Statistics that can be added up over groups, once multiplied by their n."""

LABELS = ("level", "reference", "claim", "figure", "saved", "whose")
"""Group columns that say what a row is about, and nothing that people have in common."""

UNKNOWN = "?"
"""What people have in common of whom it is not known, such as those without a sector."""

BANDS = ("promoters", "detractors")

BENCHMARKS = {"all": ("sector", "organisation", "unit"), "sector": ("organisation", "unit")}
"""What a figure may be held against, beside the names of its own group that those of the benchmark do not share."""


@dataclass(frozen=True)
class Groups:
    """Groups of people of whom something is told, or asked for.

    Attributes
    ----------
    keys
        One row per group: the question `x`, and what its members have in common, column by column; an empty text where
        they are not told apart by it.
    counts
        Beside it: `n`, the number of valid answers, and what was counted in them, nothing where that is not told.
    """

    keys: pd.DataFrame
    counts: pd.DataFrame

    def __len__(self) -> int:
        """Count the groups."""
        return len(self.keys)

    def take(self, rows: np.ndarray) -> Groups:
        """Take some of the groups, by their places."""
        return Groups(self.keys.iloc[rows].reset_index(drop=True), self.counts.iloc[rows].reset_index(drop=True))

    def together(self) -> tuple[Groups, np.ndarray]:
        """Put what is told of one group in several places in one row; say of each group in which."""
        place = self.keys.groupby(list(self.keys), sort=True, dropna=False).ngroup().to_numpy()
        first = np.unique(place, return_index=True)[1]
        return Groups(self.keys.iloc[first].reset_index(drop=True), self.counts.groupby(place).max()), place


def groups_of(result: pd.DataFrame) -> Groups:
    """List the groups that the rows of a result tell of.

    Parameters
    ----------
    result
        Any result, not yet protected.

    Returns
    -------
    Groups
        One per row that can be added up; the index says which row. Counts are the shares or the mean times n:
        those of a weighted study are what the weights make of them.

    Examples
    --------
    >>> from exkit.result import result
    >>> sectors = pd.DataFrame({"sector": ["care", "trade"]})
    >>> told = result(sectors, x="enps", effect="mean", estimate=[7.0, 8.0], n=[20, 10])
    >>> groups_of(told).counts["total"].tolist()
    [140.0, 80.0]
    """
    result = result.reset_index(drop=True)
    if "claim" in group_columns(result):
        result = result.iloc[:0]  # the register repeats what others told, group by claim
    rows = result[result["effect"].isin(COUNTED) & (result["n"].astype("Float64") > 0).fillna(False)]
    return Groups(keys_of(rows), _counts(rows))


def keys_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Say of each row of a result what question it is of, and what the people in it have in common.

    Parameters
    ----------
    rows
        Rows of a result.

    Returns
    -------
    DataFrame
        `x` and the group columns, as text; with `wave`, the wave that all figures are of where it is no group column,
        and with the keys of a group that was chosen beforehand.
    """
    names = [c for c in group_columns(rows) if c not in LABELS]
    keys = pd.DataFrame({name: _text(rows[name]) for name in ["x", *names]}, index=rows.index)
    if "wave" not in names and "at" in rows:
        keys["wave"] = _text(rows["at"])
    return keys.assign(**{name: told for name, told in chosen_in(rows).items() if name not in names})


def sides_of(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Say which two groups each row of a comparison holds against each other.

    Parameters
    ----------
    rows
        Rows of a result that compares groups: `level` and `reference` are two values of the column named in `between`,
        or the group itself is held `against` the benchmark that it is part of.

    Returns
    -------
    list of DataFrame
        Keys as of `keys_of`: of the one group and of the other.
    """
    own = keys_of(rows)
    return [_side(own, rows, column) for column in ("level", "reference")]


def _side(own: pd.DataFrame, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Give the keys of one of the two groups; it is of its own wave where waves are compared."""
    keys = own.copy()
    for between in set(rows["between"].dropna()) - {""}:
        value = _text(rows[column])
        keys[between] = keys.get(between, pd.Series("", keys.index)).mask(rows["between"] == between, value)
    if column == "reference":
        for against, apart in BENCHMARKS.items():
            for name in (name for name in apart if name in keys):
                keys[name] = keys[name].mask(rows["against"] == against, "")
    return keys


def _text(column: pd.Series) -> pd.Series:
    """Write a name as text; that it is not known where it is missing."""
    return column.astype("string").fillna(UNKNOWN).astype(object)


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Work out how many people stand behind the figures of each row."""
    n, effect, estimate = rows["n"].astype(float), rows["effect"], rows["estimate"].astype(float)
    counts = pd.DataFrame({"n": n}, index=rows.index)
    for band in (band for band in BANDS if band in rows):
        counts[band] = (rows[band].astype(float) * n).where(effect == "nps")
    if (effect == "mean").any():
        counts["total"] = (estimate * n).where(effect == "mean")
    for answer in sorted(set(rows.loc[effect == "share", "y"].astype(str))):
        name = f"{answer}s" if f"{answer}s" in BANDS else f"= {answer}"
        of_answer = (effect == "share") & (rows["y"].astype(str) == answer)
        counts[name] = (estimate * n).where(of_answer, counts.get(name, np.nan))
    return counts


def stacked(parts: list[Groups]) -> Groups:
    """Put groups one below the other."""
    keys = pd.concat([part.keys for part in parts], ignore_index=True).fillna("")
    counts = pd.concat([part.counts for part in parts], ignore_index=True)
    return Groups(keys, counts)
