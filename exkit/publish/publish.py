"""From an edition, or from one notebook, to pages.

Everything that can be checked is checked before anything is executed. One run at a time writes to a folder. What is
saved is gathered anew and replaces the results of an earlier build as a whole: all of it inside, and what names no
participant where it may be put online. A page that fails is told and does not stop the others; pages that no longer
belong to the edition are removed; an index names the pages that there are, and no others.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.present.save import read_saved
from exkit.publish import making
from exkit.publish.appear import appear_folder, local_path, need_real, need_room, private_folder
from exkit.publish.asking import ask, decide
from exkit.publish.build import LARGEST, build
from exkit.publish.catalogue import Catalogue
from exkit.publish.delivery import Deliveries
from exkit.publish.edition import SMALLEST, from_root
from exkit.publish.execute import Kernels, Limits
from exkit.publish.front import Front
from exkit.publish.job import Job, Outcome, attempt
from exkit.publish.laying import dataset_of, defaults_of, lay_out, open_study, seen_from
from exkit.publish.lock import alone
from exkit.publish.naming import named
from exkit.publish.parameters import checked, need_known
from exkit.publish.passes import Run
from exkit.publish.plan import Plan
from exkit.publish.stale import tidy
from exkit.publish.withholding import FINDING, Withholding
from exkit.result import chosen_in

if TYPE_CHECKING:
    import pandas as pd

    from exkit.publish.ledger import Decision

MOST_WORKERS = 4
"""Kernels side by side when nobody says how many: each takes some 300 MB of memory."""

PARTICIPANTS = ("organisation", "unit")
"""Columns of a saved result that name participants; what has any in them is not put online."""


@dataclass(frozen=True)
class Choice:
    """What of an edition is to be made, and how.

    Parameters
    ----------
    only
        Names of sectors, organisations or notebooks; everything when empty.
    limit
        How many sectors, and how many organisations; all when left out.
    workers
        Kernels side by side; as many as there are processors, at most four, when left out.
    """

    only: tuple[str, ...] = ()
    limit: int | None = None
    workers: int | None = None


@dataclass(frozen=True)
class Published:
    """How a run over an edition went.

    Parameters
    ----------
    outcomes
        How each page went: those that were made, and those that stand.
    decision
        What the edition withholds.
    removed
        Pages that no longer belonged to it.
    left
        Pages of an earlier run that were not asked for and not looked at.
    """

    outcomes: list[Outcome]
    decision: Decision
    removed: list[Path]
    left: int = 0


Hear = Callable[[Outcome, int], None]
HearAsked = Callable[[int, int], None]


def publish(
    edition: Path,
    *,
    choice: Choice = Choice(),
    on_page: Hear = lambda _outcome, _total: None,
    on_asked: HearAsked = lambda _n, _total: None,
) -> Published:
    """Publish an edition.

    Parameters
    ----------
    edition
        The edition's file. What is published appears in the folder of the same name beside it.
    choice
        What of it, and how.
    on_page
        Called after each page with its outcome and the number of pages in all.
    on_asked
        Called in the first pass, after each chapter, with how many are done and how many there are.

    Returns
    -------
    Published
        One outcome per page, and what the edition withholds.

    Raises
    ------
    ExkitError
        If anything in the edition or its parameters is wrong, or the disk has too little room; then nothing has been
        executed. Also if another run writes to its folder, the data change meanwhile, or the disk takes nothing more.
    """
    with _run(edition, choice) as run:
        _need_room(run.plan)
        plan, asked, gathered = run.plan, ask(run, on_asked), run.folder("results")
        decision = decide(run, asked)
        total = sum(len(piece.jobs) for piece in plan.pieces if piece.name in plan.wanted)
        outcomes = making.make(run, asked, decision, into=gathered, on_page=lambda outcome: on_page(outcome, total))
        removed = tidy(run)
        _put_results(plan, gathered, work=run.work)
        front = Front(plan, outcomes)
        front.write(work=run.work)
        Deliveries(front, run.work).write()
        if removed or any(outcome.made for outcome in outcomes):
            (plan.layout.internal / FINDING).unlink(missing_ok=True)  # what an attack found was about other pages
        Withholding(plan).write(decided=decision.rows, work=run.work)
        Catalogue(front).write(work=run.work)
    return Published(outcomes, decision, removed, left=max(0, len(outcomes) - total))


def foresee(edition: Path, *, choice: Choice = Choice(), on_asked: HearAsked = lambda _n, _total: None) -> Published:
    """Say what publishing would do; no page is written.

    Parameters
    ----------
    edition, choice, on_asked
        As in `publish`.

    Returns
    -------
    Published
        An outcome for each page, which would be made or is up to date, and what the edition withholds.
    """
    with _run(edition, choice) as run:
        decision = decide(run, ask(run, on_asked))
        return Published(making.foresee(run, decision), decision, [])


@contextmanager
def _run(edition: Path, choice: Choice) -> Iterator[Run]:
    """Check everything, keep others out, and get kernels ready."""
    plan, folder = lay_out(edition, only=choice.only, limit=choice.limit), edition.with_suffix("")
    workers = choice.workers or min(MOST_WORKERS, os.cpu_count() or 1)
    with alone(folder), private_folder(folder.parent) as work, Kernels(workers) as kernels:
        kernels.will_open(from_root(edition, plan.contents.dataset))
        yield Run(plan, kernels, work)


def _need_room(plan: Plan) -> None:
    """Complain about a disk without room for the pages that are not there yet, deliveries and records included."""
    jobs = [job for piece in plan.pieces if piece.name in plan.wanted for job in piece.jobs]
    need_room(plan.layout.folder.parent, size=LARGEST * sum(not job.at.exists() for job in jobs))


def _put_results(plan: Plan, gathered: Path, *, work: Path) -> None:
    """Replace the saved results: all of them inside, and in front those that name no participant."""
    public = _fresh(work, "public")
    for file in sorted(gathered.iterdir()):
        text = file.read_text(encoding="utf-8")
        if not names_participants(read_saved(file)) and not named(text, names=plan.participants):
            shutil.copy(file, public)
    appear_folder(public, at=plan.layout.results, work=work)
    appear_folder(gathered, at=plan.layout.all_results, work=work)


def names_participants(rows: pd.DataFrame) -> bool:
    """Tell whether a saved result names any organisation or unit."""
    there = rows.assign(**chosen_in(rows)).reindex(columns=PARTICIPANTS)
    return bool((there.notna() & there.ne("")).to_numpy().any())


def _fresh(work: Path, name: str) -> Path:
    """Make a folder in a private folder."""
    folder = work / name
    folder.mkdir()
    return folder


def run(notebook: Path, *, given: Mapping[str, object], at: Path, limits: Limits | None = None) -> Outcome:
    """Make one page of one notebook, outside any edition.

    Parameters
    ----------
    notebook
        Path of the notebook.
    given
        Parameters by name; text is read as the declared type. A dataset is a path from where you are.
    at
        The page to write, no symbolic link; what the notebook saves goes to `results/` in a folder named after it.
        What it reads of other notebooks, it reads where JupyterLab has saved it.
    limits
        Time limits.

    Returns
    -------
    Outcome
        Where the page is, or what was wrong.

    Raises
    ------
    ExkitError
        If a parameter is wrong; then nothing has been executed.
    """
    given = dict(given)
    if given.get("dataset"):
        given["dataset"] = seen_from(notebook, local_path(str(given["dataset"])))
    values = checked(notebook, given)
    everything = defaults_of(notebook) | values
    _need_large_groups(everything)
    study = open_study(notebook, everything)
    need_known(everything, study)
    need_real(at)
    folder, language = at.with_suffix(""), str(everything.get("language", "en"))
    failed = folder / "failed" / language / notebook.name
    dataset = dataset_of(notebook, everything)
    job = Job(notebook, values, language, at=at, failed=failed, study=study, dataset=dataset)
    with alone(folder), private_folder(at.parent) as work, Kernels(1) as kernels:
        done = kernels.submit(lambda: attempt(job, folder=_fresh(work, "own"), limits=limits)).result()
        gathered = _fresh(work, "gathered")
        outcome = build([done], gathered=gathered, work=work)[0]
        if not outcome.problem:
            appear_folder(gathered, at=folder / "results", work=work)
    return outcome


def _need_large_groups(values: Mapping[str, object]) -> None:
    """Refuse groups below the kit's minimum: only an edition can give the reason that the page must print."""
    if values.get("min_n", SMALLEST) < SMALLEST:
        raise ExkitError(
            f"min_n = {values['min_n']} is below {SMALLEST}. Smaller groups are published only in an edition that "
            "gives a 'min_n_reason'."
        )
