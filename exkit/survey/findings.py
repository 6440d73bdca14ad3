"""What a check finds: breaches, which stop a study from opening, notes on what was assumed, and suspicions.

All have one shape: which file, which variable, a code for the problem, the value, how many rows and which. A check
collects them instead of stopping at the first, so that one message can name them all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, fields

import pandas as pd

SHOWN_ROWS = 10
SHOWN_VALUES = 3
SHOWN_LETTERS = 80


@dataclass(frozen=True)
class Finding:
    """One thing found in one file.

    `problem` is a code (`outside_range`, `not_a_number`, ...), `rows` are rows as a spreadsheet numbers them: the
    header is row 1.
    """

    file: str
    variable: str
    problem: str
    value: str
    n: int
    rows: tuple[int, ...]
    message: str


@dataclass
class Findings:
    """Everything found so far."""

    breaches: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    suspicions: list[Finding] = field(default_factory=list)

    def breach(self, file: str, problem: str, text: str, **details: object) -> None:
        """Add something that must be mended first, told as in `tell`."""
        self.breaches.append(tell(file, problem, text, **details))

    def note(self, file: str, problem: str, text: str, **details: object) -> None:
        """Add something that was assumed or left out, told as in `tell`."""
        self.notes.append(tell(file, problem, text, **details))

    def suspect(self, file: str, problem: str, text: str, **details: object) -> None:
        """Add something that may be wrong, and may be right, told as in `tell`."""
        self.suspicions.append(tell(file, problem, text, **details))


def tell(
    file: str,
    problem: str,
    text: str,
    *,
    advice: str = "",
    variable: str = "",
    value: str = "",
    rows: Collection[int] = (),
    n: int = 0,
) -> Finding:
    """Word a finding: where, what, in which rows, and what to do about it.

    Parameters
    ----------
    file, problem, variable, value, rows
        As in `Finding`.
    text
        What is the matter, without a full stop.
    advice
        What to do, one or more sentences.
    n
        How many answers it is about, where these are no rows to be looked at.

    Examples
    --------
    >>> tell("employees.csv", "outside_range", "value '7' outside 1-5", variable="q3", rows=[14, 97]).message
    "employees.csv: q3: value '7' outside 1-5 (2 rows: 14, 97)."
    """
    numbers = tuple(int(row) for row in rows)
    what = ": ".join(part for part in (file, variable, text) if part)
    which = f" ({in_rows(numbers)})" if numbers else ""
    message = f"{what}{which}. {advice.strip()}".strip()
    return Finding(file, variable, problem, value, len(numbers) or n, numbers, message)


def as_frame(found: Collection[Finding]) -> pd.DataFrame:
    """Lay findings out as a frame, one row each."""
    return pd.DataFrame([asdict(f) for f in found], columns=[f.name for f in fields(Finding)])


def in_rows(rows: Sequence[int]) -> str:
    """Say which rows, at most ten by number.

    Examples
    --------
    >>> in_rows([14]), in_rows([14, 97])
    ('row 14', '2 rows: 14, 97')
    >>> in_rows(range(2, 24))
    '22 rows: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 12 more'
    """
    if len(rows) == 1:
        return f"row {rows[0]}"
    return f"{len(rows):,} rows: {_listed([str(r) for r in rows], at_most=SHOWN_ROWS)}"


def quoted(values: Collection[object], *, at_most: int = SHOWN_VALUES) -> str:
    """Quote the user's own words, at most three of them unless said otherwise.

    Examples
    --------
    >>> quoted(["7"]), quoted(["7", "8", "9", "10"])
    ("'7'", "'7', '8', '9' and 1 more")
    """
    return _listed([f"'{_shown(str(v))}'" for v in values], at_most=at_most)


def _shown(word: str) -> str:
    """Write what cannot be seen in a word as its code, and leave out the end of a long one."""
    cut = word if len(word) <= SHOWN_LETTERS else f"{word[:SHOWN_LETTERS]}…"
    return "".join(letter if letter == " " or letter.isprintable() else ascii(letter)[1:-1] for letter in cut)


def _listed(words: list[str], *, at_most: int) -> str:
    """List words, and say how many more there are."""
    more = f" and {len(words) - at_most:,} more" if len(words) > at_most else ""
    return ", ".join(words[:at_most]) + more
