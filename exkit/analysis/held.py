"""Is an organisation different from the others?

What is printed is one's own figure and the benchmark that everybody is in, oneself included. What is tested is one's
own figure against the *rest*, since a part of the benchmark cannot differ from itself. Figures of the rest are never
given: two participants who each know what is left without them could subtract. The difference with the all-inclusive
benchmark is (1 - w) times the difference with the rest, w being one's own part of the whole, so that one test serves
both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.compare import STATISTICS
from exkit.analysis.covariance import independent
from exkit.analysis.multiplicity import adjust
from exkit.analysis.standing import KEYS, asked_of, in_wave, measured
from exkit.measures.answers import nobody, not_asked
from exkit.measures.intervals import mover
from exkit.measures.tally import NOBODY, Tally
from exkit.result import result

OTHERS = 5
"""Organisations that a benchmark has besides one's own."""
LARGEST = 0.40
"""Part of the rest that the largest of the others may be: of more, its own figure would show."""


def held_against(
    tally: Tally, x: str | None = None, *, of: str | None = None, wave: str = "", ci: float = 0.95
) -> pd.DataFrame:
    """Hold every organisation against the benchmark that it is part of: all participants, and those of its sector.

    Parameters
    ----------
    tally
        Counts of answers.
    x, of
        As in `standing`.
    wave
        The wave; the last one in which the question was answered, if empty.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, a row per organisation and benchmark: group columns `sector`, `organisation` and `wave`; effect `diff`
        of `of`, one's own figure minus the mean of all respondents of the benchmark, oneself included; `against`,
        `all` or `sector`; `n` one's own answers, `n_organisations` those in the benchmark, oneself included. Interval
        and `p_value` are those of the difference with the rest, scaled to what is printed: one's own error by teams,
        that of the rest by organisations, independent of each other, with Welch's degrees of freedom, as in
        `ex.compare`; interval by MOVER. No figure of the rest is in the result.

        Reasons: `too_few_organisations` where there are fewer than five others; `dominated` where the largest of the
        others is more than 40% of the rest (by weight); that of one's own figure where it has no margin;
        `one_organisation` where it is the only one; `no_question` and `not_asked` (one row) where the question, or
        organisations, are not in these data.

    References
    ----------
    Zou & Donner (2008), Stat. Med. 27, 1693-1702, for MOVER; Welch (1947), Biometrika 34, 28-35.
    """
    nothing = not_asked(KEYS, x=x or asked_of(tally), effect="diff").assign(of="nps", against="all")
    if tally.table == NOBODY or nobody(tally, x):
        return nothing.assign(reason="no_question")
    x, of = measured(tally, x, of)
    tally = in_wave(tally, x, wave)
    if "organisation" not in tally.keys or tally.rows(x)["organisation"].isna().all():
        return nothing.assign(x=x, of=of)
    found = [_against(part, x, told, of, ci) for part, told in _benchmarks(tally, x)]
    rows = pd.concat(found, ignore_index=True)
    extras = {name: rows[name] for name in rows if name not in KEYS}
    return result(rows[KEYS].fillna(""), x=x, effect="diff", of=of, **extras)


def _benchmarks(tally: Tally, x: str) -> Iterator[tuple[Tally, str]]:
    """Give the answers of each benchmark: of all participants, and of every sector."""
    rows = tally.rows(x)
    yield tally.of(x, rows), "all"
    if "sector" in rows:
        for _sector, its in rows.dropna(subset=["sector"]).groupby("sector", observed=True):
            yield tally.of(x, its), "sector"


def _against(tally: Tally, x: str, told: str, of: str, ci: float) -> pd.DataFrame:
    """Hold each organisation of one benchmark against the others in it."""
    rows = tally.rows(x)
    own = STATISTICS[of](tally, x, by=["organisation"], ci=ci).dropna(subset="organisation").set_index("organisation")
    size = rows.groupby("organisation", observed=True)["w"].sum()
    homes = rows.drop_duplicates("organisation").set_index("organisation")
    homes = homes.assign(**{key: "" for key in ("sector", "wave") if key not in homes})[["sector", "wave"]]
    refused = pd.Series({name: _refused(size.drop(name), row) for name, row in own.iterrows()})
    names = own.index[refused == ""]
    found = own[["n", "cluster"]].join(homes).assign(against=told, n_organisations=len(own), reason=refused)
    if len(names):
        rests = _rests(tally, x, list(names), of, ci).loc[names]
        found = found.join(_scaled(own.loc[names], rests, 1 - size[names] / rows["w"].sum(), ci=ci))
    return found.rename_axis("organisation").reset_index()


def _rests(tally: Tally, x: str, names: list[str], of: str, ci: float) -> pd.DataFrame:
    """Estimate what is left of a benchmark without each of these organisations."""
    if not names:
        return pd.DataFrame()
    declared = tally.cluster != "auto" or {"cluster", "stratum"} & set(tally.keys)
    tally = tally if declared or "unit" not in tally.keys else tally.over(x, "unit")
    rows = tally.rows(x)
    left = pd.concat([rows[rows["organisation"] != name].assign(left_out=name) for name in names])
    without = replace(tally.of(x, left), keys=[*tally.keys, "left_out"])
    return STATISTICS[of](without, x, by=["left_out"], ci=ci).set_index("left_out")


def _refused(others: pd.Series, own: pd.Series) -> str:
    """Say why an organisation is not held against a benchmark, if so."""
    if not len(others):
        return "one_organisation"
    if len(others) < OTHERS:
        return "too_few_organisations"
    if others.max() > LARGEST * others.sum():
        return "dominated"
    return "" if np.isfinite(own[["conf_low", "std_error"]].astype(float)).all() else own["reason"] or "too_few"


def _scaled(own: pd.DataFrame, rest: pd.DataFrame, part: pd.Series, *, ci: float) -> pd.DataFrame:
    """Give the differences with the whole, of which the rest is a `part`, from those with the rest."""
    low, high = mover(*((d["estimate"], d["conf_low"], d["conf_high"]) for d in (own, rest)))
    known, difference = independent(own, rest, ci=ci), own["estimate"] - rest["estimate"]
    error = np.sqrt(known["of_level"] + known["of_reference"])
    p_value = 2 * stats.t.sf(difference.abs() / known["tested"].where(known["tested"] > 0), known["df"])
    scaled = {"estimate": difference, "std_error": error, "conf_low": low, "conf_high": high}
    scaled = {name: part * column for name, column in scaled.items()}
    return pd.DataFrame({**scaled, "p_value": p_value, "df": known["df"]})


def distinct(held: pd.DataFrame, *, ci: float = 0.95) -> pd.DataFrame:
    """Count the organisations that can be told from the others, before and after correction for their number.

    Parameters
    ----------
    held
        Of `held_against`, not adjusted; several questions may be in it.
    ci
        Confidence level; 1 - ci of the organisations are expected to stand out by chance.

    Returns
    -------
    DataFrame
        A result, a row per question: group column `wave`; effect `distinct`, the part of the organisations whose
        difference with all others is statistically significant after Holm's correction over organisations. Extras:
        `n_distinct` of them, `n_uncorrected` before correction, `expected` by chance alone, `family` the number that
        was tested, `adjusted_by`. Reason that of the differences where none was tested.
    """
    rows = [_told_apart(part, ci) for _x, part in held[held["against"] == "all"].groupby("x", sort=False)]
    return pd.concat(rows, ignore_index=True)


def _told_apart(held: pd.DataFrame, ci: float) -> pd.DataFrame:
    """Count the organisations that stand out on one question."""
    tested = adjust(held[held["p_value"].notna()])
    about = {"x": held["x"].iloc[0], "effect": "distinct", "n": int(held["n"].sum())}
    about |= {"of": held["of"].iloc[0]}
    wave = held[["wave"]].head(1)
    if held["reason"].eq("not_asked").all():
        return not_asked(["organisation"], x=about["x"], effect="distinct")
    if tested.empty:
        return result(wave, **about, reason=held["reason"].iloc[0])
    alpha, apart = 1 - ci, (tested["conf_low"] > 0) | (tested["conf_high"] < 0)
    corrected, alone = (int((apart & (tested[p] < alpha)).sum()) for p in ("p_adjusted", "p_value"))
    return result(
        wave, **about, estimate=corrected / len(tested), n_distinct=corrected, n_uncorrected=alone,
        expected=alpha * len(tested), family=len(tested), adjusted_by=tested["adjusted_by"].iloc[0],
    )  # fmt: skip
