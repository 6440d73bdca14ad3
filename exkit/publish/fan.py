"""Who has pages of their own: the sectors, or the organisations, of the wave that is reported.

A name may be anything, a file name may not. Files are named by what is left of a name in plain letters; those of an
organisation bear a fingerprint of the full name besides, so that two names that look alike do not share a folder.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from exkit.context import LANGUAGES
from exkit.errors import ExkitError, nearest, problems
from exkit.publish.appear import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from exkit.survey.study import Study

MARK = 8
"""Digits of the fingerprint in a file name."""


@dataclass(frozen=True)
class Reader:
    """One sector or organisation with pages of its own: which of the two, its name, and what its files are called."""

    what: str
    name: str
    file: str


def readers(study: Study, *, what: str, wave: str) -> list[Reader]:
    """List the sectors or organisations that a wave has.

    Parameters
    ----------
    study
        The opened study.
    what
        `sector` or `organisation`.
    wave
        The wave that is reported; every wave when empty.

    Returns
    -------
    list of Reader
        In the order of their names.

    Raises
    ------
    ExkitError
        If the data have none.
    """
    there = names(study, what=what, wave=wave)
    if not there:
        where = f" in wave '{wave}'" if wave else ""
        raise ExkitError(
            f"each.{what}: the data name no {what}{where}. Give a column the role '{what}' in the codebook, or take "
            f"'{what}' out of the edition."
        )
    return with_files(there, what=what)


def names(study: Study, *, what: str, wave: str = "") -> list[str]:
    """Collect names over all tables; a table without waves holds for all of them.

    Parameters
    ----------
    study, what, wave
        As in `readers`.
    """
    return sorted({str(name) for rows in _places(study, what, wave=wave) for name in rows[what].dropna().unique()})


def homes(study: Study, *, wave: str) -> dict[str, str]:
    """Say in which sector each organisation is; one that is in several has the first of them.

    Parameters
    ----------
    study, wave
        As in `readers`.
    """
    stacked = [rows.dropna() for rows in _places(study, "organisation", "sector", wave=wave)]
    pairs = sorted({(str(a), str(b)) for rows in stacked for a, b in rows.itertuples(index=False)}, reverse=True)
    return dict(pairs)


def _places(study: Study, *what: str, wave: str) -> list[pd.DataFrame]:
    """Take what is said of places from every table that says all of it."""
    found = []
    for table in study.tables:
        people = study.people(table)
        if set(what) <= set(people):
            there = people[people["wave"] == wave] if wave and "wave" in people else people
            found.append(there[list(what)].drop_duplicates())
    return found


@cache
def label(study: Study, what: str, name: str, *, language: str) -> str:
    """Say what a sector or organisation is called in a language; its name where it has no label.

    Parameters
    ----------
    study
        The opened study.
    what
        `sector` or `organisation`.
    name
        Its name in the data.
    language
        Language of the reader.
    """
    variables = [v for v in study.codebook.variables() if v.role == what]
    labels = [study.value_label(v.name, name, language, table=v.table) for v in variables]
    return next((label for label in labels if label != name), name)


def called_of(study: Study, what: str, names: Iterable[str]) -> set[str]:
    """Collect what sectors, organisations or units are called: their names, and their labels in every language."""
    named = [str(name) for name in names]
    return {*named, *(label(study, what, name, language=language) for name in named for language in LANGUAGES)}


def with_files(names: Sequence[str], *, what: str) -> list[Reader]:
    """Give each name what its files are called.

    Parameters
    ----------
    names
        Names of sectors or organisations.
    what
        `sector` or `organisation`.

    Raises
    ------
    ExkitError
        If two would have the same files, such as one name with its accents stored in two ways.

    Examples
    --------
    >>> [reader.file for reader in with_files(["Zorg & Welzijn"], what="sector")]
    ['zorg-welzijn']
    >>> [reader.file for reader in with_files(["Zorg & Welzijn"], what="organisation")]
    ['zorg-welzijn-40cbbeed']
    """
    plain = [slug(name) for name in names]
    marked = [what == "organisation" or plain.count(one) > 1 for one in plain]
    files = [f"{one}-{_mark(name)}" if mark else one for one, name, mark in zip(plain, names, marked, strict=True)]
    same = [sorted(n for n, f in zip(names, files, strict=True) if f == file) for file in sorted(set(files))]
    wrong = [
        f"{' and '.join(map(repr, alike))} would have the same files. Write the name in one way throughout the data."
        for alike in same
        if len(alike) > 1
    ]
    if wrong:
        raise problems(f"the names of {what}s", wrong)
    return [Reader(what, name, file) for name, file in zip(names, files, strict=True)]


def _mark(name: str) -> str:
    """Fingerprint a name, however its accents are stored."""
    return hashlib.sha256(unicodedata.normalize("NFC", name).encode()).hexdigest()[:MARK]


def need_named(wanted: Sequence[str], *, known: Sequence[str]) -> None:
    """Complain about names of which there is no page, each with the nearest one.

    Raises
    ------
    ExkitError
        If any is not known; all at once.
    """
    wrong = [f"No page '{name}'.{nearest(name, known)}" for name in wanted if name not in known]
    if len(wrong) == 1:
        raise ExkitError(wrong[0])
    if wrong:
        raise problems("--only", wrong)
