"""What an edition will make: pieces, and fingerprints of what they are made from.

A piece is one notebook with one set of values: a chapter, or the pages of one sector or organisation. It has a job for
each language.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.publish import made
from exkit.publish.appear import slug
from exkit.publish.parameters import read_notebook

if TYPE_CHECKING:
    from exkit.publish.edition import Edition
    from exkit.publish.fan import Reader
    from exkit.publish.job import Job
    from exkit.publish.layout import Layout
    from exkit.publish.render import Look
    from exkit.survey.study import Study

READS = re.compile(r"\bsaved\s*\(|EXKIT_SAVED")
"""How the code of a notebook looks that reads what earlier chapters saved."""


@dataclass(frozen=True)
class Piece:
    """One notebook with one set of values.

    Parameters
    ----------
    jobs
        A page per language.
    """

    jobs: tuple[Job, ...]

    @property
    def notebook(self) -> Path:
        """Its notebook."""
        return self.jobs[0].notebook

    @property
    def reader(self) -> Reader | None:
        """The sector or organisation whose own pages it makes, if it does."""
        return self.jobs[0].reader

    @property
    def name(self) -> str:
        """What it is recorded as."""
        own = slug(self.notebook.stem)
        return f"{own}@{self.reader.what}@{self.reader.file}" if self.reader else own

    @property
    def saves(self) -> bool:
        """Whether later chapters may read what it saves."""
        return self.reader is None

    @cached_property
    def reads(self) -> bool:
        """Whether it reads what earlier chapters saved."""
        return bool(READS.search(code_of(self.notebook)))


def code_of(notebook: Path) -> str:
    """Give the code of a notebook, its cells one below the other."""
    return "\n".join(cell.source for cell in read_notebook(notebook).cells if cell.cell_type == "code")


@dataclass(frozen=True)
class Plan:
    """All that one run makes.

    Parameters
    ----------
    contents
        The edition.
    study
        What it is about.
    layout
        Where everything goes.
    looks
        How pages look, by language.
    pieces
        Everything that belongs to the edition: chapters first, in order.
    wanted
        Names of the pieces that are to be made now.
    participants
        Names that stand in nobody's pages but their own.
    homes
        Sector of each organisation.
    """

    contents: Edition
    study: Study
    layout: Layout
    looks: dict[str, Look]
    pieces: list[Piece]
    wanted: frozenset[str]
    participants: tuple[str, ...] = ()
    homes: dict[str, str] = field(default_factory=dict)

    @cached_property
    def kit(self) -> str:
        """Fingerprint of the kit as it was when this run began."""
        return made.kit()

    @property
    def chapters(self) -> list[Piece]:
        """Pieces that are not about one sector or organisation, in order."""
        return [piece for piece in self.pieces if piece.reader is None]

    @property
    def fanned(self) -> list[Piece]:
        """Pieces about one sector or organisation."""
        return [piece for piece in self.pieces if piece.reader]

    def asking_key(self, piece: Piece, *, saved: str) -> str:
        """Fingerprint what decides what a chapter asks to show: everything but its looks."""
        return made.key(
            kit=self.kit,
            data=self.study.digest,
            notebook=made.digest(piece.notebook),
            values=[job.values for job in piece.jobs],
            saved=saved if piece.reads else "",
        )

    def page_key(self, piece: Piece, *, saved: str, withheld: str) -> str:
        """Fingerprint everything that the pages of a piece are made from."""
        around = [
            [
                job.language, job.at.relative_to(self.layout.folder), job.edition, job.date, asdict(job.look),
                job.remark, job.about, job.versions,
            ]
            for job in piece.jobs
        ]  # fmt: skip
        return made.key(asking=self.asking_key(piece, saved=saved), around=around, withheld=withheld)
