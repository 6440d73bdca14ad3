"""What values are called: `values.csv`, beside the codebook.

One row per value of a variable, with its label in English and Dutch. For a variable of type choice these are also the
only values that it may have. A row with `read_as` is no value but a declared repair: see `repairs`.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import COMMENT, IDS, Codebook
from exkit.survey.findings import Findings
from exkit.survey.reading.facts import Dialect
from exkit.survey.reading.files import has_columns, read_file
from exkit.survey.reading.sources import is_there
from exkit.survey.repairs import FILE, check_repairs

COLUMNS = ["table", "variable", "value", "label_en", "label_nl", "read_as"]


def read_labels(
    folder: Path, codebook: Codebook, *, dialect: Dialect, findings: Findings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the value labels and the declared repairs of a dataset; none if it has no `values.csv`.

    Parameters
    ----------
    folder
        The dataset.
    codebook
        Its codebook.
    dialect
        How the file is written.
    findings
        Collects what is wrong.

    Returns
    -------
    labels, repairs : DataFrame
        `table`, `variable`, `value`, `label_en`, `label_nl`, all text; the repairs with `read_as` beside these.
    """
    path = folder / FILE
    text = read_file(path, known=COLUMNS, dialect=dialect, findings=findings) if is_there(path) else None
    if text is None:
        rows = pd.DataFrame(columns=COLUMNS, dtype="str")
    else:
        rows = text.reindex(columns=COLUMNS, fill_value="")
        has_columns(text, needed=COLUMNS[:3], known=COLUMNS, file=FILE, findings=findings)
        rows = _without_people(rows, codebook, findings)
        _check_rows(rows, codebook, findings)
    is_repair = rows["read_as"] != ""
    labels, repairs = rows[~is_repair].drop(columns="read_as"), rows[is_repair]
    _check_choices(labels, codebook, findings)
    check_repairs(repairs, labels, codebook, findings)
    return labels, repairs


def _without_people(rows: pd.DataFrame, codebook: Codebook, findings: Findings) -> pd.DataFrame:
    """Refuse ids and words of people: this file is shown to others, and no message repeats them."""
    of_people = {(v.table, v.name): v.role for v in codebook.variables() if v.role in (*IDS, COMMENT)}
    named = zip(rows["table"], rows["variable"], strict=True)
    roles = pd.Series([of_people.get(pair, "") for pair in named], rows.index, dtype="str")
    for name, its in rows[roles != ""].groupby("variable", sort=False):
        text, advice = f"has the role {roles[its.index[0]]}, whose values are not listed", "Remove these rows."
        findings.breach(FILE, "people_listed", text, advice=advice, variable=str(name), rows=its.index + 2)
    return rows[roles == ""]


def _check_rows(labels: pd.DataFrame, codebook: Codebook, findings: Findings) -> None:
    """Check that each row names a variable of the codebook, and no value twice."""
    for (table, name), rows in labels.groupby(["table", "variable"], sort=False):
        known = [v.name for v in codebook.variables(table)]
        if name not in known:
            text = f"no variable '{name}' of table '{table}' in codebook.csv"
            advice = nearest(name, known) or "Mend it, or remove the row."
            findings.breach(FILE, "unknown_variable", text, advice=advice, rows=rows.index + 2)
    doubled = labels[labels.duplicated(COLUMNS[:3], keep=False)]
    for (name, value), rows in doubled.groupby(["variable", "value"], sort=False):
        text = f"value '{value}' has more than one row"
        where = {"variable": name, "value": value, "rows": rows.index + 2}
        findings.breach(FILE, "doubled_row", text, advice="Keep one.", **where)


def _check_choices(labels: pd.DataFrame, codebook: Codebook, findings: Findings) -> None:
    """Check that each choice variable has values to choose from."""
    for v in codebook.variables():
        if v.type == "choice" and not choices(labels, v.table).get(v.name):
            text = f"is a choice variable of {v.table}, and has no values here"
            findings.breach(FILE, "no_choices", text, advice="List them.", variable=v.name)


def choices(labels: pd.DataFrame, table: str) -> dict[str, list[str]]:
    """List the values of each variable of a table that has labels."""
    return labels[labels["table"] == table].groupby("variable")["value"].agg(list).to_dict()
