"""What a page says around its notebook: its title, where it belongs, what made it."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.present import words
from exkit.publish.prose import title
from exkit.publish.render import Page, template_digest

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from exkit.publish.job import Job


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
