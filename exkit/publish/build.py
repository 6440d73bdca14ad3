"""One notebook becomes its pages, one per language.

All languages are executed and rendered before any page is put in its place, so that a page only points to versions of
itself that exist. What they saved is the same in every language, and is gathered once. A notebook that fails is kept
aside under `failed/`, stripped of everything its cells had printed, and nothing that it saved is gathered.
"""

from __future__ import annotations

import platform
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.present import words
from exkit.present.save import contents, read_saved
from exkit.publish.appear import appear, need_real
from exkit.publish.execute import Limits, NotebookError, error_of, execute, together
from exkit.publish.prose import title
from exkit.publish.render import Look, Page, render, template_digest

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
        Where `failed/` goes.
    at
        Final path of the page.
    study
        The study that the notebook opens, if any.
    saved
        Folder of what earlier chapters saved; as in JupyterLab, `results` beside the notebook, when left out.
    edition, date, look, remark
        What the edition adds: its title and date in this language, how it looks, a sentence to print.
    """

    notebook: Path
    values: dict[str, object]
    language: str
    folder: Path
    at: Path
    study: Study | None = None
    saved: Path | None = None
    edition: str = ""
    date: str = ""
    look: Look = field(default_factory=Look)
    remark: str = ""


@dataclass(frozen=True)
class Outcome:
    """How one page went.

    Parameters
    ----------
    notebook, language, page
        Which page, and where it is.
    title
        What it is called; empty when it failed.
    problem
        What was wrong, for who made it; empty when nothing was.
    public_problem
        The same for everybody: without a folder of this machine, and without what Python says of an error.
    results
        What it saved: file name by what is in it, in the language of the page.
    """

    notebook: str
    language: str
    page: Path
    title: str = ""
    problem: str = ""
    public_problem: str = ""
    results: dict[str, str] = field(default_factory=dict)


def build(jobs: list[Job], *, gathered: Path, work: Path, limits: Limits | None = None) -> list[Outcome]:
    """Make the pages of one notebook.

    Parameters
    ----------
    jobs
        The same notebook, once per language.
    gathered
        Folder of all that is saved; what this notebook saves is added.
    work
        A private folder on the file system of the pages.
    limits
        Time limits of each execution.

    Returns
    -------
    list of Outcome
        One per job, in the same order.
    """
    own = Path(tempfile.mkdtemp(dir=work))
    executed = _execute(jobs, own=own, limits=limits)
    failed = _keep_failed([job for job in jobs if isinstance(executed[job.language], NotebookError)], executed, own=own)
    failed |= _refuse([job for job in jobs if job.language not in failed], own=own, gathered=gathered)
    pages = failed | _render([job for job in jobs if job.language not in failed], executed)
    outcomes = [_put(job, executed[job.language], pages[job.language], own=own) for job in jobs]
    for job, outcome in zip(jobs, outcomes, strict=True):
        for name in outcome.results:
            appear((_results(job, own) / name).read_bytes(), at=gathered / name, work=own)
    return outcomes


def _execute(jobs: list[Job], *, own: Path, limits: Limits | None) -> dict[str, NotebookNode | NotebookError]:
    """Execute all languages side by side."""
    for job in jobs:
        _results(job, own).mkdir()
    executed = together([partial(_execute_one, job, own=own, limits=limits) for job in jobs])
    return {job.language: one for job, one in zip(jobs, executed, strict=True)}


def _execute_one(job: Job, *, own: Path, limits: Limits | None) -> NotebookNode | NotebookError:
    folders = {"results": _results(job, own), "saved": job.saved}
    try:
        return execute(job.notebook, parameters=job.values, limits=limits, **folders)
    except NotebookError as failure:
        return failure


def _keep_failed(
    jobs: list[Job], executed: dict[str, NotebookNode | NotebookError], *, own: Path
) -> dict[str, Outcome]:
    """Put failed notebooks aside."""
    failed = {}
    for job in jobs:
        failure = executed[job.language]
        kept = appear(_stripped(failure.executed), at=_failed(job), work=own)
        told = f"{failure}\n  Executed so far: {kept}"
        failed[job.language] = _failure(job, told, public=failure.public)
    return failed


def _refuse(jobs: list[Job], *, own: Path, gathered: Path) -> dict[str, Outcome]:
    """Tell of which languages what they saved will not do."""
    failed, there = {}, [gathered]
    for job in jobs:
        try:
            for file in _saved(job, own):
                _need_result(file, there=there)
            there.append(_results(job, own))
        except ExkitError as error:
            told = f"{job.notebook.name} was executed, but what it saved will not do: {error}"
            failed[job.language] = _failure(job, told)
    return failed


def _need_result(file: Path, *, there: list[Path]) -> None:
    """Complain about a saved file that is not a result, or bears a name under which another one is there."""
    need_real(file)
    read_saved(file)
    others = [folder / file.name for folder in there if (folder / file.name).exists()]
    if any(other.read_bytes() != file.read_bytes() for other in others):
        raise ExkitError(
            f"'{file.stem}' had been saved with other contents, by an earlier chapter or in another language. "
            "Save each result under a name of its own, and nothing that depends on the language."
        )


def _render(jobs: list[Job], executed: dict[str, NotebookNode]) -> dict[str, bytes | Outcome]:
    """Render pages that point to each other; where one will not do, the others again without it."""
    pages = {job.language: _render_one(job, executed[job.language], others=jobs) for job in jobs}
    sound = [job for job in jobs if not isinstance(pages[job.language], Outcome)]
    return pages if len(sound) == len(jobs) else pages | _render(sound, executed)


def _render_one(job: Job, executed: NotebookNode, *, others: list[Job]) -> bytes | Outcome:
    html = render(executed, page=describe(job, executed, others=[other for other in others if other is not job]))
    if len(html) > LARGEST:
        told = f"would be {len(html):,} bytes, more than {LARGEST:,}. Show less in it."
        return _failure(job, f"{job.at} {told}", public=f"{job.at.name} {told}")
    return html


def _put(job: Job, executed: NotebookNode, html: bytes | Outcome, *, own: Path) -> Outcome:
    """Put a page in its place."""
    if isinstance(html, Outcome):
        return html
    try:
        saved = {file.name: contents(read_saved(file), language=job.language) for file in _saved(job, own)}
        appear(html, at=job.at, work=own)
        _failed(job).unlink(missing_ok=True)
    except (ExkitError, OSError) as error:
        told = f"{job.notebook.name} was executed, but its page cannot be written"
        return _failure(job, f"{told}: {error}", public=f"{told}.")
    name = title(executed, language=job.language) or job.notebook.stem
    return Outcome(job.notebook.name, job.language, job.at, title=name, results=saved)


def _failure(job: Job, problem: str, *, public: str = "") -> Outcome:
    return Outcome(job.notebook.name, job.language, job.at, problem=problem, public_problem=public or problem)


def _results(job: Job, own: Path) -> Path:
    return own / job.language


def _saved(job: Job, own: Path) -> list[Path]:
    return sorted(_results(job, own).iterdir())


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
        look=job.look,
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
