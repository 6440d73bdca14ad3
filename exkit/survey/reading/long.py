"""From one answer per row to one respondent per row.

Some systems export a row for each answer: who, which question, what. `study.yml` says which columns these are; every
question becomes a column. Somebody who answers a question twice is told, not chosen from.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from exkit.errors import nearest
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.facts import Dialect


def widen(
    frame: pd.DataFrame, *, known: Collection[str], dialect: Dialect, file: str, findings: Findings
) -> pd.DataFrame | None:
    """Give every question a column, and every respondent (in each wave) a row.

    Parameters
    ----------
    frame
        One row per answer, as text; its index the rows of the file.
    known
        Columns that the codebook names.
    dialect
        Which columns hold the respondent, the wave (if any), the question and the answer.
    file, findings
        The file's name, and what collects what is wrong and what was left out.

    Returns
    -------
    DataFrame or None
        One row per respondent (and wave), at the row of the first answer; the other columns stay if they are the same
        in all rows of a respondent.
    """
    if not _is_declared(frame, dialect, file, findings):
        return None
    key = [name for name in (dialect.respondent, dialect.wave) if name in frame]
    question, answer = str(dialect.question), str(dialect.answer)
    doubled = frame.index[frame.duplicated([*key, question], keep=False)]
    nameless = frame.index[frame[question] == ""]
    clash = set(frame[question]) & (set(frame.columns) - {question, answer})
    if len(doubled):
        text = "more than one answer of a respondent to a question"
        findings.breach(file, "doubled_answer", text, advice="Decide which row to keep.", rows=doubled)
    if len(nameless):
        findings.breach(file, "no_question", "an answer to no question", variable=question, rows=nameless)
    if clash:
        text = f"{quoted(sorted(clash))} is a question and a column"
        findings.breach(file, "doubled_column", text, advice="Rename one.")
    people = frame.groupby(key, sort=False)
    others = _constant(frame, people, [*key, question, answer], known, file, findings)
    if others is None or len(doubled) or len(nameless) or clash:
        return None
    person = people.ngroup().rename(None)
    answers = frame.assign(person=person).pivot(index="person", columns=question, values=answer)  # noqa: PD010 - doubles were told
    first = frame.loc[~frame.duplicated(key), [*key, *others]]
    questions = list(dict.fromkeys(frame[question]))
    wide = answers[questions].fillna("").set_axis(first.index).rename_axis(columns=None)
    findings.note(file, "long", f"{len(frame):,} answers to {len(questions):,} questions make {len(wide):,} rows")
    return pd.concat([first, wide], axis="columns")


def _is_declared(frame: pd.DataFrame, dialect: Dialect, file: str, findings: Findings) -> bool:
    """Check that the columns that say who, what and which are declared and there."""
    before = len(findings.breaches)
    for part in ("respondent", "question", "answer"):
        if getattr(dialect, part) is None:
            text = f"has one answer per row, and study.yml does not say which column is the {part}"
            advice = "Write `format: long, respondent: …, question: …, answer: …`."
            findings.breach(file, "not_declared", text, advice=advice)
    for name in (dialect.respondent, dialect.question, dialect.answer):
        if name is not None and name not in frame.columns:
            text = f"no column '{name}', which study.yml declares"
            findings.breach(file, "no_column", text, advice=nearest(name, list(frame.columns)), variable=name)
    return len(findings.breaches) == before


def _constant(
    frame: pd.DataFrame,
    people: object,
    used: Collection[str],
    known: Collection[str],
    file: str,
    findings: Findings,
) -> list[str] | None:
    """List the other columns that are the same in all rows of a respondent; None if one that is asked for is not."""
    others = [name for name in frame.columns if name not in used]
    varies = people[others].nunique().gt(1).any()
    odd = [name for name in others if varies[name]]
    asked = [name for name in odd if name in known]
    for name in asked:
        rows = frame.index[people[name].transform("nunique") > 1]
        text = "differs between the answers of one respondent"
        findings.breach(file, "varies", text, advice="Make it one value.", variable=name, rows=rows)
    left_out = [name for name in odd if name not in known]
    if left_out:
        findings.note(file, "varies", f"differ between answers and are left out: {quoted(left_out)}")
    return None if asked else [name for name in others if not varies[name]]
