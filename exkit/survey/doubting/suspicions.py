"""What may be wrong with data that break no rule: pointed out, never repaired.

A suspicion is no breach: the study opens, and whoever knows the data decides. Only `exkit check` looks for them, so
that opening a study costs nothing more.
"""

from __future__ import annotations

import pandas as pd

from exkit.survey.check import Checked
from exkit.survey.codebook import TABLES
from exkit.survey.doubting.namesakes import find_columns, find_groups, find_names_between, find_questions
from exkit.survey.doubting.oddities import find_codes, find_more_answers_than_people, find_zeros
from exkit.survey.doubting.patterns import (
    find_empty,
    find_same_answers,
    find_straight_lines,
    find_turned_items,
    find_unused_ends,
)
from exkit.survey.doubting.seen import Seen
from exkit.survey.findings import Findings, as_frame

OF_ANY_TABLE = (find_columns, find_groups, find_empty, find_zeros, find_codes)
OF_PEOPLE = (find_same_answers, find_straight_lines, find_unused_ends, find_turned_items)


def suspicions(checked: Checked) -> pd.DataFrame:
    """Point out what may be wrong in a dataset.

    Parameters
    ----------
    checked
        From `check`, with or without breaches; cells that could not be read count as empty.

    Returns
    -------
    DataFrame
        One row each, with the columns of `Checked.breaches`.
    """
    findings = Findings()
    if not checked.contents:
        return as_frame([])
    tables, codebook, sources = (checked.contents[part] for part in ("tables", "codebook", "sources"))
    seen = {name: Seen(name, values, sources[name], codebook) for name, values in tables.items()}
    for name, one in seen.items():
        for find in (*OF_ANY_TABLE, *(OF_PEOPLE if TABLES[name] == "respondent" else ())):
            find(one, findings)
    find_names_between(list(seen.values()), findings)
    find_questions(codebook, findings)
    if {"units", "employees"} <= set(seen):
        find_more_answers_than_people(seen["units"], seen["employees"], findings)
    return as_frame(findings.suspicions)
