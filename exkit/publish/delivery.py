"""What one organisation gets: a folder with its pages, its figures and a list of these, and the same folder packed.

Nothing in it is about another participant. Figures are the rows of saved results that are the organisation's own, of
its sector and of all participants. It is packed once all of its pages are there, so that what can be sent is whole.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from exkit.errors import ExkitError
from exkit.present.own import KEYS, own
from exkit.present.save import read_saved, stacked
from exkit.present.words import translator
from exkit.publish.appear import appear, need_real
from exkit.publish.fan import label
from exkit.publish.naming import named
from exkit.publish.render import Link, render_list
from exkit.result import group_columns

if TYPE_CHECKING:
    import pandas as pd

    from exkit.publish.fan import Reader
    from exkit.publish.front import Front
    from exkit.publish.job import Outcome

RESULTS = "results.csv"
FORMULA = r"^[=+\-@\t\r\uff1d]"
"""How a text begins that a spreadsheet would calculate."""
DAY = (1980, 1, 1, 0, 0, 0)
"""Date of everything that is packed, so that the same files give the same bytes."""


@dataclass(frozen=True)
class Deliveries:
    """The deliveries of an edition.

    Parameters
    ----------
    front
        What stands before the pages: it knows how these went.
    work
        A private folder on the same file system.
    """

    front: Front
    work: Path

    def write(self) -> None:
        """Write the delivery of each organisation whose pages were asked for; what is there and the same, stays."""
        plan, pieces, pages = self.front.plan, {}, {}
        for piece in plan.fanned:
            pieces.setdefault(piece.reader, []).append(piece)
        for one in self.front.made:
            pages.setdefault(one.reader, []).append(one)
        for reader, its in pieces.items():
            if reader.what == "organisation" and any(piece.name in plan.wanted for piece in its):
                self._write(reader, pages.get(reader, []), planned=[job.at for piece in its for job in piece.jobs])

    @cached_property
    def _saved(self) -> dict[str, pd.DataFrame]:
        """Read the saved results that tell of single organisations."""
        files = sorted(self.front.plan.layout.all_results.glob("*.csv"))
        read = {file.stem: read_saved(file) for file in files}
        return {name: rows for name, rows in read.items() if "organisation" in group_columns(rows)}

    def _write(self, reader: Reader, made: list[Outcome], *, planned: list[Path]) -> None:
        layout = self.front.plan.layout
        folder, whole = layout.delivery(reader), layout.packed(reader)
        there = [one.page for one in made]
        for name, content in self._own_files(reader, made).items() if made else []:
            self._need_nobody_else(content.decode(), name=name, reader=reader)
            there.append(folder / name)
            if not _holds(folder / name, content):
                appear(content, at=folder / name, work=self.work)
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or (path.is_file() and path not in [*there, *planned]):
                path.unlink()
        if set(planned) <= set(there):
            self._pack(sorted(there), folder=folder, at=whole, reader=reader)
        elif whole.is_file():
            whole.unlink()

    def _own_files(self, reader: Reader, made: list[Outcome]) -> dict[str, bytes]:
        """Make what a delivery holds besides its pages: its lists, and its figures."""
        rows = self.figures(reader)
        files = {RESULTS: _as_csv(rows).encode()} if len(rows) else {}
        for language in self.front.contents.languages:
            name = self.front.plan.layout.alone("index", language)
            files[name] = self._index(reader, made, language, figures=RESULTS in files)
        return files

    def figures(self, reader: Reader) -> pd.DataFrame:
        """Take the rows that an organisation gets: its own, of its sector, of all participants.

        Parameters
        ----------
        reader
            The organisation.

        Returns
        -------
        DataFrame
            Rows of saved results one below the other, with the name of each in `saved`; no column that is empty.
        """
        found = [self._own(rows, reader.name).assign(saved=name) for name, rows in self._saved.items()]
        rows = stacked(found)
        if self._others(_as_csv(rows), reader):  # a comparison belongs to both of its sides
            rows = rows[[not self._others(_as_csv(rows.loc[[i]]), reader) for i in rows.index]]
        empty = [column for column in rows if rows[column].isna().all() or rows[column].eq("").all()]
        return rows[["saved", *rows.columns.drop(["saved", *empty])]].reset_index(drop=True)

    def _own(self, rows: pd.DataFrame, organisation: str) -> pd.DataFrame:
        """Pick as the pages do; an organisation that has no row in a result gets those of all participants."""
        absent = {} if "unit" in group_columns(rows) else {key: "" for key in KEYS if key not in rows}
        its = organisation if organisation in set(rows["organisation"]) else ""
        return own(rows.assign(**absent), organisation=its).drop(columns=list(absent))

    def _index(self, reader: Reader, made: list[Outcome], language: str, *, figures: bool) -> bytes:
        """List what is in a folder, the pages in the language of the list first."""
        layout, contents = self.front.plan.layout, self.front.contents
        at = layout.delivery(reader) / layout.alone("index", language)
        others = {other: layout.alone("index", other) for other in contents.languages if other != language}
        page = self.front.page(language, others=others)
        name = label(self.front.plan.study, "organisation", reader.name, language=language)
        page = replace(page, title=name, edition=page.title)
        ours = sorted(made, key=lambda one: one.language != language)
        links = [Link(one.page.relative_to(at.parent).as_posix(), one.title, one.language) for one in ours]
        return render_list(
            "delivery.html.j2",
            page=page,
            links=links,
            corrections=self.front.corrections(ours, at=at, language=language),
            results=RESULTS if figures else "",
            contact=contents.contact.get(language, ""),
            intro=translator(language)(
                "This folder is for {organisation}. In it are its own figures, beside those of its sector and of all "
                "participants together. Nothing in it is about another participant."
            ).format(organisation=name),
        )

    def _others(self, text: str, reader: Reader) -> list[str]:
        """List the other participants that a text names."""
        plan = self.front.plan
        mine = [reader.name, *(label(plan.study, "organisation", reader.name, language=one) for one in ("nl", "en"))]
        return named(text, names=plan.participants, own=mine)

    def _need_nobody_else(self, text: str, *, name: str, reader: Reader) -> None:
        """Stop rather than hand one participant the name of another."""
        if found := self._others(text, reader):
            raise ExkitError(
                f"'{name}' for '{reader.name}' would name '{found[0]}', and was not delivered. Take that name out of "
                "the edition's texts and of what notebooks save for others."
            )

    def _pack(self, files: list[Path], *, folder: Path, at: Path, reader: Reader) -> None:
        """Pack a folder, unless that has been done."""
        need_real(at)
        contents = {f"{folder.name}/{file.relative_to(folder).as_posix()}": file.read_bytes() for file in files}
        if _is_packed(contents, at=at):
            return
        for name, content in contents.items():
            self._need_nobody_else(content.decode(), name=name.partition("/")[2], reader=reader)
        appear(packed(contents), at=at, work=self.work)


def packed(contents: dict[str, bytes]) -> bytes:
    """Put files in one; the same files give the same bytes.

    Parameters
    ----------
    contents
        Files by name.
    """
    memory = BytesIO()
    with ZipFile(memory, "w", ZIP_DEFLATED) as box:
        for name, content in sorted(contents.items()):
            info = ZipInfo(name, DAY)
            info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            box.writestr(info, content)
    return memory.getvalue()


def _is_packed(contents: dict[str, bytes], *, at: Path) -> bool:
    """Tell whether these very files are packed there already."""
    wanted = [(name, len(content), zlib.crc32(content)) for name, content in sorted(contents.items())]
    try:
        with ZipFile(at) as box:
            return [(one.filename, one.file_size, one.CRC) for one in box.infolist()] == wanted
    except (OSError, BadZipFile):
        return False


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == content


def _as_csv(rows: pd.DataFrame) -> str:
    """Write rows for a spreadsheet: a text that it would calculate is kept from that by an apostrophe."""
    text = rows.select_dtypes(exclude=["number", "bool"]).columns
    said = {column: rows[column].fillna("").astype(str) for column in text}
    kept = {column: one.mask(one.str.match(FORMULA), "'" + one) for column, one in said.items()}
    return rows.assign(**kept).to_csv(index=False, lineterminator="\n")
