"""Looking at a built edition as somebody would who wants to know what it does not tell.

Every published file is read again: its figures are attacked (`exkit.publish.attacks`), its files searched
(`exkit.publish.searched`). What is found is written down beside what the edition withholds, and never a figure with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from exkit.errors import ExkitError
from exkit.publish.appear import appear, private_folder
from exkit.publish.attacks import Figures, close, others, read_figures, shown, unbound, worked_out
from exkit.publish.edition import from_root, read_edition
from exkit.publish.finding import Finding
from exkit.publish.layout import Layout
from exkit.publish.searched import Files, Names, named, packed, pages
from exkit.publish.withholding import FINDING, retell


@dataclass(frozen=True)
class Audited:
    """What an audit looked at, and what it found.

    Parameters
    ----------
    findings
        What is wrong.
    counts
        How much was looked at, by kind.
    """

    findings: list[Finding]
    counts: dict[str, int]


def audit(edition: Path) -> Audited:
    """Audit a built edition, and write what was found to `internal/audit.json`.

    Parameters
    ----------
    edition
        The edition's file.

    Returns
    -------
    Audited
        What was looked at and what was found.

    Raises
    ------
    ExkitError
        If the edition has not been published.
    """
    from exkit.survey import study

    contents, layout = read_edition(edition), Layout(edition.with_suffix(""))
    if not layout.all_results.is_dir():
        raise ExkitError(f"'{layout.folder}' has not been published. Run: exkit publish {edition}")
    data = study.open(from_root(edition, contents.dataset), min_n=contents.min_n)
    figures = Figures(data, read_figures(layout.all_results), contents.min_n)
    titles = [*contents.title.values(), *data.about["title"].values(), *contents.contact.values()]
    files, called = Files(layout), Names(data, beside=titles)
    findings = [
        *shown(figures),
        *close(figures),
        *worked_out(figures),
        *unbound(figures),
        *(others(figures) if files.deliveries else ()),
        *named(files, called),
        *pages(files),
        *packed(files),
    ]
    told = Audited(findings, figures.seen | files.counts)
    written = {"counts": told.counts, "findings": [vars(one) for one in findings]}
    with private_folder(layout.folder.parent) as work:
        content = (json.dumps(written, ensure_ascii=False, indent=2) + "\n").encode()
        appear(content, at=layout.internal / FINDING, work=work)
        retell(edition, work=work)
    return told
