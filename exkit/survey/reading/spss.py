"""An SPSS file as text: codes, not labels, with what SPSS says of them.

SPSS keeps with the answers the question (its label), the labels of the values, and the values that are no answers
(user-missing, some by range). Those are facts for a draft of the codebook; and a value that SPSS calls missing and the
codebook does not is a breach, since it would count as an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from exkit.survey.findings import Findings
from exkit.survey.reading.facts import Dialect, Facts
from exkit.survey.reading.written import texts

if TYPE_CHECKING:
    from types import SimpleNamespace

MOST_CELLS = 100_000_000


def read_spss(
    path: Path,
    *,
    known: Collection[str],  # noqa: ARG001 - readers are called alike
    dialect: Dialect,
    findings: Findings,
) -> tuple[pd.DataFrame, Facts] | None:
    """Read an SPSS file as text; None if that cannot be done.

    Parameters
    ----------
    path, known, dialect, findings
        As in `read_csv`; nothing but its encoding is to be declared of an SPSS file.
    """
    try:
        from pyreadstat import ReadstatError, read_sav
    except ImportError:
        text = "an SPSS file is read by pyreadstat, which is not installed"
        advice = "Install it: `pip install 'exkit[spss]'`. Or save the file as CSV UTF-8."
        findings.breach(path.name, "no_reader", text, advice=advice)
        return None
    try:
        _, about = read_sav(path, metadataonly=True)
        if (about.number_rows or 0) * about.number_columns > MOST_CELLS:
            text = "has more cells than are read from SPSS"
            findings.breach(path.name, "too_large", text, advice="Save it as Parquet.")
            return None
        data, about = read_sav(path, user_missing=True, encoding=dialect.encoding, output_format="dict")
    except (ReadstatError, UnicodeDecodeError, ValueError, OverflowError):
        findings.breach(path.name, "not_spss", "is not an SPSS file, or is damaged", advice="Save it again from SPSS.")
        return None
    columns = {name: texts(cells) for name, cells in data.items()}
    n = len(next(iter(columns.values()), []))
    frame = pd.DataFrame(columns, index=pd.RangeIndex(2, n + 2), dtype="str")
    return frame, _facts(about, columns)


def _facts(about: SimpleNamespace, columns: dict[str, list[str]]) -> Facts:
    """Keep what SPSS says of the columns and of their values."""
    labels = {
        name: dict(zip(texts(labels), labels.values(), strict=True))
        for name, labels in about.variable_value_labels.items()
    }
    missing = {name: tuple(_missing(ranges, columns[name])) for name, ranges in about.missing_ranges.items()}
    questions = {name: label for name, label in about.column_names_to_labels.items() if label}
    return Facts("sav", encoding=about.file_encoding or "", questions=questions, value_labels=labels, missing=missing)


def _missing(ranges: list[dict], cells: list[str]) -> Iterator[str]:
    """List the values that are no answers: those named, and those in the file that are in a named range."""
    for low, high in ((one["lo"], one["hi"]) for one in ranges):
        if low == high:
            yield from texts([low])
        else:
            yield from sorted(cell for cell in set(cells) - {""} if low <= float(cell) <= high)
