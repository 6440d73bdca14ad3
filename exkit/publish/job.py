"""What one page takes: a job that was checked, an attempt at it in a kernel, and how that went."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.publish.execute import Limits, NotebookError, execute
from exkit.publish.render import Look, Version
from exkit.survey.check import digest

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from exkit.publish.fan import Reader
    from exkit.survey.study import Study


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
    study, dataset
        The study that the notebook opens, if any, and its folder.
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
    dataset: Path | None = None
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

    Raises
    ------
    ExkitError
        If the data have changed since the study was opened.
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
    _need_same_data(job)
    return Attempt(job, folder, executed)


def _need_same_data(job: Job) -> None:
    """Stop if somebody has saved over the data since: pages that tell of different data must not stand together."""
    if job.study and digest(job.dataset) != job.study.digest:
        raise ExkitError(
            f"The data in '{job.dataset}' changed while {job.notebook.name} ran. Nothing more was put in its place: "
            "what this run made before tells of the data as they were. Run it again."
        )
