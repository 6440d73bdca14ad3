"""The ledger of an edition: all groups of people that its pages tell of, and which of them it withholds.

It holds groups with counts, never persons: sector by wave, organisation by wave, team by wave. What nobody could work
out from one table may follow from two of them, so the decision is made over everything that is published together,
before any page is made (`exkit.present.disclosure`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.measures.cross import BETWEEN
from exkit.present.disclosure.book import ALWAYS, COMPARED, COMPARISONS, GROUPS
from exkit.present.disclosure.groups import UNKNOWN, Groups, stacked
from exkit.present.disclosure.nesting import completed
from exkit.present.disclosure.secrets import any_of, withheld
from exkit.publish.participants import PLACES, Participants

if TYPE_CHECKING:
    from exkit.survey.study import Study

FEW, FEW_ORGANISATIONS, DERIVABLE = "few", "few_organisations", "derivable"
"""Why a group is withheld: by itself, for its number of organisations, or because others could be worked out."""

LEAST_TEAMS = 3
"""Of fewer withheld teams the margin of their organisation, which is how far its teams lie apart, tells each."""


@dataclass(frozen=True)
class Decision:
    """What an edition withholds.

    Parameters
    ----------
    touched
        The notebooks of which more is withheld than they withhold by themselves.
    rows
        One row per notebook and group: `notebook`, `group` (its name in the ledger), `withheld` and `why`.
    """

    touched: set[str]
    rows: pd.DataFrame


def decide(asked: Path, *, min_n: int, study: Study, deliveries: bool, at: Path) -> Decision:
    """Decide what an edition withholds.

    Parameters
    ----------
    asked
        A folder per notebook, with what the door has written down there.
    min_n
        Smallest group that may be shown.
    study
        What the edition is about: it tells which unit belongs to which organisation, and that to which sector.
    deliveries
        Whether organisations get their own figures: then they could subtract these from a sector's. Where they get
        none, a group of few organisations is one like any other: a study of a single organisation is about just that.
    at
        The list to write, for the kernels of the second pass: names of groups, no numbers.

    Returns
    -------
    Decision
        Which notebooks must be made again, and why what is withheld.
    """
    told, compared = _read(asked, GROUPS), _read(asked, COMPARISONS)
    counted = told[told["n"] != ""]
    groups = Groups(_keys(counted["group"], study), _counts(counted))
    shared = Participants.of(groups.together()[0], _places(study)) if deliveries else None
    told = told.assign(why=_reasons(told, groups, min_n=min_n, shared=shared))
    in_pairs = set(told.loc[told["bounded"] == "True", "group"])
    links = told["group"].isin(_of_whole_tables(told, in_pairs | set(told.loc[told["why"] != "", "group"])))
    told = told.assign(why=told["why"].mask(links & (told["why"] == ""), DERIVABLE))
    always = _with_sides(set(told.loc[told["why"] != "", "group"]), compared)
    same = _too_alike(compared, min_n=min_n, shared=shared)
    listed = sorted({(g, ALWAYS) for g in always} | {(g, COMPARED) for g in in_pairs - always} | same)
    pd.DataFrame(listed, columns=["group", "where"]).to_csv(at, index=False, lineterminator="\n")
    more = told[(told["why"] != "") & (told["hidden"] != "True")]
    sides = compared["level"].isin(always | in_pairs) | compared["reference"].isin(always | in_pairs)
    pairs = np.array([pair in same for pair in zip(compared["comparison"], compared["same"], strict=True)], bool)
    touched = {*more["notebook"], *compared.loc[(sides | pairs) & (compared["hidden"] != "True"), "notebook"]}
    rows = told.assign(withheld=told["why"] != "")[["notebook", "group", "withheld", "why"]]
    return Decision(touched, rows.drop_duplicates(ignore_index=True))


def _read(asked: Path, kind: str) -> pd.DataFrame:
    """Read what the doors of all notebooks have written down, as text."""
    columns = {
        GROUPS: ["notebook", "group", "hidden", "bounded", "n"],
        COMPARISONS: ["notebook", "comparison", "level", "reference", "same", "hidden", "n_low", "n_high"],
    }
    files = sorted(asked.glob(f"*/{kind}-*.csv"))
    read = [pd.read_csv(f, dtype=str, keep_default_na=False).assign(notebook=f.parent.name) for f in files]
    return pd.concat([pd.DataFrame(columns=columns[kind], dtype=object), *read], ignore_index=True).fillna("")


def _reasons(told: pd.DataFrame, groups: Groups, *, min_n: int, shared: Participants | None) -> np.ndarray:
    """Say per row why its group is withheld; nothing where it is not."""
    counted = told[told["n"] != ""]
    once, place = groups.together()
    secret, bounded = (any_of((counted[flag] == "True").to_numpy(bool), place) for flag in ("hidden", "bounded"))
    few, anyway = np.zeros(len(once), bool), _of_two_numbers(groups.counts["n"], place, min_n=min_n)
    if shared is not None:
        few = shared.few(once.keys) & ~secret
        anyway |= _online(once, secret=secret | few, bounded=bounded, min_n=min_n, shared=shared)
    hidden = withheld(once, secret=secret, bounded=bounded, min_n=min_n, anyway=anyway)
    hidden = _no_two_teams(once, secret=secret, hidden=hidden)
    why = np.select([secret, few, hidden], [FEW, FEW_ORGANISATIONS, DERIVABLE], "")
    by_name = dict(zip(counted["group"], why[place], strict=True))
    # What cannot be added up is withheld with the group that it tells of.
    reasons = told["group"].map(by_name).fillna("")
    return reasons.mask((reasons == "") & (told["hidden"] == "True") & (told["n"] != ""), FEW).to_numpy(object)


def _of_two_numbers(n: pd.Series, place: np.ndarray, *, min_n: int) -> np.ndarray:
    """Say of which groups two numbers of people are told that differ by a few, of whom much could be worked out."""
    told = pd.DataFrame({"place": place, "n": n.to_numpy(float)}).drop_duplicates().sort_values(["place", "n"])
    close = told["place"][told.groupby("place")["n"].diff() < min_n]
    return np.isin(np.arange(place.max(initial=-1) + 1), close)


def _online(once: Groups, *, secret: np.ndarray, bounded: np.ndarray, min_n: int, shared: Participants) -> np.ndarray:
    """Say which figures of several organisations are withheld, since who has its own figure knows no other's."""
    out = np.zeros(len(once), bool)
    online = np.flatnonzero((once.keys.reindex(columns=PLACES[1:], fill_value="") == "").all(axis="columns"))
    rests = shared.without_sector(once.keys.iloc[online])
    few = np.ones(len(rests), bool)
    flags = {"secret": np.concatenate([secret[online], few]), "bounded": np.concatenate([bounded[online], ~few])}
    out[online] = withheld(stacked([once.take(online), rests]), **flags, min_n=min_n)[: len(online)]
    return out


def _no_two_teams(once: Groups, *, secret: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Withhold a third team, the smallest, where of one organisation only two are withheld, one of them secret."""
    out, unit = hidden.copy(), once.keys.get("unit", pd.Series("", once.keys.index))
    teams = once.keys[unit != ""].groupby(list(once.keys.columns.drop("unit", errors="ignore")))
    for rows in teams.indices.values() if (unit != "").any() else []:
        rows = np.flatnonzero(unit != "")[rows]
        by_size = rows[np.lexsort([once.counts["n"].iloc[rows], ~out[rows]])]
        if secret[rows].any():
            out[by_size[:LEAST_TEAMS]] = True
    return out


def _keys(names: pd.Series, study: Study) -> pd.DataFrame:
    """Take the names of groups apart, and add what follows: of a unit its organisation, of that its sector."""
    keys = pd.DataFrame([json.loads(name) for name in names], columns=None).astype(object)
    keys = keys.reindex(columns=sorted({"x", "wave", *keys.columns}), fill_value="").fillna("").reset_index(drop=True)
    known = [_places(study).filter(list(keys)), _bands(study, keys)]
    return completed(pd.concat([keys, *known], ignore_index=True).astype(object).fillna("")).iloc[: len(keys)]


def _places(study: Study) -> pd.DataFrame:
    """List which places lie in which, wave by wave."""
    there = [study.people(table) for table in ("units", "employees", "customers") if table in study.tables]
    found = [people[[name for name in (*PLACES, "wave") if name in people]].drop_duplicates() for people in there]
    return pd.concat([pd.DataFrame(), *found], ignore_index=True).astype(object).fillna("").drop_duplicates()


def _bands(study: Study, keys: pd.DataFrame) -> pd.DataFrame:
    """List which marks make a promoter or a detractor, where groups are told apart by both."""
    cut = {(v.promoter_from, v.detractor_to) for v in study.codebook.variables() if v.promoter_from is not None}
    if not {"mark", "promoter_group"} <= set(keys) or len(cut) != 1:
        return pd.DataFrame()
    [(promoter, detractor)] = cut
    marks = pd.DataFrame({"mark": [mark for mark in keys["mark"].unique() if mark not in ("", UNKNOWN)]})
    is_one = [marks["mark"].astype(float) >= promoter, marks["mark"].astype(float) <= detractor]
    return marks.assign(promoter_group=np.select(is_one, ["promoter", "detractor"], "passive"))


def _counts(counted: pd.DataFrame) -> pd.DataFrame:
    """Read the numbers, nothing where none was told."""
    names = [c for c in counted if c not in ("notebook", "group", "hidden", "bounded")]
    return counted[names].replace("", np.nan).astype(float).reset_index(drop=True)


def _of_whole_tables(told: pd.DataFrame, hidden: set[str]) -> set[str]:
    """Name what is said of promoter groups all at once, such as a correlation, where one of these is not all told.

    Beside the figures of the others it would tell that one.
    """
    cells = [keys for keys in map(json.loads, hidden) if keys.get(BETWEEN, UNKNOWN) != UNKNOWN]
    whole = {name: json.loads(name) for name in told.loc[told["n"] == "", "group"]}
    places = {name: keys for name, keys in whole.items() if keys.pop("x", "") == BETWEEN}
    return {name for name, its in places.items() if any({**its, **cell} == {**cell, **its} for cell in cells)}


def _with_sides(withheld: set[str], compared: pd.DataFrame) -> set[str]:
    """Add how comparisons call what is withheld: an organisation may have been in another sector in another wave."""
    plain = {_without_sector(name) for name in withheld}
    sides = {*compared["level"], *compared["reference"]} - {""}
    return withheld | {name for name in sides if _without_sector(name) in plain}


def _without_sector(name: str) -> str:
    """Name an organisation, or a unit, without its sector; other groups as they are."""
    keys = json.loads(name)
    if not {"organisation", "unit"} & set(keys):
        return name
    return json.dumps({key: value for key, value in keys.items() if key != "sector"}, sort_keys=True)


def _too_alike(compared: pd.DataFrame, *, min_n: int, shared: Participants | None) -> set[tuple[str, str]]:
    """List the comparisons among the same organisations that leave out a few people only, or too few organisations."""
    numbers = compared.assign(**{c: pd.to_numeric(compared[c], errors="coerce") for c in ("n_low", "n_high")})
    everybody = numbers[numbers["same"] == ""].drop_duplicates("comparison").set_index("comparison")
    panel = numbers[numbers["same"] != ""]
    apart = [panel[c] - panel["comparison"].map(everybody[c]) for c in ("n_low", "n_high")]
    close = np.any([(difference.abs() > 0) & (difference.abs() < min_n) for difference in apart], axis=0)
    if shared is not None:
        sides = zip(panel["level"], panel["reference"], strict=True)
        close |= np.array([shared.left_out(*two) for two in sides], bool)
    return set(zip(panel.loc[close, "comparison"], panel.loc[close, "same"], strict=True))
