"""An SPSS file read in a process of its own: `python -m exkit.survey.reading.sav FILE ENCODING`.

What reads it is written in C, and a damaged file can make it crash. Here nothing else crashes with it. The cells go to
standard output as text in Arrow's stream format, with what SPSS says of them as JSON among its metadata: nothing of the
file is ever written elsewhere. Whatever goes wrong, the status says that it did.
"""

from __future__ import annotations

import json
import sys

from exkit.survey.reading.written import texts

MOST_CELLS = 100_000_000
TOO_LARGE = 3
"""The status of a file with more cells than that."""

ABOUT = b"about"


def main(path: str, encoding: str) -> int:
    """Write an SPSS file to standard output; give the status.

    Parameters
    ----------
    path
        The file.
    encoding
        What its words are written in; empty where the file says it.
    """
    import pyarrow as pa
    from pyreadstat import read_sav

    _, about = read_sav(path, metadataonly=True)
    if (about.number_rows or 0) * about.number_columns > MOST_CELLS:
        return TOO_LARGE
    data, about = read_sav(path, user_missing=True, encoding=encoding or None, output_format="dict")
    labels = about.variable_value_labels.items()
    said = {
        "encoding": about.file_encoding or "",
        "questions": {name: label for name, label in about.column_names_to_labels.items() if label},
        "value_labels": {name: dict(zip(texts(its), its.values(), strict=True)) for name, its in labels},
        "missing_ranges": about.missing_ranges,
    }
    cells = pa.table({name: pa.array(texts(column), pa.large_string()) for name, column in data.items()})
    with pa.ipc.new_stream(sys.stdout.buffer, cells.schema.with_metadata({ABOUT: json.dumps(said)})) as stream:
        stream.write_table(cells)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
