"""The first pass over an edition: every chapter runs once, in one language, and notes what it asks to show.

What is asked does not depend on the language. Where a chapter stops in the first one, the next is tried: a page that
nobody has asked for would escape the decision. What a chapter asked and saved is recorded, so that a later run need not
ask again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.publish.build import need_results
from exkit.publish.job import Attempt
from exkit.publish.made import Record, digest
from exkit.publish.passes import Run, Started, gather

if TYPE_CHECKING:
    from exkit.publish.ledger import Decision
    from exkit.publish.plan import Piece


@dataclass(frozen=True)
class Asked:
    """What the first pass left.

    Parameters
    ----------
    folder
        What each chapter asked to show, a sub-folder per notebook.
    gathered
        What the chapters saved.
    attempts
        Executions that this run did, by chapter and language, each with the digest of what it read.
    """

    folder: Path
    gathered: Path
    attempts: dict[tuple[str, str], tuple[Attempt, str]] = field(default_factory=dict)


def ask(run: Run, on_asked: Callable[[int, int], None]) -> Asked:
    """Run every chapter once, unless it is recorded what it asks to show.

    Parameters
    ----------
    run
        The run.
    on_asked
        Called after each chapter, with how many are done and how many there are.

    Returns
    -------
    Asked
        What they asked and saved.
    """
    asked, chapters = Asked(run.folder("asked"), run.folder("gathered")), run.plan.chapters
    start = partial(_start, run, asked=asked)
    for n, (piece, started) in enumerate(run.ahead(chapters, start=start), start=1):
        if started.record is None:
            _note(run, piece, started, asked=asked)
        else:
            _take(piece, run.asking.kept(piece.name, "asked"), run.asking.kept(piece.name, "results"), asked=asked)
        on_asked(n, len(chapters))
    return asked


def _start(run: Run, piece: Piece, *, asked: Asked) -> Started:
    """Begin to execute a chapter that has to be asked."""
    key, record = run.plan.asking_key(piece, saved=digest(asked.gathered)), run.asking.known(piece.name)
    if record and record.key == key:
        return Started(key, record, [])
    return Started(key, None, [run.submit(piece.jobs[0], saved=asked.gathered, asking=True)])


def _note(run: Run, piece: Piece, started: Started, *, asked: Asked) -> None:
    """Take what a chapter asked and saved in the first language in which it runs to its end, and record it."""
    read, begun = digest(asked.gathered), list(started.executions)
    for job in piece.jobs:
        execution = begun.pop() if begun else run.submit(job, saved=asked.gathered, asking=True)
        done = execution.result()
        asked.attempts[piece.name, job.language] = done, read
        if done.ran and _sound(done, there=asked.gathered):
            _take(piece, done.asked, done.results, asked=asked)
            if run.unchanged(started.key, partial(run.plan.asking_key, piece, saved=read)):
                kept = {"asked": done.asked, "results": done.results}
                run.asking.keep(piece.name, Record(started.key), work=run.work, **kept)
            return


def _take(piece: Piece, noted: Path, results: Path, *, asked: Asked) -> None:
    shutil.copytree(noted, asked.folder / piece.notebook.stem)
    gather(results, into=asked.gathered)


def _sound(done: Attempt, *, there: Path) -> bool:
    """Tell whether what was saved will do; if not, the second pass says why."""
    try:
        need_results(done, there=[there])
    except ExkitError:
        return False
    return True


def decide(run: Run, asked: Asked) -> Decision:
    """Decide what the edition withholds, and write the list of it."""
    from exkit.publish import ledger

    contents = run.plan.contents
    deliveries = bool(contents.each.organisation)
    told = {"min_n": contents.min_n, "study": run.plan.study, "deliveries": deliveries}
    return ledger.decide(asked.folder, **told, at=run.withheld)
