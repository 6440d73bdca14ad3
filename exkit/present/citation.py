"""How to cite a report, and what changed in how its numbers are made.

A figure can only be found again when its edition, its data and the version of the kit are named with it. The
methodology lists are those of the kit's own CHANGELOG.md, which travels with the package.
"""

from __future__ import annotations

import re
from html import escape
from importlib.metadata import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.context import current
from exkit.present.tables import Html
from exkit.present.words import translator

if TYPE_CHECKING:
    from exkit.survey.study import Study

PACKAGE = Path(__file__).parents[1]
CHANGES = [folder / "CHANGELOG.md" for folder in (PACKAGE / "data", PACKAGE.parent)]
"""Where the list of changes is: inside the package where it was installed, beside it where it is worked on."""


def citation(study: Study, *, edition: str = "", date: str = "", language: str | None = None) -> Html:
    """Say how a figure of this report is cited.

    Parameters
    ----------
    study
        The data that it rests on.
    edition, date
        Title and date of the edition; the study's title where there is none.
    language
        Language of the reader; the kernel's if not given.

    Returns
    -------
    Html
        A quotation to copy.
    """
    language = language or current.language
    _, kit = translator(language), metadata("exkit")
    report = ", ".join(filter(None, [edition or study.title(language), date]))
    data = _("Data: {title} ({digest}).").format(title=study.title(language), digest=study.digest[:12])
    made = _("Calculated with exkit {version} ({authors}).").format(version=kit["Version"], authors=kit["Author"])
    parts = [f"{report}.", data if not study.synthetic else f"{data} {_('Synthetic sample data.')}", made]
    return Html(f"<blockquote>{escape(' '.join(parts))}</blockquote>")


def methodology(*, language: str | None = None) -> Html:
    """List what changed in how numbers are made, as the newest release of the kit says it.

    Parameters
    ----------
    language
        Language of the reader; the kernel's if not given. The list itself is in English.

    Returns
    -------
    Html
        A sentence and the list, or where to find it.
    """
    language = language or current.language
    _ = translator(language)
    path = next((path for path in CHANGES if path.is_file()), None)
    if path is None:
        return Html(f"<p>{escape(_('The list of changes is in CHANGELOG.md of exkit.'))}</p>")
    release, changes = _newest(path.read_text(encoding="utf-8"))
    said = _("This is how exkit {release} makes its numbers, in English, as its list of changes has it.")
    items = "".join(f"<li>{escape(change)}</li>" for change in changes)
    return Html(f'<p>{escape(said.format(release=release))}</p><ul lang="en">{items}</ul>')


def _newest(changelog: str) -> tuple[str, list[str]]:
    """Find the version and the methodology list of the newest release."""
    release = re.search(r"^## (\S+).*?(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    methodology = re.search(r"^### Methodology\n(.*?)(?=^#|\Z)", release[0], re.MULTILINE | re.DOTALL)
    items = re.split(r"^- ", methodology[1] if methodology else "", flags=re.MULTILINE)[1:]
    return release[1], [" ".join(item.split()) for item in items]
