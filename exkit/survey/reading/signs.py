"""Which decimal sign a text file uses, found out from its numbers.

`8,5` and `1.234,5` can only be read with a decimal comma, `8.5` and `1,234.5` only with a decimal point; one of them
decides for its whole file. `1.234` by itself is one and a bit, or a thousand and more: nobody can tell, so it is asked
for. Numbers are then written in one way, with a decimal point and without signs between thousands; everything that is
not a number stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import pandas as pd

from exkit.survey.codebook import Codebook
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.files import Table
from exkit.survey.reading.texts import reread

OTHER = {",": ".", ".": ","}
NAMES = {",": "comma", ".": "point"}
DECLARE = """Say which in study.yml: `decimal: ","` or `decimal: "."`."""
Marked = dict[str, list[str]]
"""By column, the distinct texts that hold a mark which numbers may hold."""

_APART = "'’ \u00a0\u2009\u202f"
_MARK = re.compile(f"[.,{_APART}]")


def _number(decimal: str) -> re.Pattern:
    """Describe a number with this decimal sign: plain, or with one and the same sign between its thousands."""
    part = rf"{re.escape(decimal)}[0-9]+"
    between = rf"(?P<sign>[{re.escape(OTHER[decimal])}{_APART}])"
    thousands = rf"[1-9][0-9]{{0,2}}{between}[0-9]{{3}}(?:(?P=sign)[0-9]{{3}})*"
    return re.compile(rf"-?(?:{part}|(?:[0-9]+|{thousands})(?:{part})?)")


READ = {decimal: _number(decimal) for decimal in OTHER}


def in_plain_numbers(table: Table, codebook: Codebook, findings: Findings) -> Table:
    """Write the numbers of a table in one way.

    Parameters
    ----------
    table
        The table as it stands in its files.
    codebook
        Which of its columns are numbers, and which texts are missing codes.
    findings
        Collects what is assumed, and what cannot be told.

    Returns
    -------
    Table
        Numbers with a decimal point; the table itself is not changed.
    """
    text = table.text.copy(deep=False)
    for file, facts in table.facts.items():
        if facts.typed:
            continue
        here = table.origin["file"] == file
        marked = _marked(text if here.all() else text[here], table, file, codebook)
        decimal = facts.decimal or _found(marked, table, file, findings)
        _report_other(marked, decimal, table, file, findings)
        plain = {name: _plain(texts, decimal) for name, texts in marked.items()}
        _note_assumed(plain, decimal, facts.decimal, file, findings)
        for name in filter(plain.get, plain):
            text[name] = reread(text[name], plain[name], among=here)
    return replace(table, text=text)


def _marked(text: pd.DataFrame, table: Table, file: str, codebook: Codebook) -> Marked:
    """Find what has a mark in it in the columns of numbers, missing codes apart."""
    marked = {}
    for v in codebook.variables(table.name):
        if v.type in ("whole", "number") and v.name in table.headers[file]:
            distinct = text[v.name].unique()
            if _MARK.search("\n".join(distinct)):
                missing = _missing(codebook, table.name, v.name)
                marked[v.name] = [t for t in distinct if t not in missing and _MARK.search(t)]
    return marked


def _missing(codebook: Codebook, table: str, name: str) -> set[str]:
    """Gather the missing codes of a variable in all waves."""
    rows = codebook.rows
    return set(chain(*rows.loc[(rows["table"] == table) & (rows["variable"] == name), "missing"]))


def _reads(text: str, decimal: str) -> bool:
    """Tell whether a text is a number with this decimal sign."""
    return READ[decimal].fullmatch(text) is not None


def _only(texts: list[str], decimal: str) -> Iterator[str]:
    """Pick the texts that are numbers with this decimal sign, and not with the other."""
    return (t for t in texts if _reads(t, decimal) and not _reads(t, OTHER[decimal]))


def _found(marked: Marked, table: Table, file: str, findings: Findings) -> str:
    """Find the decimal sign that decides; a point where nothing does, and report what is open to both."""
    everything = [t for texts in marked.values() for t in texts]
    deciding = [decimal for decimal in READ if any(_only(everything, decimal))]
    if len(deciding) == 1:
        return deciding[0]
    for name, texts in marked.items() if not deciding else ():
        either = [t for t in texts if _reads(t, ",") and _reads(t, ".") and ("," in t or "." in t)]
        if either:
            text = f"{quoted(either)} may have a decimal sign or a sign between thousands"
            _report(table, file, name, either, "decimal", text, DECLARE, findings)
    return "."


def _report_other(marked: Marked, decimal: str, table: Table, file: str, findings: Findings) -> None:
    """Report numbers that can only be read with the other decimal sign."""
    for name, texts in marked.items():
        other = list(_only(texts, OTHER[decimal]))
        if other:
            its, here = NAMES[OTHER[decimal]], NAMES[decimal]
            text = f"{quoted(other)} has a decimal {its}, where the file has a decimal {here}"
            _report(table, file, name, other, "mixed_decimals", text, "Write all numbers in one way.", findings)


def _report(
    table: Table, file: str, name: str, texts: list[str], problem: str, text: str, advice: str, findings: Findings
) -> None:
    """Report the cells of one file that hold certain texts."""
    rows = table.text.index[(table.origin["file"] == file) & table.text[name].isin(texts)]
    table.breach(findings, rows, problem, text, advice=advice, variable=name, value=", ".join(texts[:3]))


def _plain(texts: list[str], decimal: str) -> dict[str, str]:
    """Write numbers with a decimal point and nothing between thousands, where they are not so already."""
    plain = {}
    for sign in (OTHER[decimal], decimal):  # what has the other sign was told, and need not be told again
        numbers = (t for t in texts if _reads(t, sign))
        plain |= {t: re.sub(f"[{OTHER[sign]}{_APART}]", "", t).replace(sign, ".") for t in numbers}
    return {t: number for t, number in plain.items() if t != number}


def _note_assumed(
    plain: dict[str, dict[str, str]], decimal: str, declared: str | None, file: str, findings: Findings
) -> None:
    """Note which signs were found in numbers."""
    if decimal == "," and not declared and any(plain.values()):
        findings.note(file, "decimal", "numbers have a decimal comma, which no other reading explains", value=",")
    for name, numbers in plain.items():
        apart = [t for t in numbers if re.search(f"[{OTHER[decimal]}{_APART}]", t)]
        if apart:
            text = f"{quoted(apart)}: the sign between thousands is left out"
            findings.note(file, "thousands", text, variable=name, value=", ".join(apart[:3]))
