"""Are these the same units: how many have both of two measures, and which have only one?

Employees and customers come out of different systems, in which one team may bear two codes. What does not match drops
out of every analysis without a sound, and what is left then speaks for few. So it is counted first, and where too
little matches nothing goes on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, need_columns
from exkit.measures.units import KEYS
from exkit.result import result

NAMED = 5
"""Units that a message names, of each kind."""


def matched(units: pd.DataFrame, *, x: str, y: str, at_least: float = 0.5) -> pd.DataFrame:
    """Count the units that have both measures, and stop where too few do.

    Parameters
    ----------
    units
        A units frame: one row per unit (and wave). A value that is not finite is none.
    x, y
        Two of its measures.
    at_least
        The share below which it stops, 0 to 1.

    Returns
    -------
    DataFrame
        A result of one row. Effect `matched`: units with both, divided by units with at least one of the two, which are
        `n`; units with neither do not count. It is a count of all units and has no margin. Extras `n_both`, `n_only_x`,
        `n_only_y`, and `at`, the wave, where all units are of one.

        Reasons: `no_answers` where x, or y, has no value in any unit: then there is nothing to match.

    Raises
    ------
    ExkitError
        If a measure is not there; or if the share is below `at_least`, with the share, the first names, and in `rows`
        what `unmatched` gives.

    See Also
    --------
    unmatched : the list of them.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": ["a", "b", "c"], "voice": [3.0, 4.0, None], "csat": [7.0, 8.0, 6.0]})
    >>> matched(teams, x="voice", y="csat")[["effect", "estimate", "n", "n_both", "n_only_x", "n_only_y"]].round(2)
        effect  estimate  n  n_both  n_only_x  n_only_y
    0  matched      0.67  3       2         0         1
    """
    need_columns(units, x, y, where="the units")
    alone, there = unmatched(units, x=x, y=y), _there(units, x, y)
    n = int(there.any(axis="columns").sum())
    only = {f"n_only_{side}": int((alone["has"] == m).sum()) for side, m in (("x", x), ("y", y))}
    at = {"at": units["wave"].iloc[0]} if "wave" in units and units["wave"].nunique(dropna=False) == 1 else {}
    counted = {"x": x, "y": y, "effect": "matched", "n": n, "n_both": n - len(alone), **only, **at}
    if not there.any().all():
        return result(**counted, reason="no_answers")
    share = counted["n_both"] / n
    if share < at_least:
        raise ExkitError(_too_few(alone, share, at_least, counted), rows=alone)
    return result(**counted, estimate=share)


def unmatched(units: pd.DataFrame, *, x: str, y: str) -> pd.DataFrame:
    """List the units that have only one of two measures.

    Parameters
    ----------
    units, x, y
        As in `matched`.

    Returns
    -------
    DataFrame
        Their key columns, and `has` and `lacks`, the measure that each has and the one that it lacks. It names units:
        it is for whoever mends the data, and not for a page.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": ["a", "b", "c"], "voice": [3.0, 4.0, None], "csat": [7.0, 8.0, 6.0]})
    >>> unmatched(teams, x="voice", y="csat")
      unit   has  lacks
    0    c  csat  voice
    """
    need_columns(units, "unit", x, y, where="the units")
    has_x, has_y = (there for _, there in _there(units, x, y).items())
    alone = units.loc[has_x != has_y, [key for key in KEYS if key in units]]
    has = has_x[alone.index].map({True: x, False: y})
    return alone.assign(has=has, lacks=has.map({x: y, y: x})).reset_index(drop=True)


def _there(units: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    """Say which units have a value of x and of y: one that is not finite is none, to an analysis as here."""
    return units[[x, y]].replace([np.inf, -np.inf], np.nan).notna()


def _too_few(alone: pd.DataFrame, share: float, at_least: float, counted: dict[str, object]) -> str:
    """Word what does not match, and what to do about it."""
    parts = [f"{len(its)} have only '{has}' ({_first(its['unit'])})" for has, its in alone.groupby("has", sort=False)]
    return (
        f"Only {share:.0%} of the units have both '{counted['x']}' and '{counted['y']}': {counted['n_both']} of the "
        f"{counted['n']} that have one of them, where {at_least:.0%} is asked. {'; '.join(parts)}. Where these are the "
        "same units under other codes, name them in crosswalk.csv (unit, code); ex.unmatched lists them all. To go on "
        "with what matches, ask for a smaller share."
    )


def _first(names: pd.Series) -> str:
    """Name the first few."""
    more = len(names) - NAMED
    return ", ".join([*names.head(NAMED), *([f"and {more} more"] if more > 0 else [])])
