"""What stands before the pages of an edition: an index per language, a first page that leads to them, and the status.

The index names what was made and nothing else: chapters, a page for each sector, corrections, results; no participant.
The status tells every chapter in every language, also what failed and why; no public page links to it. There is no
clock in it: the same edition gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.present.words import translator
from exkit.publish.appear import appear
from exkit.publish.errata import Erratum, aside_name, called, versions
from exkit.publish.fan import label
from exkit.publish.render import (
    LANGUAGE_NAMES,
    Correction,
    Group,
    Link,
    Page,
    SavedFile,
    StatusRow,
    in_words,
    render_index,
    render_status,
)

if TYPE_CHECKING:
    from exkit.publish.edition import Edition
    from exkit.publish.job import Outcome
    from exkit.publish.plan import Plan


@dataclass(frozen=True)
class Front:
    """What is written before the pages.

    Parameters
    ----------
    plan
        The edition.
    outcomes
        How each page went, in the order of the edition.
    """

    plan: Plan
    outcomes: list[Outcome]

    @property
    def contents(self) -> Edition:
        """What the edition's file says."""
        return self.plan.contents

    def write(self, *, work: Path) -> None:
        """Write indexes and status.

        Parameters
        ----------
        work
            A private folder on the same file system.
        """
        layout = self.plan.layout
        for language in self.contents.languages:
            appear(self._index(language), at=layout.index(language), work=work)
            appear(self._status(language), at=layout.internal / layout.alone("status", language), work=work)
        appear(self._first(), at=layout.folder / "index.html", work=work)
        appear(self._status_data(), at=layout.internal / "status.json", work=work)

    def _index(self, language: str) -> bytes:
        """List the chapters and pages of sectors of one language that were made, corrections, and the results."""
        at = self.plan.layout.index(language)
        ours = [one for one in self.made if one.language == language]
        chapters = [
            Link(one.page.name, one.title, language, number=self.chapter(one)) for one in ours if one.reader is None
        ]
        public = [one for one in ours if one.reader is None or one.reader.what == "sector"]
        others = {other: f"../{other}/index.html" for other in self.contents.languages if other != language}
        results = [file for file in self.results(language, above="../") if (at.parent / file.href).exists()]
        return render_index(
            chapters,
            page=self.page(language, others=others),
            groups=self._by_sector(ours, language),
            corrections=self.corrections(public, at=at, language=language),
            results=results,
        )

    def _by_sector(self, outcomes: list[Outcome], language: str) -> list[Group]:
        """Put the pages of sectors under the question that they answer, by the sectors' names."""
        its = [one for one in outcomes if one.reader and one.reader.what == "sector"]
        its = sorted(its, key=lambda one: self.about(one).casefold())
        return [
            Group(
                next(one.title for one in its if one.notebook == notebook),
                [Link(one.page.name, self.about(one), language) for one in its if one.notebook == notebook],
            )
            for notebook in self._notebooks
            if any(one.notebook == notebook for one in its)
        ]

    def _first(self) -> bytes:
        """Lead to the index of each language."""
        links = [
            Link(f"{language}/index.html", f"{self.contents.title[language]} · {LANGUAGE_NAMES[language]}", language)
            for language in self.contents.languages
        ]
        return render_index(links, page=self.page(self.plan.layout.first, others={}))

    def _status(self, language: str) -> bytes:
        """Tell how every page went."""
        title = translator(language)("Status of this edition")
        page = self.inside("status", language, title=title)
        return render_status(self._rows(), page=page, results=self.results(language, above=""))

    def _status_data(self) -> bytes:
        """Tell the same to programs."""
        results = self.results(self.plan.layout.first, above="")
        told = {
            "edition": self.contents.title,
            "date": self.contents.date.isoformat(),
            "pages": [row._asdict() for row in self._rows()],
            "results": [{"file": file.href, "chapter": file.chapter} for file in results],
        }
        return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()

    def _rows(self) -> list[StatusRow]:
        return [
            StatusRow(
                chapter=self.chapter(one),
                notebook=one.notebook,
                language=one.language,
                about=self.about(one),
                made=not one.problem,
                page="" if one.problem else seen_from(self.plan.layout.internal, one.page),
                title=one.title,
                problem=one.public_problem,
            )
            for one in self.outcomes
        ]

    @cached_property
    def made(self) -> list[Outcome]:
        """The pages that there are."""
        return [one for one in self.outcomes if not one.problem]

    def results(self, language: str, *, above: str) -> list[SavedFile]:
        """List what was saved, chapter by chapter; described in a language, or in another where that page failed."""
        found: dict[str, SavedFile] = {}
        for one in sorted(self.outcomes, key=lambda one: (self.chapter(one), one.language != language)):
            for name, contents in one.results.items():
                found.setdefault(name, SavedFile(f"{above}results/{name}", contents, self.chapter(one), one.title))
        return list(found.values())

    def corrections(self, outcomes: Iterable[Outcome], *, at: Path, language: str) -> list[Correction]:
        """List the corrections of pages, with the versions that they replace.

        Parameters
        ----------
        outcomes
            Pages to list corrections of.
        at
            Where the list will stand; inside, it leads to the versions that were put aside.
        language
            Language of the list.
        """
        return [
            Correction(
                Link(seen_from(at.parent, one.page), self.title(one), one.language),
                versions(its, language=language, date=self.contents.date),
                self._kept(one, at=at),
            )
            for one in outcomes
            if (its := self._errata(one))
        ]

    def _errata(self, outcome: Outcome) -> list[Erratum]:
        own = called(outcome.notebook, outcome.reader)
        return [one for one in self.contents.errata if one.page == own]

    def _kept(self, outcome: Outcome, *, at: Path) -> dict[str, str]:
        """Find the earlier versions of a page, for a list that only the publisher sees."""
        if at.parent != self.plan.layout.internal:
            return {}
        folder = self.plan.layout.withdrawn(outcome.page)
        told = versions(self._errata(outcome), language=outcome.language, date=self.contents.date)
        pages = {one.before: folder / aside_name(outcome.page, one.before) for one in told}
        return {version: seen_from(at.parent, page) for version, page in pages.items() if page.is_file()}

    def title(self, outcome: Outcome) -> str:
        """Name a page by its question, and by whom it is about."""
        return " – ".join(filter(None, [outcome.title, self.about(outcome)]))

    def about(self, outcome: Outcome) -> str:
        """Say what the sector or organisation of a page is called in its language."""
        if outcome.reader is None:
            return ""
        return label(self.plan.study, outcome.reader.what, outcome.reader.name, language=outcome.language)

    def chapter(self, outcome: Outcome) -> int:
        """Give the number of a chapter: its place in the edition, in every language alike."""
        return 1 + self._notebooks.index(outcome.notebook)

    @cached_property
    def _notebooks(self) -> list[str]:
        return list(dict.fromkeys(one.notebook for one in self.outcomes))

    def page(self, language: str, *, others: dict[str, str]) -> Page:
        """Say what stands above a list."""
        return Page(
            self.contents.title[language],
            language,
            date=in_words(self.contents.date, language),
            dataset=self.plan.study.title(language),
            synthetic=self.plan.study.synthetic,
            look=self.plan.looks[language],
            languages=others,
        )

    def inside(self, name: str, language: str, *, title: str) -> Page:
        """Say what stands above a page that only the publisher sees.

        Parameters
        ----------
        name
            The page's file name, without language and ending.
        language
            Its language.
        title
            Its title.
        """
        layout = self.plan.layout
        others = {other: layout.alone(name, other) for other in self.contents.languages if other != language}
        page = self.page(language, others=others)
        return replace(page, title=title, edition=page.title, home=layout.alone("index", language))


def seen_from(folder: Path, page: Path) -> str:
    """Write the address of a page as a page in a folder leads there."""
    return Path(os.path.relpath(page, folder)).as_posix()
