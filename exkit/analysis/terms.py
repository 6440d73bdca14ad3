"""What y may go with: measures of units, whole or in parts, and controls.

A measure of units differs between organisations, between units of one organisation, and over the waves of one unit, and
the three need not go with y alike. Taken whole, they share one slope; split into the mean of each group and what is
around it, each has a slope of its own (Mundlak 1978). A text control becomes an indicator of every value but the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SPLIT = ("between", "within", "over_waves")
"""Parts of a measure, from the widest differences to the narrowest."""
DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""
ALIKE = 1e-5
"""A term that is the sum of others leaves no more than this part of its own spread."""


@dataclass(frozen=True)
class Term:
    """One thing that y may go with.

    Attributes
    ----------
    name
        What a result says of it: `x`, `level`, `around`, `value`, `against`.
    column
        Its value in each row of the cells.
    size
        The largest value of the measure that it was made of.
    """

    name: dict[str, str]
    column: np.ndarray
    size: float

    @property
    def varies(self) -> bool:
        """Whether it has more than one value."""
        return len(self.column) > 0 and np.ptp(self.column) > DUST * self.size

    @property
    def spread(self) -> float:
        """Standard deviation over rows, n-1."""
        return self.column.std(ddof=1) if len(self.column) > 1 else np.nan


def organisations(cells: pd.DataFrame) -> int:
    """Count the organisations; 0 where none are declared.

    Parameters
    ----------
    cells
        Rows of units, with `.organisation`, a number per organisation, and `.declared`.
    """
    return int(cells[".organisation"].nunique() * cells[".declared"].any())


def nested(cells: pd.DataFrame) -> bool:
    """Say whether there are several organisations, and more units than these.

    Parameters
    ----------
    cells
        Rows of units, with `.organisation` and `.unit`.
    """
    return 1 < organisations(cells) < cells[".unit"].nunique()


def terms(cells: pd.DataFrame, x: list[str], covar: list[str], *, level: str) -> list[Term]:
    """List the terms of a model, but for the intercept.

    Parameters
    ----------
    cells
        Rows of units (and waves), complete, with `.organisation` and `.unit`.
    x, covar, level
        As in `exkit.analysis.mixed.mixed`.
    """
    measures = [term for name in x for term in _measure(cells, name, level=level)]
    return measures + [term for name in covar for term in _control(cells, name)]


def _measure(cells: pd.DataFrame, name: str, *, level: str) -> list[Term]:
    """Take x as it is, or in parts."""
    values = cells[name].astype(float)
    parts = {level: ("", values)} if level == "pooled" else dict(zip(SPLIT, _parts(cells, values), strict=False))
    size = values.abs().max()
    return [
        Term({"x": name, "level": part, "around": around}, found.to_numpy(), size)
        for part, (around, found) in parts.items()
    ]


def _parts(cells: pd.DataFrame, values: pd.Series) -> list[tuple[str, pd.Series]]:
    """Split x into means of groups and what is around them, each with the group that it is around."""
    unit = values.groupby(cells[".unit"]).transform("mean")
    repeated = cells[".unit"].duplicated()
    wave = [("unit", values - unit)]
    if not nested(cells):
        return [("", unit), *wave]
    means = unit[~repeated].groupby(cells[".organisation"]).mean()
    organisation = cells[".organisation"].map(means)
    return [("", organisation), ("organisation", unit - organisation), *(wave if repeated.any() else [])]


def _control(cells: pd.DataFrame, name: str) -> list[Term]:
    """Take a number as it is, and text as an indicator of every value but the first."""
    column = cells[name]
    if pd.api.types.is_numeric_dtype(column):
        return [Term({"x": name}, column.to_numpy(float), column.abs().max())]
    first, *others = sorted(column.unique()) or [""]
    if not others:
        return [Term({"x": name}, np.zeros(len(column)), 1.0)]
    return [
        Term({"x": name, "value": str(value), "against": str(first)}, (column == value).to_numpy(float), 1.0)
        for value in others
    ]


def unusable(cells: pd.DataFrame, found: list[Term]) -> list[str]:
    """Say of each term why it cannot be in a model, if so: it does not vary, or it is the sum of others before it.

    Parameters
    ----------
    cells
        Rows of units, with `.people`, how many stand behind each.
    found
        Terms of these rows.

    Returns
    -------
    list of str
        `constant`, `collinear` or nothing.
    """
    said = np.array(["" if term.varies else "constant" for term in found], dtype=object)
    varies = np.flatnonzero(said == "")
    if 0 < len(varies) < len(cells):
        values, *_ = standardised(cells, [found[k].column for k in varies])
        own = np.abs(np.diag(np.linalg.qr(values * np.sqrt(cells[".people"].to_numpy()[:, None]), mode="r")))
        said[varies[own <= ALIKE * np.sqrt(cells[".people"].sum())]] = "collinear"
    return list(said)


def standardised(cells: pd.DataFrame, columns: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centre and scale columns, each person counting once.

    Parameters
    ----------
    cells
        Rows, with `.people`, how many stand behind each.
    columns
        A value per row.

    Returns
    -------
    values, centre, scale : ndarray
        Rows by columns, standardised; their means and standard deviations.
    """
    people = cells[".people"].to_numpy() / cells[".people"].sum()
    values = np.reshape(columns, (len(columns), len(cells))).T
    centre = people @ values
    scale = np.sqrt(people @ (values - centre) ** 2)
    return (values - centre) / scale, centre, scale
