"""A dataset may be read ahead of time, by a process that many kernels are forked from.

Each of them opens the same study, and reading and checking it takes longer than most pages do to calculate. What was
read ahead is used as long as not a byte of it has changed, and never shared: a fork has what its parent had read as its
own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from exkit.errors import ExkitError
from exkit.survey.check import Checked, check, digest

_read: dict[Path, Checked] = {}


def read_ahead(dataset: str | Path) -> None:
    """Read and check a dataset for `checked`, in the place of an earlier one; what is wrong with it is told there."""
    _read.clear()
    try:
        found = check(dataset)
    except ExkitError:
        return
    if not len(found.breaches):
        _read[Path(dataset).resolve()] = found


def checked(dataset: str | Path) -> Checked:
    """Check a dataset, unless it was read ahead and is still the same.

    Parameters
    ----------
    dataset
        A folder with `codebook.csv` and the tables that it describes.

    Returns
    -------
    Checked
        As from `check`.
    """
    found = _read.get(Path(dataset).resolve())
    if found is None or digest(Path(dataset)) != found.study_parts["digest"]:
        return check(dataset)
    tables = {name: table.copy(deep=False) for name, table in found.study_parts["tables"].items()}
    return replace(found, study_parts=found.study_parts | {"tables": tables})
