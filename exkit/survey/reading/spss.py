"""An SPSS file as text: codes, not labels, with what SPSS says of them.

SPSS keeps with the answers the question (its label), the labels of the values, and the values that are no answers
(user-missing, some by range). Those are facts for a draft of the codebook; and a value that SPSS calls missing and the
codebook does not is a breach, since it would count as an answer. The file itself is read by another process (`sav`),
which a damaged one may make crash.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from exkit.survey.findings import Findings
from exkit.survey.reading import sav
from exkit.survey.reading.facts import Dialect, Facts
from exkit.survey.reading.written import texts


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
    if find_spec("pyreadstat") is None:
        text = "an SPSS file is read by pyreadstat, which is not installed"
        advice = "Install it: `pip install 'exkit[spss]'`. Or save the file as CSV UTF-8."
        findings.breach(path.name, "no_reader", text, advice=advice)
        return None
    read = subprocess.run(  # noqa: S603 - Python itself, with a module of the kit's own
        [sys.executable, "-P", "-m", sav.__name__, path.resolve(), dialect.encoding or ""],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it may quote what is in the file
        check=False,
    )
    if read.returncode == sav.TOO_LARGE:
        findings.breach(path.name, "too_large", "has more cells than are read from SPSS", advice="Save it as Parquet.")
        return None
    if read.returncode:
        findings.breach(path.name, "not_spss", "is not an SPSS file, or is damaged", advice="Save it again from SPSS.")
        return None
    return _laid_out(read.stdout)


def _laid_out(stream: bytes) -> tuple[pd.DataFrame, Facts]:
    """Make a frame of what the other process wrote, its rows numbered as a spreadsheet would, and keep what it says."""
    import pyarrow as pa

    cells = pa.ipc.open_stream(stream).read_all()
    said = json.loads(cells.schema.metadata[sav.ABOUT])
    frame = cells.replace_schema_metadata().to_pandas()
    ranges = said.pop("missing_ranges")
    missing = {name: tuple(_missing(its, frame[name])) for name, its in ranges.items()}
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2)), Facts("sav", missing=missing, **said)


def _missing(ranges: list[dict], cells: pd.Series) -> Iterator[str]:
    """List the values that are no answers: those named, and those in the file that are in a named range."""
    for low, high in ((one["lo"], one["hi"]) for one in ranges):
        if low == high:
            yield from texts([low])
        else:
            yield from sorted(cell for cell in set(cells) - {""} if low <= float(cell) <= high)
