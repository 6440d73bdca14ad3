"""Declared repairs: a text in a file that counts as another value, as `values.csv` says under `read_as`.

Nothing is ever repaired that nobody declared. What is declared is done while reading, cell by cell on exactly that
text, and noted with the rows that it touched; a repair that touches nothing is noted too.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import Codebook, Variable
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.files import Table
from exkit.survey.reading.texts import reread
from exkit.survey.values import read

FILE = "values.csv"
COLUMN = "read_as"


def check_repairs(repairs: pd.DataFrame, labels: pd.DataFrame, codebook: Codebook, findings: Findings) -> None:
    """Check that each repair leads to a value that its variable may have, and in one step.

    Parameters
    ----------
    repairs
        The rows of `values.csv` that declare one: `table`, `variable`, `value`, `read_as`, `label_en`, `label_nl`.
    labels
        Its other rows: the values that choice variables may have.
    codebook
        What the variables are.
    findings
        Collects what is wrong.
    """
    for (table, name), rows in repairs.groupby(["table", "variable"], sort=False):
        known = list(labels.loc[(labels["table"] == table) & (labels["variable"] == name), "value"])
        is_chain = rows[COLUMN].isin(rows["value"])
        _report_chains(rows[is_chain], findings)
        _report_targets(rows[~is_chain], _asked(codebook, table, name), known, findings)
    labelled = repairs.index[(repairs["label_en"] != "") | (repairs["label_nl"] != "")]
    if len(labelled):
        text, advice = "a value that is read as another has a label", "Give the label to the other value."
        findings.breach(FILE, "repair_labelled", text, advice=advice, rows=labelled + 2)


def _report_chains(rows: pd.DataFrame, findings: Findings) -> None:
    """Report values that are read as what is itself read as something else."""
    for row, name, value, target in zip(rows.index, rows["variable"], rows["value"], rows[COLUMN], strict=True):
        text = f"'{value}' is read as '{target}', which is itself read as something else"
        where = {"variable": name, "value": target, "rows": [row + 2]}
        findings.breach(FILE, "repair_chain", text, advice="Name the value that it is in the end.", **where)


def _report_targets(rows: pd.DataFrame, asked: list[Variable], known: list[str], findings: Findings) -> None:
    """Report values that are read as what a variable cannot be, however it was asked."""
    for target, its in rows.groupby(COLUMN, sort=False):
        if asked and not any(_may_be(target, variable, known) for variable in asked):
            text = f"{quoted(its['value'])} is read as '{target}', which is no value of it in codebook.csv"
            where = {"variable": asked[0].name, "value": target, "rows": its.index + 2}
            advice = nearest(target, known) or "Mend it, or the codebook."
            findings.breach(FILE, "repair_target", text, advice=advice, **where)


def _asked(codebook: Codebook, table: str, name: str) -> list[Variable]:
    """List the definitions that a variable has had."""
    mine = codebook.rows[(codebook.rows["table"] == table) & (codebook.rows["variable"] == name)]
    return [v for wave in mine["wave"] for v in codebook.asked(table, wave) if v.name == name]


def _may_be(target: str, variable: Variable, choices: list[str]) -> bool:
    """Tell whether a variable may have a value, or calls it missing."""
    cell = read(pd.Series([target], dtype="str"), variable)
    value = cell.value[0]
    if cell.unreadable[0] or cell.unanswered[0]:
        return bool(cell.unanswered[0])
    if variable.type == "choice":
        return target in choices
    inside = all(
        limit is None or sign * (value - limit) >= 0 for limit, sign in ((variable.low, 1), (variable.high, -1))
    )
    return inside and (variable.type != "whole" or value % 1 == 0)


def repaired(table: Table, repairs: pd.DataFrame, findings: Findings) -> Table:
    """Read cells as `values.csv` declares.

    Parameters
    ----------
    table
        The table as it stands in its files.
    repairs
        As in `check_repairs`, of all tables.
    findings
        Gets a note for each value that cells were read as, and for each repair that touched none.

    Returns
    -------
    Table
        With the declared texts replaced; the table itself is not changed.
    """
    mine = repairs[(repairs["table"] == table.name) & repairs["variable"].isin(table.text.columns)]
    text = table.text.copy(deep=False)
    for name, rows in mine.groupby("variable", sort=False):
        before, targets = text[name], rows.drop_duplicates("value").set_index("value")[COLUMN]
        touched = before[before.isin(targets.index)].astype("str")
        text[name] = reread(before, targets)
        _note_touched(table, touched, targets, findings)
        _note_unused(rows[~rows["value"].isin(touched)], str(name), findings)
    return replace(table, text=text)


def _note_touched(table: Table, cells: pd.Series, targets: pd.Series, findings: Findings) -> None:
    """Note which cells were read as something else, by file and value."""
    by_value = pd.DataFrame({"file": table.origin.loc[cells.index, "file"], "target": cells.map(targets)})
    for (file, target), its in by_value.groupby(["file", "target"], observed=True, sort=False):
        text = f"{quoted(cells[its.index].unique())} read as '{target}', as {FILE} declares"
        where = {"variable": str(cells.name), "value": str(target), "rows": table.origin.loc[its.index, "row"]}
        findings.note(str(file), "read_as", text, **where)


def _note_unused(rows: pd.DataFrame, name: str, findings: Findings) -> None:
    """Note which repairs touched no cell."""
    if len(rows):
        text = f"no cell holds {quoted(rows['value'])}, which is to be read as something else"
        findings.note(FILE, "unused_repair", text, variable=name, rows=rows.index + 2)
