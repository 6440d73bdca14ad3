"""Where does each organisation stand: one figure for all participants, for every sector and for every organisation.

The same question is asked of everybody at once, so that a report on one organisation needs no calculation of its own:
it picks its rows, and those of its benchmarks. What the margin of each row allows for is what its level asks for:
organisations where there are several, teams within one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.analysis.compare import STATISTICS, compare
from exkit.errors import need_choice
from exkit.measures.answers import nobody, not_asked, statistic_of
from exkit.measures.tally import NOBODY, Tally
from exkit.measures.units import the_measure
from exkit.result import result

KEYS = ["sector", "organisation", "wave"]
"""Group columns of a standing: an organisation's rows have all three, a sector's no organisation, the rest neither."""


def standing(
    tally: Tally, x: str | None = None, *, of: str | None = None, wave: str = "", ci: float = 0.95
) -> pd.DataFrame:
    """Estimate one figure for all participants, for every sector and for every organisation, in every wave.

    Parameters
    ----------
    tally
        Counts of answers.
    x
        A question or scale of the tally; the only one if not given.
    of
        `nps`, `favourable` or `mean`; what the codebook makes of the question if not given.
    wave
        The last wave; that of the data if empty.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        What `ex.nps`, `ex.favourable` or `ex.mean` gives, under the group columns `sector`, `organisation` and `wave`:
        all three for an organisation, no organisation for a sector, neither for all participants; no wave where these
        data have none. Answers of people without a sector or organisation count where they belong. Margins are those
        of the level: organisations are the clusters across organisations, teams within one.
    """
    if tally.table == NOBODY or nobody(tally, x):
        return not_asked(KEYS, x=x or asked_of(tally), effect="nps").assign(reason="no_question")
    x, of = measured(tally, x, of)
    there, rows = [key for key in KEYS if key in tally.keys], tally.rows(x)
    tally = tally.of(x, rows[rows["wave"] <= wave]) if wave and "wave" in rows else tally
    levels = {"": ["wave"], "sector": ["sector", "wave"], "organisation": KEYS}
    kinds = {level: [key for key in by if key in there] for level, by in levels.items() if level in ("", *there)}
    found = [
        STATISTICS[of](tally, x, by=by, ci=ci).dropna(subset=[level] if level else []) for level, by in kinds.items()
    ]
    rows = pd.concat(found, ignore_index=True)
    rows = rows.assign(**{key: "" for key in KEYS if key not in rows}).fillna(dict.fromkeys(KEYS, ""))
    return result(rows[KEYS], **{name: rows[name] for name in rows if name not in KEYS})


def asked_of(tally: Tally) -> str:
    """Name the question of a tally that nobody answered."""
    return next(iter(tally.definitions["variable"]), "")


def measured(tally: Tally, x: str | None, of: str | None) -> tuple[str, str]:
    """Name the question and its statistic."""
    x = the_measure(tally, x)
    of = of or ("mean" if x in tally.scores else statistic_of(tally, x))
    need_choice(of, list(STATISTICS), what="statistic")
    return x, of


def in_wave(tally: Tally, x: str, wave: str) -> Tally:
    """Take the answers to one question in one wave, the last if none is named."""
    rows = tally.rows(x)
    if "wave" not in rows:
        return tally.of(x, rows)
    return tally.of(x, rows[rows["wave"] == (wave or rows["wave"].max())])


def changes(
    tally: Tally, x: str | None = None, *, of: str | None = None, wave: str = "", ci: float = 0.95
) -> pd.DataFrame:
    """Estimate the change since the wave before: of all participants, of every sector and of every organisation.

    Parameters
    ----------
    tally
        Counts of answers of several waves.
    x, of
        As in `standing`.
    wave
        The wave to which it has changed; the last if empty.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        What `ex.compare` gives of the wave and the one before it in which there were answers: group columns `sector`,
        `organisation` and `wave`, as in `standing`; `against` is `wave`, and `reference` says which; `n` the answers of
        both. Nothing is compared across a break.
    """
    nothing = not_asked(KEYS, x=x or asked_of(tally), effect="diff").assign(of="nps", against="wave", reference="")
    if tally.table == NOBODY or nobody(tally, x):
        return nothing.assign(reason="no_question")
    x, of = measured(tally, x, of)
    rows = tally.rows(x)
    if "wave" not in rows:
        return nothing.assign(x=x, of=of)
    now = wave or rows["wave"].max()
    levels = [[], *([key] for key in ("sector", "organisation") if key in rows)]
    found = [
        compare(tally.of(x, _last_two(rows, by, now)), x, between="wave", against="previous", of=of, by=by, ci=ci)
        for by in levels
    ]
    last = pd.concat([part[part["level"] == now].dropna(subset=by) for part, by in zip(found, levels, strict=True)])
    if last.empty:
        return nothing.assign(x=x, of=of)
    keyed = _keyed(last.assign(wave=last["level"]), rows[rows["wave"] == now])
    return result(keyed[KEYS], **{name: keyed[name] for name in keyed if name not in KEYS}, against="wave")


def _last_two(rows: pd.DataFrame, by: list[str], now: str) -> pd.DataFrame:
    """Take a wave and the one before it, for each group the one in which that had answers."""
    before = rows["wave"].where(rows["wave"] < now)
    last = before.groupby([rows[key] for key in by] or np.zeros(len(rows)), dropna=False, observed=True).transform(
        "max"
    )
    return rows[(rows["wave"] == now) | (rows["wave"] == last)]


def _keyed(rows: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Give rows of all, of sectors and of organisations their keys, an organisation the sector that it is in."""
    rows = rows.assign(**{key: rows[key].fillna("") if key in rows else "" for key in KEYS[:2]})
    if not {"sector", "organisation"} <= set(counts):
        return rows
    homes = counts.dropna(subset=KEYS[:2]).drop_duplicates("organisation").set_index("organisation")["sector"]
    return rows.assign(
        sector=rows["sector"].mask(rows["organisation"] != "", rows["organisation"].map(homes).fillna(""))
    )


def team_means(
    tally: Tally, x: str | None = None, *, of: str | None = None, wave: str = "", ci: float = 0.95
) -> pd.DataFrame:
    """Estimate one figure for every team of every organisation, in one wave.

    Parameters
    ----------
    tally, x, of, wave, ci
        As in `held_against`.

    Returns
    -------
    DataFrame
        What `ex.nps`, `ex.favourable` or `ex.mean` gives, group columns `organisation`, `unit` and `wave`; one row
        `not_asked` where these data have no teams in organisations.
    """
    keys = ["organisation", "unit", "wave"]
    nothing = not_asked(keys, x=x or asked_of(tally), effect="mean")
    if tally.table == NOBODY or nobody(tally, x):
        return nothing.assign(reason="no_question")
    x, of = measured(tally, x, of)
    if not {"organisation", "unit"} <= set(tally.keys):
        return nothing.assign(x=x)
    by = [key for key in keys if key in tally.keys]
    rows = STATISTICS[of](in_wave(tally, x, wave), x, by=by, ci=ci).dropna(subset=keys[:2])
    rows = rows.assign(wave=rows.get("wave", ""))
    return result(rows[keys], **{name: rows[name] for name in rows if name not in keys}) if len(rows) else nothing


def last_wave(figures: pd.DataFrame) -> pd.DataFrame:
    """Take the figures of single organisations in the last wave of each question."""
    single = figures[figures["organisation"] != ""]
    return single[single["wave"] == single.groupby("x")["wave"].transform("max")]
