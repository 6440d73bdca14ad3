"""The answers to one question, ready for a statistic: counts with their cut-offs, and a value for every answer.

What is a promoter, or a favourable answer, the codebook says, per wave. Where these data have no such question, group
or answer, a row says so in place of a number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, need_choice
from exkit.measures.tally import KEYS, NOBODY, Tally
from exkit.result import result


def lacks(tally: Tally, by: Sequence[str]) -> list[str]:
    """Name the keys that are asked for and that these data do not have, such as a sector or a wave; or an empty key."""
    return [key for key in by if key in ("", *KEYS) and key not in tally.keys]


def nobody(tally: Tally, x: str | None) -> bool:
    """Tell whether a question that was asked has no answer at all."""
    asked = tally.definitions["variable"].unique()
    if not len(asked) and not tally.scores:
        return True
    x = x or (asked[0] if len(asked) == 1 else None)
    return x in asked and not (tally.counts["variable"] == x).any()


def not_asked(by: Sequence[str], *, x: str | None, effect: str) -> pd.DataFrame:
    """Give the one-row result that says these data do not tell such groups apart."""
    return result(pd.DataFrame(dict.fromkeys(by, ""), index=[0]), x=x or "", effect=effect, reason="not_asked")


def refusal(tally: Tally, x: str | None, *, by: Sequence[str], effect: str) -> pd.DataFrame | None:
    """Give the one-row result that says why these data have no such statistic; None where they have."""
    if tally.table == NOBODY or "" in by:
        x = x or (tally.definitions["variable"].iloc[0] if tally.table == NOBODY else "")
        return not_asked(by, x=x, effect=effect).assign(reason="no_question")
    if lacks(tally, by):
        return not_asked(by, x=x, effect=effect)
    return not_asked(by, x=x, effect=effect).assign(reason="no_answers") if nobody(tally, x) else None


def answers(tally: Tally, x: str | None, *, by: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """Take the counts of one question with its definitions, and refuse to pool a question that changed.

    Parameters
    ----------
    tally
        Counts of answers.
    x
        A question of the tally; the only one if None.
    by
        Group columns.

    Returns
    -------
    counts, x : DataFrame and str
        Keys, `answer`, `n`, `w`, `w2`, and range, cut-offs and `series` of the wave; the question's name.
    """
    asked = list(tally.counts["variable"].unique())
    x = x or (asked[0] if len(asked) == 1 else None)
    if x is None:
        raise ExkitError(f"Say which question is meant with x: {', '.join(asked) or 'the tally has none'}.")
    need_choice(x, asked, what="question")
    for column in by:
        need_choice(column, tally.keys, what="group column")
    counts = tally.counts[tally.counts["variable"] == x]
    defined = tally.definitions[tally.definitions["variable"] == x].drop(columns="variable")
    if "wave" not in counts:
        return counts.merge(defined.drop(columns="wave"), how="cross"), x
    _one_series(defined[defined["wave"].isin(counts["wave"])], x, by)
    return counts.merge(defined, on="wave", how="left", validate="m:1"), x


def _one_series(defined: pd.DataFrame, x: str, by: Sequence[str]) -> None:
    """Refuse to pool waves between which scale or cut-offs changed."""
    ways = defined.drop_duplicates(["low", "high", "promoter_from", "detractor_to", "favourable_from"])
    if "wave" not in by and len(ways) > 1:
        waves = ", ".join(ways["wave"])
        raise ExkitError(f"'{x}' changed its scale or cut-offs (waves {waves}). Add 'wave' to by, or open one wave.")


def values(counts: pd.DataFrame, of: str) -> pd.Series:
    """Give every answer its value in a statistic.

    Parameters
    ----------
    counts
        From `answers`.
    of
        `nps`: 100, 0 or -100. `favourable`: 1 or 0. `mean`: the answer itself.

    Returns
    -------
    Series
        One value per row.
    """
    answer = counts["answer"]
    if of == "nps":
        _need_cutoff(counts, "promoter_from", "detractor_to")
        signs = np.select([answer >= counts["promoter_from"], answer <= counts["detractor_to"]], [100.0, -100.0], 0.0)
        return pd.Series(signs, index=counts.index)
    if of == "favourable":
        _need_cutoff(counts, "favourable_from")
        return (answer >= counts["favourable_from"]).astype(float)
    need_choice(of, ["mean"], what="statistic")
    return answer.astype(float)


def statistic_of(tally: Tally, x: str) -> str:
    """Name the statistic that the codebook gives a question: `nps`, else `favourable`, else `mean`."""
    defined = tally.definitions[tally.definitions["variable"] == x]
    cut = {"promoter_from": "nps", "favourable_from": "favourable"}
    return next((of for column, of in cut.items() if column in defined and defined[column].notna().all()), "mean")


def _need_cutoff(counts: pd.DataFrame, *names: str) -> None:
    """Complain where the codebook gives no cut-off."""
    for name in names:
        lacking = counts[counts[name].isna()]
        if len(lacking):
            raise ExkitError(f"The codebook gives no {name} for '{lacking['variable'].iloc[0]}'. Add it there.")


def within(tally: Tally) -> dict[str, str]:
    """Carry along of which group all answers are, where one was chosen: `exkit.result.chosen_in` reads it."""
    return {"within": json.dumps(tally.chosen, sort_keys=True, ensure_ascii=False)} if tally.chosen else {}


def series_of(counts: pd.DataFrame, by: Sequence[str]) -> dict[str, pd.Series | str]:
    """Carry along the series where results are told apart by wave, else the wave that all answers are of."""
    if "wave" not in counts:
        return {}
    if "wave" not in by:
        waves = counts["wave"].unique()
        return {"at": waves[0]} if len(waves) == 1 else {}
    groups = counts.groupby(list(by), dropna=False, observed=True, sort=True)
    return {"series": groups["series"].first(), "changed": groups["changed"].first()}
