"""An edition is laid out and checked before anything is executed.

Everything that can be wrong with its notebooks, parameters, dataset, waves, sectors and file names is told here.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.context import LANGUAGES
from exkit.errors import ExkitError, nearest, need_choice, problems
from exkit.present.theme import DARK_PAPER
from exkit.publish.appear import need_real
from exkit.publish.contrast import readable
from exkit.publish.edition import Edition, Theme, from_root, read_edition
from exkit.publish.errata import called, need_pages, versions
from exkit.publish.fan import Reader, called_of, homes, label, names, need_named, readers
from exkit.publish.job import Job
from exkit.publish.layout import Layout
from exkit.publish.logo import data_address
from exkit.publish.naming import named, tellable
from exkit.publish.parameters import checked, need_known, parameters
from exkit.publish.plan import Piece, Plan, code_of
from exkit.publish.render import Look, in_words

if TYPE_CHECKING:
    from exkit.survey.study import Study

TAKES = ("dataset", "language", "min_n")
"""What every notebook of an edition must let itself be told."""

COUNTS = re.compile(r"\b(tally|block|units|outcomes|people)\s*\(")
"""How the code of a notebook looks that counts answers itself."""


def lay_out(edition: Path, *, only: tuple[str, ...] = (), limit: int | None = None) -> Plan:
    """Check an edition and lay out its work.

    Parameters
    ----------
    edition
        The edition's file.
    only
        Names of sectors, organisations or notebooks; everything when empty. Chapters that a page reads come with it.
    limit
        How many sectors, and how many organisations, to make pages of; all when left out.

    Returns
    -------
    Plan
        What is to be made.

    Raises
    ------
    ExkitError
        If anything is wrong.
    """
    contents = read_edition(edition)
    layout = Layout(edition.with_suffix(""), first=contents.languages[0])
    need_real(layout.folder)
    each = [(what, from_root(edition, name)) for what, listed in contents.each for name in listed]
    notebooks = [from_root(edition, name) for name in contents.notebooks]
    _need_told(edition, contents, notebooks=notebooks, each=each)
    dataset = from_root(edition, contents.dataset)
    study = open_study(notebooks[0], {"dataset": str(dataset.resolve()), "min_n": contents.min_n})
    looks = {language: _look(edition, contents.theme, language=language) for language in contents.languages}
    participants = _participants(contents, study) if contents.each.organisation else ()
    laying = _Laying(contents, study, layout, looks, dataset, participants)
    pieces = [laying.piece(notebook) for notebook in notebooks]
    pieces += [laying.piece(notebook, reader) for what, notebook in each for reader in laying.readers(what)]
    _need_own_places(pieces)
    need_pages(contents.errata, known=[called(one.notebook.name, one.reader) for one in pieces], where=edition.name)
    _need_discreet(contents, pieces, participants=participants)
    wanted = _wanted(pieces, only=only, limit=limit)
    return Plan(contents, study, layout, looks, pieces, wanted, participants, homes(study, wave=laying.wave))


@dataclass(frozen=True)
class _Laying:
    """What every job of an edition is made with."""

    contents: Edition
    study: Study
    layout: Layout
    looks: dict[str, Look]
    dataset: Path
    participants: tuple[str, ...]

    @property
    def wave(self) -> str:
        """The wave that is reported."""
        return str(self.contents.parameters.get("wave") or next(reversed(self.study.waves), ""))

    def readers(self, what: str) -> list[Reader]:
        return readers(self.study, what=what, wave=self.wave)

    def piece(self, notebook: Path, reader: Reader | None = None) -> Piece:
        return Piece(tuple(self._job(notebook, language, reader) for language in self.contents.languages))

    def _job(self, notebook: Path, language: str, reader: Reader | None) -> Job:
        """Check one page's parameters and say where everything goes."""
        defaults, contents = defaults_of(notebook), self.contents
        title, date = contents.title[language], in_words(contents.date, language)
        own = {"dataset": seen_from(notebook, self.dataset), "language": language, "min_n": contents.min_n}
        told = own | {"edition": title, "date": date} | contents.parameters
        told |= {reader.what: reader.name} if reader else {}
        values = checked(notebook, {name: value for name, value in told.items() if name in defaults})
        need_known(defaults | values, self.study)
        return Job(
            notebook,
            values,
            language,
            at=self.layout.page(notebook, language, reader),
            failed=self.layout.failed(notebook, language, reader),
            study=self.study,
            dataset=self.dataset,
            edition=title,
            date=date,
            look=self.looks[language],
            remark=contents.min_n_reason.get(language, ""),
            home=self.layout.home(language, reader),
            reader=reader,
            about=label(self.study, reader.what, reader.name, language=language) if reader else "",
            unnamed=self.participants,
            versions=versions(
                [one for one in contents.errata if one.page == called(notebook.name, reader)],
                language=language,
                date=contents.date,
            ),
            aside=self.layout.withdrawn(self.layout.page(notebook, language, reader)),
        )


def _participants(contents: Edition, study: Study) -> tuple[str, ...]:
    """List what organisations are called, in every wave and language, as far as that can be told from other words."""
    titles = [*contents.title.values(), *study.about["title"].values(), *contents.contact.values()]
    sectors = called_of(study, "sector", names(study, what="sector"))
    return tellable(called_of(study, "organisation", names(study, what="organisation")), beside=[*titles, *sectors])


def _wanted(pieces: list[Piece], *, only: tuple[str, ...], limit: int | None) -> frozenset[str]:
    """Name the pieces to make: those that were asked for, and the chapters that they read."""
    answers_to = {piece.name: {piece.reader.name} if piece.reader else {piece.notebook.stem} for piece in pieces}
    need_named(only, known=sorted(set().union(*answers_to.values())))
    chosen = [piece for piece in pieces if not only or answers_to[piece.name] & set(only)]
    if limit is not None:
        counted = Counter()
        chosen = [piece for piece in chosen if not _beyond(piece, limit, counted)]
    last = max((pieces.index(piece) for piece in chosen if piece.reads), default=0)
    read = [piece for piece in pieces[:last] if piece.reader is None]
    return frozenset(piece.name for piece in [*chosen, *read])


def _beyond(piece: Piece, limit: int, counted: Counter) -> bool:
    """Count the pieces of one notebook, and say when there are enough."""
    counted[piece.notebook] += 1
    return piece.reader is not None and counted[piece.notebook] > limit


def _need_told(edition: Path, contents: Edition, *, notebooks: list[Path], each: list[tuple[str, Path]]) -> None:
    """Complain about notebooks that do not take what they are told, and about what none of them takes."""
    everything = [*notebooks, *(notebook for _what, notebook in each)]
    wrong = [problem for notebook in everything for problem in _lacking(notebook)]
    wrong += [
        f"{notebook.name} has no parameter '{what}'. A notebook under each.{what} is told one {what} per page."
        for what, notebook in each
        if what not in defaults_of(notebook)
    ]
    wrong += [
        f"{notebook.name} counts answers itself ({found[1]}), and nobody would look whether its pages together tell too"
        " much. Count for all at once in a chapter, save that, and pick from it with ex.saved."
        for _what, notebook in each
        if (found := COUNTS.search(code_of(notebook)))
    ]
    wrong += _unclaimed(contents, everything)
    if wrong:
        raise problems(edition.name, wrong)


def _lacking(notebook: Path) -> list[str]:
    """Name what a notebook of an edition cannot be told though it must: it would show groups that others hide."""
    there = defaults_of(notebook)
    takes = f"Every notebook of an edition takes: {', '.join(TAKES)}."
    return [f"{notebook.name} has no parameter '{name}'. {takes}" for name in TAKES if name not in there]


def _unclaimed(contents: Edition, notebooks: list[Path]) -> list[str]:
    """Name the edition's parameters that none of its notebooks takes."""
    taken = sorted({name for notebook in notebooks for name in defaults_of(notebook)})
    return [
        f"no notebook has parameter '{name}'.{nearest(name, taken)} Together they take: {', '.join(taken)}."
        for name in contents.parameters
        if name not in taken
    ]


def _need_own_places(pieces: list[Piece]) -> None:
    """Refuse two pages at one place: the second would replace the first."""
    places = [job.at for piece in pieces for job in piece.jobs]
    twice = sorted(place.name for place, n in Counter(places).items() if n > 1)
    if twice:
        raise ExkitError(f"Two pages would be '{twice[0]}'. Rename one of the notebooks.")


def _need_discreet(contents: Edition, pieces: list[Piece], *, participants: Sequence[str]) -> None:
    """Refuse corrections that name participants to others: they stand on pages and in lists of these."""
    own = {called(one.notebook.name, one.reader): one.reader.name for one in pieces if one.reader}
    wrong = [
        f"errata: {one.page} {one.version} names '{found[0]}'. Others read that too: say it without the name."
        for one in contents.errata
        if (found := named("\n".join(one.changed.values()), names=participants, own=[own.get(one.page, "")]))
    ]
    if wrong:
        raise problems("errata", wrong)


def _look(edition: Path, theme: Theme, *, language: str) -> Look:
    """Put an edition's theme in the form that a page takes."""
    return Look(
        accent=theme.accent,
        accent_dark=theme.accent_dark or readable(theme.accent, on=DARK_PAPER),
        font=theme.font_family,
        logo=data_address(from_root(edition, theme.logo)) if theme.logo else "",
        logo_alt=theme.logo_alt.get(language, ""),
    )


def defaults_of(notebook: Path) -> dict[str, object]:
    """Read what a notebook takes when it is told nothing."""
    return {parameter.name: parameter.default for parameter in parameters(notebook)}


def seen_from(notebook: Path, dataset: Path) -> str:
    """Write a dataset's path as the notebook sees it: from its own folder, so that no machine's path gets in a page."""
    return Path(os.path.relpath(dataset.resolve(), notebook.resolve().parent)).as_posix()


def dataset_of(notebook: Path, values: Mapping[str, object]) -> Path | None:
    """Find the folder of the study that a notebook names, as the user would write it."""
    named = values.get("dataset")
    return Path(os.path.relpath(notebook.resolve().parent / str(named))) if named else None


def open_study(notebook: Path, values: Mapping[str, object]) -> Study | None:
    """Open the study that a notebook names, so that a mistake in it stops before anything is executed."""
    from exkit.survey import study

    dataset = dataset_of(notebook, values)
    if dataset is None:
        return None
    need_choice(values.get("language", "en"), LANGUAGES, what="language")
    return study.open(dataset, language=values.get("language", "en"), min_n=values.get("min_n", 10))
