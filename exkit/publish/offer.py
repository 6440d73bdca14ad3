"""Which notebooks a drafted codebook allows, and what they are told: which scale, which question, what was not asked.

A notebook that the data do not allow is not left out of a new project; its edition names it with what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from exkit.publish.parameters import Parameter
from exkit.survey.codebook import COLUMNS
from exkit.survey.drafting.roles import says, table_of

PEOPLE = ("employees", "customers")


class Holds:
    """What a codebook holds, as far as notebooks ask for it.

    Parameters
    ----------
    rows
        The codebook.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        self.names = {str(name) for column in ("variable", "role", "scale") for name in rows[column]} - {""}
        rows = rows.reindex(columns=COLUMNS, fill_value="")
        of_units = rows[(rows["table"] == "units") & (rows["role"] == "outcome")]
        self.outcomes = list(of_units["variable"])
        self.surveyed = list(of_units.loc[(of_units["n_column"] != "") | (of_units["sd_column"] != ""), "variable"])
        self._rows = rows

    def plays(self, role: str, *tables: str) -> bool:
        """Tell whether a column of one of these tables plays a role."""
        return bool(((self._rows["role"] == role) & self._rows["table"].isin(tables)).any())

    def measures(self, *tables: str) -> list[str]:
        """List the scales of these tables, and then what else was answered there in numbers."""
        mine = self._rows[self._rows["table"].isin(tables)]
        single = mine["type"].isin(["whole", "number"]) & (mine["role"] == "")
        return list(dict.fromkeys([*(scale for scale in mine["scale"] if scale), *mine.loc[single, "variable"]]))

    @property
    def question(self) -> str:
        """The role of the recommendation that was asked; nothing if none was."""
        asked = {"recommend_work": "employees", "recommend": "customers"}
        return next((role for role, table in asked.items() if self.plays(role, table)), "")

    @property
    def score(self) -> str:
        """What units may be compared by: a scale, a question, a figure of a survey, or one called a recommendation."""
        called = [*self.surveyed, *(name for name in self.outcomes if says(name, "recommend"))]
        return next(iter([*self.measures(*PEOPLE), *(name for name in called if not _of_customers(name))]), "")

    @property
    def towards(self) -> str:
        """What the score may be held against: customers' recommendation or scale, or a figure that is called theirs."""
        asked = ["recommend"] if self.plays("recommend", "customers") else self.measures("customers")
        called = filter(_of_customers, self.outcomes)
        return next((name for name in [*asked, *called] if name != self.score), "")

    @property
    def in_units(self) -> bool:
        """Whether people are in units, or figures of units are given."""
        return self.plays("unit", *PEOPLE, "units")


def _of_customers(name: str) -> bool:
    """Tell whether a figure is called that of customers."""
    return table_of(name.replace("_", " ")) == "customers"


def _knows_people(holds: Holds) -> bool:
    """Tell whether it is known how far the people of a unit differ."""
    of_people = holds.plays("unit", *PEOPLE) and bool(holds.measures(*PEOPLE))
    return of_people or (holds.plays("sd", "units") and bool(holds.surveyed))


def _can_link(holds: Holds) -> bool:
    """Tell whether units can be compared on two things."""
    return bool(holds.in_units and holds.score and holds.towards)


def _has_outcomes(holds: Holds) -> bool:
    """Tell whether units with a score have outcomes, too."""
    return bool(holds.in_units and holds.score and (set(holds.outcomes) - {holds.score}))


NEEDS: dict[str, tuple[str, Callable[[Holds], bool]]] = {
    "01_enps": ("a 0-10 recommendation", lambda holds: bool(holds.question)),
    "02_promoters": (
        "employees who were asked for both recommendations",
        lambda holds: holds.plays("recommend_work", "employees") and holds.plays("recommend_to_customers", "employees"),
    ),
    "03_aggregation": (
        "answers of people in units, or figures of units with the n and sd of each",
        _knows_people,
    ),
    "04_linkage": (
        "a score and what it is held against, by unit: its parameters scale and customers",
        _can_link,
    ),
    "05_quartiles": ("a score, its parameter scale, and outcomes of units", _has_outcomes),
}
"""What a notebook asks for: in words, and whether it is there."""

EACH = {"14_organisation_report": "organisation", "sector_report": "sector"}
"""Notebooks that make a page for each of them."""


def offered(notebooks: Sequence[Path], holds: Holds | None) -> dict[Path, str]:
    """Tell which notebooks an edition can begin with.

    Parameters
    ----------
    notebooks
        The notebooks.
    holds
        What the data hold; None if there are none yet.

    Returns
    -------
    dict
        By notebook, what it lacks: nothing if it can run.
    """
    if holds is None:
        return {path: _of_each(path) for path in notebooks}
    lacking = {path: _lacking(path, holds) for path in notebooks}
    if all(lacking.values()) and notebooks:
        lacking[notebooks[0]] = ""  # it says itself what is missing
    return lacking


def _of_each(notebook: Path) -> str:
    """Say of a report on one organisation or sector where an edition names it; nothing of a chapter."""
    return f"belongs under each: {EACH[notebook.stem]}" if notebook.stem in EACH else ""


def _lacking(notebook: Path, holds: Holds) -> str:
    """Say what a notebook asks for that is not there."""
    if of_each := _of_each(notebook):
        return of_each
    words, is_there = NEEDS.get(
        notebook.stem, ("the results of the others, or more than a draft can tell", lambda _: False)
    )
    return "" if is_there(holds) else f"asks for {words}"


def told(parameters: Sequence[Parameter], holds: Holds) -> dict[str, str]:
    """Choose what a notebook is told of the data.

    Parameters
    ----------
    parameters
        What it can be told.
    holds
        What the data hold.

    Returns
    -------
    dict
        By parameter that needs another default: a score, a question, or nothing where there is no such thing.
    """
    chosen = {"scale": holds.score, "question": holds.question}
    if any(one.name == "scale" for one in parameters):
        chosen["customers"] = holds.towards  # elsewhere it is a recommendation and nothing else
    values = {}
    for one in parameters:
        if one.type != "str" or not one.default or {n.strip() for n in one.default.split(",")} <= holds.names:
            continue
        if chosen.get(one.name):
            values[one.name] = chosen[one.name]
        elif "empty:" in one.comment:
            values[one.name] = ""
    return values
