"""The codebook: the instrument as data, one row per variable, or per variable and wave where something changed.

It says which columns there are, what role each plays, which answers are possible and where the cut-offs lie, so that
a file with other column names or another scale needs another codebook, never other code. A codebook that contradicts
itself is refused, with everything that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, nearest
from exkit.survey.files import Dialect, read_file
from exkit.survey.findings import Findings
from exkit.survey.values import numbers

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

RECOMMENDS = ("recommend_work", "recommend_to_customers", "recommend")
AGGREGATES = ("weight", "outcome", "n", "sd")
ROLES = ("", *KEYS, "date", "group", *RECOMMENDS, "item", "outcome", "n", "sd")
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
    a `low` or `high`) are whole numbers, and the rest are numbers.
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

    @classmethod
    def read(cls, path: str | Path) -> Codebook:
        """Read and check a `codebook.csv`.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        Codebook
            The codebook, consistent in itself.

        Raises
        ------
        ExkitError
            With everything that is wrong, and the rows where it is.
        """
        findings = Findings()
        codebook = read_codebook(Path(path), dialect=Dialect(), findings=findings)
        if codebook is None:
            raise findings.error(Path(path).name)
        return codebook

    @cached_property
    def _definitions(self) -> dict[tuple[str, str], dict[str, Variable]]:
        """Every variable by table and name, and within it by wave."""
        book: dict[tuple[str, str], dict[str, Variable]] = {}
        for row in self.rows.to_dict("records"):
            variable = Variable(name=row.pop("variable"), **{k: None if v != v else v for k, v in row.items()})
            book.setdefault((variable.table, variable.name), {})[variable.wave] = variable
        return book

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

    def variable(self, name: str, *, table: str | None = None) -> Variable:
        """Look up a variable by its name, as `table.name`, or by a role that it alone plays.

        Parameters
        ----------
        name
            For instance `q3`, `employees.q3` or `recommend_work`.
        table
            The table to look in; all of them if not given.

        Returns
        -------
        Variable
            As it was last asked.

        Raises
        ------
        ExkitError
            If there is none, with the nearest name, or if there are several.
        """
        there = self.variables(table)
        found = (
            [v for v in there if name == v.name]
            or [v for v in there if name == f"{v.table}.{v.name}"]
            or [v for v in there if name and name == v.role]
        )
        if len(found) > 1:
            choice = " or ".join(f"'{v.table}.{v.name}'" for v in found)
            raise ExkitError(f"'{name}' is more than one variable. Write {choice}.")
        if not found:
            names = dict.fromkeys([v.name for v in there] + [v.role for v in there if v.role])
            raise ExkitError(f"No variable '{name}' in {table or 'the codebook'}.{nearest(name, names)}")
        return found[0]

    def role(self, role: str, *, table: str) -> str | None:
        """Name the column that plays a role in a table; None if none does, the first if several do."""
        return next((v.name for v in self.variables(table) if v.role == role), None)

    def scales(self) -> list[str]:
        """List the scales that items belong to."""
        return list(dict.fromkeys(scale for scale in self.rows["scale"] if scale))

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


def read_codebook(path: Path, *, dialect: Dialect, findings: Findings) -> Codebook | None:
    """Read a codebook, collecting what is wrong; None if anything is.

    Parameters
    ----------
    path
        The file.
    dialect
        How it is written.
    findings
        Collects what is wrong.
    """
    before = len(findings.breaches)
    text = read_file(path, known=COLUMNS, dialect=dialect, findings=findings)
    if text is None or not _has_its_columns(text, path.name, findings):
        return None
    rows = text.reindex(columns=COLUMNS, fill_value="")
    _check_words(rows, path.name, findings)
    rows = _with_defaults(_with_numbers(rows, path.name, findings))
    for rule in [*_naming_rules(rows), *_scale_rules(rows)]:
        _report(rows, rule, path.name, findings)
    if len(findings.breaches) > before:
        return None
    missing = [tuple(c.strip() for c in codes.split("|") if c.strip()) for codes in rows["missing"]]
    return Codebook(rows.assign(reverse=rows["reverse"] == "yes", missing=missing))


def _has_its_columns(text: pd.DataFrame, file: str, findings: Findings) -> bool:
    """Check that the codebook has its own columns and no others."""
    lacking = [name for name in ("table", "variable") if name not in text]
    unknown = text.columns.difference(COLUMNS, sort=False)
    for name in lacking:
        findings.breach(file, "no_column", f"no column '{name}'", advice=nearest(name, text.columns))
    for name in unknown:
        advice = nearest(name, COLUMNS) or f"There are: {', '.join(COLUMNS)}."
        findings.breach(file, "unknown_column", f"no such column as '{name}' in a codebook", advice=advice)
    return not lacking and unknown.empty


def _check_words(rows: pd.DataFrame, file: str, findings: Findings) -> None:
    """Check the columns that take one of a few words."""
    words = {"table": [*TABLES], "role": ROLES, "type": ["", *TYPES], "reverse": ["", "yes", "no"]}
    for column, known in words.items():
        there = [word for word in known if word]
        for (word, name), its in rows[~rows[column].isin(known)].groupby([column, "variable"], sort=False):
            advice = f"{nearest(word, there)} There are: {', '.join(there)}."
            text = f"no {column} '{word}'"
            findings.breach(file, f"unknown_{column}", text, advice=advice, variable=name, rows=its.index + 2)


def _with_numbers(rows: pd.DataFrame, file: str, findings: Findings) -> pd.DataFrame:
    """Turn the numeric columns into numbers."""
    parsed = rows.assign(**{name: numbers(rows[name], decimal=".") for name in NUMBERS})
    for name in NUMBERS:
        wrong = parsed[name].isna() & (rows[name] != "")
        _report(rows, Rule("not_a_number", wrong, f"{name} '{{{name}}}' is not a number"), file, findings)
    return parsed


def _with_defaults(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill in types, and the usual cut-offs of a 0-10 recommendation."""
    usual = rows["role"].isin(RECOMMENDS) & (rows["low"] == 0) & (rows["high"] == 10)
    usual &= rows["promoter_from"].isna() & rows["detractor_to"].isna()
    rules = {
        "text": rows["role"].isin(NAMES),
        "date": rows["role"] == "date",
        "number": rows["role"].isin(AGGREGATES) | (rows["n_column"] != ""),
        "whole": rows["role"].isin([*RECOMMENDS, "item"]) | rows["low"].notna() | rows["high"].notna(),
    }
    default = np.select(list(rules.values()), list(rules), default="number")
    return rows.assign(
        promoter_from=rows["promoter_from"].mask(usual, 9),
        detractor_to=rows["detractor_to"].mask(usual, 6),
        type=rows["type"].where(rows["type"] != "", default),
    )


class Rule(NamedTuple):
    """What a codebook must live up to: a code, the rows that do not, and what to tell about each of them."""

    problem: str
    wrong: pd.Series
    text: str
    advice: str = ""


def _naming_rules(rows: pd.DataFrame) -> list[Rule]:
    """List the rules on names, roles and rows."""
    role, kind = rows["role"], rows["type"]
    by_variable, by_role = rows.groupby(["table", "variable"]), rows.groupby(["table", "role"])
    doubled = rows.duplicated(["table", "variable", "wave"], keep=False)
    one_each = role.isin([*KEYS, "date"])
    return [
        Rule("no_name", rows["variable"] == "", "a row names no variable"),
        Rule("doubled_row", doubled, "has more than one row for a wave", "Keep one."),
        Rule("role_changes", by_variable["role"].transform("nunique") > 1, "has several roles", "Give it one role."),
        Rule(
            "doubled_role",
            one_each & (by_role["variable"].transform("nunique") > 1),
            "is one of several columns with role '{role}' in {table}",
            "Give that role to one of them.",
        ),
        Rule(
            "reserved_name",
            rows["variable"].isin(KEYS) & (rows["variable"] != role),
            "has a name that the kit uses itself",
            "Give it the role of that name, or another name.",
        ),
        Rule(
            "not_text",
            role.isin(NAMES) & ~kind.isin(["text", "choice"]),
            "type '{type}' does not fit role '{role}', whose values are names",
            "Make it text.",
        ),
    ]


def _scale_rules(rows: pd.DataFrame) -> list[Rule]:
    """List the rules on scales and cut-offs."""
    low, high, promoter, detractor = (rows[name] for name in NUMBERS[:4])
    marks = rows["role"].isin(RECOMMENDS) & rows["type"].isin(["whole", "number"]) & (rows["n_column"] == "")
    yes_no = (low == 0) & (high == 1)
    outside = {name: (rows[name] < low) | (rows[name] > high) for name in NUMBERS[2:]}
    numeric = rows["role"].isin(["weight", "n", "sd"]) | rows[list(NUMBERS)].notna().any(axis="columns")
    return [
        Rule(
            "not_numeric",
            numeric & rows["type"].isin(["text", "choice", "date"]),
            "type '{type}' does not fit a variable with a scale, or a weight, n or sd",
            "Make it whole or number.",
        ),
        Rule("low_above_high", low > high, "low {low:g} is above high {high:g}"),
        Rule(
            "no_scale",
            (rows["reverse"] == "yes") & (low.isna() | high.isna()),
            "is reversed, for which low and high must be known",
            "Give both.",
        ),
        Rule(
            "no_cutoffs",
            marks & ~yes_no & promoter.isna() & detractor.isna(),
            "role '{role}' without promoter_from and detractor_to; only a 0-10 scale has usual ones",
            "Give both.",
        ),
        Rule(
            "half_cutoffs",
            promoter.isna() != detractor.isna(),
            "has only one of promoter_from and detractor_to",
            "Give both.",
        ),
        Rule(
            "cutoffs_cross",
            detractor >= promoter,
            "detractor_to {detractor_to:g} is not below promoter_from {promoter_from:g}",
        ),
        *(
            Rule("cutoff_outside", wrong, f"{name} {{{name}:g}} is outside {{low:g}}-{{high:g}}")
            for name, wrong in outside.items()
        ),
    ]


def _report(rows: pd.DataFrame, rule: Rule, file: str, findings: Findings) -> None:
    """Report the rows of a codebook that break a rule: once per variable and wording."""
    found = rows[rule.wrong]
    texts = [rule.text.format(**row) for row in found.to_dict("records")]
    for (name, text), its in found.groupby(["variable", texts], sort=False):
        findings.breach(file, rule.problem, text, advice=rule.advice, variable=name, rows=its.index + 2)
