"""What published shares imply, and how much of it their rounding leaves open: plain arithmetic, without a survey.

Of two printed rows, how large the promoter groups are and which share of each would recommend the organisation to
customers, a table follows, and from a table every figure of `contingency`. A printed 3% is anything from 2.5 to 3.5%:
figures are also taken at the corners of what was printed, and a ratio of small shares turns out to be a wide range.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd

from exkit.analysis.contingency import (
    DIFFERENCES,
    GROUPS,
    ORDERED,
    RATIOS,
    Figure,
    cramers_v,
    overall,
    promoters_among,
    scenario_figures,
)
from exkit.errors import ExkitError, need_choice
from exkit.measures.cross import BETWEEN
from exkit.result import result


def implied(
    sizes: Mapping[str, float],
    *,
    recommending: Mapping[str, float],
    digit_half: float = 0.005,
    moved: float = 0.10,
) -> pd.DataFrame:
    """Work out what printed shares imply, with the range that their rounding allows.

    Parameters
    ----------
    sizes
        Share of each promoter group in all employees: `promoter`, `passive`, `detractor`; proportions that sum to 1.
    recommending
        Share of each group that would recommend the organisation to customers; proportions.
    digit_half
        Half the last printed digit: 0.005 for whole percentages.
    moved
        Part of the passives that moves in the scenario.

    Returns
    -------
    DataFrame
        A result, one row per figure. `estimate` from the shares as printed; extras `lowest` and `highest` over all
        corners of what rounds to them, sizes rescaled to sum to 1 (NaN where a ratio has no bound). There is no n, so
        no interval: reason `n_not_published`; `zero_cell` where a ratio does not exist. `share` of `y` favourable: of
        everybody; of `y` promoter: of those who recommend. `diff`, `risk_ratio`, `odds_ratio` of the groups `level` and
        `reference`; `cramers_v`, `gamma`, `r` of the whole table; and the two `diff` of a `scenario`, as in
        `ex.scenario`, with what they are differences `of`.

    Raises
    ------
    ExkitError
        If a group is missing, a share is not a proportion, or the sizes do not sum to 1.

    Examples
    --------
    >>> sizes = {"promoter": 0.31, "passive": 0.50, "detractor": 0.19}
    >>> found = implied(sizes, recommending={"promoter": 0.80, "passive": 0.18, "detractor": 0.03})
    >>> found.loc[found["effect"] == "share", ["y", "estimate", "lowest", "highest"]].round(3)
                y  estimate  lowest  highest
    0  favourable     0.344   0.334    0.353
    1    promoter     0.722   0.707    0.735
    """
    size, said = _in_order(sizes), _in_order(recommending)
    if abs(sum(size) - 1) > len(GROUPS) * digit_half + 1e-9:
        raise ExkitError(f"The sizes of the groups sum to {sum(size):g}, not to 1. Write 31% as 0.31.")
    printed = _table(np.array(size), np.array(said))
    steps = np.array(list(product([-digit_half, digit_half], repeat=2 * len(GROUPS))))
    corners = _table(*np.split(np.clip(np.array([*size, *said]) + steps, 0, 1), 2, axis=1))
    rows = [_row(figure, printed, corners) | labels for figure, labels in _figures(moved)]
    found = pd.DataFrame(rows)
    groups = found[["level", "reference"]]
    return result(groups, x=BETWEEN, between=BETWEEN, **{name: found[name] for name in found if name not in groups})


def _in_order(shares: Mapping[str, float]) -> list[float]:
    """Take the shares of the groups in their order."""
    for name in shares:
        need_choice(name, GROUPS, what="promoter group")
    for name in GROUPS:
        if not 0 <= shares.get(name, np.nan) <= 1:
            raise ExkitError(f"The share of '{name}' is {shares.get(name, 'missing')}. Give a proportion from 0 to 1.")
    return [shares[name] for name in GROUPS]


def _table(sizes: np.ndarray, recommending: np.ndarray) -> np.ndarray:
    """Make tables of group sizes and the share of each that says yes."""
    sizes = sizes / sizes.sum(axis=-1, keepdims=True)
    return np.stack([sizes * (1 - recommending), sizes * recommending], axis=-1)


def _figures(moved: float) -> list[tuple[Figure, dict[str, object]]]:
    """List what is worked out, with how it is labelled."""
    plain = {"y": "favourable", "of": "", "scenario": False}
    of_groups = [(figure, plain | {"of": "favourable"}) for figure in DIFFERENCES]
    ratios = [(figure, plain) for figure in [*RATIOS, Figure("cramers_v", cramers_v), *ORDERED]]
    scenarios = [(f, plain | {"of": of, "scenario": True}) for of, f in scenario_figures(moved).items()]
    shares = [(Figure("share", overall), plain), (Figure("share", promoters_among), plain | {"y": "promoter"})]
    return [*shares, *of_groups, *ratios, *scenarios]


def _row(figure: Figure, printed: np.ndarray, corners: np.ndarray) -> dict[str, object]:
    """Work out one figure."""
    with np.errstate(all="ignore"):
        value, around = float(figure.of(printed)), figure.of(corners)
    known = np.isfinite(value)
    low, high = (float(end) if known and np.isfinite(end) else np.nan for end in (np.min(around), np.max(around)))
    return {
        "effect": figure.effect,
        "level": figure.level,
        "reference": figure.reference,
        "estimate": value if known else np.nan,
        "lowest": low,
        "highest": high,
        "reason": "n_not_published" if known else "zero_cell",
    }
