"""The files of a built edition, searched: whom they name, what they load and run, where they lead, how they are packed.

A delivery names no other participant, and what may be put online names none. Pages are of a size that can be sent, ask
nothing of another host, and lead nowhere that they should not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

import pandas as pd

from exkit.publish import naming
from exkit.publish.build import LARGEST
from exkit.publish.fan import called_of, names, with_files
from exkit.publish.finding import LINK, NAMED, PACKED, REQUEST, SCRIPT, SHOWN, SIZE, Finding
from exkit.publish.layout import Layout

if TYPE_CHECKING:
    from exkit.survey.study import Study

INDEXES = ("index.html", "internal/index.html")
"""Pages that may have a script: they are searched, and need nothing but themselves."""


class Names:
    """What participants and the units of each are called, in every language, where ordinary words are not called so.

    Parameters
    ----------
    study
        The data.
    beside
        Texts that pages hold besides the kit's own words.
    """

    def __init__(self, study: Study, *, beside: Iterable[str]) -> None:
        people = [study.people(table) for table in study.tables]
        pairs = [f.reindex(columns=["organisation", "unit"]).drop_duplicates() for f in people if "organisation" in f]
        both = pd.concat([pd.DataFrame(columns=["organisation", "unit"]), *pairs]).dropna(subset="organisation")
        of = {
            str(name): called_of(study, "organisation", [name]) | called_of(study, "unit", rows["unit"].dropna())
            for name, rows in both.groupby("organisation")
        }
        sectors = called_of(study, "sector", names(study, what="sector"))
        can_be_told = set(naming.tellable(set().union(*of.values()), beside=[*beside, *sectors]))
        self.of = {name: found & can_be_told for name, found in of.items()}

    def others(self, own: str) -> list[str]:
        """List what names others than one participant."""
        return sorted(set().union(*(names for name, names in self.of.items() if name != own)) - self.of.get(own, set()))


@dataclass(frozen=True)
class Files:
    """The files of a built edition."""

    layout: Layout

    @cached_property
    def online(self) -> list[Path]:
        """What may be put online."""
        inside = [self.layout.internal, self.layout.folder / "failed"]
        every = sorted(path for path in self.layout.folder.rglob("*") if path.is_file())
        return [path for path in every if not any(path.is_relative_to(folder) for folder in inside)]

    @cached_property
    def deliveries(self) -> dict[Path, list[Path]]:
        """Per participant's folder its files."""
        there = self.layout.deliveries
        folders = sorted(path for path in there.iterdir() if path.is_dir()) if there.is_dir() else []
        return {folder: sorted(path for path in folder.rglob("*") if path.is_file()) for folder in folders}

    @property
    def counts(self) -> dict[str, int]:
        """Count them."""
        delivered = [path for files in self.deliveries.values() for path in files]
        every = [path for path in [*self.online, *delivered] if path.suffix == ".html"]
        return {"files online": len(self.online), "deliveries": len(self.deliveries), "pages": len(every)}

    def told(self, path: Path) -> str:
        """Give the place of a file in the edition."""
        return path.relative_to(self.layout.folder).as_posix()


def named(files: Files, names: Names) -> Iterator[Finding]:
    """Find participants named where they may not be.

    Parameters
    ----------
    files
        Of the edition.
    names
        Of participants.

    Yields
    ------
    Finding
        Per file and name.
    """
    everybody = names.others("")
    for path in files.online:
        yield from _named_in(path, everybody, files)
    owners = {reader.file: reader.name for reader in with_files(list(names.of), what="organisation")}
    for folder, inside in files.deliveries.items():
        own = owners.get(folder.name, "")
        of_others = names.others(own)
        for path in inside:
            yield from _named_in(path, of_others, files, own=sorted(names.of.get(own, ())))


def _named_in(path: Path, names: list[str], files: Files, *, own: Sequence[str] = ()) -> Iterator[Finding]:
    """Find names in a file or in what it is called; what is drawn in pixels apart."""
    source = re.sub(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+", "", path.read_text("utf-8", errors="replace"))
    for name in naming.named(f"{path.name}\n{source}", names=names, own=own):
        yield Finding(NAMED, files.told(path), f"'{name}'")


class _Page(HTMLParser):
    """What a page loads, where it leads, and what its withheld cells say."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.loads, self.links, self.scripts, self.hidden, self._withheld = [], [], 0, [], False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.scripts += tag == "script"
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.loads += [given[name] for name in ("src", "srcset", "data", "poster") if given.get(name)]
        self.loads += [given["href"]] if tag in ("link", "image", "use") and given.get("href") else []
        self.loads += re.findall(r"url\(['\"]?([^'\")]+)", given.get("style", ""))
        if tag in ("td", "th"):
            self._withheld = "withheld" in given.get("class", "").split()

    def handle_endtag(self, tag: str) -> None:
        self._withheld &= tag not in ("td", "th", "tr")

    def handle_data(self, data: str) -> None:
        self.loads += re.findall(r"(?:url\(['\"]?|@import ['\"])([^'\")]+)", data) if self.lasttag == "style" else []
        self.hidden += [data] if self._withheld else []


def pages(files: Files) -> Iterator[Finding]:
    """Find pages that are too large, load from elsewhere, lead where they should not, or have a script.

    Parameters
    ----------
    files
        Of the edition.

    Yields
    ------
    Finding
        Per page and what is wrong with it.
    """
    parts = [(files.layout.folder, files.online), *files.deliveries.items()]
    for home, inside in parts:
        for path in (path for path in inside if path.suffix == ".html"):
            yield from _page(path, home, files)


def _page(path: Path, home: Path, files: Files) -> Iterator[Finding]:
    """Look at one page, which may lead to what is in its home."""
    where, size = files.told(path), path.stat().st_size
    page = _Page(path.read_text("utf-8"))
    if size > LARGEST:
        yield Finding(SIZE, where, f"{size:,} bytes, more than {LARGEST:,}")
    for address in page.loads:
        if not address.startswith(("#", "data:")):
            yield Finding(REQUEST, where, f"loads '{address}'")
    for address in page.links:
        if not _may_lead(path, address, home, private=files.layout.internal):
            yield Finding(LINK, where, f"leads to '{address}'")
    if page.scripts > (where in INDEXES):
        yield Finding(SCRIPT, where, f"{page.scripts} scripts")
    if any(re.search(r"\d", told) for told in page.hidden):
        yield Finding(SHOWN, where, "a number in a withheld cell")


def _may_lead(page: Path, address: str, home: Path, *, private: Path) -> bool:
    """Tell whether a link leads to a web page, to a place on the page, or to a file that goes with it."""
    if address.startswith(("#", "https://", "http://", "mailto:", "data:")):
        return True
    target, own, inside = ((page.parent / re.split(r"[?#]", address)[0]).resolve(), home.resolve(), private.resolve())
    outside = not target.is_relative_to(own) or (not own.is_relative_to(inside) and target.is_relative_to(inside))
    return target.is_file() and not outside


def packed(files: Files) -> Iterator[Finding]:
    """Find packed deliveries that are not what is in their folder.

    Parameters
    ----------
    files
        Of the edition.

    Yields
    ------
    Finding
        Per delivery.
    """
    for folder, inside in files.deliveries.items():
        at = folder.with_name(f"{folder.name}.zip")
        try:
            with ZipFile(at) as pack:
                found = sorted(pack.read(name) for name in pack.namelist() if not name.endswith("/"))
        except (OSError, BadZipFile):
            yield Finding(PACKED, files.told(at), "cannot be read")
            continue
        if found != sorted(path.read_bytes() for path in inside):
            yield Finding(PACKED, files.told(at), "is not what is in the folder")
