"""A Parquet file, or a folder of parts, as the text that a CSV of it would hold."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.facts import Dialect, Facts

if TYPE_CHECKING:
    import pyarrow as pa


def read_parquet(
    path: Path,
    *,
    known: Collection[str],  # noqa: ARG001 - readers are called alike
    dialect: Dialect,  # noqa: ARG001
    findings: Findings,
) -> tuple[pd.DataFrame, Facts] | None:
    """Read a Parquet file as text; None if that cannot be done.

    Parameters
    ----------
    path, known, dialect, findings
        As in `read_csv`; nothing is to be declared of a Parquet file.
    """
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    try:
        table = pq.ParquetFile(path).read()
    except (ArrowException, OSError):
        findings.breach(path.name, "not_parquet", "is not a Parquet file")
        return None
    texts, odd = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        try:
            texts.append(_text(column))
        except ArrowException:
            odd.append(name)
    if odd:
        text = f"{quoted(odd)} holds lists or other values that are no text or number"
        findings.breach(path.name, "not_plain", text, advice="Leave them out of the file, or write them as text.")
        return None
    frame = pd.concat(texts, axis="columns", keys=table.column_names) if texts else pd.DataFrame()
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2)), Facts("parquet")


def _text(column: pa.ChunkedArray) -> pd.Series:
    """Write one column as text: 7.0 as '7', never with an exponent, days as 2025-12-31, nothing as empty text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(column.type):
        codes, distinct = pd.factorize(column.to_pandas())
        text = [np.format_float_positional(number, trim="-") for number in distinct]
        return pd.Series(np.array([*text, ""], dtype=object)[codes], dtype="str")
    if pa.types.is_timestamp(column.type):
        local = pc.local_timestamp(column) if column.type.tz else column
        column = pc.replace_substring_regex(local.cast(pa.string()), r"( 00:00:00)?(\.0+)?$", "")
    return column.cast(pa.string()).to_pandas().astype("str").fillna("")
