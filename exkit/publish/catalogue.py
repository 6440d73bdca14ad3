"""An index of everything in an edition, for who publishes it: found by name, sector and language.

It stands inside, works from a file, and is a plain list where no script runs. Names may be anything and stay text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from exkit.present.words import translator
from exkit.publish.appear import appear
from exkit.publish.fan import label
from exkit.publish.front import seen_from
from exkit.publish.render import LANGUAGE_NAMES, Link, render_list

if TYPE_CHECKING:
    from exkit.publish.fan import Reader
    from exkit.publish.front import Front
    from exkit.publish.job import Outcome

SCRIPT = "find.js"


class Entry(NamedTuple):
    """One thing to find: its name, the sector that it is found under, its pages, and what it is packed in."""

    name: str
    sector: str
    links: list[Link]
    packed: str = ""


class Section(NamedTuple):
    """Entries under a heading of some level."""

    title: str
    level: int
    entries: list[Entry]


@dataclass(frozen=True)
class Catalogue:
    """The index of everything.

    Parameters
    ----------
    front
        What stands before the pages: it knows how these went.
    """

    front: Front

    def write(self, *, work: Path) -> None:
        """Write it in each language.

        Parameters
        ----------
        work
            A private folder on the same file system.
        """
        layout = self.front.plan.layout
        for language in self.front.contents.languages:
            appear(self._page(language), at=layout.internal / layout.alone("index", language), work=work)

    def _page(self, language: str) -> bytes:
        layout, sections = self.front.plan.layout, self.sections(language)
        entries = [entry for section in sections for entry in section.entries]
        at = layout.internal / layout.alone("index", language)
        return render_list(
            "catalogue.html.j2",
            page=self.front.inside("index", language, title=translator(language)("Everything in this edition")),
            script=SCRIPT if any(section.level > 2 for section in sections) else "",
            sections=sections,
            sectors=sorted({entry.sector for entry in entries} - {""}, key=str.casefold),
            spoken=self.front.contents.languages,
            n=len(entries),
            public=f"../{language}/index.html",
            status=layout.alone("status", language),
            audit=layout.alone("audit", language),
            corrections=self.front.corrections(self.front.made, at=at, language=language),
            results=self.front.results(language, above=""),
        )

    def sections(self, language: str) -> list[Section]:
        """Put everything that was made under headings: chapters, sectors, and organisations by sector.

        Parameters
        ----------
        language
            Language of the index.
        """
        _, made = translator(language), self.front.made
        chapters = [one for one in made if one.reader is None]
        found = [Section(_("Chapters"), 2, [self._chapter(its, language) for its in _by(chapters, "notebook")])]
        sectors = [one for one in made if one.reader and one.reader.what == "sector"]
        own = [one for one in made if one.reader and one.reader.what == "organisation"]
        if sectors:
            found.append(Section(_("Sectors"), 2, self._entries(sectors, language)))
        if own:
            entries = self._entries(own, language)
            homes = sorted({entry.sector for entry in entries}, key=str.casefold)
            its = {home: [entry for entry in entries if entry.sector == home] for home in homes}
            found.append(Section(_("Organisations"), 2, []))
            found += [Section(home or _("No sector"), 3, inside) for home, inside in its.items()]
        return found

    def _chapter(self, its: list[Outcome], language: str) -> Entry:
        """List a chapter in all of its languages, by its title in that of the index where it has one."""
        first = min(its, key=lambda one: one.language != language)
        return Entry(first.title, "", [self._link(one, LANGUAGE_NAMES[one.language]) for one in its])

    def _entries(self, outcomes: list[Outcome], language: str) -> list[Entry]:
        """List sectors or organisations by name."""
        several = len({one.notebook for one in outcomes}) > 1
        entries = [self._entry(its, language, several=several) for its in _by(outcomes, "reader")]
        return sorted(entries, key=lambda entry: entry.name.casefold())

    def _entry(self, its: list[Outcome], language: str, *, several: bool) -> Entry:
        """List one sector or organisation: a link says which page it leads to only if there are several."""
        titles = [" · ".join([one.title] * several + [LANGUAGE_NAMES[one.language]]) for one in its]
        links = [self._link(one, title) for one, title in zip(its, titles, strict=True)]
        reader = its[0].reader
        sector = reader.name if reader.what == "sector" else self.front.plan.homes.get(reader.name, "")
        names = [self._called(what, name, language) for what, name in ((reader.what, reader.name), ("sector", sector))]
        return Entry(*names, links, packed=self._packed(reader))

    def _called(self, what: str, name: str, language: str) -> str:
        return label(self.front.plan.study, what, name, language=language) if name else ""

    def _packed(self, reader: Reader) -> str:
        """Give the address of what an organisation gets, if it is whole."""
        layout = self.front.plan.layout
        packed = layout.packed(reader)
        return seen_from(layout.internal, packed) if reader.what == "organisation" and packed.is_file() else ""

    def _link(self, outcome: Outcome, title: str) -> Link:
        return Link(seen_from(self.front.plan.layout.internal, outcome.page), title, outcome.language)


def _by(outcomes: Iterable[Outcome], what: str) -> list[list[Outcome]]:
    """Put pages of the same notebook, or of the same reader, together."""
    groups: dict[object, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(getattr(one, what), []).append(one)
    return list(groups.values())
