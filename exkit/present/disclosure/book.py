"""The book of an edition: what its pages ask for is written down, and what they must not tell is read from it.

Whether a figure gives another one away depends on everything that is published together. So an edition is made in two
rounds: in the first one each notebook writes down which groups it tells of, with counts and never persons; in the
second one it is told which of them the edition withholds.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from exkit.context import current
from exkit.present.disclosure.groups import BENCHMARKS, groups_of, keys_of, sides_of

ALWAYS, COMPARED = "", "compared"
"""Where a group is withheld: wherever it is told of, or only where it is compared with another one."""

GROUPS, COMPARISONS = "groups", "comparisons"
"""What the files of the book are named after."""

OF_TWO = ("diff", "risk_ratio", "odds_ratio")
"""Statistics that tell the figure of one group to whom knows that of another."""


def write_down(result: pd.DataFrame, *, secret: np.ndarray, bounded: np.ndarray) -> None:
    """Write down which groups a result tells of, which it compares and what can be counted, if this run is to do so.

    Parameters
    ----------
    result
        A result, not yet protected.
    secret
        Which of its rows are withheld in any case.
    bounded
        Of which of them a bound is told.
    """
    if current.asked is None:
        return
    result = result.reset_index(drop=True)
    groups = groups_of(result)
    flags = pd.DataFrame({"hidden": secret, "bounded": bounded})
    told = pd.DataFrame({"group": name_of(keys_of(result)), **flags}).join(groups.counts)
    compared = compared_in(result)
    sides = {side: name_of(keys) for side, keys in zip(("level", "reference"), sides_of(compared), strict=True)}
    smallest = compared["n_smallest"] if "n_smallest" in compared else compared["n"]
    pairs = pd.DataFrame({
        "comparison": comparison_names(compared), **sides, "same": same_of(compared), "hidden": flags["hidden"],
        "n_low": smallest, "n_high": compared["n"] - smallest,
    }, index=compared.index)  # fmt: skip
    current.asked.mkdir(parents=True, exist_ok=True)
    for name, rows in ((GROUPS, told), (COMPARISONS, pairs)):
        if len(rows):
            number = len(list(current.asked.glob(f"{name}-*.csv")))
            rows.to_csv(current.asked / f"{name}-{number:05d}.csv", index=False)


def also_withheld(result: pd.DataFrame) -> np.ndarray:
    """Say which rows the edition withholds, whatever they are by themselves.

    Parameters
    ----------
    result
        Any result.

    Returns
    -------
    array of bool
        Per row; none where no edition is being made.
    """
    if current.withheld is None:
        return np.zeros(len(result), bool)
    listed = _listed(current.withheld)
    result = result.reset_index(drop=True)
    out = np.array([(name, ALWAYS) in listed for name in name_of(keys_of(result))], bool)
    compared = compared_in(result)
    for keys in sides_of(compared):
        told = [(name, ALWAYS) in listed or (name, COMPARED) in listed for name in name_of(keys)]
        out[compared.index] |= np.array(told, bool)
    pairs = zip(comparison_names(compared), same_of(compared), strict=True)
    out[compared.index] |= np.array([bool(same) and (name, same) in listed for name, same in pairs], bool)
    return out


def name_of(keys: pd.DataFrame) -> list[str]:
    """Write down what groups are known by: the question and what their members have in common.

    Parameters
    ----------
    keys
        One row per group.

    Returns
    -------
    list of str
        A text per group, the same wherever it is asked for.

    Examples
    --------
    >>> name_of(pd.DataFrame({"x": ["enps"], "wave": ["2025"], "sector": [""]}))
    ['{"wave": "2025", "x": "enps"}']
    """
    rows = keys.to_dict("records")
    return [json.dumps({k: v for k, v in row.items() if v}, sort_keys=True, ensure_ascii=False) for row in rows]


def compared_in(result: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of a result that hold two groups against each other."""
    columns = ("between", "against", "level", "reference")
    rows = result.assign(**{column: "" for column in columns if column not in result})
    two = rows["between"].fillna("").ne("") | rows["against"].isin(list(BENCHMARKS))
    return rows[two & rows["effect"].isin(OF_TWO)]


def comparison_names(compared: pd.DataFrame) -> list[str]:
    """Write down what is compared, in which statistic."""
    of = compared["of"].astype(str) if "of" in compared else ""
    told = keys_of(compared).assign(
        **{column: compared[column].astype(str) for column in ("level", "reference", "between", "against")}, of=of
    )
    return name_of(told)


def same_of(compared: pd.DataFrame) -> list[str]:
    """Say among the same what a comparison is made; nothing where it is made among everybody."""
    return list(compared["same"].fillna("").astype(str)) if "same" in compared else [""] * len(compared)


@cache
def _listed(path: Path) -> frozenset[tuple[str, str]]:
    """Read what an edition withholds."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    return frozenset(zip(rows["group"], rows["where"], strict=True))
