"""The second pass over an edition: pages are made, unless they are up to date.

A chapter of which no more is withheld than it withheld itself, and that read the same, keeps what the first pass made
of it. The pages of sectors and organisations read what the chapters have saved.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.publish.appear import appear
from exkit.publish.build import build
from exkit.publish.job import Job, Outcome
from exkit.publish.made import MadePage, Record, digest, is_there, stands
from exkit.publish.passes import Run, Started, gather

if TYPE_CHECKING:
    from exkit.publish.asking import Asked
    from exkit.publish.ledger import Decision
    from exkit.publish.plan import Piece


def make(
    run: Run, asked: Asked, decision: Decision, *, into: Path, on_page: Callable[[Outcome], None]
) -> list[Outcome]:
    """Make the pages that are wanted and not up to date.

    Parameters
    ----------
    run
        The run.
    asked
        What the first pass left.
    decision
        What the edition withholds.
    into
        An empty folder, for all that is saved.
    on_page
        Called after each page that was wanted.

    Returns
    -------
    list of Outcome
        How every page went; of those that were not wanted, the ones that are there.
    """
    appear(run.withheld.read_bytes(), at=run.plan.layout.ledger / run.withheld.name, work=run.work)
    outcomes, start = [], partial(_start, run, asked=asked, decision=decision, gathered=into)
    for piece, started in run.ahead(run.plan.pieces, start=start):
        found = _finish(run, piece, started, gathered=into)
        outcomes += found
        for outcome in found if piece.name in run.plan.wanted else []:
            on_page(outcome)
    return outcomes


def _start(run: Run, piece: Piece, *, asked: Asked, decision: Decision, gathered: Path) -> Started:
    """Begin to execute a piece that is wanted and not up to date."""
    read, record = digest(gathered), run.pages.known(piece.name)
    key = run.plan.page_key(piece, saved=read, withheld=digest(run.withheld))
    if piece.name not in run.plan.wanted:
        return Started(key, record or Record(key), [])
    if stands(record, key=key, folder=run.plan.layout.folder):
        return Started(key, record, [])
    touched = piece.notebook.stem in decision.touched
    return Started(key, None, [
        _made_before(piece, job, asked, read=None if touched else read)
        or run.submit(job, saved=gathered, withheld=run.withheld)
        for job in piece.jobs
    ])  # fmt: skip


def _made_before(piece: Piece, job: Job, asked: Asked, *, read: str | None) -> Future | None:
    """Take what the first pass made, if it read the same and nothing more is withheld."""
    before, then = asked.attempts.pop((piece.name, job.language), (None, ""))
    if before is None or read is None or (piece.reads and then != read):
        return None
    done = Future()
    done.set_result(before)
    return done


def _finish(run: Run, piece: Piece, started: Started, *, gathered: Path) -> list[Outcome]:
    """Put the pages of a piece in their places and record them; or tell what is recorded."""
    if started.record is not None:
        kept = run.pages.kept(piece.name, "results")
        if kept.is_dir():
            gather(kept, into=gathered)
        return _recorded(run, piece, started.record)
    read, attempts = digest(gathered), [execution.result() for execution in started.executions]
    outcomes = build(attempts, gathered=gathered, work=run.work)
    same = partial(run.plan.page_key, piece, saved=read, withheld=digest(run.withheld))
    if not any(outcome.problem for outcome in outcomes) and run.unchanged(started.key, same):
        kept = {"results": attempts[0].results} if piece.saves else {}
        run.pages.keep(piece.name, _record(run, started.key, outcomes), work=run.work, **kept)
    for one in attempts:
        shutil.rmtree(one.folder)
    return outcomes


def _record(run: Run, key: str, outcomes: list[Outcome]) -> Record:
    folder = run.plan.layout.folder
    pages = [
        MadePage(one.language, one.page.relative_to(folder).as_posix(), digest(one.page), one.title) for one in outcomes
    ]
    return Record(key, pages, {one.language: one.results for one in outcomes})


def _recorded(run: Run, piece: Piece, record: Record) -> list[Outcome]:
    """Tell of pages that are there."""
    folder, name = run.plan.layout.folder, piece.notebook.name
    return [
        Outcome(
            name,
            page.language,
            folder / page.place,
            title=page.title,
            results=record.contents.get(page.language, {}),
            reader=piece.reader,
            made=False,
        )
        for page in record.pages
        if is_there(page, folder=folder)
    ]


def foresee(run: Run, decision: Decision) -> list[Outcome]:
    """Say what `make` would do.

    Parameters
    ----------
    run
        The run, after its first pass.
    decision
        What the edition withholds.

    Returns
    -------
    list of Outcome
        The pages that are wanted: those that would be made, and those that are up to date.
    """
    gathered, outcomes, certain = run.folder("foreseen"), [], True
    for piece in run.plan.pieces:
        key = run.plan.page_key(piece, saved=digest(gathered), withheld=digest(run.withheld))
        same = stands(run.pages.known(piece.name), key=key, folder=run.plan.layout.folder)
        same = same and (certain or not piece.reads)
        if piece.saves:
            # What a chapter will save is what it saved in the first pass, unless more is withheld of it.
            saved = (run.pages if same else run.asking).kept(piece.name, "results")
            certain = certain and saved.is_dir() and (same or piece.notebook.stem not in decision.touched)
            if saved.is_dir():
                gather(saved, into=gathered)
        if piece.name in run.plan.wanted:
            outcomes += [
                Outcome(job.notebook.name, job.language, job.at, reader=job.reader, made=not same) for job in piece.jobs
            ]
    return outcomes
