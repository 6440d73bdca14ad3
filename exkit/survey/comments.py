"""What people wrote in their own words stays in the file.

Nothing is computed from it, and it may say who somebody is: a name, an address, a story. A column that the codebook
does not name is not read. One with the role `comment` is counted and let go of. One that is declared as text and looks
like people's own words is refused until somebody has decided which of the two it is. And where cells are not what the
codebook says, a message repeats only those that are no such words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import COMMENT, TABLES, Codebook, Variable
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.files import Table

LONG = 60
"""Characters beyond which texts are, on average, no names of groups."""

LONGEST = 200
"""Characters beyond which one text is none."""

MANY = 10
"""Different texts from which on it tells something that nearly everybody has one of their own; and rows that share a
text from which on it is nobody's own."""

SHORT = 20
"""Characters beyond which a single cell is no slip of the pen."""

SPOKEN = re.compile(r"[^\W\d_]{5}|\S\s+\S|(?:\d\D*){9}")
"""What no mark and no code holds: five letters, which may be a name; two words; a telephone number."""

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
FEW_DIGITS = re.compile(r"[\W_]*(?:\d[\W_]*){0,8}")
"""A mark or a date; what has more digits may be a telephone number."""

DECIDE = f"Leave it out of codebook.csv, or give it the role {COMMENT}: it is then counted, and not kept."


def is_free_text(counts: pd.Series, *, of_people: bool = True) -> bool:
    """Tell whether texts are people's own words, or who they are, rather than the names of groups.

    Parameters
    ----------
    counts
        How often each text occurs.
    of_people
        Whether a row is a person: where it is a team, each row may well have a name of its own.

    Examples
    --------
    >>> is_free_text(pd.Series({"Sales": 40, "Back office": 25})), is_free_text(pd.Series({"jo@example.org": 2}))
    (False, True)
    """
    texts = pd.Series(counts.index, dtype="str")
    lengths = texts.str.len()
    each_its_own = of_people and len(counts) >= MANY and 2 * len(counts) > counts.sum()
    return bool(each_its_own or lengths.mean() > LONG or lengths.max() > LONGEST or texts.map(_is_address).any())


def without_comments(table: Table, codebook: Codebook, findings: Findings) -> Table:
    """Let go of what people wrote, and of all that the codebook does not name.

    Parameters
    ----------
    table
        A table as it stands in its files.
    codebook
        Which of its columns are comments, and which are text.
    findings
        Gets a note of how many comments there were; a breach for each column that looks like people's own words.

    Returns
    -------
    Table
        Without those columns; the table itself is not changed.
    """
    kept = []
    for v in (v for v in codebook.variables(table.name) if v.name in table.text):
        if v.role == COMMENT:
            _count(table, v, findings)
        elif not _is_refused(table, v, findings):
            kept.append(v.name)
    return replace(table, text=table.text[kept])


def _count(table: Table, variable: Variable, findings: Findings) -> None:
    """Note how many comments each file has."""
    there = ~table.text[variable.name].isin(["", *variable.missing])
    for file, rows in table.origin[there].groupby("file", observed=True):
        text = f"comments are counted, and not kept ({len(rows):,})"
        findings.note(str(file), "comments", text, variable=variable.name, n=len(rows))


def _is_refused(table: Table, variable: Variable, findings: Findings) -> bool:
    """Report text that looks like people's own words, in each file that has any."""
    if variable.type != "text" or variable.role not in ("", "group"):
        return False
    cells = table.text[variable.name]
    answered = cells[~cells.isin(["", *variable.missing])].astype("str")
    counts = answered.value_counts(sort=False).loc[lambda n: n > 0]
    if not len(counts) or not is_free_text(counts, of_people=TABLES[table.name] == "respondent"):
        return False
    for file, its in answered.groupby(table.origin.loc[answered.index, "file"], observed=True, sort=False):
        text = f"looks like free text or names: {its.nunique():,} different texts in {len(its):,} cells"
        findings.breach(str(file), "free_text", text, advice=DECIDE, variable=variable.name, n=len(its))
    return True


def repeated(wrong: pd.Series, *, among: int) -> str:
    """Quote cells that are not what they should be, but for people's own words.

    Parameters
    ----------
    wrong
        Those cells.
    among
        How many cells of their column hold anything.

    Returns
    -------
    str
        In quotes, what many rows share, and what holds a few digits and no letter; where most cells of the column are
        as they should be, also what looks like a mark or a code. Where none may be repeated: text.

    Examples
    --------
    >>> slips, words = pd.Series(["8x", "NDA", "Ann ill"]), pd.Series(["Ann is ill", "Bob shouts", *["none"] * 10])
    >>> repeated(slips, among=50), repeated(words, among=12)
    ("'8x', 'NDA'", "'none'")
    """
    return quoted(repeatable(wrong, among=among)) or "text"


def repeatable(wrong: pd.Series, *, among: int, of_people: bool = True, like: Collection[str] = ()) -> list[str]:
    """List the different texts that `repeated` would quote.

    Where a row is no person (`of_people`) it does not matter how many cells are wrong; and what is nearly one of the
    names in `like` may be repeated, too.
    """
    counts = wrong.astype("str").value_counts(sort=False)
    shared = {text for text, n in counts.items() if n >= MANY and len(text) <= LONG}
    few = not of_people or 2 * len(wrong) <= among
    slips = {text for text in counts.index if _is_slip(text, like)} if few else set()
    may = [text for text in counts.index if text in shared | slips or FEW_DIGITS.fullmatch(text)]
    return [text for text in may if not _is_address(text)]


def _is_slip(text: str, like: Collection[str]) -> bool:
    """Tell whether a text is a slip of the pen: a mark or a code, or nearly a name that is known."""
    return (len(text) <= SHORT and SPOKEN.search(text) is None) or nearest(text, like) != ""


def _is_address(text: str) -> bool:
    """Tell whether there is an e-mail address in a text."""
    return ADDRESS.search(text) is not None
