"""What an edition withheld, counted for who publishes it: how many groups, why, in which chapter.

The page has counts of groups and no figure of any. What was decided is kept in the ledger by the names of groups, so
that the page can be written again when an attack on the edition has been tried (`exkit audit`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from exkit.present import numbers
from exkit.present.names import measure_name, small
from exkit.present.words import N_, translator
from exkit.publish.appear import appear
from exkit.publish.fan import names
from exkit.publish.front import Front
from exkit.publish.laying import lay_out
from exkit.publish.layout import Layout
from exkit.publish.ledger import DERIVABLE, FEW, FEW_ORGANISATIONS
from exkit.publish.participants import LEAST_ORGANISATIONS
from exkit.publish.plan import Plan
from exkit.publish.render import render_list

DECIDED, FINDING = "decided.csv", "audit.json"
COLUMNS = ["notebook", "group", "withheld", "why"]
REASONS = {
    FEW: N_("too few answers"),
    FEW_ORGANISATIONS: N_("too few organisations"),
    DERIVABLE: N_("another group would follow from it"),
}


LOOKED_AT = {
    "figures": N_("figures in files"),
    "figures attacked": N_("figures attacked"),
    "of these withheld": N_("of these withheld"),
    "files online": N_("files that may be put online"),
    "deliveries": N_("deliveries"),
    "pages": N_("pages"),
}
"""What an attack counts."""
MARKS = ("x", "whose")
"""Keys of a group that do not say of whom it is one: the question, and the word for its line in a figure."""


class Counted(NamedTuple):
    """A line of the account: what it is of, how many groups were asked for, and how many withheld for each reason."""

    name: str
    asked: str
    withheld: str
    why: list[str]


class Finding(NamedTuple):
    """What an attack on the edition looked at, with words for it, and what it found."""

    counts: list[tuple[str, str]]
    found: list[str]


@dataclass(frozen=True)
class Withholding:
    """The account of what an edition withheld.

    Parameters
    ----------
    plan
        The edition.
    """

    plan: Plan

    def write(self, *, work: Path, decided: pd.DataFrame | None = None) -> None:
        """Write the account in each language; the status of the edition, with its titles, is there already.

        Parameters
        ----------
        work
            A private folder on the same file system.
        decided
            Rows of a `ledger.Decision`; those that were kept when left out.
        """
        layout = self.plan.layout
        at = layout.ledger / DECIDED
        if decided is not None:
            appear(decided[COLUMNS].to_csv(index=False, lineterminator="\n").encode(), at=at, work=work)
        kept = pd.read_csv(at, dtype=str, keep_default_na=False)
        kept["withheld"] = kept["withheld"] == "True"
        for language in self.plan.contents.languages:
            page = self._page(kept, language)
            appear(page, at=layout.internal / layout.alone("audit", language), work=work)

    def _page(self, decided: pd.DataFrame, language: str) -> bytes:
        _, contents, titles = translator(language), self.plan.contents, self._titles(language)
        told = decided.assign(
            chapter=[titles.get(name, name) for name in decided["notebook"]],
            kind=[_kind(group, language) for group in decided["group"]],
        )
        return render_list(
            "withholding.html.j2",
            page=Front(self.plan, []).inside("audit", language, title=_("What this edition withholds")),
            whole=counted(decided, _("All groups"), language=language),
            chapters=_each(told, "chapter", language=language),
            kinds=_each(told, "kind", language=language),
            reasons=[_(reason) for reason in REASONS.values()],
            min_n=numbers.count(contents.min_n, language=language),
            least=numbers.count(LEAST_ORGANISATIONS, language=language),
            deliveries=bool(contents.each.organisation),
            unsearched=self._unsearched(),
            finding=self._finding(language),
        )

    def _titles(self, language: str) -> dict[str, str]:
        """Read what chapters are called."""
        told = json.loads((self.plan.layout.internal / "status.json").read_text(encoding="utf-8"))
        its = [page for page in told["pages"] if page["language"] == language and page["made"]]
        return {Path(page["notebook"]).stem: page["title"] for page in its}

    def _unsearched(self) -> list[str]:
        """List the participants whose names are ordinary words too, and are therefore not looked for in pages."""
        there = names(self.plan.study, what="organisation") if self.plan.contents.each.organisation else []
        return [name for name in there if name not in self.plan.participants]

    def _finding(self, language: str) -> Finding | None:
        """Read what an attack on the edition found, if one was tried since it was made."""
        at, _ = self.plan.layout.internal / FINDING, translator(language)
        if not at.is_file():
            return None
        told = json.loads(at.read_text(encoding="utf-8"))
        counts = [(LOOKED_AT.get(what, what), n) for what, n in told["counts"].items()]
        counts = [(_(what), numbers.count(n, language=language)) for what, n in counts]
        return Finding(counts, [f"{one['where']}: {one['kind']}, {one['what']}" for one in told["findings"]])


def retell(edition: Path, *, work: Path) -> None:
    """Write the account again, with what an attack found; not where none has been written.

    Parameters
    ----------
    edition
        The edition's file.
    work
        A private folder on the same file system.
    """
    if (Layout(edition.with_suffix("")).ledger / DECIDED).is_file():
        Withholding(lay_out(edition)).write(work=work)


def _each(decided: pd.DataFrame, column: str, *, language: str) -> list[Counted]:
    """Count by the values of a column, in the order in which they come."""
    return [counted(rows, str(name), language=language) for name, rows in decided.groupby(column, sort=False)]


def counted(rows: pd.DataFrame, name: str, *, language: str) -> Counted:
    """Count groups, each of them once.

    Parameters
    ----------
    rows
        Rows with `group`, `withheld` and `why`.
    name
        What they are of.
    language
        Language of the reader.
    """
    once = rows.drop_duplicates("group")
    many = [len(once), int(once["withheld"].sum()), *(int((once["why"] == why).sum()) for why in REASONS)]
    asked, withheld, *why = [numbers.count(n, language=language) for n in many]
    return Counted(name, asked, withheld, why)


def _kind(group: str, language: str) -> str:
    """Say by what a group is one: "sector, wave"."""
    by = [column for column in json.loads(group) if column not in MARKS]
    first, *more = [measure_name(column, language=language) for column in by] or [translator(language)("Everybody")]
    return ", ".join([first, *map(small, more)])
