"""Looking at a built edition as somebody would who wants to know what it does not tell.

Every published file is read again. What is withheld in one place must not stand in another, nor follow from all figures
together: those of all reports, and those that a single participant has, with what it knows of itself. A delivery names
no other participant, and what may be put online names none. Pages are of a size that can be sent, ask nothing of
another host, and lead nowhere that they should not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

import numpy as np
import pandas as pd

from exkit.errors import ExkitError
from exkit.present.save import read_saved
from exkit.publish import naming
from exkit.publish.appear import appear, private_folder
from exkit.publish.attacker import System, recovered
from exkit.publish.build import LARGEST
from exkit.publish.edition import from_root, read_edition
from exkit.publish.fan import called_of, names, with_files
from exkit.publish.layout import Layout
from exkit.publish.truth import ANSWERS, CROSSED, KNOWN_BY, TOLD, Truth, count
from exkit.publish.withholding import FINDING, retell
from exkit.result import chosen_in, group_columns

if TYPE_CHECKING:
    from exkit.survey.study import Study

WORKED_OUT, CLOSE, SHOWN, NAMED, SIZE, REQUEST, LINK, SCRIPT, PACKED = KINDS = (
    "worked out", "close", "shown", "named", "size", "request", "link", "script", "packed",
)  # fmt: skip
"""What may be wrong: a withheld figure can be worked out, two groups differ by a few people, a figure is shown that is
withheld; a participant is named where it may not be; a page is too large, loads what it does not hold itself, leads out
of what it belongs to, or has a script; a packed delivery is not what is in its folder."""

BOUNDS = ("at_least", "at_most")
"""Reasons of a share of which a bound is told."""

NUMBERS = ("estimate", "n", "conf_low", "conf_high", "std_error", "promoters", "passives", "detractors", "mean")
"""Columns of a saved result that tell of the people in a row."""

INDEXES = ("index.html", "internal/index.html")
"""Pages that may have a script: they are searched, and need nothing but themselves."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what kind, in which file, and what it is; never a figure."""

    kind: str
    where: str
    what: str


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


def read_figures(folder: Path) -> pd.DataFrame:
    """Read the rows of all saved results that count people, one below the other.

    Parameters
    ----------
    folder
        The folder of the results.

    Returns
    -------
    DataFrame
        `file`, `x`, `effect`, `y`, places, wave and what was answered besides as text, the figures, and the `reason`;
        `known` where its people are known by these alone.
    """
    read = [_rows(read_saved(path)).assign(file=path.name) for path in sorted(folder.glob("*.csv"))]
    empty = pd.DataFrame(columns=[*KNOWN_BY, "x", "y", "effect", "estimate", "n", "reason", "file", "known"])
    return pd.concat([empty, *read], ignore_index=True)


def _rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of one result that count people, with their places."""
    groups = group_columns(rows)
    rows = rows.assign(known=(rows[[g for g in groups if g not in KNOWN_BY]].fillna("").astype(str) == "").all(axis=1))
    if "wave" not in groups and "at" in rows:
        rows = rows.assign(wave=rows["at"])
    rows = rows.assign(**{name: told for name, told in chosen_in(rows).items() if name not in groups})
    keys = {name: rows[name].fillna("").astype(str) if name in rows else "" for name in KNOWN_BY}
    numbers = {c: rows[c].astype("Float64").astype(float) for c in NUMBERS if c in rows}
    rows = rows.assign(**keys, **numbers)[rows["effect"].isin([*ANSWERS, "share"])]
    return rows[[c for c in (*KNOWN_BY, "x", "y", "effect", "reason", "known", *NUMBERS) if c in rows]]


@dataclass(frozen=True)
class Figures:
    """The published figures that count people, beside the truth.

    Parameters
    ----------
    study
        The data.
    rows
        From `read_figures`.
    min_n
        Smallest group that may be shown.
    """

    study: Study
    rows: pd.DataFrame
    min_n: int

    @cached_property
    def questions(self) -> list[tuple[str, Truth, pd.DataFrame]]:
        """Per question the answers counted afresh, and the published rows that they are about.

        Once more where people are told apart by their mark, of those who gave one.
        """
        found = []
        for x, rows in self.rows[self.rows["known"].astype(bool)].groupby("x", sort=True):
            apart = (rows[CROSSED] != "").any(axis="columns")
            for crossed, its in ((False, rows[~apart]), (True, rows)) if apart.any() else ((False, rows),):
                truth = count(self.study, x, crossed=crossed)
                if truth is not None:
                    found.append((x, truth, its[self._about(its, truth)].reset_index(drop=True)))
        return found

    @cached_property
    def seen(self) -> dict[str, int]:
        """Count the figures that were attacked, those that were withheld, and those about other people."""
        attacked = sum(len(rows) for _x, _truth, rows in self.questions)
        hidden = sum(int((rows["reason"] == "withheld").sum()) for _x, _truth, rows in self.questions)
        return {"figures": len(self.rows), "figures attacked": attacked, "of these withheld": hidden}

    def _about(self, rows: pd.DataFrame, truth: Truth) -> np.ndarray:
        """Say which rows are withheld, or are what was counted: others are of other people, such as matched ones."""
        n = truth.inside(rows[KNOWN_BY]) @ truth.counts[:, 0]
        return ((rows["reason"] == "withheld") | np.isclose(rows["n"], n)).to_numpy(bool)

    def small(self, truth: Truth, rows: pd.DataFrame) -> np.ndarray:
        """Say which rows nobody may know: too few people, or of an NPS too few promoters or detractors."""
        counts = truth.inside(rows[KNOWN_BY]) @ truth.counts
        few = counts[:, 0] < self.min_n
        for band in (band for band in ANSWERS["nps"] if band in truth.names):
            few |= (rows["effect"] == "nps").to_numpy(bool) & (counts[:, truth.names.index(band)].round() < self.min_n)
        return few & (counts[:, 0] > 0)


def shown(figures: Figures) -> Iterator[Finding]:
    """Find figures that should have been withheld, and groups that are withheld in one file and told in another.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per file and group.
    """
    for x, truth, rows in figures.questions:
        told = rows["reason"] != "withheld"
        for place in np.flatnonzero(figures.small(truth, rows) & told.to_numpy()):
            yield Finding(SHOWN, rows.at[place, "file"], f"{x}, {_group(rows.loc[place])}: too few people")
        numbers = [c for c in NUMBERS if c in rows]
        for place in np.flatnonzero(~told & rows[numbers].notna().any(axis=1)):
            yield Finding(SHOWN, rows.at[place, "file"], f"{x}, {_group(rows.loc[place])}: withheld, and yet a number")
        groups = rows[KNOWN_BY].assign(answer=_answer(rows)).agg("|".join, axis=1)
        hidden = set(groups[~told])
        for place in np.flatnonzero(told & groups.isin(hidden)):
            yield Finding(SHOWN, rows.at[place, "file"], f"{x}, {_group(rows.loc[place])}: withheld in another file")


def worked_out(figures: Figures) -> Iterator[Finding]:
    """Attack: with all reports at hand, and as each participant with what it knows of itself.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per withheld group and count of which too little remains uncertain.
    """
    for x, truth, rows in figures.questions:
        hidden = rows[(rows["reason"] == "withheld") & figures.small(truth, rows)].drop_duplicates(KNOWN_BY)
        for who, told, wanted in _readers(truth, rows[rows["reason"] != "withheld"], hidden[KNOWN_BY]):
            yield from _attack(x, truth, told, wanted, who=who)


def others(figures: Figures) -> Iterator[Finding]:
    """Attack as a participant, with what it knows of itself: what another one of its sector answered.

    As the largest one in turn, which is closest to the sector, and what that answered as the second largest.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per participant, and organisation and count of which too little remains uncertain to it.
    """
    for x, truth, rows in figures.questions:
        cells = truth.cells[truth.cells["organisation"] != ""].assign(unit="").drop_duplicates(KNOWN_BY)
        if (cells[CROSSED] != "").any(axis=None):
            continue  # of those alone who gave a mark as well: most of them again
        cells = cells.assign(n=truth.inside(cells[KNOWN_BY]) @ truth.counts[:, 0])
        cells["place"] = cells.groupby(["sector", "wave"])["n"].rank(method="first", ascending=False)
        for who, told, wanted in _readers(truth, rows[rows["reason"] != "withheld"], cells):
            own = cells.loc[cells["organisation"] == who, ["sector", "wave", "place"]]
            pairs = wanted.merge(own, on=["sector", "wave"], suffixes=("", "_own"))
            closest = (pairs["place_own"] == 1) | ((pairs["place_own"] == 2) & (pairs["place"] == 1))
            yield from _attack(x, truth, told, pairs[closest], who=who)


def unbound(figures: Figures) -> Iterator[Finding]:
    """Attack bounds, with all reports at hand: how many depart must not be known to the last person.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per share of which more follows than the bound that is told.
    """
    for x, truth, rows in figures.questions:
        told = rows[rows["reason"] != "withheld"]
        system, answers = _system(truth, told), _counted(told)
        for place in np.flatnonzero(told["reason"].isin(BOUNDS) & answers.isin(truth.names)):
            row = told.iloc[[place]]
            [[(low, high)]] = system.ranges(truth.inside(row[KNOWN_BY]), of=[answers.iloc[place]])
            if high - low < 1 - 1e-6:
                what = f"{x}, {_group(row.iloc[0])}: {answers.iloc[place]}, of which a bound is told"
                yield Finding(WORKED_OUT, "all reports together", what)


def close(figures: Figures) -> Iterator[Finding]:
    """Find groups of which one is part of the other, and only a few people more are in that.

    Parameters
    ----------
    figures
        All of them.

    Yields
    ------
    Finding
        Per two groups.
    """
    for x, truth, rows in figures.questions:
        told = rows[rows["reason"] != "withheld"].drop_duplicates(KNOWN_BY).reset_index(drop=True)
        inside, people = truth.inside(told[KNOWN_BY]), truth.counts[:, 0]
        n, both = inside @ people, (inside * people) @ inside.T
        apart = n[:, None] - n[None, :]
        few = (both == n[None, :]) & (apart > 0) & (apart < figures.min_n)
        for whole, part in zip(*np.nonzero(few), strict=True):
            pair = f"{_group(told.loc[whole])} and {_group(told.loc[part])}"
            yield Finding(CLOSE, told.at[whole, "file"], f"{x}: {pair} differ by a few people")


def _readers(
    truth: Truth, told: pd.DataFrame, secret: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Give who reads what, and what they may not know: everybody together, then each participant by itself."""
    yield "all reports together", told, secret
    online = told[(told["organisation"] == "") & (told["unit"] == "")]
    for own in sorted(set(truth.cells["organisation"]) - {""}):
        places = truth.cells[truth.cells["organisation"] == own].assign(unit="", sector="").drop_duplicates(KNOWN_BY)
        itself = places[KNOWN_BY].assign(effect="everything")
        wanted = secret[(secret["organisation"] == "") | ((secret["organisation"] == own) ^ (secret["unit"] == ""))]
        if len(wanted):
            yield own, pd.concat([online, told[told["organisation"] == own], itself], ignore_index=True), wanted


def _attack(x: str, truth: Truth, told: pd.DataFrame, secret: pd.DataFrame, *, who: str) -> Iterator[Finding]:
    """Try to work out what is secret of what is told."""
    if secret.empty:
        return
    wanted, names = truth.inside(secret[KNOWN_BY]), [name for name in ("n", *TOLD) if name in truth.names]
    found, counts = _system(truth, told).ranges(wanted, of=names), wanted @ truth.counts
    out = recovered(found, counts[:, [truth.names.index(name) for name in names]], names=names)
    for place in np.flatnonzero(out.any(axis=1)):
        lost = [name for name, is_lost in zip(names, out[place], strict=True) if is_lost]
        yield Finding(WORKED_OUT, who, f"{x}, {_group(secret.iloc[place])}: {', '.join(lost)}")


def _system(truth: Truth, told: pd.DataFrame) -> System:
    """Lay out what is told of a question."""
    inside = truth.inside(told[KNOWN_BY])
    return System(truth.names, inside, np.where(_tells(truth, told), inside @ truth.counts, np.nan), truth.limits)


def _answer(rows: pd.DataFrame) -> pd.Series:
    """Name the answer that a share is of, where there are several; nothing of other statistics."""
    return rows["y"].where((rows["effect"] == "share") & (rows["y"] != "favourable"), "")


def _counted(rows: pd.DataFrame) -> pd.Series:
    """Say what a share counts: an answer, such as `= 3`, or what several answers are called together."""
    named = {"favourable": "favourable", "promoter": "promoters", "detractor": "detractors"}
    of = [named.get(y, f"= {y}") for y in rows.get("y", pd.Series("", rows.index)).fillna("")]
    return pd.Series(of, rows.index, dtype=object).where(rows["effect"] == "share", "")


def _tells(truth: Truth, told: pd.DataFrame) -> np.ndarray:
    """Say which counts each row tells."""
    effect, bound = told["effect"], told.get("reason", pd.Series("", told.index)).isin(BOUNDS)
    marks, share, columns = told.get("mean", pd.Series(np.nan, told.index)).notna(), _counted(told), []
    for name in truth.names:
        of = effect.map(lambda e, name=name: e == "everything" or name in ("n", "size", *ANSWERS.get(e, ())))
        columns.append(of | ((share == name) & ~bound) | ((effect == "nps") & marks & (name == "total")))
    return np.column_stack(columns).astype(bool)


def _group(row: pd.Series) -> str:
    """Name a group by its places."""
    return " · ".join(row[name] for name in KNOWN_BY if row[name]) or "everybody"


class Names:
    """What participants and the units of each are called, in every language, where ordinary words are not called so.

    Parameters
    ----------
    study
        The data.
    beside
        Texts that pages hold besides the kit's own words.
    """

    def __init__(self, study: Study, *, beside: Iterable[str]) -> None:
        people = [study.people(table) for table in study.tables]
        pairs = [f.reindex(columns=["organisation", "unit"]).drop_duplicates() for f in people if "organisation" in f]
        both = pd.concat([pd.DataFrame(columns=["organisation", "unit"]), *pairs]).dropna(subset="organisation")
        of = {
            str(name): called_of(study, "organisation", [name]) | called_of(study, "unit", rows["unit"].dropna())
            for name, rows in both.groupby("organisation")
        }
        sectors = called_of(study, "sector", names(study, what="sector"))
        can_be_told = set(naming.tellable(set().union(*of.values()), beside=[*beside, *sectors]))
        self.of = {name: found & can_be_told for name, found in of.items()}

    def others(self, own: str) -> list[str]:
        """List what names others than one participant."""
        return sorted(set().union(*(names for name, names in self.of.items() if name != own)) - self.of.get(own, set()))


@dataclass(frozen=True)
class Files:
    """The files of a built edition."""

    layout: Layout

    @cached_property
    def online(self) -> list[Path]:
        """What may be put online."""
        inside = [self.layout.internal, self.layout.folder / "failed"]
        every = sorted(path for path in self.layout.folder.rglob("*") if path.is_file())
        return [path for path in every if not any(path.is_relative_to(folder) for folder in inside)]

    @cached_property
    def deliveries(self) -> dict[Path, list[Path]]:
        """Per participant's folder its files."""
        there = self.layout.deliveries
        folders = sorted(path for path in there.iterdir() if path.is_dir()) if there.is_dir() else []
        return {folder: sorted(path for path in folder.rglob("*") if path.is_file()) for folder in folders}

    @property
    def counts(self) -> dict[str, int]:
        """Count them."""
        delivered = [path for files in self.deliveries.values() for path in files]
        every = [path for path in [*self.online, *delivered] if path.suffix == ".html"]
        return {"files online": len(self.online), "deliveries": len(self.deliveries), "pages": len(every)}

    def told(self, path: Path) -> str:
        """Give the place of a file in the edition."""
        return path.relative_to(self.layout.folder).as_posix()


def named(files: Files, names: Names) -> Iterator[Finding]:
    """Find participants named where they may not be.

    Parameters
    ----------
    files
        Of the edition.
    names
        Of participants.

    Yields
    ------
    Finding
        Per file and name.
    """
    everybody = names.others("")
    for path in files.online:
        yield from _named_in(path, everybody, files)
    owners = {reader.file: reader.name for reader in with_files(list(names.of), what="organisation")}
    for folder, inside in files.deliveries.items():
        own = owners.get(folder.name, "")
        of_others = names.others(own)
        for path in inside:
            yield from _named_in(path, of_others, files, own=sorted(names.of.get(own, ())))


def _named_in(path: Path, names: list[str], files: Files, *, own: Sequence[str] = ()) -> Iterator[Finding]:
    """Find names in a file or in what it is called; what is drawn in pixels apart."""
    source = re.sub(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+", "", path.read_text("utf-8", errors="replace"))
    for name in naming.named(f"{path.name}\n{source}", names=names, own=own):
        yield Finding(NAMED, files.told(path), f"'{name}'")


class _Page(HTMLParser):
    """What a page loads, where it leads, and what its withheld cells say."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.loads, self.links, self.scripts, self.hidden, self._withheld = [], [], 0, [], False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.scripts += tag == "script"
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.loads += [given[name] for name in ("src", "srcset", "data", "poster") if given.get(name)]
        self.loads += [given["href"]] if tag in ("link", "image", "use") and given.get("href") else []
        self.loads += re.findall(r"url\(['\"]?([^'\")]+)", given.get("style", ""))
        if tag in ("td", "th"):
            self._withheld = "withheld" in given.get("class", "").split()

    def handle_endtag(self, tag: str) -> None:
        self._withheld &= tag not in ("td", "th", "tr")

    def handle_data(self, data: str) -> None:
        self.loads += re.findall(r"(?:url\(['\"]?|@import ['\"])([^'\")]+)", data) if self.lasttag == "style" else []
        self.hidden += [data] if self._withheld else []


def pages(files: Files) -> Iterator[Finding]:
    """Find pages that are too large, load from elsewhere, lead where they should not, or have a script.

    Parameters
    ----------
    files
        Of the edition.

    Yields
    ------
    Finding
        Per page and what is wrong with it.
    """
    parts = [(files.layout.folder, files.online), *files.deliveries.items()]
    for home, inside in parts:
        for path in (path for path in inside if path.suffix == ".html"):
            yield from _page(path, home, files)


def _page(path: Path, home: Path, files: Files) -> Iterator[Finding]:
    """Look at one page, which may lead to what is in its home."""
    where, size = files.told(path), path.stat().st_size
    page = _Page(path.read_text("utf-8"))
    if size > LARGEST:
        yield Finding(SIZE, where, f"{size:,} bytes, more than {LARGEST:,}")
    for address in page.loads:
        if not address.startswith(("#", "data:")):
            yield Finding(REQUEST, where, f"loads '{address}'")
    for address in page.links:
        if not _may_lead(path, address, home, private=files.layout.internal):
            yield Finding(LINK, where, f"leads to '{address}'")
    if page.scripts > (where in INDEXES):
        yield Finding(SCRIPT, where, f"{page.scripts} scripts")
    if any(re.search(r"\d", told) for told in page.hidden):
        yield Finding(SHOWN, where, "a number in a withheld cell")


def _may_lead(page: Path, address: str, home: Path, *, private: Path) -> bool:
    """Tell whether a link leads to a web page, to a place on the page, or to a file that goes with it."""
    if address.startswith(("#", "https://", "http://", "mailto:", "data:")):
        return True
    target, own, inside = ((page.parent / re.split(r"[?#]", address)[0]).resolve(), home.resolve(), private.resolve())
    outside = not target.is_relative_to(own) or (not own.is_relative_to(inside) and target.is_relative_to(inside))
    return target.is_file() and not outside


def packed(files: Files) -> Iterator[Finding]:
    """Find packed deliveries that are not what is in their folder.

    Parameters
    ----------
    files
        Of the edition.

    Yields
    ------
    Finding
        Per delivery.
    """
    for folder, inside in files.deliveries.items():
        at = folder.with_name(f"{folder.name}.zip")
        try:
            with ZipFile(at) as pack:
                found = sorted(pack.read(name) for name in pack.namelist() if not name.endswith("/"))
        except (OSError, BadZipFile):
            yield Finding(PACKED, files.told(at), "cannot be read")
            continue
        if found != sorted(path.read_bytes() for path in inside):
            yield Finding(PACKED, files.told(at), "is not what is in the folder")
