"""An edition is made in two passes, so that what it withholds is decided over all of it before anybody sees a page.

First every chapter runs once and notes what it asks to show (`asking`). Then the pages are made, of chapters in every
language and of each sector and organisation, knowing what the whole edition withholds (`making`). Either way pieces run
side by side and are finished in order; one that reads what earlier chapters saved waits for these.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from exkit.publish import made
from exkit.publish.appear import can_write
from exkit.publish.execute import Kernels
from exkit.publish.job import Job, attempt
from exkit.publish.made import Made, Record

if TYPE_CHECKING:
    from exkit.publish.plan import Piece, Plan


class Started(NamedTuple):
    """A piece under way: its key, the record of it if that still stands, else executions of its jobs."""

    key: str
    record: Record | None
    executions: list[Future]


@dataclass(frozen=True)
class Run:
    """One run over an edition.

    Parameters
    ----------
    plan
        What is to be made.
    kernels
        What executes.
    work
        A private folder on the file system of the edition.
    """

    plan: Plan
    kernels: Kernels
    work: Path

    @property
    def asking(self) -> Made:
        """Records of the first pass."""
        return Made(self.plan.layout.ledger / "asked")

    @property
    def pages(self) -> Made:
        """Records of the second pass."""
        return Made(self.plan.layout.ledger / "pages")

    @property
    def withheld(self) -> Path:
        """The list of what the edition withholds."""
        return self.work / "withheld.csv"

    def folder(self, name: str) -> Path:
        """Make a folder in the private one."""
        folder = self.work / name
        with can_write(folder):
            folder.mkdir()
        return folder

    def submit(self, job: Job, *, saved: Path, withheld: Path | None = None, asking: bool = False) -> Future:
        """Have a job executed as soon as a kernel is free."""
        with can_write(self.work):
            own = Path(tempfile.mkdtemp(dir=self.work))
        return self.kernels.submit(partial(attempt, job, folder=own, saved=saved, withheld=withheld, asking=asking))

    def ahead(self, pieces: Sequence[Piece], *, start: Callable[[Piece], Started]) -> Iterator[tuple[Piece, Started]]:
        """Start pieces in order, a few before they are needed.

        One that reads is started when all chapters before it have been taken, and finished by whoever takes them.
        """
        waiting: deque[tuple[Piece, Started]] = deque()
        for piece in pieces:
            while len(waiting) > self.kernels.workers or (piece.reads and any(one.saves for one, _ in waiting)):
                yield waiting.popleft()
            waiting.append((piece, start(piece)))
        while waiting:
            yield waiting.popleft()

    def unchanged(self, key: str, now: Callable[[], str]) -> bool:
        """Tell whether notebook and kit are still what they were when a piece was begun: else nothing is recorded."""
        return self.plan.kit == made.kit() and key == now()


def gather(results: Path, *, into: Path) -> None:
    """Add what was saved to what has been gathered."""
    with can_write(into):
        for file in sorted(results.iterdir()):
            shutil.copy(file, into)
