"""What stands before the pages of an edition: an index per language, a first page that leads to them, and the status.

The index names what was made and nothing else. The status tells every chapter in every language, also what failed and
why; no page links to it. There is no clock in it: the same edition gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.present.words import translator
from exkit.publish.appear import appear
from exkit.publish.render import LANGUAGE_NAMES, Link, Look, Page, SavedFile, StatusRow, render_index, render_status

if TYPE_CHECKING:
    import datetime

    from exkit.publish.build import Outcome
    from exkit.publish.edition import Edition
    from exkit.survey.study import Study


@dataclass(frozen=True)
class Front:
    """What is written before the pages.

    Parameters
    ----------
    contents
        The edition.
    outcomes
        How each page went, in the order of the edition.
    study
        What the pages are about.
    looks
        How pages look, by language.
    """

    contents: Edition
    outcomes: list[Outcome]
    study: Study
    looks: dict[str, Look]

    def write(self, folder: Path, *, work: Path) -> None:
        """Write indexes and status.

        Parameters
        ----------
        folder
            The edition's folder.
        work
            A private folder on the same file system.
        """
        for language in self.contents.languages:
            appear(self._index(language), at=folder / language / "index.html", work=work)
            appear(self._status(language, folder), at=folder / self._status_name(language), work=work)
        appear(self._first(), at=folder / "index.html", work=work)
        appear(self._status_data(folder), at=folder / "status.json", work=work)

    def _index(self, language: str) -> bytes:
        """List the chapters of one language that were made, and the results."""
        links = [
            Link(one.page.name, one.title, language, number=self._chapter(one))
            for one in self.outcomes
            if one.language == language and not one.problem
        ]
        others = {other: f"../{other}/index.html" for other in self.contents.languages if other != language}
        page = self._page(language, others=others)
        return render_index(links, page=page, results=self._results(language, above="../"))

    def _first(self) -> bytes:
        """Lead to the index of each language."""
        links = [
            Link(f"{language}/index.html", f"{self.contents.title[language]} · {LANGUAGE_NAMES[language]}", language)
            for language in self.contents.languages
        ]
        return render_index(links, page=self._page(self.contents.languages[0], others={}))

    def _status(self, language: str, folder: Path) -> bytes:
        """Tell how every page went."""
        others = {other: self._status_name(other) for other in self.contents.languages if other != language}
        edition = self._page(language, others=others)
        title = translator(language)("Status of this edition")
        page = replace(edition, title=title, edition=edition.title, home=f"{language}/index.html")
        return render_status(self._rows(folder), page=page, results=self._results(language, above=""))

    def _status_name(self, language: str) -> str:
        """Name the status page: `status.html` in the edition's first language, with the language in others."""
        return "status.html" if language == self.contents.languages[0] else f"status-{language}.html"

    def _status_data(self, folder: Path) -> bytes:
        """Tell the same to programs."""
        results = self._results(self.contents.languages[0], above="")
        told = {
            "edition": self.contents.title,
            "date": self.contents.date.isoformat(),
            "pages": [row._asdict() for row in self._rows(folder)],
            "results": [{"file": file.href, "chapter": file.chapter} for file in results],
        }
        return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()

    def _rows(self, folder: Path) -> list[StatusRow]:
        return [
            StatusRow(
                chapter=self._chapter(one),
                notebook=one.notebook,
                language=one.language,
                made=not one.problem,
                page="" if one.problem else one.page.relative_to(folder).as_posix(),
                title=one.title,
                problem=one.public_problem,
            )
            for one in self.outcomes
        ]

    def _results(self, language: str, *, above: str) -> list[SavedFile]:
        """List what was saved, chapter by chapter; described in a language, or in another where that page failed."""
        found: dict[str, SavedFile] = {}
        for one in sorted(self.outcomes, key=lambda one: (self._chapter(one), one.language != language)):
            for name, contents in one.results.items():
                found.setdefault(name, SavedFile(f"{above}results/{name}", contents, self._chapter(one), one.title))
        return list(found.values())

    def _chapter(self, outcome: Outcome) -> int:
        """Give the number of a chapter: its place in the edition, in every language alike."""
        return 1 + list(dict.fromkeys(one.notebook for one in self.outcomes)).index(outcome.notebook)

    def _page(self, language: str, *, others: dict[str, str]) -> Page:
        """Say what stands above a list."""
        return Page(
            self.contents.title[language],
            language,
            date=in_words(self.contents.date, language),
            dataset=self.study.title(language),
            synthetic=self.study.synthetic,
            look=self.looks[language],
            languages=others,
        )


def in_words(date: datetime.date, language: str) -> str:
    """Write a date as a reader does: 1 November 2025."""
    from babel.dates import format_date

    return format_date(date, format="long", locale={"en": "en_GB"}.get(language, language))
