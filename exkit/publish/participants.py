"""Which organisations are behind a figure, and whether one of them could work out what another one answered.

Who gets its own figures can subtract them from those of its sector, or of all participants. What is left must not be
another's figure: not exactly, nor to within the few people that the others have.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from exkit.present.disclosure.attack import room
from exkit.present.disclosure.groups import UNKNOWN, Groups

LEAST_ORGANISATIONS = 4
"""Of fewer a participant that takes itself away has two others: their sum and their margin tell both of them."""

PLACES = ["sector", "organisation", "unit"]
KEYS = ["x", "wave", "sector", "organisation"]


@dataclass(frozen=True)
class Participants:
    """The answers of organisations, as far as these are asked for by organisation.

    Attributes
    ----------
    rows
        One row per question, wave, sector and organisation, with what was counted. With an empty `x` those of whom it
        is only known that they are there, for questions of which nothing is asked by organisation.
    """

    rows: pd.DataFrame

    @classmethod
    def of(cls, groups: Groups, places: pd.DataFrame) -> Participants:
        """Find them among what is asked for, and among the places of the data."""
        keys = groups.keys.reindex(columns=[*KEYS, "unit"], fill_value="")
        others = groups.keys.drop(columns=[*KEYS, "unit"], errors="ignore")
        single = (keys["organisation"] != "") & (keys["unit"] == "") & (others == "").all(axis="columns")
        there = places.reindex(columns=KEYS, fill_value="")
        there = there[there["organisation"] != ""].drop_duplicates()
        rows = pd.concat([keys.loc[single, KEYS].join(groups.counts), there], ignore_index=True)
        return cls(rows.assign(sector=rows["sector"].replace("", UNKNOWN)))

    def inside(self, key: dict[str, str]) -> pd.DataFrame:
        """Give per organisation what was counted in a group, known by its question and perhaps wave and sector."""
        its = self.rows[self.rows["x"] == key.get("x", "")]
        for name in ("wave", "sector"):
            if key.get(name):
                its = its[its[name].isin([key[name], ""])]
        found = its.groupby("organisation").sum(min_count=1, numeric_only=True)
        return found if len(found) or not key.get("x") else self.inside({**key, "x": ""})

    def few(self, keys: pd.DataFrame) -> np.ndarray:
        """Say of which groups too few organisations answered; of those alone that are known by question and place."""
        told = keys.reindex(columns=[*KEYS, "unit"], fill_value="")
        others = keys.drop(columns=KEYS[:3], errors="ignore")
        plain = (others == "").all(axis="columns") & (told[PLACES[1:]] == "").all(axis="columns")
        rows = zip(told.to_dict("records"), plain, strict=True)
        return np.array([is_plain and few(self.inside(key)) for key, is_plain in rows], bool)

    def without_sector(self, keys: pd.DataFrame) -> Groups:
        """List those who are left of all when all sectors are taken away, where they are few."""
        plain = keys.reindex(columns=["x", "wave"], fill_value="")[(keys.drop(columns=["x", "wave"]) == "").all(axis=1)]
        found = [self.inside({**key, "sector": UNKNOWN}) for key in plain.to_dict("records")]
        kept = [few(its) and its.notna().any(axis=None) for its in found]
        left = plain[kept].assign(sector=UNKNOWN).reindex(columns=keys.columns, fill_value="")
        counts = [its.sum(min_count=1) for its, keep in zip(found, kept, strict=True) if keep]
        known = pd.MultiIndex.from_frame(left).isin(pd.MultiIndex.from_frame(keys))
        return Groups(left[~known], pd.DataFrame(counts, index=left.index)[~known])

    def left_out(self, level: str, reference: str) -> bool:
        """Say whether a comparison of two waves among the same organisations leaves too few out, by the groups' names.

        Whoever knows the figures of everybody would have those of whom it leaves out.
        """
        sides = [self.inside(json.loads(name)) for name in (level, reference)]
        return any(few(one[~one.index.isin(other.index)]) for one, other in (sides, sides[::-1]))


def few(counts: pd.DataFrame) -> bool:
    """Say whether some organisations, but not none, are too few: by number, or since one of them is nearly all.

    Parameters
    ----------
    counts
        A row per organisation, nothing where it is not known.

    Returns
    -------
    bool
        Whether there are fewer than four, or the second largest knows the largest too well: to within what the others
        have, and that is less than the room that a withheld count must have.

    Examples
    --------
    >>> few(pd.DataFrame({"n": [60, 50, 40, 30]})), few(pd.DataFrame({"n": [400, 50, 20, 10]}))
    (False, True)
    """
    ordered = {name: counts[name].dropna().sort_values(ascending=False) for name in counts}
    close = [len(o) > 0 and o.iloc[2:].sum() < room(o.iloc[0], name) for name, o in ordered.items()]
    return 0 < len(counts) < LEAST_ORGANISATIONS or any(close)
