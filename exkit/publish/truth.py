"""What people answered, counted afresh: what an audit holds the published figures against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.measures.answers import values
from exkit.measures.cross import BETWEEN, cross
from exkit.measures.tally import KEYS, NOBODY, Tally, tally

if TYPE_CHECKING:
    from exkit.survey.study import Study

PLACES = [key for key in KEYS if key not in ("stratum", "cluster")]
CROSSED = ["mark", BETWEEN]
"""By what else people may be told apart: what they answered on the recommend question."""
KNOWN_BY = [*PLACES, *CROSSED]
RECOMMEND = "recommend_work"
"""The question that they answered with it."""
ANSWERS = {"nps": ("promoters", "detractors"), "mean": ("total",)}
"""What a statistic tells besides how many people it rests on; a share tells how many gave the answer that it is of."""
TOLD = ("promoters", "detractors", "favourable", "total")
MOST = 11
"""Of a question with more answers it is not counted how many gave each."""


@dataclass(frozen=True)
class Truth:
    """The answers to one question in the smallest groups that can be told apart by place and wave.

    Attributes
    ----------
    cells
        One row per smallest group: wave, sector, organisation, unit, and `mark` and `promoter_group` where people are
        told apart by these, as text; empty where not known.
    counts
        What was counted in each; of a weighted study all but `n` with weights.
    names
        What was counted: `n`; `size`, the sum of weights, in a weighted study; `promoters`, `detractors`, `favourable`,
        `total` as far as the question has them; and how many gave each answer, such as `= 3`.
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


def count(study: Study, x: str, *, crossed: bool = False) -> Truth | None:
    """Count the answers to a question or scale.

    Parameters
    ----------
    study
        The data.
    x
        The question or scale, as results name it.
    crossed
        Of those alone who answered the recommend question as well, told apart by that.

    Returns
    -------
    Truth
        Nothing where there is no such question, nobody answered it, or those who did were not asked to recommend.
    """
    named = [v for v in study.codebook.variables() if x in (v.name, v.role, f"{v.table}.{v.name}")]
    there = x in study.codebook.scales() or any(v.table in study.tables and v.type != "text" for v in named)
    if crossed:
        tables = {v.table for v in study.codebook.variables() if v.role == RECOMMEND}
        there, counting = there and {v.table for v in named} <= tables, partial(cross, x=RECOMMEND, y=x)
    else:
        counting = partial(tally, x=x)
    counted = counting(study) if there else None
    if counted is None or counted.table == NOBODY or counted.rows(x if x in counted.scores else _own(counted)).empty:
        return None
    rows = _of_scale(counted, x) if x in counted.scores else _of_question(counted)
    keys = [key for key in KNOWN_BY if key in rows]
    sums = rows.assign(**{key: rows[key].astype("string").fillna("") for key in keys}).groupby(keys)
    names = [name for name in ("n", "size", *TOLD, *_each(rows)) if name in rows]
    added = sums[names].sum().reset_index()
    cells = added[keys].assign(**{key: "" for key in KNOWN_BY if key not in keys}).astype(str)
    limits = _limits(names, low=rows["low"].min(), high=rows["high"].max())
    return Truth(cells[KNOWN_BY], added[names].to_numpy(float), names, np.vstack([limits, _sums(rows, names)]))


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
    given = sorted(rows["answer"].astype(float).unique())
    each = {f"= {answer:g}": rows["w"] * (rows["answer"].astype(float) == answer) for answer in given}
    return _plain(rows.assign(**(each if len(each) <= MOST else {})))


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the sum of weights where there are none: it is the number of people."""
    return rows.drop(columns="size") if np.allclose(rows["size"], rows["n"]) else rows


def _each(rows: pd.DataFrame) -> list[str]:
    """Name the counts of single answers."""
    return [name for name in rows if name.startswith("= ")]


def _sums(rows: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Write down what follows from how many gave each answer: together they are all, some of them promoters."""
    each, size = _each(rows), "size" if "size" in names else "n"
    if not each:
        return np.zeros((0, len(names)))
    weight = rows[each].sum(axis="columns").replace(0, np.nan)
    found = []
    for name in (one for one in (size, *TOLD) if one in names):
        per_person = [(rows[name] / weight)[rows[answer] > 0] for answer in each]
        if all(one.empty or np.ptp(one) < 1e-9 for one in per_person):  # not where cut-offs differ between waves
            row = np.zeros(len(names))
            row[names.index(name)] = 1.0
            row[[names.index(answer) for answer in each]] = [-(0.0 if one.empty else one.iloc[0]) for one in per_person]
            found += [row, -row]
    return np.array(found)


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
