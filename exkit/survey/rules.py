"""Reading a codebook, and what it must live up to.

A codebook that contradicts itself is refused, with everything that is wrong at once: names, roles, types, scales and
cut-offs that cannot go together.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import (
    AGGREGATES,
    COLUMNS,
    COMMENT,
    IDS,
    KEYS,
    NAMES,
    NUMBERS,
    RECOMMENDS,
    ROLES,
    SCALE,
    TABLES,
    TYPES,
    Codebook,
)
from exkit.survey.findings import Findings
from exkit.survey.reading.facts import Dialect
from exkit.survey.reading.files import has_columns, read_file
from exkit.survey.values import numbers

ADD = "Add that variable, or mend the name."
GUESS = "guess"
"""The column in which a drafted codebook says what was guessed, and why; it is not read."""


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
    if text is None:
        return None
    if GUESS in text:
        advice = "Take it out when you have looked it through."
        findings.note(path.name, "guess", f"column '{GUESS}' tells what was guessed, and is not read", advice=advice)
    own = text.drop(columns=GUESS, errors="ignore")
    if not has_columns(own, needed=COLUMNS[:2], known=COLUMNS, file=path.name, findings=findings):
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
    parsed = rows.assign(**{name: numbers(rows[name]) for name in NUMBERS})
    for name in NUMBERS:
        wrong = parsed[name].isna() & (rows[name] != "")
        rule = Rule("not_a_number", wrong, f"{name} '{{{name}}}' is not a number", "Write it in digits, as 2.5.")
        _report(rows, rule, file, findings)
    return parsed


def _with_defaults(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill in types, and the usual cut-offs of a 0-10 recommendation."""
    usual = rows["role"].isin(RECOMMENDS) & (rows["low"] == 0) & (rows["high"] == 10)
    usual &= rows["promoter_from"].isna() & rows["detractor_to"].isna()
    rules = {
        "text": rows["role"].isin([*NAMES, COMMENT]),
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
    unheard = ~_is_named(rows, "per")
    return [
        Rule("no_name", rows["variable"] == "", "a row names no variable", "Fill it in, or remove the row."),
        Rule("doubled_row", doubled, "has more than one row for a wave", "Keep one."),
        Rule("role_changes", by_variable["role"].transform("nunique") > 1, "has several roles", "Give it one role."),
        Rule(
            "doubled_role",
            one_each & (by_role["variable"].transform("nunique") > 1),
            "is one of several columns with role '{role}' in {table}",
            "Give that role to one of them.",
        ),
        Rule(
            "unknown_scale",
            (role == SCALE) & ~rows["variable"].isin(rows["scale"]),
            "is the name of no scale",
            "Give its items that name in column scale.",
        ),
        Rule("unknown_per", unheard, "is per '{per}', which is no variable of {table}", ADD),
        *(
            Rule("unknown_variable", ~_is_named(rows, name), f"has {name} '{{{name}}}', no variable of {{table}}", ADD)
            for name in ("n_column", "sd_column")
        ),
        Rule(
            "reserved_name",
            rows["variable"].isin(KEYS) & (rows["variable"] != role),
            "has a name that the kit uses itself",
            "Give it the role of that name, or another name.",
        ),
        Rule(
            "not_text",
            (role.isin([*NAMES, COMMENT]) & ~kind.isin(["text", "choice"]))
            | (role.isin([*IDS, COMMENT]) & (kind == "choice")),
            "type '{type}' does not fit role '{role}', whose values are names or words",
            "Make it text.",
        ),
    ]


def _is_named(rows: pd.DataFrame, column: str) -> pd.Series:
    """Tell which rows name no other variable in a column, or one that is in their table."""
    there = pd.MultiIndex.from_frame(rows[["table", "variable"]])
    return (rows[column] == "") | pd.MultiIndex.from_frame(rows[["table", column]]).isin(there)


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
        Rule("low_above_high", low > high, "low {low:g} is above high {high:g}", "Exchange them."),
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
            "Mend one of them.",
        ),
        *(
            Rule("cutoff_outside", wrong, f"{name} {{{name}:g}} is outside {{low:g}}-{{high:g}}", "Mend it.")
            for name, wrong in outside.items()
        ),
    ]


def _report(rows: pd.DataFrame, rule: Rule, file: str, findings: Findings) -> None:
    """Report the rows of a codebook that break a rule: once per variable and wording."""
    if not rule.wrong.any():
        return
    found = rows[rule.wrong]
    texts = [rule.text.format(**row) for row in found.to_dict("records")]
    for (name, text), its in found.groupby(["variable", texts], sort=False):
        findings.breach(file, rule.problem, text, advice=rule.advice, variable=name, rows=its.index + 2)
