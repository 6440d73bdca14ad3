"""What stands before the pages of an edition: an index per language, a first page that leads to them, and the status.

The index names what was made and nothing else. The status tells every chapter in every language, also what failed and
why; no page links to it. There is no clock in it: the same edition gives the same bytes.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.present.words import translator
from exkit.publish.appear import appear
from exkit.publish.render import LANGUAGE_NAMES, Link, Look, Page, SavedFile, StatusRow, in_words, render_index, render_status

if TYPE_CHECKING:
    import datetime

    from exkit.publish.build import Outcome
    from exkit.publish.edition import Edition
    from exkit.publish.layout import Layout
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

    def write(self, layout: Layout, *, work: Path) -> None:
        """Write indexes and status.

        Parameters
        ----------
        layout
            Where everything of the edition goes.
        work
            A private folder on the same file system.
        """
        for language in self.contents.languages:
            appear(self._index(language, layout), at=layout.index(language), work=work)
            appear(self._status(language, layout), at=layout.internal / self._status_name(language), work=work)
        appear(self._first(), at=layout.folder / "index.html", work=work)
        appear(self._status_data(layout), at=layout.internal / "status.json", work=work)

    def _index(self, language: str, layout: Layout) -> bytes:
        """List the chapters of one language that were made, and the results."""
        links = [
            Link(one.page.name, one.title, language, number=self._chapter(one))
            for one in self.outcomes
            if one.language == language and not one.problem and one.reader is None
        ]
        others = {other: f"../{other}/index.html" for other in self.contents.languages if other != language}
        page = self._page(language, others=others)
        results = self._results(language, above="../")
        public = [file for file in results if (layout.folder / language / file.href).exists()]
        return render_index(links, page=page, results=public)

    def _first(self) -> bytes:
        """Lead to the index of each language."""
        links = [
            Link(f"{language}/index.html", f"{self.contents.title[language]} · {LANGUAGE_NAMES[language]}", language)
            for language in self.contents.languages
        ]
        return render_index(links, page=self._page(self.contents.languages[0], others={}))

    def _status(self, language: str, layout: Layout) -> bytes:
        """Tell how every page went."""
        others = {other: self._status_name(other) for other in self.contents.languages if other != language}
        edition = self._page(language, others=others)
        title = translator(language)("Status of this edition")
        page = replace(edition, title=title, edition=edition.title, home=f"../{language}/index.html")
        return render_status(self._rows(layout), page=page, results=self._results(language, above=""))

    def _status_name(self, language: str) -> str:
        """Name the status page: `status.html` in the edition's first language, with the language in others."""
        return "status.html" if language == self.contents.languages[0] else f"status-{language}.html"

    def _status_data(self, layout: Layout) -> bytes:
        """Tell the same to programs."""
        results = self._results(self.contents.languages[0], above="")
        told = {
            "edition": self.contents.title,
            "date": self.contents.date.isoformat(),
            "pages": [row._asdict() for row in self._rows(layout)],
            "results": [{"file": file.href, "chapter": file.chapter} for file in results],
        }
        return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()

    def _rows(self, layout: Layout) -> list[StatusRow]:
        return [
            StatusRow(
                chapter=self._chapter(one),
                notebook=one.notebook,
                language=one.language,
                made=not one.problem,
                page="" if one.problem else Path(os.path.relpath(one.page, layout.internal)).as_posix(),
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
