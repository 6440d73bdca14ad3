"""A block: several questions of the same people, reduced to sums and cross-products before anybody relates them.

How questions go together, by way of a third or more strongly where a third is high, follows from the moments of all of
them over the people who answered all of them. A product of two questions is a question more, made while there still
are rows; so are answers around the mean of one's own unit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from exkit.errors import ExkitError, need_choice, need_columns
from exkit.measures.scales import scale_score
from exkit.measures.tally import KEYS, Keyed, Moments, moments

if TYPE_CHECKING:
    from exkit.survey.study import Study

LEVELS = ["wave", "sector", "organisation", "unit"]
"""Keys from wide to narrow: what lies around a mean of its own lies within all of them up to there."""


@dataclass(frozen=True)
class Block(Moments, Keyed):
    """Moments of questions of one table, with what they were centred on.

    Attributes
    ----------
    within
        `unit` or `organisation` if answers were taken around its mean, per wave; empty for answers as they stand.
    """

    within: str = ""

    def part(self, chosen: Callable[[pd.DataFrame], pd.Series]) -> Block:
        """Take the rows whose keys are chosen."""
        return self.where(chosen(self.keys))

    def frames(self) -> list[pd.DataFrame]:
        """List what has keys."""
        return [self.keys]

    def __repr__(self) -> str:
        """Say what goes together, and of how many."""
        around = f", around the mean of each {self.within}" if self.within else ""
        return f"Block of {', '.join(self.names)}: {self.keys['n'].sum():,} complete answers{around}"


def block(
    data: Study | pd.DataFrame,
    names: str | Sequence[str],
    *,
    products: Sequence[tuple[str, str]] = (),
    within: str = "",
    by: Sequence[str] = (),
) -> Block:
    """Sum several variables and their products, over those who have all of them.

    Parameters
    ----------
    data
        An opened dataset, whose respondents count with their weights; or a frame of units, where a unit counts once.
    names
        Variables, roles or scales of one table; columns of the frame. Scales count with their scores.
    products
        Pairs of names whose product is a variable too, named `voice:tools` after its parts. It is the product of the
        answers as they stand (around their means where `within` is given): which origin they have makes no difference
        to an interaction, nor to a slope at a stated value, and `moderate` takes them around their means itself.
    within
        `unit` or `organisation`: take everything around the (weighted) mean of that group per wave, products included,
        as a regression with a dummy for each group does. Empty: answers as they stand.
    by
        Subgroup columns to sum by, besides wave, sector, organisation and unit.

    Returns
    -------
    Block
        Complete answers for `ex.mediate` and `ex.moderate`, one row of moments per key.

    Raises
    ------
    ExkitError
        If a name is not there or not a number, or the questions come from several tables.

    References
    ----------
    Giesselmann & Schmidt-Catran (2022), Sociol. Methods Res. 51, 1100-1127, for products within groups.

    Examples
    --------
    >>> units = pd.DataFrame({"voice": [1.0, 2.0, 4.0], "tools": [3.0, None, 5.0]})
    >>> block(units, ["voice", "tools"], products=[("voice", "tools")])
    Block of voice, tools, voice:tools: 2 complete answers
    """
    names = [names] if isinstance(names, str) else list(dict.fromkeys(names))
    for name in (name for pair in products for name in pair):
        need_choice(name, names, what="variable in the block")
    people, answers = _of_units(data, names) if isinstance(data, pd.DataFrame) else _of_respondents(data, names)
    if within:
        need_choice(within, ["organisation", "unit"], what="level")
    need_columns(people, *by, *([within] if within else []))
    keys = [key for key in dict.fromkeys([*KEYS, *by]) if key in people]
    complete = answers.notna().all(axis="columns")
    people, answers = people[complete], answers[complete]
    groups = [people[key] for key in LEVELS[: LEVELS.index(within) + 1] if key in people] if within else []
    answers = _around(answers, people["weight"], groups)
    made = {f"{a}:{b}": answers[a] * answers[b] for a, b in products}
    answers = answers.assign(**_around(pd.DataFrame(made, index=answers.index), people["weight"], groups))
    summed = moments(answers, people, keys)
    return Block(summed.names, summed.keys, summed.sums, summed.products, within)


def _of_units(units: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the measures of units, each of which counts once."""
    need_columns(units, *names, where="the units")
    units = units.reset_index(drop=True)
    return units.assign(weight=1.0), _numbers({name: units[name] for name in names})


def _of_respondents(study: Study, names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the answers of respondents, scales as scores."""
    book = study.codebook
    asked = {name: book.items(name) if name in book.scales() else [book.variable(name)] for name in names}
    tables = sorted({v.table for variables in asked.values() for v in variables})
    if len(tables) != 1:
        raise ExkitError(f"A block takes the answers of one table, not of {len(tables)}: {', '.join(tables)}.")
    people = study.people(tables[0])
    answers = {
        name: scale_score(people, variables) if name in book.scales() else people[variables[0].name]
        for name, variables in asked.items()
    }
    return people.assign(weight=people.get("weight", 1.0)), _numbers(answers)


def _numbers(columns: dict[str, pd.Series]) -> pd.DataFrame:
    """Lay numbers side by side; a division by nothing is no number."""
    for name, column in columns.items():
        if not is_numeric_dtype(column):
            raise ExkitError(f"'{name}' is text. A block sums numbers: leave it out, or take it as a group with by.")
    return pd.DataFrame(columns).astype(float).replace([np.inf, -np.inf], np.nan)


def _around(answers: pd.DataFrame, weight: pd.Series, groups: list[pd.Series]) -> pd.DataFrame:
    """Take answers around the weighted mean of their group; as they stand where there are no groups."""
    if not groups:
        return answers
    weighed = answers.mul(weight, axis="index").groupby(groups, dropna=False, observed=True).transform("sum")
    centre = weighed.div(weight.groupby(groups, dropna=False, observed=True).transform("sum"), axis="index")
    # What binary fractions leave of zero is zero.
    return (answers - centre).where((answers - centre).abs() > 1e-12 * answers.abs(), 0.0)
