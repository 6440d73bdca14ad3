"""An executed notebook becomes one page that stands on its own.

The template holds the page's structure and style; everything in it is escaped unless it comes from our own prose
renderer or from `exkit.present`, which marks what it has protected and escaped. Other output is not published: nobody
has checked whether it discloses something. No clock and no random id gets in: the same notebook gives the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from exkit.present import words
from exkit.present.theme import COLOURS
from exkit.publish.prose import Prose

TEMPLATE = Path(__file__).parent / "template"


@dataclass(frozen=True)
class Page:
    """What a page says around the notebook's own content.

    Parameters
    ----------
    title
        The notebook's title in the language of the page.
    language
        Language of the page.
    edition
        Title of the edition that the page is part of; empty when it stands alone.
    date
        Date of the edition, in words.
    dataset
        Title of the study.
    synthetic
        Whether the study is made up; a banner then says so.
    accent
        Colour of rules and marks, as `#rrggbb`.
    home
        Where the edition's index is; empty when there is none.
    languages
        Address of the same page by language, other languages only.
    provenance
        What made the page, label by value.
    remark
        A sentence that the page must print, such as why groups below the usual minimum are shown.
    """

    title: str
    language: str
    edition: str = ""
    date: str = ""
    dataset: str = ""
    synthetic: bool = False
    accent: str = COLOURS["accent"]
    home: str = ""
    languages: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    remark: str = ""


@dataclass(frozen=True)
class Link:
    """One entry of an index: where it leads, its title, and the language of both."""

    href: str
    title: str
    language: str


def render(executed: NotebookNode, *, page: Page) -> bytes:
    """Render an executed notebook.

    Parameters
    ----------
    executed
        The executed notebook; it is not changed.
    page
        What the page says around it.

    Returns
    -------
    bytes
        The page as HTML in UTF-8.
    """
    return _render("page.html.j2", executed, page=page, prose=Prose(language=page.language), published=published)


def render_index(links: list[Link], *, page: Page) -> bytes:
    """Render the index of an edition in one language."""
    return _render("index.html.j2", new_notebook(), page=page, links=links)


def published(output: NotebookNode) -> str | None:
    """Find the HTML of an output that `exkit.present` made; nothing for any other output.

    Examples
    --------
    >>> from nbformat.v4 import new_output
    >>> published(new_output("display_data", {"text/html": "<p>7</p>"}, metadata={"exkit": True}))
    '<p>7</p>'
    >>> published(new_output("display_data", {"text/html": "<p>7</p>"}))
    """
    if not output.get("metadata", {}).get("exkit"):
        return None
    return output.data.get("text/html")


def template_digest() -> str:
    """Fingerprint of everything in the template folder, for the foot of a page."""
    files = sorted(path for path in TEMPLATE.iterdir() if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _render(template: str, notebook: NotebookNode, *, page: Page, **resources: object) -> bytes:
    given = {"page": page, "colours": COLOURS, "words": words.translator(page.language), **resources}
    html, _ = _exporter(template).from_notebook_node(notebook, resources=given)
    return html.encode()


@cache
def _exporter(template: str) -> TemplateExporter:
    """Make an exporter once: compiling a template takes longer than using it."""
    exporter = TemplateExporter(
        file_extension=".html",
        template_name=TEMPLATE.name,
        template_file=template,
        extra_template_basedirs=[str(TEMPLATE.parent)],
    )
    exporter.environment.autoescape = True
    return exporter
