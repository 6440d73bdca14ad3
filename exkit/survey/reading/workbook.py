"""What is inside an Excel workbook, seen before it is read.

A small zip can unpack to more than any memory, and a sheet with two cells can span sixteen thousand million; macros
have no place in data. And what the reader of values does not tell is told by the XML: which cells hold an error, and
which a formula.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field

from exkit.survey.findings import Findings

MOST_BYTES = 200_000_000  # of XML, unpacked
MOST_TIMES = 100  # an honest workbook is some tens of times its packed size
MOST_CELLS = 20_000_000  # between the first cell and the last one in use
TO_CSV = "Save the sheet as CSV UTF-8."

_CELL = rb"<(?:\w+:)?c\b"
_PLACE = re.compile(_CELL + rb'[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_ERROR = re.compile(_CELL + rb'(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_NOT_COMPUTED = re.compile(
    _CELL + rb'[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>\s*|<(?:\w+:)?v>\s*</(?:\w+:)?v>\s*)?</(?:\w+:)?c>"
)
_PLACEHOLDER = re.compile(
    _CELL + rb'[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"<(?:\w+:)?v>0</(?:\w+:)?v>"
)
"""A formula with a nought, as programs write it that leave the computing to Excel."""
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')

Place = tuple[str, int]
"""A column's letters and a row, as a spreadsheet numbers them."""


@dataclass(frozen=True)
class Cells:
    """The cells of one sheet: how far they reach, and the state that some are in."""

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    hidden_rows: int = 0
    errors: list[Place] = field(default_factory=list)
    not_computed: list[Place] = field(default_factory=list)


def is_sound(packed: zipfile.ZipFile, file: str, findings: Findings) -> bool:
    """Refuse a workbook with macros, or with more in it than can be meant.

    Parameters
    ----------
    packed
        The workbook.
    file, findings
        Its name, and what collects what is wrong.
    """
    inside = packed.infolist()
    size, packed_size = sum(part.file_size for part in inside), sum(part.compress_size for part in inside)
    if any("vbaproject" in part.filename.lower() or "macrosheets" in part.filename.lower() for part in inside):
        findings.breach(file, "macros", "holds macros, which are not opened", advice="Save it as .xlsx without macros.")
        return False
    if size > MOST_BYTES or (size > MOST_BYTES / 20 and size > MOST_TIMES * packed_size):
        times = size / max(packed_size, 1)
        text = f"unpacks to {size / 1e6:,.0f} MB, {times:,.0f} times its size, which is more than is read from Excel"
        findings.breach(file, "too_large", text, advice=TO_CSV)
        return False
    return True


def look_at_sheets(packed: zipfile.ZipFile) -> dict[str, Cells]:
    """Look at the cells of every worksheet of a workbook, by name and in order.

    Reading a part of the zip to its end also proves that it is not longer than it says.

    Raises
    ------
    BadZipFile, KeyError, SyntaxError
        If it is no workbook, or a damaged one.
    """
    from defusedxml.ElementTree import fromstring

    for name in packed.namelist():
        if name.lower().endswith("sharedstrings.xml"):
            packed.read(name)
    targets = {
        link.attrib["Id"]: posixpath.normpath(posixpath.join("/xl", link.attrib["Target"])).lstrip("/")
        for link in fromstring(packed.read("xl/_rels/workbook.xml.rels"))
        if link.attrib.get("Type", "").endswith("/worksheet")
    }
    named, is_computed = {}, True
    for element in fromstring(packed.read("xl/workbook.xml")).iter():
        is_computed &= element.attrib.get("fullCalcOnLoad", "0") not in ("1", "true")
        if element.tag.endswith("}sheet"):
            named[element.attrib["name"]] = next(v for k, v in element.attrib.items() if k.endswith("}id"))
    there = {name: targets[key] for name, key in named.items() if key in targets}
    return {name: _look_at(packed.read(part), is_computed=is_computed) for name, part in there.items()}


def _look_at(xml: bytes, *, is_computed: bool) -> Cells:
    """Look at the cells of one sheet, which must have its end, and no words of its own that stand for others."""
    if not re.search(rb"</(?:\w+:)?worksheet>\s*$", xml[-1000:]) or b"<!DOCTYPE" in xml[:1000]:
        raise zipfile.BadZipFile
    not_computed = [*_NOT_COMPUTED.finditer(xml), *(() if is_computed else _PLACEHOLDER.finditer(xml))]
    columns, last = set(), 0
    for place in _PLACE.finditer(xml):
        columns.add(place[1])
        last = max(last, int(place[2]))
    return Cells(
        rows=last,
        columns=max(map(_number, columns), default=0),
        formulas=sum(1 for _ in _FORMULA.finditer(xml)),
        hidden_rows=sum(1 for _ in _HIDDEN.finditer(xml)),
        errors=[(place[1].decode(), int(place[2])) for place in _ERROR.finditer(xml)],
        not_computed=[(place[1].decode(), int(place[2])) for place in not_computed],
    )


def _number(column: bytes) -> int:
    """Give the number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in column:
        number = 26 * number + letter - 64
    return number


def letters(position: int) -> str:
    """Give the letters of a column from its position, counted from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    above, last = divmod(position, 26)
    return (letters(above - 1) if above else "") + chr(65 + last)
