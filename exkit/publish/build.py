"""One notebook becomes its pages, one per language.

Each language is executed first and rendered afterwards, so that a page only points to versions of itself that exist.
A notebook that fails is kept aside under `failed/`, stripped of everything its cells had printed.
"""

from __future__ import annotations

import platform
from copy import deepcopy
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.present import words
from exkit.present.theme import COLOURS
from exkit.publish.appear import appear, private_folder
from exkit.publish.execute import Limits, NotebookError, error_of, execute
from exkit.publish.prose import title
from exkit.publish.render import Page, render, template_digest

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from exkit.survey.study import Study

LARGEST = 600_000
"""Bytes that a page may have: it is sent by mail and opened on a telephone."""


@dataclass(frozen=True)
class Job:
    """One page to make, checked and not yet executed.

    Parameters
    ----------
    notebook
        Path of the notebook.
    values
        Checked parameters.
    language
        Language of the page.
    folder
        Where `results/` and `failed/` go.
    at
        Final path of the page.
    study
        The study that the notebook opens, if any.
    edition, date, accent, remark
        What the edition adds: its title and date in this language, its colour, a sentence to print.
    """

    notebook: Path
    values: dict[str, object]
    language: str
    folder: Path
    at: Path
    study: Study | None = None
    edition: str = ""
    date: str = ""
    accent: str = COLOURS["accent"]
    remark: str = ""


@dataclass(frozen=True)
class Outcome:
    """How one page went: where it is and what it is called, or what was wrong."""

    notebook: str
    language: str
    page: Path
    title: str = ""
    problem: str = ""


def build(jobs: list[Job], *, limits: Limits | None = None) -> list[Outcome]:
    """Make the pages of one notebook.

    Parameters
    ----------
    jobs
        The same notebook, once per language.
    limits
        Time limits of each execution.

    Returns
    -------
    list of Outcome
        One per job, in the same order.
    """
    with private_folder(jobs[0].folder.parent) as work:
        executed = {job.language: _execute(job, work=work, limits=limits) for job in jobs}
        made = [job for job in jobs if not isinstance(executed[job.language], Outcome)]
        return [_finish(job, executed[job.language], made=made, work=work) for job in jobs]


def _execute(job: Job, *, work: Path, limits: Limits | None) -> NotebookNode | Outcome:
    """Execute one language; a failure is an outcome already."""
    results = work / job.language
    results.mkdir()
    try:
        return execute(job.notebook, parameters=job.values, results=results, limits=limits)
    except NotebookError as failure:
        kept = appear(_stripped(failure.executed), at=_failed(job), work=work)
        return _outcome(job, problem=f"{failure}\n  Executed so far: {kept}")


def _finish(job: Job, executed: NotebookNode | Outcome, *, made: list[Job], work: Path) -> Outcome:
    """Render what was executed and put page and results in their places."""
    if isinstance(executed, Outcome):
        return executed
    page = describe(job, executed, others=[other for other in made if other is not job])
    try:
        html = render(executed, page=page)
        if len(html) > LARGEST:
            return _outcome(
                job, problem=f"{job.at} would be {len(html):,} bytes, more than {LARGEST:,}. Show less in it."
            )
        appear(html, at=job.at, work=work)
        _keep_results(job, work=work)
        _failed(job).unlink(missing_ok=True)
    except (ExkitError, OSError) as error:
        return _outcome(job, problem=f"{job.notebook.name} was executed, but its page cannot be written: {error}")
    return _outcome(job, title=page.title)


def _keep_results(job: Job, *, work: Path) -> None:
    """Move what the notebook saved into the edition's results."""
    for saved in sorted((work / job.language).iterdir()):
        if saved.is_file() and not saved.is_symlink():
            appear(saved.read_bytes(), at=job.folder / "results" / saved.name, work=work)


def _outcome(job: Job, *, title: str = "", problem: str = "") -> Outcome:
    return Outcome(job.notebook.name, job.language, job.at, title=title, problem=problem)


def _failed(job: Job) -> Path:
    return job.folder / "failed" / job.language / job.notebook.name


def _stripped(notebook: NotebookNode) -> bytes:
    """Keep a failed notebook's code and the name of its error; a message only when it is the kit's own.

    Any other output or message may quote a respondent.
    """
    import nbformat

    kept = deepcopy(notebook)
    kept.metadata.pop("papermill", None)
    for cell in kept.cells:
        cell.metadata.pop("papermill", None)
        if cell.cell_type == "code":
            cell.outputs = [_bare(error) for error in [error_of(cell)] if error]
    return nbformat.writes(kept).encode()


def _bare(error: NotebookNode) -> NotebookNode:
    from nbformat.v4 import new_output

    message = error.evalue if error.ename == "ExkitError" else ""
    return new_output("error", ename=error.ename, evalue=message, traceback=[])


def describe(job: Job, executed: NotebookNode, *, others: list[Job]) -> Page:
    """Say what a page shows around the notebook's content.

    Parameters
    ----------
    job
        The page to describe.
    executed
        Its notebook.
    others
        The same page in other languages.
    """
    study, language = job.study, job.language
    return Page(
        title=title(executed, language=language) or job.notebook.stem,
        language=language,
        edition=job.edition,
        date=job.date,
        dataset=study.title(language) if study else "",
        synthetic=bool(study and study.synthetic),
        accent=job.accent,
        home="index.html" if job.edition else "",
        languages={other.language: f"../{other.language}/{other.at.name}" for other in others},
        provenance=_provenance(job),
        remark=job.remark,
    )


def _provenance(job: Job) -> dict[str, str]:
    """Say what a page was made from: label by value, in the language of the page."""
    _ = words.translator(job.language)
    shown = job.values | ({"dataset": Path(str(job.values["dataset"])).name} if job.values.get("dataset") else {})
    given = ", ".join(f"{name} = {_plain(value)}" for name, value in shown.items())
    data = {_("Data"): f"{job.study.title(job.language)} ({job.study.digest[:12]})"} if job.study else {}
    seed = {_("Seed"): str(job.values["seed"])} if "seed" in job.values else {}
    return (
        data
        | {_("Notebook"): job.notebook.name, _("Parameters"): given or _("as in the notebook")}
        | seed
        | {
            _("Software"): f"exkit {version('exkit')}, pandas {version('pandas')}, Python {platform.python_version()}",
            _("Template"): template_digest(),
        }
    )


def _plain(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
