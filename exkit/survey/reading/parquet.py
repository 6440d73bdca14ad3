"""A Parquet file, or a folder of parts, as the text that a CSV of it would hold."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.facts import Dialect, Facts
from exkit.survey.reading.texts import column_of, from_arrow

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MOST_CELLS = 20_000_000
MOST_TIMES = 100  # honest answers take some bits each


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
        file = pq.ParquetFile(path)
        n, size = file.metadata.num_rows * file.metadata.num_columns, path.stat().st_size
        if n > MOST_CELLS and n > MOST_TIMES * size:
            text = f"unpacks to {n:,} cells, {n // size:,} for each byte, which is more than can be meant"
            findings.breach(path.name, "too_large", text, advice="Write it again, or save it as CSV UTF-8.")
            return None
        columns = file.schema_arrow.names
        texts = {at: _text(_column(file, name)) for at, name in enumerate(columns)}
    except (ArrowException, OSError):
        advice = "Write it again as Parquet, or save it as CSV UTF-8."
        findings.breach(path.name, "not_parquet", "is not a Parquet file, or is damaged", advice=advice)
        return None
    odd = [columns[at] for at, text in texts.items() if text is None]
    if odd:
        text = f"{quoted(odd)} holds lists or other values that are no text or number"
        findings.breach(path.name, "not_plain", text, advice="Leave them out of the file, or write them as text.")
        return None
    frame = pd.concat(texts.values(), axis="columns", keys=columns) if texts else pd.DataFrame()
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2)), Facts("parquet")


def _column(file: pq.ParquetFile, name: str) -> pa.ChunkedArray:
    """Read one column, so that the numbers of a large file are never all there at once."""
    table = file.read(columns=[name])  # with it come others whose names go on behind a point
    return table.column(table.column_names.index(name))


def _text(column: pa.ChunkedArray) -> pd.Series | None:
    """Write one column as text: 7.0 as '7', never with an exponent, days as 2025-12-31, nothing as empty text.

    None if it holds what is no text or number.
    """
    import pyarrow as pa

    if pa.types.is_duration(column.type):  # as text it would be a number, of an unknown unit
        return None
    if pa.types.is_floating(column.type):
        codes, distinct = pd.factorize(column.to_pandas())
        return column_of([np.format_float_positional(number, trim="-") for number in distinct], codes)
    try:
        return from_arrow(column, _written)
    except pa.ArrowException:
        return None


def _written(distinct: pa.Array) -> pa.Array:
    """Write stored values as text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(distinct.type):
        local = pc.local_timestamp(distinct) if distinct.type.tz else distinct
        return pc.replace_substring_regex(local.cast(pa.string()), r"( 00:00:00)?(\.0+)?$", "")
    return distinct.cast(pa.string())
