"""What stands above the answers: titles, the header, and the extra header rows of survey tools.

Qualtrics writes three header rows (names, questions, import ids) and SurveyMonkey two (questions, answers), which say
so themselves. LimeSurvey may write the question behind the name, `q1. How are you?`, which is declared.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd

from exkit.survey.findings import Findings
from exkit.survey.reading.facts import MOST_COLUMNS, Dialect, Facts

IMPORT_ID = '{"ImportId"'
ANSWERS = ("Response", "Open-Ended Response")
CODE_AND_QUESTION = re.compile(r"([A-Za-z][\w\[\]]*)\. (.+)", re.DOTALL)


def find_header(
    rows: Sequence[Sequence[str]],
    known: Collection[str],
    dialect: Dialect,
    *,
    file: str,
    findings: Findings,
) -> int | None:
    """Find the row that names the columns: the declared one, else the first that names any, else the first full one.

    Parameters
    ----------
    rows
        The top of the file.
    known
        Columns that the codebook names.
    dialect
        What `study.yml` declares.
    file, findings
        The file's name, and what collects what is assumed.

    Returns
    -------
    int or None
        Its position, from 0; None if there is none, or one with more columns than are read.
    """
    row = _header(rows, known) if dialect.header_row is None else dialect.header_row - 1
    if row is None or row >= len(rows) or not any(rows[row]):
        where = f" in row {dialect.header_row}, which study.yml declares" if dialect.header_row else ""
        findings.breach(file, "no_header", f"no row with names of columns{where}", advice="Begin with the header.")
        return None
    if len(rows[row]) > MOST_COLUMNS:
        too_wide(len(rows[row]), file, findings)
        return None
    if row and dialect.header_row is None:
        text = f"the names of the columns are in row {row + 1}; what stands above is left out"
        findings.note(file, "header_row", text, value=str(row + 1))
    return row


def too_wide(n: int, file: str, findings: Findings) -> None:
    """Report a file with more columns than are read."""
    text = f"has {n:,} columns, more than the {MOST_COLUMNS:,} that are read"
    findings.breach(file, "too_many_columns", text, advice="Keep those that codebook.csv names.")


def _header(rows: Sequence[Sequence[str]], known: Collection[str]) -> int | None:
    """Find the row with most of the known names; without any, the first at least half as full as the fullest."""
    found = [len(set(cells) & set(known)) for cells in rows]
    if any(found) and (found[0] or max(found) >= min(2, len(known))):
        return 0 if found[0] else found.index(max(found))
    filled = [sum(cell.strip() != "" for cell in cells) for cells in rows]
    return next((row for row, n in enumerate(filled) if n and 2 * n >= max(filled)), None)


def peel(
    frame: pd.DataFrame, facts: Facts, *, dialect: Dialect, file: str, findings: Findings
) -> tuple[pd.DataFrame, Facts] | None:
    """Take off the header rows of a survey tool, and keep the questions that they hold.

    Parameters
    ----------
    frame
        The file as text.
    facts
        What is known of it.
    dialect
        What `study.yml` declares.
    file, findings
        The file's name, and what collects what is found.

    Returns
    -------
    frame, facts
        Without those rows, with those questions; None if the file is not what is declared.
    """
    if facts.format not in ("csv", "xlsx"):
        return frame, facts
    found = next((tool for tool, is_it in RECOGNISED.items() if is_it(frame)), None)
    tool = dialect.format or found
    if tool not in PEELED:
        return frame, facts
    if tool in RECOGNISED and tool != found:
        text = f"has not the header rows of '{tool}', which study.yml declares"
        findings.breach(file, "not_format", text, advice="Export it again with all its header rows, or mend `format:`.")
        return None
    if not dialect.format:
        findings.note(file, "format", f"is an export of {tool.capitalize()}, with its questions above", value=tool)
    frame, questions = PEELED[tool](frame)
    return frame, replace(facts, tool=tool, questions=questions)


def _is_qualtrics(frame: pd.DataFrame) -> bool:
    """Tell whether every cell of the third row is an import id."""
    return len(frame) > 1 and all(cell.startswith(IMPORT_ID) for cell in frame.iloc[1])


def _is_surveymonkey(frame: pd.DataFrame) -> bool:
    """Tell whether the second row says what is answered, and nothing under the respondent's number."""
    if not len(frame) or not re.fullmatch("respondent[ _]?id", str(frame.columns[0]), re.IGNORECASE):
        return False
    return frame.iloc[0, 0] == "" and frame.iloc[0].isin(ANSWERS).any()


def _peel_qualtrics(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Take off the questions and the import ids."""
    questions = dict(zip(frame.columns, frame.iloc[0], strict=True))
    return frame.iloc[2:], {name: question for name, question in questions.items() if question}


def _peel_surveymonkey(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Name each column by its question, and by its answer where a question has several columns."""
    names, question = [], ""
    for above, below in zip(frame.columns, frame.iloc[0], strict=True):
        question = above or question
        names.append(f"{question}: {below}" if below and below not in ANSWERS else question)
    return frame.iloc[1:].set_axis(names, axis="columns"), {name: name for name in names}


def _peel_limesurvey(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Take the questions off the names."""
    parts = [CODE_AND_QUESTION.fullmatch(name) for name in frame.columns]
    names = [part[1] if part else name for part, name in zip(parts, frame.columns, strict=True)]
    questions = {part[1]: part[2] for part in parts if part}
    return frame.set_axis(names, axis="columns"), questions


RECOGNISED = {"qualtrics": _is_qualtrics, "surveymonkey": _is_surveymonkey}
PEELED = {"qualtrics": _peel_qualtrics, "surveymonkey": _peel_surveymonkey, "limesurvey": _peel_limesurvey}
