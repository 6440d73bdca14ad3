"""What a report on one organisation, or one sector, may have of the saved results: its own rows, and the benchmark's.

Figures of all participants are made once, in a chapter that names nobody. A report on one of them only picks. What it
picks is said here, so that a page, its tables and the file that goes with it have the same rows and no others.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.context import current
from exkit.errors import ExkitError, need_choice
from exkit.present.names import level_names
from exkit.present.protect import ABSENT
from exkit.present.words import N_, translator
from exkit.result import COLUMNS, group_columns, result

ABOUT = {
    "own": N_("This report is about {organisation}, in the sector {sector}."),
    "sector": N_("This report is about the sector {sector}."),
}
KINDLY = {
    "own": N_("Too few people of this organisation answered to show its own figures. What follows is the benchmark."),
    "sector": N_(
        "Too few people or organisations of this sector took part to show its own figures. What follows is the "
        "benchmark."
    ),
}
"""What is said where all of them are withheld."""
WHOSE = ("own", "sector", "all")
"""Whose figure a row of a report is: the organisation's, that of its sector, that of all participants."""
KEYS = ("sector", "organisation", "wave")
LEVELS = ["whose", "sector", "organisation"]
"""Group columns of `levels`."""


def own(saved: pd.DataFrame, *, organisation: str = "", sector: str = "", wave: str = "") -> pd.DataFrame:
    """Take the rows of one organisation with its benchmarks, or of one sector with all participants.

    Parameters
    ----------
    saved
        A result with the group columns `sector`, `organisation` and `wave`, as `ex.standing` gives it, or with
        `organisation` and `unit`.
    organisation
        Its name: its own rows, those of its sector, and those of all participants.
    sector
        Its name, where no organisation is meant: its own rows, and those of all participants. With neither there are
        only the latter.
    wave
        The last wave; that of the result if empty.

    Returns
    -------
    DataFrame
        The rows, in which no other organisation is. Of teams only the organisation's own, and one row `not_asked` where
        it has none; a result that was not calculated stays as it is.

    Raises
    ------
    ExkitError
        If there is no such organisation, sector or wave in the result.
    """
    if "organisation" not in group_columns(saved):
        return saved
    saved = saved.fillna(dict.fromkeys(group_columns(saved), ""))
    rows = saved[saved["wave"] <= _known(wave, saved, "wave")] if wave else saved
    if "unit" in group_columns(saved):
        its = rows[(rows["organisation"] == organisation) & (rows["organisation"] != "")]
        return its if len(its) else _no_teams(saved)
    if organisation:
        _known(organisation, saved, "organisation")
        sectors = set(rows.loc[rows["organisation"] == organisation, "sector"])
    else:
        sectors = {_known(sector, saved, "sector")} if sector else set()
    of_benchmark = (rows["organisation"] == "") & rows["sector"].isin(sectors | {""})
    return rows[of_benchmark | (rows["organisation"].eq(organisation) & (organisation != ""))].reset_index(drop=True)


def _known(name: str, saved: pd.DataFrame, key: str) -> str:
    """Refuse a name that is not in the result."""
    there = sorted(set(saved[key]) - {""})
    if not there:
        raise ExkitError(f"There is no {key} '{name}': these results have no {key}s.")
    need_choice(name, there, what=key)
    return name


def _no_teams(saved: pd.DataFrame) -> pd.DataFrame:
    """Say that nothing is known of teams."""
    keys = dict.fromkeys(group_columns(saved), "")
    first = saved.iloc[0]
    return result(pd.DataFrame(keys, index=[0]), x=first["x"], effect=first["effect"], reason="not_asked")


def about(rows: pd.DataFrame, x: str) -> pd.DataFrame:
    """Take the rows of one question or scale, by its name or the role that it plays.

    Parameters
    ----------
    rows
        A result.
    x
        A question or scale.

    Returns
    -------
    DataFrame
        Its rows; where there are none, one that says why, `no_question` or `not_calculated`. A mean is called `score`,
        and printed with the name of what it is the mean of and two decimals: organisations lie close together.
    """
    its = rows[rows["x"].isin(_names(x))].reset_index(drop=True)
    if len(its):
        its = its.drop(columns=[c for c in its if c not in COLUMNS and its[c].isna().all()])
        return its.replace({c: {"mean": "score"} for c in ("effect", "of") if c in its})
    absent = rows["reason"].eq("not_calculated").all()
    return result(x=x, reason="not_calculated" if absent else "no_question")


def _names(x: str) -> set[str]:
    """Give the names that a question may go by: its role, its own, with its table."""
    variables = current.study.codebook.variables() if current.study and x else []
    its = [v for v in variables if x in (v.name, v.role, f"{v.table}.{v.name}")]
    return {x, *(v.name for v in its), *(f"{v.table}.{v.name}" for v in its)}


def through_waves(figures: pd.DataFrame, *, of: str = "own") -> pd.DataFrame:
    """Take the figures that a report is about through the waves, grouped by wave alone.

    Parameters
    ----------
    figures
        Rows of one question, of `own` and `about`.
    of
        Whose: `own`, `sector` or `all`.

    Returns
    -------
    DataFrame
        One row per wave; one that says why, `no_answers` where there are none, `not_asked` where there are no waves.
    """
    if "organisation" not in group_columns(figures) or figures["reason"].isin(ABSENT).all():
        return figures
    its = figures[whose(figures) == of].sort_values("wave")
    about = {"x": figures["x"].iloc[0], "effect": figures["effect"].iloc[0]}
    if its.empty or its["wave"].eq("").any():
        return result(pd.DataFrame({"wave": [""]}), **about, reason="no_answers" if its.empty else "not_asked")
    return result(its[["wave"]], **{name: its[name] for name in its if name not in KEYS})


def latest(figures: pd.DataFrame, *, of: str = "own") -> pd.DataFrame:
    """Take the last of the figures that a report is about, such as for its key figures.

    Parameters
    ----------
    figures, of
        As in `through_waves`.

    Returns
    -------
    DataFrame
        One row, grouped by wave where there are waves.
    """
    rows = through_waves(figures, of=of).tail(1)
    if figures["reason"].isin(ABSENT).all() or not rows["reason"].eq("not_asked").all():
        return rows
    its = figures[whose(figures) == of].head(1)
    return result(None, **{name: its[name] for name in its if name not in KEYS})


def by_team(teams: pd.DataFrame) -> pd.DataFrame:
    """Take the teams of a report's organisation in the last wave, grouped by team alone.

    Parameters
    ----------
    teams
        Of `own`, from `ex.team_means`.

    Returns
    -------
    DataFrame
        One row per team, in the order of their names; the one that says why, where there are none.
    """
    if "unit" not in group_columns(teams) or teams["reason"].isin(["not_asked", "no_question"]).all():
        return teams
    its = teams[teams["wave"] == teams["wave"].max()].sort_values("unit")
    columns = {name: its[name] for name in its if name not in ("organisation", "unit", "wave")}
    return result(its[["unit"]], **columns, at=its["wave"].iloc[0])


def levels(figures: pd.DataFrame, benchmark: pd.DataFrame, *, of: str = "own") -> pd.DataFrame:
    """Set the figure of the last wave beside its benchmarks: means of all answers, and quantiles of organisations.

    Parameters
    ----------
    figures, benchmark
        Rows of one question, of `ex.own` and `ex.about`: of `ex.standing`, and of `ex.spread` among others.
    of
        What the report is about, the first row: `own`, `sector` or `all`.

    Returns
    -------
    DataFrame
        A result: group columns `whose`, `sector` and `organisation`; rows of the figures themselves, then `quantile`
        rows.
    """
    if "organisation" not in group_columns(figures) or figures["reason"].isin(ABSENT).all():
        return figures
    wave = figures["wave"].max()
    kinds = WHOSE[WHOSE.index(of) :]
    last = figures[figures["wave"] == wave]
    last = last.assign(whose=whose(last)).sort_values("whose", key=lambda w: w.map(WHOSE.index))
    last = last[last["whose"].isin(kinds)]
    if of not in set(last["whose"]):
        lacking = result(x=figures["x"].iloc[0], effect=figures["effect"].iloc[0], reason="no_answers")
        lacking = lacking.assign(whose=of, sector="", organisation="", indicative=False)
        last = pd.concat([lacking, last], ignore_index=True)
    rows = [last.drop(columns=["series", "changed"], errors="ignore")]
    if "organisation" in group_columns(benchmark):
        its = benchmark[(benchmark["effect"] == "quantile") & (benchmark["wave"] == wave)]
        rows.append(its.assign(whose=whose(its))[lambda d: d["whose"].isin(kinds)])
    found = pd.concat(rows, ignore_index=True)
    columns = {name: found[name] for name in found if name not in (*KEYS, *LEVELS, "of", "at")}
    of_what = found.get("of", pd.Series("", found.index)).fillna("")
    return result(found[LEVELS], **columns, of=of_what, at=wave)


def differences(benchmark: pd.DataFrame, *, of: str = "own") -> pd.DataFrame:
    """Take the differences of one organisation, or sector, with what it is held against.

    Parameters
    ----------
    benchmark
        Rows of one question, of `ex.own` and `ex.about`: of `ex.held_against` and `ex.changes`.
    of
        Whose: `own`, `sector` or `all`.

    Returns
    -------
    DataFrame
        A result with the group column `against`.
    """
    return _of_one(benchmark, ["diff"], of)


def places(benchmark: pd.DataFrame) -> pd.DataFrame:
    """Take the places of one organisation.

    Parameters
    ----------
    benchmark
        Rows of one question, of `ex.own` and `ex.about`: of `ex.ranks`.

    Returns
    -------
    DataFrame
        A result with the group column `against`.
    """
    return _of_one(benchmark, ["rank", "percentile"], "own")


def _of_one(benchmark: pd.DataFrame, effects: list[str], of: str) -> pd.DataFrame:
    """Take the rows of some statistics, of the last wave, grouped by what is held against."""
    if "organisation" not in group_columns(benchmark) or benchmark["reason"].isin(ABSENT).all():
        return benchmark
    its = benchmark[benchmark["effect"].isin(effects) & (whose(benchmark) == of)]
    if its.empty:
        nobody = {"x": benchmark["x"].iloc[0], "of": benchmark["of"].iloc[0], "reason": "no_answers"}
        return result(pd.DataFrame({"against": ["all"]}), effect=effects[0], **nobody, n_organisations=np.nan)
    its = its[(its["wave"] == its["wave"].max()) & ((its["effect"] != "percentile") | its["estimate"].notna())]
    columns = {name: its[name] for name in its if name not in (*KEYS, "against")}
    return result(its[["against"]], **columns, at=its["wave"].iloc[0])


def whose(rows: pd.DataFrame) -> pd.Series:
    """Say of each row whose figure it is: `own`, `sector` or `all`."""
    of_sector = rows["sector"].ne("").map({True: "sector", False: "all"})
    return of_sector.mask(rows["organisation"].ne(""), "own")


def introduce(figures: pd.DataFrame, *, language: str | None = None) -> str:
    """Say in a sentence whom a report is about.

    Parameters
    ----------
    figures
        Of `own`.
    language
        Language of the reader; the kernel's if not given.

    Returns
    -------
    str
        The name of the organisation or the sector, and the wave; nothing where the figures were not calculated.
    """
    language = language or current.language
    if "organisation" not in group_columns(figures):
        return ""
    _, told = translator(language), whose(figures)
    kind = next((kind for kind in ABOUT if (told == kind).any()), "")
    if not kind:
        return ""
    last = figures[told == kind].sort_values("wave").tail(1)
    sector, wave = level_names("sector", last, language=language)[0], last["wave"].iloc[0]
    pattern = _(ABOUT[kind] if sector else N_("This report is about {organisation}."))
    said = pattern.format(organisation=last["organisation"].iloc[0], sector=sector)
    hidden = figures.loc[(told == kind) & (figures["wave"] == wave), "reason"].eq("withheld").all()
    return " ".join(
        [
            said,
            *([_("The last figures are of {wave}.").format(wave=wave)] if wave else []),
            *([_(KINDLY[kind])] if hidden else []),
        ]
    )


def withhold_with(rows: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Give what was worked out from figures that are not shown no answers, so that it is not shown either.

    A difference with a figure that is known would tell the one that is not.

    Parameters
    ----------
    rows
        Of `ex.held_against` and `ex.changes`.
    shown
        The protected figures, of `ex.standing`.

    Returns
    -------
    DataFrame
        The rows; `n` is 0 where one of the two figures of a difference is withheld: one's own, or that of the wave
        before, of the sector, or of all participants.
    """
    hidden = {_figure(row, {}) for row in shown[shown["reason"] == "withheld"].to_dict("records")}
    told = rows.to_dict("records")
    telling = [hidden & {_figure(row, {}), _figure(row, _other(row))} for row in told]
    gone = np.array([bool(found) for found in telling])
    return rows.assign(**{name: rows[name].mask(gone, 0) for name in ("n", "n_smallest") if name in rows})


def _figure(row: dict, other: dict) -> tuple:
    """Name the figure of a row, or the one that it is held against; an organisation may be in another sector then."""
    its = {**row, **other}
    return tuple(its[key] for key in ("x", *KEYS) if key != "sector" or not its["organisation"])


def _other(row: dict) -> dict[str, str]:
    """Say in what the figure that a row is held against differs from its own."""
    whole = {"all": {"sector": "", "organisation": ""}, "sector": {"organisation": ""}}
    return {"wave": row["reference"]} if row["against"] == "wave" else whole[row["against"]]
