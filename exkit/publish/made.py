"""What was made from what, so that a second run makes only what changed.

Everything that can change a page is in its key: data, parameters, notebook, the kit with its template and words, the
installed libraries, the saved results that it reads, what the edition withholds. A page stands when its key and its own
bytes are those of the record. The record is written last and in one step: a run that was killed in between has made the
page but says nothing of it, and the next run makes it again.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import tempfile
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from exkit.present.citation import CHANGES
from exkit.publish.appear import appear_folder, can_write
from exkit.survey.published import FOLDER as PUBLISHED

PACKAGE = Path(__file__).parents[1]
RECORD = "record.json"


@dataclass(frozen=True)
class MadePage:
    """One page that was made: its place in the edition's folder, the digest of its bytes, its title."""

    language: str
    place: str
    digest: str
    title: str


@dataclass(frozen=True)
class Record:
    """What one notebook made with one set of values.

    Parameters
    ----------
    key
        Fingerprint of all that it was made from.
    pages
        Its pages, one per language.
    contents
        What is in each of its saved results, by language and file name.
    folders
        Digests of what is kept with it, by name.
    """

    key: str
    pages: list[MadePage] = field(default_factory=list)
    contents: dict[str, dict[str, str]] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """The records of an edition, a folder each: the record itself, and what was saved with it."""

    folder: Path

    def known(self, name: str) -> Record | None:
        """Read what is recorded under a name; nothing if that cannot be read, or what was kept with it has changed."""
        try:
            told = json.loads((self.folder / name / RECORD).read_bytes())
            record = Record(**told | {"pages": [MadePage(**page) for page in told["pages"]]})
        except (OSError, ValueError, KeyError, TypeError):
            return None
        whole = all(digest(self.kept(name, what)) == found for what, found in record.folders.items())
        return record if whole else None

    def names(self) -> list[str]:
        """List the names under which there is something."""
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []

    def kept(self, name: str, what: str) -> Path:
        """Give the folder of what was kept with a record, such as `results`."""
        return self.folder / name / what

    def keep(self, name: str, record: Record, *, work: Path, **folders: Path) -> None:
        """Write a record with copies of folders, in the place of an earlier one.

        Parameters
        ----------
        name
            The name.
        record
            What was made.
        work
            A private folder on the same file system.
        folders
            What to keep with it, by the name to keep it under.
        """
        whole = Path(tempfile.mkdtemp(dir=work)) / name
        with can_write(self.folder / name):
            whole.mkdir()
            for what, folder in folders.items():
                shutil.copytree(folder, whole / what)
            record = replace(record, folders={what: digest(whole / what) for what in folders})
            (whole / RECORD).write_text(json.dumps(asdict(record), indent=1, sort_keys=True), encoding="utf-8")
        appear_folder(whole, at=self.folder / name, work=work)

    def forget(self, name: str) -> None:
        """Remove a record."""
        shutil.rmtree(self.folder / name, ignore_errors=True)


def stands(record: Record | None, *, key: str, folder: Path) -> bool:
    """Tell whether what a record says was made from the same, and is there unchanged.

    Parameters
    ----------
    record
        From `Made.known`.
    key
        Fingerprint of what it would be made from now.
    folder
        The edition's folder.
    """
    return record is not None and record.key == key and all(is_there(page, folder=folder) for page in record.pages)


def is_there(page: MadePage, *, folder: Path) -> bool:
    """Tell whether a page is where it was put, with the same bytes."""
    path = folder / page.place
    return path.is_file() and not path.is_symlink() and digest(path) == page.digest


def key(**parts: object) -> str:
    """Fingerprint what a page is made from, named part by part."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def digest(path: Path) -> str:
    """Fingerprint a file, or a folder with the names of its files; a path that is not there has one too."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
        listed = [(file.relative_to(path).as_posix(), digest(file)) for file in files]
        return hashlib.sha256(json.dumps(listed).encode()).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def kit() -> str:
    """Fingerprint the kit and what it stands on.

    That is code, template and words, the published figures, the changes that reports print, and everything that is
    installed.
    """
    return key(files=[digest(path) for path in (PACKAGE, PUBLISHED, *CHANGES)], installed=_installed())


@cache
def _installed() -> list[str]:
    """List Python and everything that is installed with it, with versions."""
    installed = sorted({f"{one.name} {one.version}" for one in distributions()})
    return [f"Python {platform.python_version()}", *installed]
