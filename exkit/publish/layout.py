"""Where everything of an edition goes.

What may be put online stands in the edition's folder: indexes, pages of chapters and sectors, results that name no
participant. `internal/` holds the rest: an index of everything, how it went, what was withheld, all results, what was
made from what, and a folder for each organisation with its own pages and nothing of another's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.publish.appear import slug

if TYPE_CHECKING:
    from exkit.publish.fan import Reader


@dataclass(frozen=True)
class Layout:
    """The places in one edition's folder.

    Parameters
    ----------
    folder
        The edition's folder.
    first
        The edition's first language: a page that stands by itself, such as the status, is in that language unless its
        name says another.
    """

    folder: Path
    first: str = "nl"

    @property
    def results(self) -> Path:
        """Saved results that name no participant."""
        return self.folder / "results"

    @property
    def internal(self) -> Path:
        """What is never put online."""
        return self.folder / "internal"

    @property
    def all_results(self) -> Path:
        """All saved results."""
        return self.internal / "results"

    @property
    def ledger(self) -> Path:
        """What was made from what, and what the edition withholds."""
        return self.internal / "ledger"

    @property
    def deliveries(self) -> Path:
        """A folder for each organisation."""
        return self.internal / "deliveries"

    def delivery(self, reader: Reader) -> Path:
        """Give the folder of one organisation."""
        return self._inside(self.deliveries / reader.file)

    def packed(self, reader: Reader) -> Path:
        """Give the place of what one organisation gets, in one file."""
        return self._inside(self.deliveries / f"{reader.file}.zip")

    def page(self, notebook: Path, language: str, reader: Reader | None = None) -> Path:
        """Give the place of a page: of a chapter, of a sector, or in an organisation's own folder."""
        name = slug(notebook.stem)
        if reader is None:
            return self._inside(self.folder / language / f"{name}.html")
        if reader.what == "sector":
            return self._inside(self.folder / language / f"{name}-{reader.file}.html")
        return self._inside(self.delivery(reader) / language / f"{name}.html")

    def index(self, language: str) -> Path:
        """Give the place of the list of pages."""
        return self.folder / language / "index.html"

    def failed(self, notebook: Path, language: str, reader: Reader | None = None) -> Path:
        """Give the place where a notebook that failed is put aside."""
        if reader is None:
            return self._inside(self.folder / "failed" / language / notebook.name)
        name = f"{slug(notebook.stem)}-{reader.file}.ipynb"
        return self._inside(self.internal / "failed" / language / name)

    def withdrawn(self, page: Path) -> Path:
        """Give the folder where versions of a page are kept that was issued again since."""
        place = page.relative_to(self.internal if page.is_relative_to(self.internal) else self.folder)
        return self._inside(self.internal / "withdrawn" / place.parent)

    def home(self, language: str, reader: Reader | None = None) -> str:
        """Give the address, seen from a page, of the list that it stands in."""
        return f"../{self.alone('index', language)}" if reader and reader.what == "organisation" else "index.html"

    def alone(self, name: str, language: str) -> str:
        """Name a page that does not stand in a folder of its language: `status.html`, `status-en.html`."""
        return f"{name}.html" if language == self.first else f"{name}-{language}.html"

    def _inside(self, path: Path) -> Path:
        """Refuse a place outside the folder: a second lock behind the file names, which are plain already."""
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ExkitError(f"'{path}' lies outside '{self.folder}'. Remove the link that leads there.")
        return path
