"""From an edition, or from one notebook, to pages.

Everything that can be checked is checked before anything is executed: parameters, dataset, the waves and sectors that
they name. Chapters are made in the order of the edition, so that a later one can read what earlier ones saved; what is
saved is gathered anew and replaces the results of an earlier build as a whole. A page that fails is told and does not
stop the others; an index names the pages that succeeded, and no others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.context import LANGUAGES
from exkit.errors import ExkitError, nearest, need_choice, problems
from exkit.present.theme import DARK_PAPER
from exkit.publish.appear import appear_folder, local_path, need_real, private_folder, slug
from exkit.publish.build import Job, Outcome, build
from exkit.publish.contrast import readable
from exkit.publish.edition import SMALLEST, Edition, Theme, from_root, read_edition
from exkit.publish.execute import Limits
from exkit.publish.front import Front, in_words
from exkit.publish.logo import data_address
from exkit.publish.parameters import checked, need_known, parameters
from exkit.publish.render import Look

if TYPE_CHECKING:
    from exkit.survey.study import Study

TAKES = ("dataset", "language", "min_n")
"""What every notebook of an edition must let itself be told."""


def publish(edition: Path, *, on_page: Callable[[Outcome, int], None] = lambda _outcome, _total: None) -> list[Outcome]:
    """Publish an edition.

    Parameters
    ----------
    edition
        The edition's file. What is published appears in the folder of the same name beside it.
    on_page
        Called after each page with its outcome and the number of pages in all.

    Returns
    -------
    list of Outcome
        One per notebook and language.

    Raises
    ------
    ExkitError
        If anything in the edition or its parameters is wrong; then nothing has been executed.
    """
    contents = read_edition(edition)
    folder = edition.with_suffix("")
    need_real(folder)
    outcomes = []
    with private_folder(folder.parent) as work:
        gathered = _fresh(work)
        looks = {language: _look(edition, contents.theme, language=language) for language in contents.languages}
        jobs = _jobs(edition, contents, folder=folder, saved=gathered, looks=looks)
        total = sum(len(languages) for languages in jobs)
        for languages in jobs:
            for outcome in build(languages, gathered=gathered, work=work):
                outcomes.append(outcome)
                on_page(outcome, total)
        appear_folder(gathered, at=folder / "results", work=work)
        Front(contents, outcomes, study=jobs[0][0].study, looks=looks).write(folder, work=work)
    return outcomes


def _fresh(work: Path) -> Path:
    """Make the folder in which a build gathers what its notebooks save."""
    gathered = work / "gathered"
    gathered.mkdir()
    return gathered


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
        given["dataset"] = _seen_from(notebook, local_path(str(given["dataset"])))
    values = checked(notebook, given)
    everything = _defaults(notebook) | values
    _need_large_groups(everything)
    study = _open(notebook, everything)
    need_known(everything, study)
    need_real(at)
    language = str(everything.get("language", "en"))
    job = Job(notebook, values, language, folder=at.with_suffix(""), at=at, study=study)
    with private_folder(at.parent) as work:
        gathered = _fresh(work)
        outcome = build([job], gathered=gathered, work=work, limits=limits)[0]
        if not outcome.problem:
            appear_folder(gathered, at=job.folder / "results", work=work)
    return outcome


def _defaults(notebook: Path) -> dict[str, object]:
    return {parameter.name: parameter.default for parameter in parameters(notebook)}


def _need_large_groups(values: Mapping[str, object]) -> None:
    """Refuse groups below the kit's minimum: only an edition can give the reason that the page must print."""
    if values.get("min_n", SMALLEST) < SMALLEST:
        raise ExkitError(
            f"min_n = {values['min_n']} is below {SMALLEST}. Smaller groups are published only in an edition that "
            "gives a 'min_n_reason'."
        )


def _seen_from(notebook: Path, dataset: Path) -> str:
    """Write a dataset's path as the notebook sees it: from its own folder, so that no machine's path gets in a page."""
    return Path(os.path.relpath(dataset.resolve(), notebook.resolve().parent)).as_posix()


def _open(notebook: Path, values: Mapping[str, object]) -> Study | None:
    """Open the study that a notebook names, so that a mistake in it stops before anything is executed."""
    from exkit.survey import study

    if not values.get("dataset"):
        return None
    dataset = os.path.relpath(notebook.resolve().parent / str(values["dataset"]))  # as the user would write it
    need_choice(values.get("language", "en"), LANGUAGES, what="language")
    return study.open(dataset, language=values.get("language", "en"), min_n=values.get("min_n", 10))


def _jobs(edition: Path, contents: Edition, *, folder: Path, saved: Path, looks: dict[str, Look]) -> list[list[Job]]:
    """Check everything and lay out the work: a list per notebook, with a job per language."""
    notebooks = [from_root(edition, name) for name in contents.notebooks]
    wrong = [problem for notebook in notebooks for problem in _lacking(notebook)]
    wrong += _unclaimed(contents, notebooks)
    if wrong:
        raise problems(edition.name, wrong)
    dataset = from_root(edition, contents.dataset)
    study = _open(notebooks[0], {"dataset": str(dataset.resolve()), "min_n": contents.min_n})

    def job(notebook: Path, language: str) -> Job:
        told = {"study": study, "saved": saved, "look": looks[language]}
        return _job(notebook, contents, dataset=dataset, folder=folder, language=language, **told)

    return [[job(notebook, language) for language in contents.languages] for notebook in notebooks]


def _look(edition: Path, theme: Theme, *, language: str) -> Look:
    """Put an edition's theme in the form that a page takes."""
    return Look(
        accent=theme.accent,
        accent_dark=theme.accent_dark or readable(theme.accent, on=DARK_PAPER),
        font=theme.font_family,
        logo=data_address(from_root(edition, theme.logo)) if theme.logo else "",
        logo_alt=theme.logo_alt.get(language, ""),
    )


def _lacking(notebook: Path) -> list[str]:
    """Name what a notebook cannot be told although every notebook of an edition is told it."""
    there = _defaults(notebook)
    takes = f"Every notebook of an edition takes: {', '.join(TAKES)}."
    return [f"{notebook.name} has no parameter '{name}'. {takes}" for name in TAKES if name not in there]


def _unclaimed(contents: Edition, notebooks: list[Path]) -> list[str]:
    """Name the edition's parameters that none of its notebooks takes."""
    taken = sorted({name for notebook in notebooks for name in _defaults(notebook)})
    return [
        f"no notebook has parameter '{name}'.{nearest(name, taken)} Together they take: {', '.join(taken)}."
        for name in contents.parameters
        if name not in taken
    ]


def _job(
    notebook: Path,
    contents: Edition,
    *,
    study: Study,
    saved: Path,
    look: Look,
    dataset: Path,
    folder: Path,
    language: str,
) -> Job:
    """Check one page's parameters and say where everything goes."""
    defaults = _defaults(notebook)
    title, date = contents.title[language], in_words(contents.date, language)
    own = {"dataset": _seen_from(notebook, dataset), "language": language, "min_n": contents.min_n}
    told = own | {"edition": title, "date": date} | contents.parameters
    values = checked(notebook, {name: value for name, value in told.items() if name in defaults})
    need_known(defaults | values, study)
    return Job(
        notebook,
        values,
        language,
        folder=folder,
        at=folder / language / f"{slug(notebook.stem)}.html",
        study=study,
        saved=saved,
        edition=title,
        date=date,
        look=look,
        remark=contents.min_n_reason.get(language, ""),
    )
