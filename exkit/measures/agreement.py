"""Do the people of a unit say the same, so that its score is something they share?

Reliability asks whether units differ, agreement whether the people within one do not. A unit whose people all gave the
same answer has full agreement; none is what it would be if they answered at random, and what "at random" means is a
choice, the null, so that each choice is printed. Everything follows from how often each answer was given in each unit.
The mean over units says how it stands with teams; a unit of one person has no agreement, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from exkit.errors import ExkitError, need_columns
from exkit.measures.answers import answers
from exkit.measures.tally import NOBODY, Tally
from exkit.measures.teams import need_measure
from exkit.measures.units import KEYS, the_measure
from exkit.result import result

HIGH = 0.70
"""From where on agreement is called high."""
SKEWED = {5: 1.34}
"""Per number of answers, the variance of people who lean to the right: shares of .05, .15, .20, .35 and .25."""
NOTHING = {
    "null": "", "median": np.nan, "share_high": np.nan, "share_zero": np.nan, "n_units": 0, "n_organisations": 0,
    "n_alone": 0,
}  # fmt: skip
"""Extras of a row without agreement."""
DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""


@dataclass(frozen=True)
class Spread:
    """How people of each unit differ in each item: all that agreement is made of.

    Attributes
    ----------
    units
        One row per unit and group: `unit`, `organisation` where known, group columns.
    people
        Complete answers of each unit.
    mean, variance, ad, ad_median
        Units by items: mean; variance (n - 1); average distance to the mean and to the median. NaN for a unit of one.
    options
        The answers that could be given, from low to high; none where this is not known.
    blank
        Why no unit has a measure of agreement, where none has.
    """

    units: pd.DataFrame
    people: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    ad: np.ndarray
    ad_median: np.ndarray
    options: np.ndarray
    blank: str = "too_few"


def agreement(
    tally: Tally | pd.DataFrame,
    x: str | None = None,
    *,
    by: Sequence[str] = (),
    options: tuple[int, int] | None = None,
    ci: float = 0.95,
) -> pd.DataFrame:
    """Estimate how far people within units agree on a question or a scale, unweighted, as a mean over units.

    Parameters
    ----------
    tally
        Counts of answers. Of several waves take one, or have them told apart with `by`. Or a units frame with `x`,
        `x_n` and `x_sd`, the unweighted standard deviation, of a single question: the mean of several items differs
        less between people than their answers do, and would seem to be agreed on.
    x
        A question or scale of the tally, the only one if not given; or a measure of the frame.
    by
        Group columns; with `unit` one row per unit.
    options
        Lowest and highest answer to a frame's measure, (1, 5) for a five-point item; a tally has them of the codebook.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, per group a row for each of these effects and nulls. Only people who answered all items count.

        `r_wg` (a question) = 1 - s²/σ², s² the variance of a unit's answers (n - 1), σ² that of people who answer at
        random; 0 where s² is larger. `r_wg_j` (a scale of J items) = J r / (J r + 1 - r), with the mean of the items'
        variances in r, and 0 likewise. `null` is `uniform`, each of A answers equally likely, σ² = (A² - 1)/12; and,
        only where there are five answers, `slightly_skewed`, σ² = 1.34.

        `a_wg` = 1 - 2 s² / (((H + L) M - M² - HL) n/(n-1)), against the largest disagreement that a mean M between the
        lowest and highest answers L and H leaves room for; from -1 to 1. Not defined for a mean that is nearer to an
        end than (H - L)/n, as if fewer than one person stood at the other, but 1 at the very end. Of a scale, the mean
        over the items for which it is defined.

        `ad` and `ad_median`: average distance, in marks, to the unit's mean or median, denominator n, averaged over
        items; 0 is full agreement.

        `estimate` is the mean over units. Its interval is ± t(C-1) times its jackknife error, one organisation left out
        at a time, since units of one organisation hang together; where there is only one organisation, or none is
        declared, one unit at a time (`cluster` says which). It is made on the log-odds of where the mean lies between
        the ends of the scale, which it never leaves so. `n` counts the people in these units.

        Extras: `null`; `median` over units; `share_high`, the share of units on the good side of `criterion` (.70 or
        more; of a distance A/6 or less, .83 for five answers); `share_zero`, the share of units that were set to 0;
        `n_units`, units with a value; `n_organisations` (0 where none are declared); `n_alone`, units in which only
        one person answered, which have no value; `df`, `cluster`, `interval`; `at`, the wave.

        Reasons: `no_question`; `not_asked` where the data have no units or no such groups; `no_answers`;
        `several_waves`; `no_options` where the codebook does not say between which whole numbers people chose, or
        items differ in it; `too_few` where nobody shares a unit; `not_identifiable` for `a_wg` of two answers, which
        always differ as much as their mean leaves room for; `reliability_unknown` where a frame lacks what is needed,
        as it always does for `ad`. With an estimate, but no margin: `one_cluster` for a single unit, and `constant`
        where all clusters have the same.

    Raises
    ------
    ExkitError
        If there is no such question or group column; if a frame is given without x or without options, or a tally with
        options.

    Notes
    -----
    Equals R's multilevel::rwg, rwg.j, awg and ad.m. It says of the units at hand how far their people agree; with few
    people per unit r_wg leans upward where there is none, since it is never below 0.

    References
    ----------
    James, Demaree & Wolf (1984), J. Appl. Psychol. 69, 85-98; LeBreton & Senter (2008), Organ. Res. Methods 11,
    815-852, for the nulls; Brown & Hauenstein (2005), Organ. Res. Methods 8, 165-184; Burke & Dunlap (2002), Organ.
    Res. Methods 5, 159-172, for the distances and A/6.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": ["a", "b", "c"], "voice": [3.0, 3.5, 4.1], "voice_n": 10})
    >>> found = agreement(teams.assign(voice_sd=[0.7, 0.8, 0.9]), "voice", options=(1, 5))
    >>> found[["effect", "null", "estimate", "conf_low", "conf_high", "share_high", "n"]].head(3).round(2)
      effect             null  estimate  conf_low  conf_high  share_high   n
    0   r_wg          uniform      0.68      0.46       0.84        0.33  30
    1   r_wg  slightly_skewed      0.52      0.25       0.78        0.00  30
    2   a_wg                       0.65      0.11       0.89        0.33  30
    """
    by, told = list(by), isinstance(tally, Tally)
    x = _question(tally, x, options) if told else _measure(tally, x, options)
    rows = _rows(tally, x) if told else tally[np.isfinite(tally[x])]
    effect = "r_wg_j" if told and x in tally.items else "r_wg"
    asked = not told or tally.table != NOBODY
    if reason := _refusal(rows, by) if asked and "" not in by else "no_question":
        return _refused(x, by, effect, reason)
    spreads = list(_of_tally(tally, x, by)) if told else [_of_frame(rows, x, options)]
    if any(not len(spread.options) for spread in spreads):
        return _refused(x, by, effect, "no_options")
    each = pd.concat([_measured(spread, effect) for spread in spreads], ignore_index=True)
    found = _over_units(each, by, ci=ci)
    at = {"at": rows["wave"].iloc[0]} if "wave" in rows and "wave" not in by else {}
    return result(found[by], x=x, **found.drop(columns=by), **at)


def _question(tally: Tally, x: str | None, options: tuple[int, int] | None) -> str:
    """Name the question or scale of a tally that is meant."""
    if options is not None:
        raise ExkitError("A tally has its options from the codebook: give low and high there, and none here.")
    return the_measure(tally, x)


def _measure(units: pd.DataFrame, x: str | None, options: tuple[int, int] | None) -> str:
    """Name the measure of a units frame that is meant."""
    if x is None or options is None:
        raise ExkitError("Of a units frame, say which measure is meant, and its options: x='voice', options=(1, 5).")
    need_columns(units, "unit", where="the units")
    need_measure(units, x)
    return x


def _rows(tally: Tally, x: str) -> pd.DataFrame:
    """Take the keys of those who answered."""
    return tally.items[x].keys if x in tally.items else tally.counts[tally.counts["variable"] == x]


def _refusal(rows: pd.DataFrame, by: list[str]) -> str:
    """Say why there is nothing to agree on, if so."""
    if any(key in KEYS and key not in rows for key in ("unit", *by)):
        return "not_asked"
    need_columns(rows, *by, where="the answers")
    if rows.empty or rows["unit"].isna().all():
        return "no_answers"
    return "several_waves" if "wave" in rows and "wave" not in by and rows["wave"].nunique() > 1 else ""


def _refused(x: str, by: list[str], effect: str, reason: str) -> pd.DataFrame:
    """Give the rows that say why there is no agreement."""
    effects = [effect, "a_wg", "ad", "ad_median"]
    groups = pd.DataFrame("", index=range(len(effects)), columns=by)
    return result(groups, x=x, effect=effects, reason=reason, **NOTHING)


def _of_tally(tally: Tally, x: str, by: list[str]) -> Iterator[Spread]:
    """Take from a tally how people differ; questions whose answers changed between waves in parts."""
    if x in tally.items:
        block = tally.items[x]
        yield _counted(block.keys, block.given, block.options, by)
        return
    counts, _ = answers(tally, x, by=by)
    for (low, high), rows in counts.groupby(["low", "high"], dropna=False):
        options = np.arange(low, high + 1) if np.isfinite([low, high]).all() else np.empty(0)
        if not rows["answer"].isin(options).all():
            options = options[:0]
        given = (rows["answer"].to_numpy(float)[:, None] == options) * rows["n"].to_numpy(float)[:, None]
        yield _counted(rows, given[:, None, :], options, by)


def _counted(keys: pd.DataFrame, given: np.ndarray, options: np.ndarray, by: list[str]) -> Spread:
    """Work out how people of each unit differ, from how often each answer was given: rows by items by options."""
    known = keys["unit"].notna().to_numpy()
    keys, given = keys[known], given[known]
    code = keys.groupby(list(dict.fromkeys([*by, "unit"])), dropna=False, observed=True).ngroup().to_numpy()
    units = keys.iloc[np.unique(code, return_index=True)[1]]
    total = np.zeros((len(units), *given.shape[1:]))
    np.add.at(total, code, given)
    people = total[:, :1].sum(axis=2)
    several = np.where(people > 1, people, np.nan)
    mean = total @ options / several
    middle = options[np.argmax(total.cumsum(axis=2) >= several[..., None] / 2, axis=2)] if len(options) else mean

    def per_person(distance: np.ndarray) -> np.ndarray:
        return (total * distance).sum(axis=2) / several

    off = options - mean[..., None]
    variance = per_person(off**2) * several / (several - 1)
    ad, ad_median = per_person(np.abs(off)), per_person(np.abs(options - middle[..., None]))
    return Spread(units, people[:, 0], mean, variance, ad, ad_median, options)


def _of_frame(units: pd.DataFrame, x: str, options: tuple[int, int]) -> Spread:
    """Take from a units frame how people of each unit differ in one question: all but their distances."""
    units = units[units["unit"].notna()]
    known = units.reindex(columns=[x, f"{x}_n", f"{x}_sd"]).to_numpy(float)
    mean, sd = np.where(known[:, 1:2] > 1, known[:, ::2], np.nan).T[..., None]
    unknown = np.full_like(mean, np.nan)
    options = np.arange(options[0], options[1] + 1.0)
    return Spread(units, known[:, 1], mean, sd**2, unknown, unknown, options, blank="reliability_unknown")


def _measured(spread: Spread, effect: str) -> pd.DataFrame:
    """Give each unit each measure of agreement: one row per unit and measure."""
    low, high, size = spread.options[0], spread.options[-1], len(spread.options)
    share = {"criterion": HIGH, "lowest": 0.0, "highest": 1.0, "blank": spread.blank}
    distance = {**share, "criterion": size / 6, "highest": (high - low) / 2}
    # Two answers always differ as much as their mean leaves room for.
    against = {**share, "lowest": -1.0, "blank": "not_identifiable" if size == 2 else spread.blank}
    nulls = {"uniform": (size**2 - 1) / 12, **({"slightly_skewed": SKEWED[size]} if size in SKEWED else {})}
    measures = [(effect, null, *_r_wg(spread.variance, variance), share) for null, variance in nulls.items()]
    measures += [("a_wg", "", _a_wg(spread), np.nan, against)]
    measures += [(name, "", getattr(spread, name).mean(axis=1), np.nan, distance) for name in ("ad", "ad_median")]
    return pd.concat(
        [
            spread.units.assign(place=place, effect=name, null=null, value=value, zero=zero, n=spread.people, **bounds)
            for place, (name, null, value, zero, bounds) in enumerate(measures)
        ],
        ignore_index=True,
    )


def _r_wg(variance: np.ndarray, null: float) -> tuple[np.ndarray, np.ndarray]:
    """Compute r_wg, of several items r_wg(j), and say which units are set to 0 (1, else 0)."""
    seen, items = variance.mean(axis=1) / null, variance.shape[1]
    zero = np.where(np.isnan(seen), np.nan, seen > 1 + DUST)
    share = np.clip(1 - seen, 0, None)
    return items * share / (items * share + 1 - share), zero


def _a_wg(spread: Spread) -> np.ndarray:
    """Compute a_wg, of several items its mean over those whose mean leaves room for disagreement."""
    low, high, mean = spread.options[0], spread.options[-1], spread.mean
    n = np.where(spread.people > 1, spread.people, np.nan)[:, None]
    room = ((high + low) * mean - mean**2 - high * low) * n / (n - 1)
    edge = (high - low) / n
    inside = (mean >= low + edge - DUST) & (mean <= high - edge + DUST)
    each = 1 - 2 * spread.variance / np.where(inside, room, np.nan)
    each = np.where((mean == low) | (mean == high), 1.0, each)
    there = np.isfinite(each) & (len(spread.options) > 2)
    return np.where(there, each, 0).sum(axis=1) / np.where(there.any(axis=1), there.sum(axis=1), np.nan)


def _over_units(each: pd.DataFrame, by: list[str], *, ci: float) -> pd.DataFrame:
    """Average each measure over the units of each group, with the margin of that mean."""
    each = each.assign(row=each.groupby([*by, "place"], dropna=False, observed=True).ngroup(), alone=each["n"] == 1)
    there = each[each["value"].notna()]
    sign = np.where(there["effect"].str.startswith("ad"), -1, 1)
    there = there.assign(high=sign * there["value"] >= sign * there["criterion"] - DUST)
    found = each.drop_duplicates("row").set_index("row").sort_index()
    found = found[[*by, "effect", "null", "criterion", "lowest", "highest", "blank"]].join(
        there.groupby("row").agg(
            estimate=("value", "mean"), n=("n", "sum"), median=("value", "median"), share_high=("high", "mean"),
            share_zero=("zero", "mean"), n_units=("value", "size"),
        )
    )  # fmt: skip
    found = found.assign(n_alone=each.groupby("row")["alone"].sum()).join(_margin(there))
    found["reason"] = found["reason"].where(found["n_units"].notna(), found["blank"])
    reach = found["highest"] - found["lowest"]
    part = (found["estimate"] - found["lowest"]) / reach
    half = stats.t.ppf((1 + ci) / 2, found["df"]) * found["std_error"] / (reach * part * (1 - part))
    for end, sign in {"conf_low": -1, "conf_high": 1}.items():
        found[end] = found["lowest"] + reach * special.expit(special.logit(part) + sign * half)
    counts = ["n", "n_units", "n_organisations"]
    found = found.fillna({**dict.fromkeys(counts, 0), "cluster": "", "interval": ""})
    return found.drop(columns=["lowest", "highest", "blank"]).astype(dict.fromkeys(counts, int))


def _margin(there: pd.DataFrame) -> pd.DataFrame:
    """Give the jackknife error of each mean: one organisation left out at a time, or one unit."""
    organisation = there.get("organisation", pd.Series(np.nan, there.index)).astype("str")
    several = organisation.fillna("").groupby(there["row"]).transform("nunique") > 1
    cluster = organisation.fillna("").where(several, there["unit"].astype("str")).rename("cluster")
    sums = there.groupby(["row", cluster])["value"].agg(["sum", "size"])
    rest = sums.groupby("row").transform("sum") - sums
    left = (rest["sum"] / rest["size"]).groupby("row")
    clusters = left.size()
    error = left.std(ddof=0) * np.sqrt(clusters - 1)
    error = error.where(error > DUST)
    return pd.DataFrame(
        {
            "std_error": error,
            "df": (clusters - 1).where(clusters > 1),
            "cluster": several.groupby(there["row"]).first().map({True: "organisation", False: "unit"}),
            "interval": "jackknife",
            "n_organisations": organisation.groupby(there["row"]).nunique(),
            "reason": np.select([clusters == 1, error.isna()], ["one_cluster", "constant"], ""),
        }
    )
