"""One question or name in two spellings, where that is no breach: in headers, questions, groups, and between tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from exkit.survey.codebook import Codebook
from exkit.survey.doubting.seen import Seen
from exkit.survey.findings import Findings, quoted
from exkit.survey.names import PLACES
from exkit.survey.spelling import alike, folded

GROUPS = ("group", "stratum")
ONE_WAY = "If they are one, write it in one way, or declare it in values.csv under read_as."


def find_columns(seen: Seen, findings: Findings) -> None:
    """Point out columns whose names differ by a blank or a capital, in one file or between the files of a table."""
    headers = seen.source.headers
    for same in alike(name for columns in headers.values() for name in columns):
        its = [file for file, columns in headers.items() if set(same) & set(columns)]
        text, advice = f"columns {quoted(same)} look like one", "If they are, give them one name."
        told = {"value": ", ".join(same), "n": len(same), "advice": advice}
        findings.suspect(", ".join(its), "alike_columns", text, **told)


def find_groups(seen: Seen, findings: Findings) -> None:
    """Point out groups whose names differ by a blank or a capital."""
    for v in seen.variables:
        if v.role in GROUPS and v.type == "text":
            names = seen.frame[v.name]
            for same in alike(names.dropna().unique()):
                text = f"{quoted(same)} look like one name"
                rows = names.index[names.isin(same)]
                seen.point_out(findings, rows, "alike_names", text, advice=ONE_WAY, variable=v.name)


def find_names_between(tables: Sequence[Seen], findings: Findings) -> None:
    """Point out names of units, organisations, sectors and waves that are spelt in another way in another table."""
    for role in (*PLACES, "wave"):
        columns = [(seen, seen.frame[seen.column(role)]) for seen in tables if seen.column(role)]
        first: dict[str, str] = {}
        for seen, names in columns:
            there = names.dropna().unique()
            other = [(name, first[folded(name)]) for name in there if first.get(folded(name), name) != name]
            for name, before in other:
                text = f"{quoted([name])} is {quoted([before])} in another table"
                rows = names.index[names == name]
                seen.point_out(findings, rows, "alike_between", text, advice=ONE_WAY, variable=str(names.name))
            first |= {folded(name): name for name in there if folded(name) not in first}


def find_questions(codebook: Codebook, findings: Findings) -> None:
    """Point out variables of one table that ask the same question."""
    rows = codebook.rows
    for language in ("en", "nl"):
        asked = rows[rows[f"question_{language}"] != ""]
        words = pd.Series([folded(words) for words in asked[f"question_{language}"]], index=asked.index, dtype="str")
        for _, same in asked.groupby([asked["table"], words], sort=False):
            names = list(dict.fromkeys(same["variable"]))
            if len(names) > 1:
                text, advice = f"{quoted(names)} ask the same question", "If they are one, give them one name."
                told = {"value": ", ".join(names), "rows": same.index + 2, "advice": advice}
                findings.suspect("codebook.csv", "alike_questions", text, **told)
