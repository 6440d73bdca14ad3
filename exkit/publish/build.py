"""One notebook becomes its pages, one per language.

All languages are executed and rendered before any page is put in its place, so that a page only points to versions of
itself that exist. What they saved is the same in every language, and is gathered once. A notebook that fails is kept
aside, stripped of everything its cells had printed, and nothing that it saved is gathered.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.present.save import contents, read_saved
from exkit.publish.appear import CannotWriteError, appear, need_real
from exkit.publish.errata import put_aside, version_of
from exkit.publish.execute import error_of
from exkit.publish.job import Attempt, Job, Outcome
from exkit.publish.naming import named
from exkit.publish.prose import title
from exkit.publish.render import render
from exkit.publish.surroundings import describe

if TYPE_CHECKING:
    from nbformat import NotebookNode

LARGEST = 600_000
"""Bytes that a page may have: it is sent by mail and opened on a telephone."""


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
