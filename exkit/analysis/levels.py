"""What is correlated: pairs of measures of units, looked at on one of three levels, which are different questions.

Over all units (pooled), of units around their own organisation (within), or of organisations (between). Units of one
organisation hang together, so that a sample knows which cluster each of its rows belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from exkit.analysis.coefficients import DUST
from exkit.errors import ExkitError, need_columns
from exkit.measures.resample import ENOUGH
from exkit.measures.units import KEYS
from exkit.result import result

LEVELS = ("pooled", "within", "between")
WEIGHTS = ("", "x", "y", "harmonic", "geometric")
NOTHING = {"n": 0, "n_organisations": 0, "df": np.nan, "cluster": "", "interval": ""}
"""What a row says where nothing was correlated."""


@dataclass(frozen=True)
class Sample:
    """What is correlated at one level.

    Attributes
    ----------
    rows
        x, y and the controls, standardised, as columns.
    weight
        What each row counts for.
    cluster
        The organisation that each row belongs to, 0 to C - 1; all 0 where none are declared.
    spent
        Degrees of freedom that went to the controls and to the means of organisations.
    kept
        The units that the rows are of.
    n_organisations
        How many organisations these are of; 0 where none are declared.
    """

    rows: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray
    spent: int
    kept: pd.DataFrame
    n_organisations: int

    @property
    def clusters(self) -> int:
        """How many clusters there are, C."""
        return len(np.unique(self.cluster))

    @property
    def alone(self) -> bool:
        """Whether rows stand alone: a single cluster, or a few clusters of one row each."""
        return self.clusters == 1 or self.clusters == len(self.rows) < ENOUGH

    def by_row(self) -> Sample:
        """Take each row for a cluster of its own."""
        return replace(self, cluster=np.arange(len(self.rows)))


def listed(names: str | Sequence[str]) -> list[str]:
    """Take one name for a list of one.

    Examples
    --------
    >>> listed("voice"), listed(["voice", "tools"])
    (['voice'], ['voice', 'tools'])
    """
    return [names] if isinstance(names, str) else list(names)


def questions(
    units: pd.DataFrame, x: str | Sequence[str], y: str | Sequence[str], *, by: list[str], covar: Sequence[str] = ()
) -> Iterator[tuple[dict[str, str], pd.DataFrame | None]]:
    """Give each pair of measures in each group, with the group's units.

    Parameters
    ----------
    units, x, y, by, covar
        As in `ex.correlate`.

    Yields
    ------
    pair, part : dict and DataFrame
        Values of the group columns, `x` and `y`; the units of the group, None where the data have no such groups.
    """
    measures, pairs = [*listed(x), *listed(y)], list(product(listed(x), listed(y)))
    if not pairs:
        raise ExkitError("There is nothing to correlate: name at least one x and one y.")
    lacking = [key for key in by if key in KEYS and key not in units]
    need_columns(units, *measures, *covar, *(key for key in by if key not in lacking), where="the units")
    amounts = [name for name in covar if pd.api.types.is_numeric_dtype(units[name])]
    units = units.assign(**{name: numbers(units[name]) for name in (*measures, *amounts)})
    groups = [([""] * len(by), None if lacking else units)]
    if by and not lacking and len(units):
        groups = units.groupby(by, dropna=False, observed=True, sort=True)
    for name, part in groups:
        for pair in pairs:
            yield dict(zip([*by, "x", "y"], [*name, *pair], strict=True)), part


def numbers(column: pd.Series) -> pd.Series:
    """Read a measure as numbers; what is not finite is missing."""
    try:
        found = pd.to_numeric(column).astype(float)
    except (TypeError, ValueError):
        raise ExkitError(f"Column '{column.name}' of the units holds text. A correlation needs numbers.") from None
    return found.where(np.isfinite(found))


def refusal(part: pd.DataFrame | None, x: str, y: str, *, level: str, weight: str = "") -> str:
    """Say why nothing can be correlated in a group, if so."""
    if part is None or (level != "pooled" and "organisation" not in part):
        return "not_asked"
    if "wave" in part and part["wave"].nunique(dropna=False) > 1:
        return "several_waves"
    there = part[[x, y]].notna().all(axis="columns").to_numpy()
    if not there.any():
        return "no_answers"
    return "" if np.isfinite(_weights(part, x, y, weight)[there]).any() else "weight_unknown"


def _weights(part: pd.DataFrame, x: str, y: str, weight: str) -> np.ndarray:
    """Give what each unit counts for; missing where it is not known, or nothing."""
    if not weight:
        return np.ones(len(part))
    nothing = np.full(len(part), np.nan)
    n_x, n_y = (numbers(part[name]).to_numpy() if name in part else nothing for name in (f"{x}_n", f"{y}_n"))
    n_x, n_y = (np.where(n > 0, n, np.nan) for n in (n_x, n_y))
    return {"x": n_x, "y": n_y, "harmonic": 2 / (1 / n_x + 1 / n_y), "geometric": np.sqrt(n_x * n_y)}[weight]


def at_level(part: pd.DataFrame, x: str, y: str, *, level: str, covar: Sequence[str] = (), weight: str = "") -> Sample:
    """Take the units that have x, y, the controls and the weight, and look at them at a level.

    Parameters
    ----------
    part
        Units of one group.
    x, y, level, covar, weight
        As in `ex.correlate`, x and y one name each.

    Returns
    -------
    Sample
        Units (pooled), units less the mean of their organisation (within), or means of organisations (between).
    """
    w = _weights(part, x, y, weight)
    there = part[[x, y, *covar]].notna().all(axis="columns").to_numpy() & np.isfinite(w)
    if level != "pooled":
        fellows = pd.Series(there).groupby(part["organisation"].to_numpy()).transform("sum")
        there = there & (fellows >= (2 if level == "within" else 1)).to_numpy()
    kept, w = part[there], w[there]
    organisation = kept.get("organisation", pd.Series("", index=kept.index))
    cluster = pd.factorize(organisation, use_na_sentinel=False)[0]
    rows = _standardised(pd.get_dummies(kept[[x, y, *covar]], drop_first=True).to_numpy(float))
    spent = 0
    if level != "pooled":
        totals = pd.Series(w).groupby(cluster).sum().to_numpy()
        means = pd.DataFrame(rows * w[:, None]).groupby(cluster).sum().to_numpy() / totals[:, None]
        if level == "within":
            rows, spent = rows - means[cluster], len(means) - 1
        else:
            rows, cluster, w = means, np.arange(len(means)), totals if weight else np.ones(len(means))
    declared = kept["organisation"].nunique() if "organisation" in kept else 0
    return Sample(rows, w, cluster, spent + _rank(rows[:, 2:]), kept, declared)


def _standardised(values: np.ndarray) -> np.ndarray:
    """Centre and scale columns; one that does not vary becomes 0."""
    if not len(values):
        return values
    sd = values.std(axis=0)
    varies = sd > DUST * np.abs(values).max(axis=0)
    return (values - values.mean(axis=0)) * varies / np.where(varies, sd, 1)


def _rank(controls: np.ndarray) -> int:
    """Count the controls that are not made up of others, or of the mean."""
    if not controls.size:
        return 0
    return int(np.linalg.matrix_rank(controls - controls.mean(axis=0), tol=1e-5 * np.sqrt(len(controls))))


def laid(rows: list[dict[str, object]], units: pd.DataFrame, by: list[str], **columns: object) -> pd.DataFrame:
    """Lay out a result: what every row has in `columns`, its own in `rows`, and the wave that all units are of.

    Parameters
    ----------
    rows
        Columns of each row, group columns included.
    units, by
        As in `ex.correlate`.
    columns
        What all rows share.

    Returns
    -------
    DataFrame
        A result.
    """
    found = pd.DataFrame([{**NOTHING, **row} for row in rows]).assign(**columns)
    if "wave" in units and "wave" not in by and units["wave"].nunique(dropna=False) == 1:
        found["at"] = units["wave"].iloc[0]
    return result(found[by], **{name: found[name] for name in found if name not in by})
