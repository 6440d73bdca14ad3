"""Do these data agree with what was published?

A published figure is a number with its own uncertainty: it was rounded, perhaps drawn from a sample, and often its
definition is not known. Each is held against our own estimate, and gets one of eight verdicts by a fixed order of
rules, the first that fits. Only a difference beyond all chance and rounding "differs"; only one that is certainly
smaller than the margin of relevance "agrees"; what the data cannot tell apart stays undecided. A claim of a direction
or a threshold names a bound that the whole interval must clear.

Published figures come from `exkit.survey.published`; ours are rows of any result, with the claim and the figure that
they answer beside them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.multiplicity import adjust
from exkit.errors import ExkitError, nearest, need_columns
from exkit.measures.intervals import mover
from exkit.result import COLUMNS, result
from exkit.survey.published import KINDS, STATISTICS

KEY = ["claim", "figure"]
BOUNDED = ("direction", "threshold")
OWN_NAMES = {"value": "published", "low": "published_low", "high": "published_high", "n": "n_published"}
"""Columns of the claims that would clash with those of a result, and what they are called beside one."""

EXTRAS = ("df", "of", "n_smallest")
"""Extras of a result that the register keeps: how it was tested, what a difference is of, how few it rests on."""


def register(claims: pd.DataFrame, results: pd.DataFrame, *, synthetic: bool, ci: float = 0.95) -> pd.DataFrame:
    """Hold published figures against ours, one row per figure, none left out.

    Parameters
    ----------
    claims
        Published figures, as `published("claims")` gives them, or some of its rows.
    results
        Rows of results, each with the `claim` and `figure` that it answers; none, if nothing was calculated.
    synthetic
        Whether the data are the sample study, which was set to some of the figures (`basis` calibrated). In other data
        every basis is observed.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result with group columns `claim` and `figure`. Ours: the columns of the result; `p_value` tests the
        difference from the published figure, beyond its rounding. Published: `published` or `published_low` and
        `published_high`, `n_published` (NaN: not published), `published_error`, and the other columns of the claims.
        `verdict`: `not_testable` (why: `reason`), `not_comparable`, `by_design`, `supports`, `contradicts`, `agrees`,
        `differs` or `undecided`. `family` counts the figures that could have differed, `by_chance` how many of them
        are expected to do so by chance, (1 - ci) · family; `headline` is True for a `differs` that survives Holm, in
        data that are not synthetic. The extras `df`, `of` and `n_smallest` are those of the results.

    Raises
    ------
    ExkitError
        If a result answers no claim of the table, or two results answer the same one.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6, 65-70; Zou & Donner (2008), Stat. Med. 27, 1693-1702.

    Examples
    --------
    >>> from exkit.survey.published import published
    >>> ours = result(effect="nps", estimate=3.0, conf_low=-0.5, conf_high=6.5, n=1500, claim=1, figure="enps")
    >>> told = register(published("claims"), ours, synthetic=False)
    >>> told.loc[told["claim"] == 1, ["figure", "published", "estimate", "verdict", "reason"]]
           figure  published  estimate       verdict          reason
    0        enps      12.00       3.0       differs
    1   promoters       0.31       NaN  not_testable  not_calculated
    2  detractors       0.19       NaN  not_testable  not_calculated
    """
    pairs = _paired(claims, results)
    if not synthetic:
        pairs = pairs.assign(basis="observed")
    told = adjust(verdict(pairs, ci=ci), method="holm")
    told = told.assign(
        by_chance=(1 - ci) * told["family"],
        headline=(told["verdict"] == "differs") & (told["p_adjusted"] < 1 - ci) & (not synthetic),
    )
    return result(told[KEY], **{name: told[name] for name in told if name not in KEY})


def verdict(pairs: pd.DataFrame, *, ci: float = 0.95) -> pd.DataFrame:
    """Give the verdict on each pair of a published figure and ours: the first rule that fits.

    With v the published figure, h half its last printed digit, s_v its standard error and e our estimate, the interval
    of e - v follows from ours by MOVER, L and U are its ends moved outward by h, and m is the margin of relevance. A
    ratio is compared on the log scale; a range with its end nearest to e, without h; s_v is known for a share with a
    printed n, √(v(1-v)/n), and taken as 0 otherwise.

    1. `not_testable`: no interval of ours, or nothing to hold it against.
    2. `not_comparable`: another definition, or an unpublished one without a sensible reading.
    3. `by_design`: the data were set to this figure.
    4. Direction or threshold: `supports` if our whole interval is on the claimed side of the bound, `contradicts` if
       it is on the other, else `undecided`.
    5. `agrees`: -m ≤ L and U ≤ m.
    6. `differs`: L > 0 or U < 0.
    7. `undecided`.

    Parameters
    ----------
    pairs
        Columns of both: `kind`, `statistic`, `published`, `published_low`, `published_high`, `digit_half`,
        `n_published`, `margin`, `definition`, `reading_en`, `basis`; `effect`, `estimate`, `conf_low`, `conf_high`,
        `reason` (a claim's own where it has no result), `df` (NaN where unknown).
    ci
        Confidence level of our intervals.

    Returns
    -------
    DataFrame
        The pairs with `verdict`, `reason`, `published_error` and `p_value`: two-sided, of no difference beyond
        rounding, by t(df); below 1 - ci exactly where rule 6 fits; NaN for a pair that could not differ. Where the
        statistic is unknown or another than ours, our numbers are taken out.
    """
    pairs = pairs.assign(reason=_untestable(pairs), published_error=_published_error(pairs))
    low, high, p = _difference(pairs, ci)
    margin = _scaled(pairs, "margin")
    bounded = pairs["kind"].isin(BOUNDED)
    above, below = pairs["conf_low"] > pairs["published_low"], pairs["conf_high"] < pairs["published_high"]
    beneath, beyond = pairs["conf_high"] < pairs["published_low"], pairs["conf_low"] > pairs["published_high"]
    rules = {
        "not_testable": pairs["reason"].isin(NOT_TESTABLE) | ~_has_interval(pairs),
        "not_comparable": _is_another(pairs),
        "by_design": pairs["basis"] == "calibrated",
        "supports": bounded & (above | below),
        "contradicts": bounded & (beneath | beyond),
        "agrees": ~bounded & (low >= -margin) & (high <= margin),
        "differs": ~bounded & ((low > 0) | (high < 0)),
    }
    found = np.select(list(rules.values()), list(rules), "undecided")
    could_differ = ~bounded & np.isin(found, ["agrees", "differs", "undecided"])
    told = pairs.assign(verdict=found, p_value=np.where(could_differ, p, np.nan))
    told.loc[told["reason"].isin(WRONG_NUMBER), ["estimate", "std_error", "conf_low", "conf_high"]] = np.nan
    return told


WRONG_NUMBER = ("unknown_statistic", "other_statistic")
NOT_TESTABLE = (*WRONG_NUMBER, "no_criterion", "no_margin")
"""Reasons to leave a claim untested though there is an estimate of ours."""


def _paired(claims: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Lay each published figure beside the result that answers it, if there is one."""
    need_columns(claims, *KEY, *OWN_NAMES, "kind", "statistic", "reason", where="the claims")
    results = results if len(results) else result(claims[KEY].iloc[:0])
    need_columns(results, *KEY, *COLUMNS, where="the results")
    published, ours = _keys(claims), _keys(results)
    strange = [key for key in ours if key not in set(published)]
    if strange:
        raise ExkitError(f"No published figure '{strange[0]}'.{nearest(strange[0], list(published))}")
    if ours.has_duplicates:
        raise ExkitError(f"Two results answer the published figure '{ours[ours.duplicated()][0]}'. Give one.")
    kept = [*COLUMNS, *(name for name in EXTRAS if name in results)]
    answers = results.set_axis(ours)[kept].reindex(published)
    own = claims.rename(columns=OWN_NAMES).drop(columns="reason").reset_index(drop=True)
    pairs = pd.concat([own, answers.reset_index(drop=True)], axis="columns")
    unanswered = claims["reason"].replace("", "not_calculated").to_numpy()
    return pairs.assign(
        reason=np.where(published.isin(ours), pairs["reason"], unanswered),
        effect=pairs["effect"].fillna(pairs["statistic"]),
        n=pairs["n"].fillna(0).astype(int),
        df=pairs.get("df", np.nan),
        of=pairs["of"].fillna("") if "of" in pairs else "",
        n_smallest=pairs["n_smallest"].fillna(pairs["n"]) if "n_smallest" in pairs else pairs["n"],
    )


def _keys(frame: pd.DataFrame) -> pd.Index:
    """Name each row by claim and figure, such as '1 enps'; a saved claim is text, and 1.0 if it stood beside a gap."""
    number = pd.to_numeric(frame["claim"], errors="coerce").astype("Int64")
    return pd.Index(number.astype(str) + " " + frame["figure"].astype(str))


def _untestable(pairs: pd.DataFrame) -> np.ndarray:
    """Say why a pair cannot be tested; otherwise leave what its result says of itself."""
    kind, statistic = pairs["kind"], pairs["statistic"]
    figure = kind.isin(["value", "ratio", "range"])
    cases = {
        "unknown_statistic": ~kind.isin(list(KINDS)) | (~statistic.isin(STATISTICS) & (kind != "none")),
        "other_statistic": pairs["estimate"].notna() & (pairs["effect"] != statistic) & (kind != "none"),
        "no_criterion": pairs["estimate"].notna() & (kind == "none"),
        "no_margin": figure & pairs["margin"].isna() & _has_interval(pairs),
        "no_interval": (pairs["reason"] == "") & ~_has_interval(pairs),
    }
    return np.select(list(cases.values()), list(cases), pairs["reason"])


def _has_interval(pairs: pd.DataFrame) -> pd.Series:
    """Tell where our estimate has an interval, on the scale on which it is compared."""
    known = np.isfinite(pairs[["estimate", "conf_low", "conf_high"]].astype(float)).all(axis="columns")
    return known & (pairs["conf_low"] < pairs["conf_high"]) & ((pairs["kind"] != "ratio") | (pairs["conf_low"] > 0))


def _is_another(pairs: pd.DataFrame) -> pd.Series:
    """Tell where the published figure is of something else than ours, as far as one can know."""
    unread = (pairs["definition"] == "not_published") & (pairs["reading_en"] == "")
    return unread | (pairs["definition"] == "different")


def _published_error(pairs: pd.DataFrame) -> np.ndarray:
    """Give the standard error of a published share whose n was printed; 0 where it cannot be known."""
    share = pairs["published"].where((pairs["statistic"] == "share") & pairs["published"].between(0, 1))
    return np.sqrt(share * (1 - share) / pairs["n_published"]).fillna(0.0).to_numpy()


def _scaled(pairs: pd.DataFrame, column: str) -> np.ndarray:
    """Take a column on the scale of the comparison: logs for a ratio."""
    values = pairs[column].astype(float)
    return np.where(pairs["kind"] == "ratio", np.log(values.where(values > 0)), values)


def _difference(pairs: pd.DataFrame, ci: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give L, U and the p-value of ours minus published, rounding allowed for."""
    is_range = pairs["kind"] == "range"
    v = pairs["estimate"].clip(pairs["published_low"], pairs["published_high"]).where(is_range, pairs["published"])
    rounded = v - pairs["digit_half"].mask(is_range, 0.0)
    known = pairs.assign(v=v, rounded=rounded).where(_has_interval(pairs))
    ours = tuple(_scaled(known, column) for column in ("estimate", "conf_low", "conf_high"))
    v, z = _scaled(known, "v"), stats.norm.ppf((1 + ci) / 2)
    h = v - _scaled(known, "rounded")
    error = z * pairs["published_error"].to_numpy()
    low, high = mover(ours, (v, v - error, v + error))
    return low - h, high + h, _p_value(ours[0] - v, low, high, h, df=pairs["df"], ci=ci)


def _p_value(
    d: np.ndarray, low: np.ndarray, high: np.ndarray, h: np.ndarray, *, df: pd.Series, ci: float
) -> np.ndarray:
    """Turn the interval of a difference back into a test of no difference beyond h."""
    free = df.where(df >= 1, np.inf).to_numpy(float)
    reach = np.where(d > 0, d - low, high - d)
    standard = np.divide(np.abs(d) - h, reach, out=np.full(len(d), np.nan), where=reach > 0)
    return 2 * stats.t.sf(np.clip(standard, 0, None) * stats.t.ppf((1 + ci) / 2, free), free)
