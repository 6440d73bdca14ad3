"""A column of text in which each different text stands once, and each cell says which of them it holds.

A million people give few different answers. Kept so, which pandas calls a category, a cell takes a byte or two, and
what is judged or replaced is judged or replaced once per text. Where most cells have a text of their own, as ids do,
there is nothing to gain, and the column stays plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa


def column_of(texts: Sequence[str], codes: np.ndarray) -> pd.Series:
    """Make a column.

    Parameters
    ----------
    texts
        Its texts; some may be the same.
    codes
        Which of them each cell holds, by position; -1 for an empty cell.

    Examples
    --------
    >>> column_of(["yes", "no"], np.array([1, 1, -1, 0])).tolist()
    ['no', 'no', '', 'yes']
    """
    again, different = pd.factorize(pd.Index(texts, dtype="str").append(pd.Index([""], dtype="str")))
    return _made(different, again[codes])


def _made(different: pd.Index, codes: np.ndarray) -> pd.Series:
    """Make a column of texts that are all different."""
    if 2 * len(different) > len(codes):
        return pd.Series(different.take(codes), dtype="str")
    return pd.Series(pd.Categorical.from_codes(codes, different))


def from_arrow(column: pa.ChunkedArray, written: Callable[[pa.Array], pa.Array] | None = None) -> pd.Series:
    """Make a column of one of Arrow's; `written` says how its values are written, where they are no text."""
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    if written is None and not encoded.null_count:
        return _made(pd.Index(encoded.dictionary.to_pandas(), dtype="str"), encoded.indices.to_numpy())
    texts = encoded.dictionary if written is None else written(encoded.dictionary)
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return column_of(texts.to_pandas().astype("str").fillna(""), codes)


def apart(cells: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """Take a column apart: which text each cell holds, -1 where it is missing, and the texts in order of appearance."""
    codes, different = pd.factorize(cells)
    return codes, pd.Series(different, dtype="str")


def each_once(cells: pd.Series) -> pd.Series:
    """Keep each different text of a column once; a missing cell is an empty one."""
    if is_kept_once(cells):
        return cells
    codes, different = apart(cells)
    return column_of(different, codes).set_axis(cells.index)


def is_kept_once(cells: pd.Series) -> bool:
    """Tell whether a column is kept so already."""
    return isinstance(cells.dtype, pd.CategoricalDtype)


def one_below_the_other(parts: Sequence[pd.Series]) -> pd.Series:
    """Put columns one below the other, as one whose rows are numbered from 0."""
    if len(parts) == 1:
        return each_once(parts[0]).reset_index(drop=True)
    parts = [each_once(part) for part in parts]
    if all(map(is_kept_once, parts)):
        return pd.Series(pd.api.types.union_categoricals(parts))
    return each_once(pd.concat([part.astype("str") for part in parts], ignore_index=True))


def reread(cells: pd.Series, texts: Mapping[str, str], *, among: pd.Series | None = None) -> pd.Series:
    """Read texts as others.

    Parameters
    ----------
    cells
        A column.
    texts
        By text, what it is read as; all other texts stay.
    among
        Which cells are meant, if not all.

    Returns
    -------
    Series
        Another column, with the same index.
    """
    codes, different = apart(cells)
    other = [texts.get(text, text) for text in different]
    here = True if among is None else among.to_numpy(bool)
    return column_of([*different, *other], np.where(here, codes + len(different), codes)).set_axis(cells.index)
