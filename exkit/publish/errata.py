"""A page that was published can be issued again, and says so: its version, the date, and what changed.

A correction is declared in the edition's file. The page bears it at its top, lists of pages name both versions, and the
page from before is put aside where only the publisher sees it, as it was: a withdrawn figure never stays public.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from exkit.errors import nearest, problems
from exkit.publish.appear import appear
from exkit.publish.render import Version, in_words

if TYPE_CHECKING:
    from exkit.publish.fan import Reader

FIRST = "1.0"
"""The version of a page that was never corrected."""

VERSION = re.compile(rb'<meta name="version" content="([0-9.]+)">')


class Erratum(BaseModel):
    """A page issued again.

    `page` is the notebook's name without its ending, such as `01_enps`; of a page of one sector or organisation that
    name follows behind a slash. `changed` says to readers what changed, in each language of the edition.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    page: str
    version: Annotated[str, Field(pattern=r"^[0-9]{1,3}\.[0-9]{1,3}$")]
    date: datetime.date
    changed: dict[str, str]

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers: 1.10 comes after 1.9."""
        return tuple(int(part) for part in self.version.split("."))


def disagreements(errata: Sequence[Erratum], *, languages: Sequence[str], date: datetime.date) -> Iterator[str]:
    """Say what is wrong with corrections, as far as the edition's file can tell.

    Parameters
    ----------
    errata
        The corrections, in the order of the file.
    languages
        Languages of the edition.
    date
        Date of the edition.

    Yields
    ------
    str
        A sentence per mistake.
    """
    for one in errata:
        told = f"errata: {one.page} {one.version}"
        silent = [language for language in languages if not one.changed.get(language, "").strip()]
        yield from (f"{told} does not say in '{language}' what changed." for language in silent)
        yield from (f"{told}: the edition has no language '{a}'." for a in sorted(set(one.changed) - set(languages)))
        if one.date < date:
            yield f"{told} is of {one.date}, before the edition ({date})."
    for page in dict.fromkeys(one.page for one in errata):
        yield from _in_disorder([one for one in errata if one.page == page])


def _in_disorder(its: list[Erratum]) -> Iterator[str]:
    """Say where the versions of one page do not follow each other."""
    told = f"errata: {its[0].page}"
    if its[0].number <= (1, 0):
        yield f"{told}: the first version is {FIRST}. Give a correction a higher one."
    for before, after in pairwise(its):
        if after.number <= before.number:
            yield f"{told}: version {after.version} comes after {before.version}. Versions must rise."
        if after.date < before.date:
            yield f"{told}: version {after.version} is older than {before.version}. Mend the dates."


def need_pages(errata: Sequence[Erratum], *, known: Sequence[str], where: str) -> None:
    """Complain about corrections of pages that there are not.

    Parameters
    ----------
    errata
        The corrections.
    known
        Names of all pages of the edition.
    where
        The edition's file.

    Raises
    ------
    ExkitError
        If any page is not known, with the nearest one; all at once.
    """
    wrong = [f"errata: no page '{one.page}'.{nearest(one.page, known)}" for one in errata if one.page not in known]
    if wrong:
        raise problems(where, wrong)


def called(notebook: str, reader: Reader | None) -> str:
    """Name a page as an edition's file does: `01_enps`, `14_organisation_report/Zorggroep`."""
    return "/".join(filter(None, [Path(notebook).stem, reader.name if reader else ""]))


def version_of(page: bytes) -> str:
    """Read which version a page is."""
    found = VERSION.search(page)
    return found[1].decode() if found else FIRST


def put_aside(page: Path, *, version: str, folder: Path, work: Path) -> None:
    """Keep the version of a page that is about to be replaced by another; it is put aside once.

    Parameters
    ----------
    page
        Where the page is.
    version
        The version that replaces it.
    folder
        Where to keep it.
    work
        A private folder on the same file system.
    """
    there = page.read_bytes() if page.is_file() and not page.is_symlink() else b""
    if not there or (before := version_of(there)) == version:
        return
    aside = folder / aside_name(page, before)
    if not aside.exists():
        appear(there, at=aside, work=work)


def aside_name(page: Path, version: str) -> str:
    """Name the file that a version of a page is kept in."""
    return f"{page.stem}-{version}.html"


def versions(errata: Sequence[Erratum], *, language: str, date: datetime.date) -> tuple[Version, ...]:
    """Put the corrections of one page in words, the last first.

    Parameters
    ----------
    errata
        Corrections of one page.
    language
        Language of the reader.
    date
        Date of the edition: that of the first version.
    """
    numbers = [FIRST, *(one.version for one in errata)]
    dates = [in_words(day, language) for day in (date, *(one.date for one in errata))]
    told = zip(numbers[1:], dates[1:], [one.changed[language] for one in errata], numbers, dates, strict=False)
    return tuple(Version(*one) for one in told)[::-1]
