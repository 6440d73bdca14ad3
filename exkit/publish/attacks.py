"""Attacks on the published figures: does what is withheld stand elsewhere, or follow from all figures together?

Those of all reports, and those that a single participant has, with what it knows of itself. Saved results are read
again and held against the data, question by question; `exkit.publish.attacker` works out what follows from their sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.present.save import read_saved
from exkit.publish.attacker import System, recovered
from exkit.publish.finding import CLOSE, SHOWN, WORKED_OUT, Finding
from exkit.publish.truth import ANSWERS, CROSSED, KNOWN_BY, TOLD, Truth, count
from exkit.result import chosen_in, group_columns

if TYPE_CHECKING:
    from exkit.survey.study import Study

BOUNDS = ("at_least", "at_most")
"""Reasons of a share of which a bound is told."""

NUMBERS = ("estimate", "n", "conf_low", "conf_high", "std_error", "promoters", "passives", "detractors", "mean")
"""Columns of a saved result that tell of the people in a row."""


def read_figures(folder: Path) -> pd.DataFrame:
    """Read the rows of all saved results that count people, one below the other.

    Parameters
    ----------
    folder
        The folder of the results.

    Returns
    -------
    DataFrame
        `file`, `x`, `effect`, `y`, places, wave and what was answered besides as text, the figures, and the `reason`;
        `known` where its people are known by these alone.
    """
    read = [_rows(read_saved(path)).assign(file=path.name) for path in sorted(folder.glob("*.csv"))]
    empty = pd.DataFrame(columns=[*KNOWN_BY, "x", "y", "effect", "estimate", "n", "reason", "file", "known"])
    return pd.concat([empty, *read], ignore_index=True)


def _rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of one result that count people, with their places."""
    groups = group_columns(rows)
    rows = rows.assign(known=(rows[[g for g in groups if g not in KNOWN_BY]].fillna("").astype(str) == "").all(axis=1))
    if "wave" not in groups and "at" in rows:
        rows = rows.assign(wave=rows["at"])
    rows = rows.assign(**{name: told for name, told in chosen_in(rows).items() if name not in groups})
    keys = {name: rows[name].fillna("").astype(str) if name in rows else "" for name in KNOWN_BY}
    numbers = {c: rows[c].astype("Float64").astype(float) for c in NUMBERS if c in rows}
    rows = rows.assign(**keys, **numbers)[rows["effect"].isin([*ANSWERS, "share"])]
    return rows[[c for c in (*KNOWN_BY, "x", "y", "effect", "reason", "known", *NUMBERS) if c in rows]]


@dataclass(frozen=True)
class Figures:
    """The published figures that count people, beside the truth.

    Parameters
    ----------
    study
        The data.
    rows
        From `read_figures`.
    min_n
        Smallest group that may be shown.
    """

    study: Study
    rows: pd.DataFrame
    min_n: int

    @cached_property
    def questions(self) -> list[tuple[str, Truth, pd.DataFrame]]:
        """Per question the answers counted afresh, and the published rows that they are about.

        Once more where people are told apart by their mark, of those who gave one.
        """
        found = []
        for x, rows in self.rows[self.rows["known"].astype(bool)].groupby("x", sort=True):
            apart = (rows[CROSSED] != "").any(axis="columns")
            for crossed, its in ((False, rows[~apart]), (True, rows)) if apart.any() else ((False, rows),):
                truth = count(self.study, x, crossed=crossed)
                if truth is not None:
                    found.append((x, truth, its[self._about(its, truth)].reset_index(drop=True)))
        return found

    @cached_property
    def seen(self) -> dict[str, int]:
        """Count the figures that were attacked, those that were withheld, and those about other people."""
        attacked = sum(len(rows) for _x, _truth, rows in self.questions)
        hidden = sum(int((rows["reason"] == "withheld").sum()) for _x, _truth, rows in self.questions)
        return {"figures": len(self.rows), "figures attacked": attacked, "of these withheld": hidden}

    def _about(self, rows: pd.DataFrame, truth: Truth) -> np.ndarray:
        """Say which rows are withheld, or are what was counted: others are of other people, such as matched ones."""
        n = truth.inside(rows[KNOWN_BY]) @ truth.counts[:, 0]
        return ((rows["reason"] == "withheld") | np.isclose(rows["n"], n)).to_numpy(bool)

    def small(self, truth: Truth, rows: pd.DataFrame) -> np.ndarray:
        """Say which rows nobody may know: too few people, or of an NPS too few promoters or detractors."""
        counts = truth.inside(rows[KNOWN_BY]) @ truth.counts
        few = counts[:, 0] < self.min_n
        for band in (band for band in ANSWERS["nps"] if band in truth.names):
            few |= (rows["effect"] == "nps").to_numpy(bool) & (counts[:, truth.names.index(band)].round() < self.min_n)
        return few & (counts[:, 0] > 0)


def shown(figures: Figures) -> Iterator[Finding]:
    """Find figures that should have been withheld, and groups that are withheld in one file and told in another.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per file and group.
    """
    for x, truth, rows in figures.questions:
        told = rows["reason"] != "withheld"
        for place in np.flatnonzero(figures.small(truth, rows) & told.to_numpy()):
            yield Finding(SHOWN, rows.at[place, "file"], f"{x}, {_group(rows.loc[place])}: too few people")
        numbers = [c for c in NUMBERS if c in rows]
        for place in np.flatnonzero(~told & rows[numbers].notna().any(axis=1)):
            yield Finding(SHOWN, rows.at[place, "file"], f"{x}, {_group(rows.loc[place])}: withheld, and yet a number")
        groups = rows[KNOWN_BY].assign(answer=_answer(rows)).agg("|".join, axis=1)
        hidden = set(groups[~told])
        for place in np.flatnonzero(told & groups.isin(hidden)):
            yield Finding(SHOWN, rows.at[place, "file"], f"{x}, {_group(rows.loc[place])}: withheld in another file")


def worked_out(figures: Figures) -> Iterator[Finding]:
    """Attack: with all reports at hand, and as each participant with what it knows of itself.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per withheld group and count of which too little remains uncertain.
    """
    for x, truth, rows in figures.questions:
        hidden = rows[(rows["reason"] == "withheld") & figures.small(truth, rows)].drop_duplicates(KNOWN_BY)
        for who, told, wanted in _readers(truth, rows[rows["reason"] != "withheld"], hidden[KNOWN_BY]):
            yield from _attack(x, truth, told, wanted, who=who)


def others(figures: Figures) -> Iterator[Finding]:
    """Attack as a participant, with what it knows of itself: what another one of its sector answered.

    As the largest one in turn, which is closest to the sector, and what that answered as the second largest.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per participant, and organisation and count of which too little remains uncertain to it.
    """
    for x, truth, rows in figures.questions:
        cells = truth.cells[truth.cells["organisation"] != ""].assign(unit="").drop_duplicates(KNOWN_BY)
        if (cells[CROSSED] != "").any(axis=None):
            continue  # of those alone who gave a mark as well: most of them again
        cells = cells.assign(n=truth.inside(cells[KNOWN_BY]) @ truth.counts[:, 0])
        cells["place"] = cells.groupby(["sector", "wave"])["n"].rank(method="first", ascending=False)
        for who, told, wanted in _readers(truth, rows[rows["reason"] != "withheld"], cells):
            own = cells.loc[cells["organisation"] == who, ["sector", "wave", "place"]]
            pairs = wanted.merge(own, on=["sector", "wave"], suffixes=("", "_own"))
            closest = (pairs["place_own"] == 1) | ((pairs["place_own"] == 2) & (pairs["place"] == 1))
            yield from _attack(x, truth, told, pairs[closest], who=who)


def unbound(figures: Figures) -> Iterator[Finding]:
    """Attack bounds, with all reports at hand: how many depart must not be known to the last person.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per share of which more follows than the bound that is told.
    """
    for x, truth, rows in figures.questions:
        told = rows[rows["reason"] != "withheld"]
        system, answers = _system(truth, told), _counted(told)
        for place in np.flatnonzero(told["reason"].isin(BOUNDS) & answers.isin(truth.names)):
            row = told.iloc[[place]]
            [[(low, high)]] = system.ranges(truth.inside(row[KNOWN_BY]), of=[answers.iloc[place]])
            if high - low < 1 - 1e-6:
                what = f"{x}, {_group(row.iloc[0])}: {answers.iloc[place]}, of which a bound is told"
                yield Finding(WORKED_OUT, "all reports together", what)


def close(figures: Figures) -> Iterator[Finding]:
    """Find groups of which one is part of the other, and only a few people more are in that.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per two groups.
    """
    for x, truth, rows in figures.questions:
        told = rows[rows["reason"] != "withheld"].drop_duplicates(KNOWN_BY).reset_index(drop=True)
        inside, people = truth.inside(told[KNOWN_BY]), truth.counts[:, 0]
        n, both = inside @ people, (inside * people) @ inside.T
        apart = n[:, None] - n[None, :]
        few = (both == n[None, :]) & (apart > 0) & (apart < figures.min_n)
        for whole, part in zip(*np.nonzero(few), strict=True):
            pair = f"{_group(told.loc[whole])} and {_group(told.loc[part])}"
            yield Finding(CLOSE, told.at[whole, "file"], f"{x}: {pair} differ by a few people")


def _readers(
    truth: Truth, told: pd.DataFrame, secret: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Give who reads what, and what they may not know: everybody together, then each participant by itself."""
    yield "all reports together", told, secret
    online = told[(told["organisation"] == "") & (told["unit"] == "")]
    for own in sorted(set(truth.cells["organisation"]) - {""}):
        places = truth.cells[truth.cells["organisation"] == own].assign(unit="", sector="").drop_duplicates(KNOWN_BY)
        itself = places[KNOWN_BY].assign(effect="everything")
        wanted = secret[(secret["organisation"] == "") | ((secret["organisation"] == own) ^ (secret["unit"] == ""))]
        if len(wanted):
            yield own, pd.concat([online, told[told["organisation"] == own], itself], ignore_index=True), wanted


def _attack(x: str, truth: Truth, told: pd.DataFrame, secret: pd.DataFrame, *, who: str) -> Iterator[Finding]:
    """Try to work out what is secret of what is told."""
    if secret.empty:
        return
    wanted, names = truth.inside(secret[KNOWN_BY]), [name for name in ("n", *TOLD) if name in truth.names]
    found, counts = _system(truth, told).ranges(wanted, of=names), wanted @ truth.counts
    out = recovered(found, counts[:, [truth.names.index(name) for name in names]], names=names)
    for place in np.flatnonzero(out.any(axis=1)):
        lost = [name for name, is_lost in zip(names, out[place], strict=True) if is_lost]
        yield Finding(WORKED_OUT, who, f"{x}, {_group(secret.iloc[place])}: {', '.join(lost)}")


def _system(truth: Truth, told: pd.DataFrame) -> System:
    """Lay out what is told of a question."""
    inside = truth.inside(told[KNOWN_BY])
    return System(truth.names, inside, np.where(_tells(truth, told), inside @ truth.counts, np.nan), truth.limits)


def _answer(rows: pd.DataFrame) -> pd.Series:
    """Name the answer that a share is of, where there are several; nothing of other statistics."""
    return rows["y"].where((rows["effect"] == "share") & (rows["y"] != "favourable"), "")


def _counted(rows: pd.DataFrame) -> pd.Series:
    """Say what a share counts: an answer, such as `= 3`, or what several answers are called together."""
    named = {"favourable": "favourable", "promoter": "promoters", "detractor": "detractors"}
    of = [named.get(y, f"= {y}") for y in rows.get("y", pd.Series("", rows.index)).fillna("")]
    return pd.Series(of, rows.index, dtype=object).where(rows["effect"] == "share", "")


def _tells(truth: Truth, told: pd.DataFrame) -> np.ndarray:
    """Say which counts each row tells."""
    effect, bound = told["effect"], told.get("reason", pd.Series("", told.index)).isin(BOUNDS)
    marks, share, columns = told.get("mean", pd.Series(np.nan, told.index)).notna(), _counted(told), []
    for name in truth.names:
        of = effect.map(lambda e, name=name: e == "everything" or name in ("n", "size", *ANSWERS.get(e, ())))
        columns.append(of | ((share == name) & ~bound) | ((effect == "nps") & marks & (name == "total")))
    return np.column_stack(columns).astype(bool)


def _group(row: pd.Series) -> str:
    """Name a group by its places."""
    return " · ".join(row[name] for name in KNOWN_BY if row[name]) or "everybody"
