"""Who somebody is stays in the file: in a study a respondent is a number, drawn by lot.

A person keeps one number through all waves of a table, so that answers of the same person still belong together. So
does a cluster, which may be one household, or a teacher by name; a stratum is how a sample was drawn, and keeps its own
name. The lot is drawn from all ids of the table at once: it falls alike in every run and however the rows are ordered,
and nothing is kept by which it could be undone. Numbers in the order of the file, or of the alphabet, would say where
somebody stands in a list of staff; these say nothing to whoever has not all the ids, and whoever has them has the file.
Other people in the file, other numbers: nobody can be followed from one delivery of data to the next.

Customers are dealt to one of their units (`belonging.shared`) by their id before this, so that the draw is the same
whoever else is in the file.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from exkit.survey.codebook import IDS, Codebook

KEY_LENGTH = 16
"""Characters that the key of the hash takes."""


def under_numbers(values: pd.DataFrame, codebook: Codebook, *, table: str) -> pd.DataFrame:
    """Put numbers in the place of the ids of respondents and clusters.

    Parameters
    ----------
    values
        The values of a table.
    codebook
        Which of its columns are these.
    table
        Which table.

    Returns
    -------
    DataFrame
        The same rows; a table without such columns as it was.
    """
    columns = [codebook.role(role, table=table) for role in IDS]
    return values.assign(**{column: numbered(values[column]) for column in columns if column in values})


def numbered(ids: pd.Series) -> pd.Series:
    """Give each id a number from 1, by lot, as text; missing where there is no id.

    Parameters
    ----------
    ids
        Ids, several rows for whoever answered several times.

    Examples
    --------
    >>> numbered(pd.Series(["ann", "bob", "ann", "eve"], dtype="str")).tolist()
    ['1', '3', '1', '2']
    """
    codes, there = pd.factorize(ids.astype("str"))
    by_name = there.argsort()
    people = there.take(by_name).to_numpy(dtype=object)
    key = hashlib.sha256("\n".join(people).encode()).hexdigest()[:KEY_LENGTH]
    lot = pd.util.hash_array(people, hash_key=key, categorize=False)
    number = np.empty(len(people), dtype=int)
    number[by_name[np.argsort(lot, kind="stable")]] = np.arange(1, len(people) + 1)
    return pd.Series(number).astype("str").reindex(codes).set_axis(ids.index).rename(ids.name)
