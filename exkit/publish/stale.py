"""Pages that no longer belong to an edition are removed: of a chapter or a language that was taken out, of who left.

Nothing else is touched: what may go is what the records name, what would be a page in another language, what tells how
an edition went and stood in front once, and everything among the deliveries, since these are never written by hand.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.context import LANGUAGES

if TYPE_CHECKING:
    from exkit.publish.passes import Run

ONCE_IN_FRONT = ("status.json", "status.html", *(f"status-{language}.html" for language in LANGUAGES))
"""What an earlier version of the kit put where anybody could read it; it stands inside now."""


def tidy(run: Run) -> list[Path]:
    """Remove what does not belong to the edition.

    Parameters
    ----------
    run
        The run, after its pages were made.

    Returns
    -------
    list of Path
        Pages, and folders and packed files of deliveries, that were removed.
    """
    gone = [*_pages(run), *_deliveries(run)]
    for path in gone:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    names = {piece.name for piece in run.plan.pieces}
    for records in (run.pages, run.asking):
        for name in set(records.names()) - names:
            records.forget(name)
    return gone


def _pages(run: Run) -> list[Path]:
    """List pages that are there and not planned."""
    plan, layout = run.plan, run.plan.layout
    planned = {job.at for piece in plan.pieces for job in piece.jobs}
    records = filter(None, map(run.pages.known, run.pages.names()))
    pages = {layout.folder / page.place for record in records for page in record.pages}
    for language in set(LANGUAGES) - set(plan.contents.languages):
        pages |= {layout.index(language)} | {layout.page(one.notebook, language, one.reader) for one in plan.pieces}
    pages |= {layout.folder / name for name in ONCE_IN_FRONT}
    return sorted(page for page in pages - planned if page.is_file() and not page.is_relative_to(layout.deliveries))


def _deliveries(run: Run) -> list[Path]:
    """List what stands among the deliveries and does not belong to an organisation of this edition."""
    layout, files = run.plan.layout, {piece.reader.file for piece in run.plan.pieces if piece.reader}
    there = sorted(layout.deliveries.iterdir()) if layout.deliveries.is_dir() else []
    return [path for path in there if path.name.removesuffix(".zip") not in files]
