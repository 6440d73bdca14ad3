"""One notebook becomes its pages, one per language.

All languages are executed and rendered before any page is put in its place, so that a page only points to versions of
itself that exist. What they saved is the same in every language, and is gathered once. A notebook that fails is kept
aside, stripped of everything its cells had printed, and nothing that it saved is gathered.
"""

from __future__ import annotations

import platform
from copy import deepcopy
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.present import words
from exkit.present.save import contents, read_saved
from exkit.publish.appear import CannotWriteError, appear, need_real
from exkit.publish.errata import put_aside, version_of
from exkit.publish.execute import Limits, NotebookError, error_of, execute
from exkit.publish.naming import named
from exkit.publish.prose import title
from exkit.publish.render import Look, Page, Version, render, template_digest

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from exkit.publish.fan import Reader
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
    at
        Final path of the page.
    failed
        Where the notebook is put aside if it fails.
    study
        The study that the notebook opens, if any.
    edition, date, look, remark
        What the edition adds: its title and date in this language, how it looks, a sentence to print.
    home
        Address of the list that the page stands in; empty when there is none.
    reader
        The sector or organisation whose own page it is, if it is.
    about
        What that is called in this language.
    unnamed
        Participants whose names may not be on the page.
    versions
        Corrections, the last first: this version of the page and what it replaces.
    aside
        Folder to keep a version in that it replaces; none is kept when left out.
    """

    notebook: Path
    values: dict[str, object]
    language: str
    at: Path
    failed: Path
    study: Study | None = None
    edition: str = ""
    date: str = ""
    look: Look = field(default_factory=Look)
    remark: str = ""
    home: str = ""
    reader: Reader | None = None
    about: str = ""
    unnamed: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    aside: Path | None = None


@dataclass(frozen=True)
class Attempt:
    """One execution of a job.

    Parameters
    ----------
    job
        What was executed.
    folder
        A private folder: `results` has what it saved, `asked` what it asked to show.
    executed
        The notebook, or why it did not run to its end.
    """

    job: Job
    folder: Path
    executed: NotebookNode | NotebookError

    @property
    def ran(self) -> bool:
        """Whether it ran to its end."""
        return not isinstance(self.executed, NotebookError)

    @property
    def results(self) -> Path:
        """Folder of what it saved."""
        return self.folder / "results"

    @property
    def asked(self) -> Path:
        """Folder of what it asked to show."""
        return self.folder / "asked"

    @property
    def saved(self) -> list[Path]:
        """Files that it saved."""
        return sorted(self.results.iterdir())


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
    reader
        The sector or organisation whose own page it is, if it is.
    made
        Whether it was made now; else it was up to date.
    """

    notebook: str
    language: str
    page: Path
    title: str = ""
    problem: str = ""
    public_problem: str = ""
    results: dict[str, str] = field(default_factory=dict)
    reader: Reader | None = None
    made: bool = True


def attempt(
    job: Job,
    *,
    folder: Path,
    saved: Path | None = None,
    withheld: Path | None = None,
    asking: bool = False,
    limits: Limits | None = None,
) -> Attempt:
    """Execute a job.

    Parameters
    ----------
    job
        What to execute.
    folder
        An empty private folder.
    saved
        Folder of what earlier chapters saved; as in JupyterLab, `results` beside the notebook, when left out.
    withheld
        What the edition withholds.
    asking
        Whether to note what it asks to show.
    limits
        Time limits.
    """
    places = {name: folder / name for name in ("results", "asked")}
    for place in places.values():
        place.mkdir()
    told = {"results": places["results"], "saved": saved, "withheld": withheld}
    told |= {"asked": places["asked"]} if asking else {}
    try:
        executed = execute(job.notebook, parameters=job.values, limits=limits, **told)
    except NotebookError as failure:
        executed = failure
    return Attempt(job, folder, executed)


def build(attempts: list[Attempt], *, gathered: Path, work: Path) -> list[Outcome]:
    """Make pages of the executions of one notebook.

    Parameters
    ----------
    attempts
        One per language.
    gathered
        Folder of all that is saved; what this notebook saved is added.
    work
        A private folder on the file system of the pages.

    Returns
    -------
    list of Outcome
        One per attempt, in the same order.
    """
    failed = {one.job.language: _keep_failed(one, work=work) for one in attempts if not one.ran}
    failed |= _refuse([one for one in attempts if one.ran], gathered=gathered)
    pages = failed | _render([one for one in attempts if one.job.language not in failed])
    outcomes = [_put(one, pages[one.job.language], work=work) for one in attempts]
    for one, outcome in zip(attempts, outcomes, strict=True):
        for name in outcome.results:
            appear((one.results / name).read_bytes(), at=gathered / name, work=work)
    return outcomes


def _keep_failed(failure: Attempt, *, work: Path) -> Outcome:
    """Put a failed notebook aside."""
    kept = appear(_stripped(failure.executed.executed), at=failure.job.failed, work=work)
    told = f"{failure.executed}\n  Executed so far: {kept}"
    return _failure(failure.job, told, public=failure.executed.public)


def _refuse(attempts: list[Attempt], *, gathered: Path) -> dict[str, Outcome]:
    """Tell of which languages what they saved will not do."""
    failed, there = {}, [gathered]
    for one in attempts:
        try:
            need_results(one, there=there)
            there.append(one.results)
        except ExkitError as error:
            told = f"{one.job.notebook.name} was executed, but what it saved will not do: {error}"
            failed[one.job.language] = _failure(one.job, told)
    return failed


def need_results(attempt: Attempt, *, there: list[Path]) -> None:
    """Complain about what an execution saved.

    Parameters
    ----------
    attempt
        The execution.
    there
        Folders of what has been saved before.

    Raises
    ------
    ExkitError
        If a file is not a result, or bears a name under which another one is there; and if a page of one sector or
        organisation saved anything at all.
    """
    if attempt.job.reader and attempt.saved:
        what = attempt.job.reader.what
        raise ExkitError(f"a page of one {what} saves nothing. Save it for all at once, in a chapter.")
    for file in attempt.saved:
        _need_result(file, there=there)


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


def _render(attempts: list[Attempt]) -> dict[str, bytes | Outcome]:
    """Render pages that point to each other; where one will not do, the others again without it."""
    pages = {one.job.language: _render_one(one, others=[other.job for other in attempts]) for one in attempts}
    sound = [one for one in attempts if not isinstance(pages[one.job.language], Outcome)]
    return pages if len(sound) == len(attempts) else pages | _render(sound)


def _render_one(attempt: Attempt, *, others: list[Job]) -> bytes | Outcome:
    job = attempt.job
    page = describe(job, attempt.executed, others=[other for other in others if other is not job])
    html = render(_without_defaults(attempt.executed) if job.reader else attempt.executed, page=page)
    told = f"would be {len(html):,} bytes, more than {LARGEST:,}. Show less in it." if len(html) > LARGEST else ""
    if not told and (found := named(html.decode(), names=job.unnamed, own=_whose(job))):
        told = f"would name {_some(found)}. Nobody may be named here but whose page it is: mend {job.notebook.name}."
    return _failure(job, f"{job.at} {told}", public=f"{job.at.name} {told}") if told else html


def _whose(job: Job) -> list[str]:
    """Name the organisation whose own page it is; a sector's page names nobody."""
    return [job.reader.name, job.about] if job.reader and job.reader.what == "organisation" else []


def _some(names: list[str]) -> str:
    """Quote a name, and count the others."""
    return f"'{names[0]}'" + (f" and {len(names) - 1} other participants" if len(names) > 1 else "")


def _without_defaults(executed: NotebookNode) -> NotebookNode:
    """Leave out what a notebook takes when it is told nothing: the name there may be another participant's."""
    kept = deepcopy(executed)
    kept.cells = [cell for cell in kept.cells if "parameters" not in cell.metadata.get("tags", [])]
    return kept


def _put(attempt: Attempt, html: bytes | Outcome, *, work: Path) -> Outcome:
    """Put a page in its place."""
    job = attempt.job
    if isinstance(html, Outcome):
        return html
    try:
        saved = {file.name: contents(read_saved(file), language=job.language) for file in attempt.saved}
        if job.aside:
            put_aside(job.at, version=version_of(html), folder=job.aside, work=work)
        appear(html, at=job.at, work=work)
        job.failed.unlink(missing_ok=True)
    except CannotWriteError:
        raise
    except ExkitError as error:
        told = f"{job.notebook.name} was executed, but its page cannot be written"
        return _failure(job, f"{told}: {error}", public=f"{told}.")
    name = title(attempt.executed, language=job.language) or job.notebook.stem
    return Outcome(job.notebook.name, job.language, job.at, title=name, results=saved, reader=job.reader)


def _failure(job: Job, problem: str, *, public: str = "") -> Outcome:
    told = {"problem": problem, "public_problem": public or problem}
    return Outcome(job.notebook.name, job.language, job.at, **told, reader=job.reader)


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
        home=job.home,
        languages={other.language: f"../{other.language}/{other.at.name}" for other in others},
        provenance=_provenance(job),
        remark=job.remark,
        about=job.about,
        versions=job.versions,
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
