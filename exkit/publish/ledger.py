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

from exkit.present.disclosure.book import ALWAYS, COMPARED, COMPARISONS, GROUPS
from exkit.present.disclosure.groups import UNKNOWN, Groups
from exkit.present.disclosure.nesting import completed
from exkit.present.disclosure.secrets import any_of, withheld

if TYPE_CHECKING:
    from exkit.survey.study import Study

LEAST_ORGANISATIONS = 3
"""Of fewer organisations together a participant could subtract its own figure, and have that of the other one."""

FEW, FEW_ORGANISATIONS, DERIVABLE = "few", "few_organisations", "derivable"
"""Why a group is withheld: by itself, for its number of organisations, or because others could be worked out."""

PLACES = ["sector", "organisation", "unit"]


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
        Whether organisations get their own figures: then they could subtract these from a sector's.
    at
        The list to write, for the kernels of the second pass: names of groups, no numbers.

    Returns
    -------
    Decision
        Which notebooks must be made again, and why what is withheld.
    """
    told, compared = _read(asked, GROUPS), _read(asked, COMPARISONS)
    told = told.assign(why=_reasons(told, min_n=min_n, study=study, deliveries=deliveries))
    always = set(told.loc[told["why"] != "", "group"])
    in_pairs = set(told.loc[told["bounded"] == "True", "group"])
    same = _too_alike(compared, min_n=min_n)
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


def _reasons(told: pd.DataFrame, *, min_n: int, study: Study, deliveries: bool) -> np.ndarray:
    """Say per row why its group is withheld; nothing where it is not."""
    counted = told[told["n"] != ""]
    found = Groups(_keys(counted["group"], study), _counts(counted))
    once, place = found.together()
    secret, bounded = (any_of((counted[flag] == "True").to_numpy(bool), place) for flag in ("hidden", "bounded"))
    few, anyway = np.zeros(len(once), bool), np.zeros(len(once), bool)
    if deliveries:
        # Who has its own figure knows that of nobody else: what is put online must not tell the sector's.
        online = np.flatnonzero((once.keys.reindex(columns=PLACES[1:], fill_value="") == "").all(axis="columns"))
        few = _few_organisations(once, _places(study)) & ~secret
        anyway[online] = withheld(
            once.take(online), secret=(secret | few)[online], bounded=bounded[online], min_n=min_n
        )
    hidden = withheld(once, secret=secret, bounded=bounded, min_n=min_n, anyway=anyway)
    why = np.select([secret, few, hidden], [FEW, FEW_ORGANISATIONS, DERIVABLE], "")
    by_name = dict(zip(counted["group"], why[place], strict=True))
    # What cannot be added up is withheld with the group that it tells of.
    reasons = told["group"].map(by_name).fillna("")
    return reasons.mask((reasons == "") & (told["hidden"] == "True") & (told["n"] != ""), FEW).to_numpy(object)


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


def _few_organisations(groups: Groups, places: pd.DataFrame) -> np.ndarray:
    """Say which sectors, and which totals, hold the answers of too few organisations: those told of, else all."""
    keys = groups.keys.reindex(columns=["x", "wave", *PLACES], fill_value="")
    others = [name for name in groups.keys if name not in keys]
    plain = (groups.keys[others] == "").all(axis="columns") & (keys[PLACES[1:]] == "").all(axis="columns")
    there = places.reindex(columns=["wave", *PLACES], fill_value="")

    def number(rows: pd.DataFrame, wave: str, sector: str) -> int:
        in_wave = rows[rows["wave"].isin([wave, ""]) | (wave == "")]
        found = in_wave[in_wave["sector"].eq(sector) | (sector == "")]
        return found.loc[found["organisation"] != "", "organisation"].nunique()

    asked = {x: keys[keys["x"] == x] for x in keys["x"].unique()}
    numbers = [
        number(asked[x], wave, sector) or number(there, wave, sector)
        for x, wave, sector in keys[["x", "wave", "sector"]].itertuples(index=False)
    ]
    few = (np.array(numbers) > 0) & (np.array(numbers) < LEAST_ORGANISATIONS)
    return few & plain.to_numpy(bool)


def _too_alike(compared: pd.DataFrame, *, min_n: int) -> set[tuple[str, str]]:
    """List the comparisons among the same organisations that differ by a few people from those among everybody."""
    numbers = compared.assign(**{c: pd.to_numeric(compared[c], errors="coerce") for c in ("n_low", "n_high")})
    everybody = numbers[numbers["same"] == ""].drop_duplicates("comparison").set_index("comparison")
    panel = numbers[numbers["same"] != ""]
    apart = [panel[c] - panel["comparison"].map(everybody[c]) for c in ("n_low", "n_high")]
    close = np.any([(difference.abs() > 0) & (difference.abs() < min_n) for difference in apart], axis=0)
    return set(zip(panel.loc[close, "comparison"], panel.loc[close, "same"], strict=True))
