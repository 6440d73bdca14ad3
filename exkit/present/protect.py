"""The door: what too few people answered does not pass, and what is too uncertain passes marked.

Every table, picture, sentence and saved result that the kit makes goes through `protect` first. A withheld row
keeps its group name and loses every number, its count included, so that withheld rows look alike whatever the reason:
because few people answered, because few of them are promoters or detractors, or because others could be worked out
from it. What could be worked out is looked at in each result by itself; when pages are published, in all of them
together: the door writes down what it was asked for (`current.asked`), and is told what else to withhold
(`current.withheld`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.context import current
from exkit.errors import ExkitError, need_columns
from exkit.measures.intervals import wilson
from exkit.present.disclosure.book import also_withheld, write_down
from exkit.present.disclosure.groups import BANDS
from exkit.present.disclosure.secrets import adding_up, derivable
from exkit.result import COLUMNS, TEXT, group_columns

MAX_MARGIN = {"nps": 15.0, "share": 0.10}
"""Half the width of an interval beyond which a figure is only indicative: points for an NPS, else proportions."""

OPEN = (
    "series", "changed", "of", "between", "same", "at", "cluster", "adjusted_by", "family", "claim", "figure", "saved",
    "scenario", "moved", "null", "criterion", "level", "link_level", "weight", "covar", "out_of", "n_perm", "value",
    "against", "around", "reference", "within",
)  # fmt: skip
"""Extras that tell nothing of the people in a row."""

PUBLISHED = (
    "source", "origin", "kind", "statistic", "published", "published_low", "published_high", "published_error",
    "digit_half", "n_published", "provenance", "definition", "margin", "basis", "analysis", "text_en", "text_nl",
    "wording_en", "wording_nl", "reading_en", "reading_nl", "by_chance",
)  # fmt: skip
"""Further extras of the claims register: what others published, which no answer of ours is part of."""

KNOWN = (
    "not_asked", "no_question", "not_in_kit", "not_calculated", "no_criterion", "several_waves", "too_few_units",
    "one_organisation", "reliability_unknown", "no_options", "weight_unknown", "too_few_organisations", "dominated",
)  # fmt: skip
"""Reasons that hold whatever people answered, and however many they were."""

ABSENT = ("not_asked", "no_question", "not_calculated")
"""Reasons of a result that there is nothing to show of: no such data, or a chapter that is not in this edition."""

ARITHMETIC = "n_not_published"
"""Reason of a row that was worked out from published figures alone (`ex.implied`): nobody in these data is in it."""

INSTEAD = {"verdict": "not_testable", "headline": False}
"""What the register says of a figure that it may not tell."""

UNJUDGED = {"verdict": "unknown"}
"""What a verdict on unit scores is where it may not be told."""

AGREED = {"r_wg": 1.0, "r_wg_j": 1.0, "a_wg": 1.0, "ad": 0.0, "ad_median": 0.0}
"""Per measure of agreement what it is where everybody gave the same answer: that would tell what each of them said."""
ALMOST = 0.005
"""How close to it a value may not come: closer it would be printed as full agreement."""
LEAST_AGREEING = 30
"""Answers below which a measure of agreement tells too much of single ones."""

OF_GROUPS = ("median", "share_high", "share_zero")
"""Extras that tell of single groups, where these are few: one group's own figure, or how many have a property."""

WHOLE = ("n", "n_smallest")

UNANIMOUS = 3
"""With fewer people than this who think otherwise a share is told as a bound: 1 - 3/n or more, or 3/n or less."""
QUANTILE = 1.96
"""Of the interval around a bound, which must not tell how wide the true one is."""
TIED = ("std_error", "n_eff", "deff", "deff_kish", "exact_low", "exact_high")
"""Extras that would tell what exactly lies behind a bound."""


def protect(result: pd.DataFrame, *, min_n: int | None = None, max_margin: float | None = None) -> pd.DataFrame:
    """Withhold the rows of a result that rest on too few answers; mark those that are too uncertain.

    Parameters
    ----------
    result
        A result. The unweighted `n` of the very statistic counts, or `n_smallest` where a row compares groups.
    min_n
        Smallest group that may be shown; the kernel's own, 10 by default, if not given.
    max_margin
        Half the interval's width beyond which a row is `indicative`; if not given, what an earlier call decided, else
        15 points for an NPS, 0.10 for a share, and none for other statistics.

    Returns
    -------
    DataFrame
        The result with `reason` "withheld" and no numbers in withheld rows, and the extra column `indicative`. An NPS
        is withheld, too, where fewer than `min_n` are promoters or detractors, since with its n and its margin it tells
        how many. A share from which fewer than three people depart is a bound: `reason` "at_least" or "at_most".
        Extras that tell of single groups (`OF_GROUPS`) are left out where these are fewer than `min_n` (`n_median`,
        else `n_units`). Agreement of fewer than 30 people is withheld, and so is full agreement, and a verdict that
        rests on either. Applying it twice changes nothing. Rows keep their order: protect before sorting by an
        estimate.

    Raises
    ------
    ExkitError
        If the frame is not a result or has no rows, or `min_n` is below 1.

    Examples
    --------
    >>> from exkit.result import result
    >>> protect(result(effect="nps", estimate=[12.0, 50.0], n=[40, 9]), min_n=10)[["estimate", "n", "reason"]]
       estimate     n    reason
    0      12.0    40
    1       NaN  <NA>  withheld
    """
    need_columns(result, *COLUMNS, where="this result")
    if result.empty:
        raise ExkitError("This result has no rows: there is nothing to show.")
    min_n = current.min_n if min_n is None else min_n
    if not min_n >= 1:
        raise ExkitError(f"min_n is the smallest group that may be shown: 1 or more, not {min_n}.")
    fresh, few = "indicative" not in result, _few(result, min_n)
    if fresh:
        bounded = _almost_unanimous(result) & ~few
        write_down(result, secret=few, bounded=bounded)
        few |= derivable(result, secret=few, bounded=bounded, min_n=min_n) | adding_up(result, bounded=bounded)
        result = _bound(result, bounded)
    few |= also_withheld(result)
    shown = {c: _nullable(result[c]).mask(few) for c in _told(result)}
    for c in set(OF_GROUPS) & set(shown):
        shown[c] = shown[c].where(result["n_median" if "n_median" in result else "n_units"] >= min_n)
    said = {c: result[c].mask(few, word) for c, word in _verdicts(result).items()}
    reason = result["reason"].mask(few & ~result["reason"].isin(KNOWN), "withheld")
    out = result.assign(**shown, **said, reason=reason)
    judged = not fresh and max_margin is None
    return out.assign(indicative=result["indicative"] & ~few if judged else _indicative(out, max_margin))


def _few(result: pd.DataFrame, min_n: int) -> np.ndarray:
    """Say which rows rest on too few answers, by themselves."""
    smallest = result["n"].astype("Float64")
    if "n_smallest" in result:
        # Rows of several results side by side: only those that compare groups have one.
        smallest = result["n_smallest"].astype("Float64").fillna(smallest)
    of_ours = result["reason"] != ARITHMETIC
    few = ((smallest < min_n) | smallest.isna()).to_numpy(bool) & of_ours.to_numpy(bool)
    return few | _telltale(result, smallest) | _few_behind(result, min_n)


def _few_behind(result: pd.DataFrame, min_n: int) -> np.ndarray:
    """Say behind which NPS too few promoters or detractors stand."""
    is_nps, n, few = (result["effect"] == "nps").to_numpy(bool), result["n"].astype(float), np.zeros(len(result), bool)
    for band in (band for band in BANDS if band in result):
        few |= ((result[band].astype(float) * n).round() < min_n).to_numpy(bool) & is_nps
    return few


def _almost_unanimous(result: pd.DataFrame) -> np.ndarray:
    """Say from which shares fewer than three people depart, among more than twice as many."""
    if not (result["effect"] == "share").any():
        return np.zeros(len(result), bool)
    n, estimate = result["n"].astype(float), result["estimate"].astype(float)
    apart = n * np.minimum(estimate, 1 - estimate)
    return (result["effect"].eq("share") & (apart.round(6) < UNANIMOUS) & (n > 2 * UNANIMOUS)).to_numpy(bool)


def _bound(result: pd.DataFrame, bounded: np.ndarray) -> pd.DataFrame:
    """Tell a bound in place of a share from which so few depart that it would tell of single people."""
    if not bounded.any():
        return result
    n, high = result["n"].astype(float), result["estimate"].astype(float) > 0.5
    bound = (UNANIMOUS / n).where(~high, 1 - UNANIMOUS / n)
    low, up = wilson(bound, n=n, q=QUANTILE)
    said = {
        "estimate": bound,
        "conf_low": pd.Series(low, result.index).where(high, 0.0),
        "conf_high": pd.Series(up, result.index).where(~high, 1.0),
        "reason": high.map({True: "at_least", False: "at_most"}),
        **{c: np.nan for c in TIED if c in result},
    }
    return result.assign(**{c: result[c].mask(bounded, value) for c, value in said.items()})


def _telltale(result: pd.DataFrame, smallest: pd.Series) -> np.ndarray:
    """Say which rows are agreement, or have it beside them, of so few or so full that it tells of single people."""
    full, value = result["effect"].map(AGREED).astype("Float64"), result["estimate"].astype("Float64")
    if "agreement" in result:
        beside = result["agreement"].astype("Float64")
        full, value = full.mask(beside.notna(), AGREED["r_wg"]), value.mask(beside.notna(), beside)
    close = (value - full).abs() < ALMOST
    return (full.notna() & ((smallest < LEAST_AGREEING) | close).fillna(False)).to_numpy(bool)


def _verdicts(result: pd.DataFrame) -> dict[str, object]:
    """Say what stands in place of a verdict: of the claims register, which has published figures, or on unit scores."""
    if "verdict" not in result:
        return {}
    return {c: word for c, word in (INSTEAD if "published" in result else UNJUDGED).items() if c in result}


def _told(result: pd.DataFrame) -> list[str]:
    """Name the columns that tell of the people in a row: all but names and what is declared open."""
    groups = [c for c in group_columns(result) if c not in COLUMNS]
    of_others = (*_verdicts(result), *(PUBLISHED if {"published", "verdict"} <= set(result) else ()))
    return [c for c in result.columns if c not in (*groups, *TEXT, *OPEN, *of_others, "indicative")]


def _nullable(column: pd.Series) -> pd.Series:
    """Make room for what is withheld in a column of numbers."""
    if not pd.api.types.is_numeric_dtype(column):
        return column
    return column.astype("Int64" if column.name in WHOLE else float)


def _indicative(rows: pd.DataFrame, max_margin: float | None) -> pd.Series:
    """Say which rows have a wider margin than may be printed without a mark; a difference is judged by its interval."""
    limit = rows["effect"].map(MAX_MARGIN).astype(float) if max_margin is None else max_margin
    return (rows["conf_high"] - rows["conf_low"]) / 2 > limit
