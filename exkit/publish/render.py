"""An executed notebook becomes one page that stands on its own.

The template holds the page's structure and style; everything in it is escaped unless it comes from our own prose
renderer or from `exkit.present`, which marks what it has protected and escaped. Other output is not published: nobody
has checked whether it discloses something. No clock and no random id gets in: the same notebook gives the same bytes.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from exkit.present import words
from exkit.present.checking import Part
from exkit.present.theme import COLOURS, DARK_PAPER
from exkit.publish.contrast import readable
from exkit.publish.numbering import Numbered, numbered
from exkit.publish.prose import Prose

if TYPE_CHECKING:
    import datetime

TEMPLATE = Path(__file__).parent / "template"
LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}
"""Languages in their own words."""


@dataclass(frozen=True)
class Look:
    """How a page looks, checked: see `exkit.publish.edition.Theme`.

    Parameters
    ----------
    accent, accent_dark
        Colour of rules and marks on a light and on a dark page, as `#rrggbb`.
    font
        Names of fonts, as style sheets write them; the kit's own when empty.
    logo, logo_alt
        A picture as a `data:` address, and what it shows; none when empty.
    """

    accent: str = COLOURS["accent"]
    accent_dark: str = readable(COLOURS["accent"], on=DARK_PAPER)
    font: str = ""
    logo: str = ""
    logo_alt: str = ""


class Version(NamedTuple):
    """A page issued again: its version, date in words, what changed; version and date of the one that it replaces."""

    version: str
    date: str
    changed: str
    before: str
    before_date: str


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
    look
        Colours, font and logo.
    home
        Where the edition's index is; empty when there is none.
    languages
        Address of the same page by language, other languages only.
    provenance
        What made the page, label by value.
    remark
        A sentence that the page must print, such as why groups below the usual minimum are shown.
    about
        The sector or organisation whose own page it is, if it is.
    versions
        Corrections, the last first; none on a page that was issued once.
    """

    title: str
    language: str
    edition: str = ""
    date: str = ""
    dataset: str = ""
    synthetic: bool = False
    look: Look = Look()
    home: str = ""
    languages: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    remark: str = ""
    about: str = ""
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True)
class Link:
    """One entry of an index: where it leads, its title, the language of both, and its number if it is a chapter."""

    href: str
    title: str
    language: str
    number: int = 0


class Group(NamedTuple):
    """Entries of an index under a heading."""

    title: str
    links: list[Link]


class Correction(NamedTuple):
    """A page that was issued again: where it is, its versions, and where earlier ones are, by version."""

    link: Link
    versions: tuple[Version, ...]
    kept: dict[str, str]


class StatusRow(NamedTuple):
    """How one page went: what it is, whether it was made, and where it is or what was wrong."""

    chapter: int
    notebook: str
    language: str
    about: str
    made: bool
    page: str
    title: str
    problem: str


@dataclass(frozen=True)
class SavedFile:
    """A saved result: where it is, what is in it, and number and title of the chapter that saved it."""

    href: str
    contents: str
    chapter: int
    title: str


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

    def in_order(content: str) -> Numbered:
        return numbered(content, language=page.language)

    tools = {"prose": Prose(language=page.language), "published": published, "numbered": in_order}
    return _render("page.html.j2", executed, page=page, **tools)


def render_index(
    links: list[Link],
    *,
    page: Page,
    groups: list[Group] | None = None,
    corrections: list[Correction] | None = None,
    results: list[SavedFile] | None = None,
) -> bytes:
    """Render a list of pages, of corrections, and of the results that were saved with them."""
    lists = {"groups": groups or [], "corrections": corrections or [], "results": results or []}
    return _render("index.html.j2", new_notebook(), page=page, links=links, **lists)


def render_list(template: str, *, page: Page, script: str = "", **lists: object) -> bytes:
    """Render one of the other pages that list what there is.

    Parameters
    ----------
    template
        File in the template folder.
    page
        What stands around the list.
    script
        Name of the one script that the page may run; none when empty.
    lists
        What the template lists.
    """
    code = (TEMPLATE / script).read_text(encoding="utf-8") if script else ""
    allowed = f"sha256-{b64encode(hashlib.sha256(code.encode()).digest()).decode()}"
    return _render(template, new_notebook(), page=page, script=code, script_hash=allowed, **lists)


def render_status(rows: list[StatusRow], *, page: Page, results: list[SavedFile]) -> bytes:
    """Render how the pages of an edition went, a row each."""
    return _render("status.html.j2", new_notebook(), page=page, rows=rows, results=results)


def render_check(parts: list[Part], *, page: Page) -> bytes:
    """Render what a check found, part by part."""
    return _render("check.html.j2", new_notebook(), page=page, parts=parts)


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
    given = {
        "page": page,
        "colours": COLOURS,
        "words": words.translator(page.language),
        "languages": LANGUAGE_NAMES,
        **resources,
    }
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


def in_words(date: datetime.date, language: str) -> str:
    """Write a date as a reader does: 1 November 2025."""
    from babel.dates import format_date

    return format_date(date, format="long", locale={"en": "en_GB"}.get(language, language))
