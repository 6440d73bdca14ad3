"""Are organisations high or low on a measure?

Some figures are published apart for two kinds of organisations, such as those that many and those that few people
leave. The kind is the organisation's, not the unit's: its units stay together, and quarters are made within it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from exkit.errors import need_columns


def split(units: pd.DataFrame, by: str, *, above: float, names: Sequence[str], key: str) -> pd.DataFrame:
    """Mark units by whether their organisation's mean on a measure is above a limit.

    Parameters
    ----------
    units
        A units frame of one wave.
    by
        The measure; an organisation's mean is that of its units, each counting once.
    above
        The limit.
    names
        Names of the two kinds: at the limit or below, and above it.
    key
        The column that holds the kind.

    Returns
    -------
    DataFrame
        The units whose kind is known, with the column `key`; none, and an empty measure, where it is not there or the
        units have no organisations.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": list("abc"), "organisation": list("AAB"), "exits": [0.1, 0.3, 0.6]})
    >>> split(teams, "exits", above=0.4, names=("few", "many"), key="leave")["leave"].tolist()
    ['few', 'few', 'many']
    """
    need_columns(units, "unit", where="the units")
    if not {by, "organisation"} <= set(units):
        return units.iloc[:0].assign(**{key: pd.Series(dtype="str"), by: pd.Series(dtype=float)})
    mean = units.groupby("organisation")[by].transform("mean")
    kind = (mean > above).map({False: names[0], True: names[1]})
    return units.assign(**{key: kind})[mean.notna()]
