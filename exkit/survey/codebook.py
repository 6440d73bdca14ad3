"""The codebook: the instrument as data, one row per variable, or per variable and wave where something changed.

It says which columns there are, what role each plays, which answers are possible and where the cut-offs lie, so that
a file with other column names or another scale needs another codebook, never other code. `rules` reads it and says what
it must live up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property

import pandas as pd

from exkit.errors import ExkitError, nearest

TABLES = {
    "employees": "respondent",
    "customers": "respondent",
    "units": "unit",
    "organisations": "organisation",
    "actions": "unit",
}
"""The tables a dataset may have, and the role that tells the rows of one wave apart."""

KEYS = ("respondent", "unit", "organisation", "sector", "wave", "weight", "stratum", "cluster")
"""Roles that say whose row it is and how it counts: one column each per table, under the kit's own name."""

NAMES = ("respondent", "unit", "organisation", "sector", "wave", "stratum", "cluster", "group")
"""Roles whose values are names, always text: `007`, `1E5` and `NA` stay what they are."""

IDS = ("respondent", "cluster")
"""Roles whose values say who somebody is, or of which few: numbers in a study, and in no message or list."""

RECOMMENDS = ("recommend_work", "recommend_to_customers", "recommend")
COMMENT = "comment"
"""The role of what people wrote in their own words: counted, never kept."""
AGGREGATES = ("weight", "outcome", "n", "sd")
SCALE = "scale"
"""The role of a row that is of no column: its variable is the name of a scale, its label what that is called."""
ROLES = ("", *KEYS, "date", "group", *RECOMMENDS, "item", "outcome", "n", "sd", SCALE, COMMENT)
TYPES = ("whole", "number", "choice", "text", "date")
CHANGES = {
    "question": ("question_en", "question_nl"),
    "scale": ("type", "low", "high"),
    "cutoffs": ("promoter_from", "detractor_to", "favourable_from"),
    "mode": ("mode",),
    "population": ("population",),
}
"""What breaks a series, and the columns that show it."""


@dataclass(frozen=True)
class Variable:
    """One variable as it was asked in one wave (`wave` empty: in all).

    `type` says what its values are: `whole` and `number` are numbers, `choice` one of the values in `values.csv`,
    `text` anything, `date` a day as 2025-12-31. Where the codebook leaves it empty, names (respondent, unit, sector,
    ...) are text, weights, outcomes, counts and means of others are numbers, answers (recommend, item, or whatever has
    a `low` or `high`) are whole numbers, and the rest are numbers. `per` names the column of the same table that a
    total is divided by where units are compared: profit per headcount.
    """

    table: str
    name: str
    role: str = ""
    scale: str = ""
    type: str = "number"
    low: float | None = None
    high: float | None = None
    promoter_from: float | None = None
    detractor_to: float | None = None
    favourable_from: float | None = None
    reverse: bool = False
    missing: tuple[str, ...] = ()
    per: str = ""
    n_column: str = ""
    sd_column: str = ""
    mode: str = ""
    population: str = ""
    label_en: str = ""
    label_nl: str = ""
    question_en: str = ""
    question_nl: str = ""
    source: str = ""
    wave: str = ""

    def label(self, language: str) -> str:
        """Give its short name for readers: in this language, else in the other, else its own name."""
        return self._in(language, "label") or self.name

    def question(self, language: str) -> str:
        """Give the question as it was asked: in this language, else in the other, else its label."""
        return self._in(language, "question") or self.label(language)

    def _in(self, language: str, what: str) -> str:
        """Look up a text in a language, or else in the other one."""
        other = "en" if language == "nl" else "nl"
        return getattr(self, f"{what}_{language}") or getattr(self, f"{what}_{other}")


COLUMNS = ["variable" if f.name == "name" else f.name for f in fields(Variable)]
NUMBERS = ("low", "high", "promoter_from", "detractor_to", "favourable_from")


@dataclass(frozen=True, eq=False)
class Codebook:
    """The variables of a dataset.

    Attributes
    ----------
    rows
        The codebook as a frame, with its defaults filled in: one row per variable, or per variable and wave.
    """

    rows: pd.DataFrame

    @cached_property
    def _definitions(self) -> dict[tuple[str, str], dict[str, Variable]]:
        """Every variable by table and name, and within it by wave."""
        book: dict[tuple[str, str], dict[str, Variable]] = {}
        for variable in self._rows:
            if variable.role != SCALE:
                book.setdefault((variable.table, variable.name), {})[variable.wave] = variable
        return book

    @cached_property
    def _scales(self) -> dict[str, Variable]:
        """The rows of scales, by the name of the scale."""
        return {row.name: row for row in self._rows if row.role == SCALE}

    @cached_property
    def _rows(self) -> list[Variable]:
        """Every row as what it describes."""
        rows = self.rows.to_dict("records")
        return [
            Variable(name=row.pop("variable"), **{k: None if v != v else v for k, v in row.items()}) for row in rows
        ]

    @property
    def tables(self) -> list[str]:
        """The tables it describes."""
        return list(dict.fromkeys(self.rows["table"]))

    def variables(self, table: str | None = None) -> list[Variable]:
        """List the variables of a table, or of all, each as it was last asked."""
        return [waves[max(waves)] for (its_table, _), waves in self._definitions.items() if table in (None, its_table)]

    def asked(self, table: str, wave: str) -> list[Variable]:
        """List the variables of a table as they were asked in a wave."""
        there = [self._asked(variable, wave) for variable in self.variables(table)]
        return [variable for variable in there if variable is not None]

    def _asked(self, variable: Variable, wave: str) -> Variable | None:
        """Look up a variable in a wave: the wave's own row, else the row for all waves."""
        waves = self._definitions[variable.table, variable.name]
        return waves.get(wave, waves.get(""))

    def variable(self, name: str) -> Variable:
        """Look up a variable by its name, as `table.name`, or by a role that it alone plays.

        Parameters
        ----------
        name
            For instance `q3`, `employees.q3` or `recommend_work`.

        Returns
        -------
        Variable
            As it was last asked.

        Raises
        ------
        ExkitError
            If there is none, with the nearest name, if there are several, or if it is of comments, which are not kept.
        """
        there = self.variables()
        found = (
            [v for v in there if name == v.name]
            or [v for v in there if name == f"{v.table}.{v.name}"]
            or [v for v in there if name and name == v.role]
        )
        if len(found) > 1:
            choice = " or ".join(f"'{v.table}.{v.name}'" for v in found)
            raise ExkitError(f"'{name}' is more than one variable. Write {choice}.")
        if not found:
            names = dict.fromkeys(name for v in there for name in (v.name, v.role, v.scale) if name)
            raise ExkitError(f"No variable '{name}' in the codebook.{nearest(name, names)}")
        if found[0].role == COMMENT:
            raise ExkitError(f"'{name}' holds comments, which are counted and not kept. Take a variable with answers.")
        return found[0]

    def role(self, role: str, *, table: str) -> str | None:
        """Name the column that plays a role in a table; None if none does, the first if several do."""
        return next((v.name for v in self.variables(table) if v.role == role), None)

    def lacks(self, question: str) -> bool:
        """Tell whether a study does without a question: nothing is named, or a recommend question that nobody asked."""
        known = any(question in (v.name, v.role) for v in self.variables())
        return question == "" or (question in RECOMMENDS and not known)

    def scales(self) -> list[str]:
        """List the scales that items belong to."""
        return list(dict.fromkeys(scale for scale in self.rows["scale"] if scale))

    def scale_label(self, scale: str, language: str) -> str:
        """Give the label of a scale, where it has a row of its own; else its name."""
        return self._scales[scale].label(language) if scale in self._scales else scale

    def items(self, scale: str) -> list[Variable]:
        """List the items of a scale.

        Raises
        ------
        ExkitError
            If there is no such scale, with the nearest one.
        """
        found = [v for v in self.variables() if v.scale == scale and scale]
        if not found:
            raise ExkitError(f"No scale '{scale}' in the codebook.{nearest(scale, self.scales())}")
        return found

    def definitions(self, variable: Variable, waves: Iterable[str]) -> pd.DataFrame:
        """Tell how a variable was asked wave by wave, and where its series breaks.

        Parameters
        ----------
        variable
            The variable.
        waves
            Waves in order; `[""]` for a study without waves.

        Returns
        -------
        DataFrame
            One row per wave in which it was asked: `wave`, `series` (from 1, one higher at each break), `changed`
            (`question`, `scale`, `cutoffs`, `mode`, `population`, joined by commas), `low`, `high`, `promoter_from`,
            `detractor_to`, `favourable_from`.
        """
        asked = {wave: self._asked(variable, wave) for wave in waves}
        asked = {wave: v for wave, v in asked.items() if v is not None}
        rows = [{"wave": wave, **{name: getattr(v, name) for name in NUMBERS}} for wave, v in asked.items()]
        frame = pd.DataFrame(rows, columns=["wave", *NUMBERS]).astype(dict.fromkeys(NUMBERS, float))
        changed = pd.Series(list(_changes(list(asked.values()))), dtype="str")
        frame.insert(1, "series", (changed != "").cumsum() + 1)
        frame.insert(2, "changed", changed)
        return frame


def _changes(asked: list[Variable]) -> Iterator[str]:
    """Name what changed from each wave to the next; nothing for the first."""
    for before, now in zip(asked[:1] + asked, asked, strict=False):
        yield ",".join(
            code for code, names in CHANGES.items() if any(getattr(before, n) != getattr(now, n) for n in names)
        )
