"""What people answered, counted afresh: what an audit holds the published figures against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.measures.answers import values
from exkit.measures.tally import KEYS, NOBODY, Tally, tally

if TYPE_CHECKING:
    from exkit.survey.study import Study

PLACES = [key for key in KEYS if key not in ("stratum", "cluster")]
ANSWERS = {"nps": ("promoters", "detractors"), "share": ("favourable",), "mean": ("total",)}
"""What a statistic tells besides how many people it rests on."""


@dataclass(frozen=True)
class Truth:
    """The answers to one question in the smallest groups that can be told apart by place and wave.

    Attributes
    ----------
    cells
        One row per smallest group: wave, sector, organisation, unit, as text; empty where not known.
    counts
        What was counted in each; of a weighted study all but `n` with weights.
    names
        What was counted: `n`; `size`, the sum of weights, in a weighted study; `promoters`, `detractors`, `favourable`,
        `total` as far as the question has them.
    limits
        What holds for any group of people, as `exkit.publish.attacker.System` takes it.
    """

    cells: pd.DataFrame
    counts: np.ndarray
    names: list[str]
    limits: np.ndarray

    def inside(self, groups: pd.DataFrame) -> np.ndarray:
        """Say of each group, known by place and wave, which of the smallest groups are in it: all where it is empty."""
        told = np.ones((len(groups), len(self.cells)))
        for name in groups:
            wanted, there = groups[[name]].to_numpy(str), self.cells[name].to_numpy(str)
            told *= (wanted == there) | (wanted == "")
        return told


def count(study: Study, x: str) -> Truth | None:
    """Count the answers to a question or scale.

    Parameters
    ----------
    study
        The data.
    x
        The question or scale, as results name it.

    Returns
    -------
    Truth
        Nothing where there is no such question, or nobody answered it.
    """
    named = [v for v in study.codebook.variables() if x in (v.name, v.role, f"{v.table}.{v.name}")]
    there = x in study.codebook.scales() or any(v.table in study.tables and v.type != "text" for v in named)
    counted = tally(study, x) if there else None
    if counted is None or counted.table == NOBODY or counted.rows(x if x in counted.scores else _own(counted)).empty:
        return None
    rows = _of_scale(counted, x) if x in counted.scores else _of_question(counted)
    places = [key for key in PLACES if key in rows]
    sums = rows.assign(**{key: rows[key].astype("string").fillna("") for key in places}).groupby(places)
    names = [name for name in ("n", "size", "promoters", "detractors", "favourable", "total") if name in rows]
    added = sums[names].sum().reset_index()
    cells = added[places].assign(**{key: "" for key in PLACES if key not in places}).astype(str)
    limits = _limits(names, low=rows["low"].min(), high=rows["high"].max())
    return Truth(cells[PLACES], added[names].to_numpy(float), names, limits)


def _own(counted: Tally) -> str:
    return counted.definitions["variable"].iloc[0]


def _of_scale(counted: Tally, x: str) -> pd.DataFrame:
    """Give the people and the total of each group; nobody says between what a score of several items lies."""
    block = counted.scores[x]
    rows = block.keys.assign(size=block.keys["w"], total=block.sums[1][:, 0], low=np.nan, high=np.nan)
    return _plain(rows)


def _of_question(counted: Tally) -> pd.DataFrame:
    """Give the people of each group with what they answered."""
    defined = counted.definitions.drop(columns="variable")
    waves = "wave" in counted.counts
    rows = counted.counts.merge(defined if waves else defined.drop(columns="wave"), how="left" if waves else "cross",
                                **({"on": "wave"} if waves else {}))  # fmt: skip
    rows = rows.assign(size=rows["w"], total=rows["w"] * rows["answer"].astype(float))
    if rows[["promoter_from", "detractor_to"]].notna().all(axis=None):
        signs = values(rows, "nps")
        rows = rows.assign(promoters=rows["w"] * (signs > 0), detractors=rows["w"] * (signs < 0))
    if rows["favourable_from"].notna().all():
        rows = rows.assign(favourable=rows["w"] * values(rows, "favourable"))
    return _plain(rows)


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the sum of weights where there are none: it is the number of people."""
    return rows.drop(columns="size") if np.allclose(rows["size"], rows["n"]) else rows


def _limits(names: list[str], *, low: float, high: float) -> np.ndarray:
    """Write down what holds for any group of people."""
    size = names.index("size" if "size" in names else "n")
    least = [{"promoters": 1.0, "detractors": 1.0}, {"favourable": 1.0}, {"total": -1.0}, {"total": 1.0}]
    sizes = [-1.0, -1.0, low, -high]
    rows = []
    for counts, times in zip(least, sizes, strict=True):
        if set(counts) <= set(names) and np.isfinite(times):
            row = np.zeros(len(names))
            row[size], row[[names.index(name) for name in counts]] = times, list(counts.values())
            rows.append(row)
    return np.array(rows).reshape(-1, len(names))
