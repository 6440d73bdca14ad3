"""Columns that were calculated from others of the same file: the kit makes them itself, and knows what it did.

The mean or the sum of a scale's items; the mean of a column per unit, and what is left of that column without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

CLOSE = 1e-3
"""Files round what they hold."""

MOST = 200
"""Columns beyond which means per unit are not looked for: each is held against all others."""

ENOUGH = 10
"""Rows below which two columns may be alike by chance."""


def find_derived(
    numeric: pd.DataFrame, *, blocks: Mapping[str, Sequence[str]], unit: pd.Series | None
) -> dict[str, str]:
    """Find columns that were calculated from others.

    Parameters
    ----------
    numeric
        The columns that are numbers, missing where unanswered.
    blocks
        The items of each scale.
    unit
        The unit of each row, if there are units.

    Returns
    -------
    dict
        By column, what it is.
    """
    if len(numeric) < ENOUGH:
        return {}
    items = {name for its in blocks.values() for name in its}
    others = [name for name in numeric if name not in items]
    found = dict(_of_items(numeric, others, blocks))
    if unit is None or len(numeric.columns) > MOST:
        return found
    means = numeric.groupby(unit, dropna=False).transform("mean")
    fractions = [name for name in others if (numeric[name] % 1 > 0).any()]  # as means are
    for name in (name for name in fractions if name not in found):
        for source in numeric.columns.drop(name):
            if _alike(numeric[name], means[source]) and not _alike(numeric[source], means[source]):
                found[name] = f"the mean of {source} per {unit.name}"
                break
            if _alike(numeric[name], numeric[source] - means[source]):
                found[name] = f"{source} without its mean per {unit.name}"
                break
    return found


def _of_items(
    numeric: pd.DataFrame, others: Sequence[str], blocks: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Find means and sums of the items of a scale."""
    for scale, items in blocks.items():
        mean = numeric[[*items]].mean(axis="columns")
        total = numeric[[*items]].sum(axis="columns", min_count=1)
        for name in others:
            for what, made in (("mean", mean), ("sum", total)):
                if _alike(numeric[name], made):
                    yield name, f"the {what} of the items of {scale}"


def _alike(column: pd.Series, made: pd.Series) -> bool:
    """Tell whether two columns are the same wherever the first has a value."""
    there = column.notna()
    if there.sum() < ENOUGH or column.nunique() < 2:
        return False
    return bool(np.isclose(column[there], made[there], rtol=0, atol=CLOSE).all())
