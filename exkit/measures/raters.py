"""How many people must answer before a unit's mean can be relied on?

One person says little of a unit, many say much: how much follows from ICC(1), the part of people's differences that
goes with their unit, by the formula of Spearman and Brown. The same formula says how reliable a mean of any number of
people would be. It holds for people who answer alike on average; more of the same, not others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, need_columns
from exkit.result import COLUMNS, group_columns, result

TARGET = 0.70
"""The reliability that a mean is usually asked to have."""
BESIDE = ["level", "k", "n_units", "n_organisations", "at"]
"""What a row tells of the ICC(1) that it follows from."""
DUST = 1e-9
"""What binary fractions leave of a whole number."""


def raters_needed(reliability: pd.DataFrame, *, target: float = TARGET) -> pd.DataFrame:
    """Give the number of people per unit that it takes for a mean of that reliability.

    Parameters
    ----------
    reliability
        A result of `ex.icc` or `ex.reliability`, or several below one another; only its `icc1` rows count.
    target
        ICC(2) that is asked for, between 0 and 1.

    Returns
    -------
    DataFrame
        A result, one row per `icc1`: effect `raters` = target (1 - ICC(1)) / (ICC(1) (1 - target)), in whole people,
        upward. The interval is that of ICC(1), worked out for both its ends; the lower one follows from the upper. `n`
        the people that ICC(1) rests on. Extras: `target`, and those of `BESIDE` as there.

        Reasons: that of ICC(1); `not_reliable` where its interval reaches 0, since no number of people may then do.

    Raises
    ------
    ExkitError
        If this is no result of reliabilities, or the target is not between 0 and 1.

    References
    ----------
    Spearman (1910), Brit. J. Psychol. 3, 271-295; Brown (1910), Brit. J. Psychol. 3, 296-322; Bliese (2000), in Klein &
    Kozlowski, Multilevel theory, research and methods in organizations, 349-381.

    Examples
    --------
    >>> icc1 = result(x=["a", "b", "c"], effect="icc1", estimate=[0.02, 0.05, 0.10], conf_low=0.01, conf_high=0.12)
    >>> raters_needed(icc1)["estimate"].tolist()
    [115.0, 45.0, 21.0]
    """
    if not 0 < target < 1:
        raise ExkitError(f"The target is a reliability between 0 and 1, 0.70 for instance, not {target}.")
    rows = _icc1(reliability)
    unsure = (rows["conf_low"] <= 0) | (rows["estimate"] <= 0)
    of = rows[["estimate", "conf_high", "conf_low"]].mask(unsure)
    needed = np.ceil(target * (1 - of) / (of * (1 - target)) - DUST)
    return result(
        rows[group_columns(rows)], x=rows["x"], effect="raters", estimate=needed["estimate"],
        conf_low=needed["conf_high"], conf_high=needed["conf_low"], n=rows["n"],
        reason=rows["reason"].mask(unsure, "not_reliable"), target=target, **_beside(rows),
    )  # fmt: skip


def reliability_at(reliability: pd.DataFrame, *, sizes: Sequence[int] = (5, 10, 15, 20, 30, 50)) -> pd.DataFrame:
    """Give the reliability that a unit's mean would have with other numbers of people.

    Parameters
    ----------
    reliability
        As in `raters_needed`.
    sizes
        Numbers of people per unit.

    Returns
    -------
    DataFrame
        A result, per `icc1` one row per size (group column `size`): effect `icc2` = k ICC(1) / (1 + (k - 1) ICC(1)),
        its interval worked out likewise from both ends of that of ICC(1), its standard error by the delta method. A
        negative ICC(1) counts as 0: a reliability is never less. `n`, reasons and extras as in `raters_needed`.

    Raises
    ------
    ExkitError
        If this is no result of reliabilities, or a size is below 1.

    References
    ----------
    As `raters_needed`.

    Examples
    --------
    >>> icc1 = result(x="voice", effect="icc1", estimate=0.10, conf_low=0.05, conf_high=0.15)
    >>> reliability_at(icc1, sizes=[5, 21])[["size", "estimate", "conf_low", "conf_high"]].round(2)
       size  estimate  conf_low  conf_high
    0     5      0.36      0.21       0.47
    1    21      0.70      0.52       0.79
    """
    if any(size < 1 for size in sizes):
        raise ExkitError(f"A unit has 1 person or more, not {min(sizes)}.")
    rows = _icc1(reliability).merge(pd.DataFrame({"size": list(sizes)}), how="cross")
    k, icc1 = rows["size"], rows["estimate"].clip(lower=0)

    def at_size(share: pd.Series) -> pd.Series:
        share = share.clip(lower=0)
        return k * share / (1 + (k - 1) * share)

    groups = [*group_columns(rows), "size"]
    return result(
        rows[groups], x=rows["x"], effect="icc2", estimate=at_size(rows["estimate"]),
        std_error=rows["std_error"] * k / (1 + (k - 1) * icc1) ** 2, conf_low=at_size(rows["conf_low"]),
        conf_high=at_size(rows["conf_high"]), n=rows["n"], reason=rows["reason"], **_beside(rows),
    )  # fmt: skip


def _icc1(reliability: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of ICC(1)."""
    need_columns(reliability, *COLUMNS, where="the result")
    rows = reliability[reliability["effect"] == "icc1"].reset_index(drop=True)
    if rows.empty:
        raise ExkitError("This result has no 'icc1'. Give what ex.icc or ex.reliability returns.")
    return rows


def _beside(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Take along what is known of the ICC(1)."""
    return {name: rows[name] for name in BESIDE if name in rows}
