"""What one column of a file looks like, before anybody has said what it is.

Its distinct answers, what stands in it where nothing was answered, whether these are numbers, days, a few words or free
text, and the scale that numbers fit in. Only the distinct texts are looked at, of which there are few.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from exkit.survey.values import numbers

MARKS = {
    "na",
    "n/a",
    "#n/a",
    "nan",
    "null",
    "none",
    "nda",
    "nvt",
    "n.v.t.",
    "s",
    "x",
    "-",
    "--",
    ".",
    "..",
    "*",
    "**",
    "?",
}
"""What files write among numbers where nothing was answered or published."""

NO_ANSWER = {"66", "77", "88", "96", "97", "98", "99", "997", "998", "999", "-1", "-7", "-8", "-9", "-99", "-999"}
"""Codes that questionnaires use for `does not know` or `no answer`."""

SCALES = ((0, 1), (0, 4), (0, 6), (1, 5), (1, 7), (0, 10), (1, 10))
"""Scales that are usual, the narrowest first."""

HIGHEST = 10
ENOUGH = 30
"""Answers from which on a gap below 8 and 9 is no chance."""

MOST_CHOICES, LONGEST_CHOICE = 30, 60
Range = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Portrait:
    """A column: its cells as text, and what its file says of it.

    `answers` counts its distinct texts without empty cells and `missing`, the texts that seem to be no answers.
    """

    name: str
    cells: pd.Series
    question: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    declared: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> pd.Series:
        """How often each text occurs, empty cells and declared missing values apart."""
        return self.cells[~self.cells.isin(["", *self.declared])].value_counts(sort=False)

    @cached_property
    def _values(self) -> pd.Series:
        """Its distinct texts as numbers, under the texts themselves; missing where they are none."""
        return numbers(pd.Series(self.counts.index, index=self.counts.index, dtype="str"))

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """The texts among numbers that stand for nothing."""
        words = self.counts.index[self._values.isna()]
        are_marks = 0 < len(words) < len(self.counts) and all(word.strip().casefold() in MARKS for word in words)
        return tuple(words) if are_marks else ()

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The numbers outside a usual scale that stand for no answer."""
        found = _without(self._values, self.marks)
        special = found.index.isin(NO_ANSWER)
        body = found[~special]
        if found.isna().any() or body.empty or (found % 1 != 0).any() or body.min() < 0:
            return ()
        if body.max() > HIGHEST:  # only a negative number is then told from the rest
            return tuple(found.index[special & (found < 0)])
        return (*found.index[special], *self._nines(body))

    def _nines(self, body: pd.Series) -> tuple[str, ...]:
        """Pick the 8 and 9 that are apart from a shorter scale: with a gap below them, and nothing above."""
        high = body[body > 7]
        apart = set(high) <= {8, 9} and body.drop(high.index).max() <= high.min() - 2
        return tuple(high.index) if apart and self.counts.sum() >= ENOUGH else ()

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Everything that seems to be no answer."""
        return tuple(dict.fromkeys([*self.declared, *self.marks, *self.codes]))

    @cached_property
    def answers(self) -> pd.Series:
        """How often each answer occurs."""
        return _without(self.counts, (*self.marks, *self.codes))

    @cached_property
    def figures(self) -> pd.Series:
        """The distinct answers as numbers; missing where they are none."""
        return _without(self._values, (*self.marks, *self.codes))

    @cached_property
    def kind(self) -> str:
        """What its answers are: `empty`, `constant`, `whole`, `number`, `date`, `moment`, `choice` or `text`."""
        distinct = pd.Series(self.answers.index, dtype="str")
        if len(distinct) < 2:
            return "constant" if len(distinct) else "empty"
        if self.figures.notna().all():
            return "whole" if (self.figures % 1 == 0).all() else "number"
        if distinct.str.fullmatch(r"\d{4}-\d\d-\d\d").all():
            return "date"
        if distinct.str.fullmatch(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?").all():
            return "moment"
        few = len(distinct) <= MOST_CHOICES and 2 * len(distinct) <= self.answers.sum()
        return "choice" if few and distinct.str.len().max() <= LONGEST_CHOICE else "text"

    @cached_property
    def is_unique(self) -> bool:
        """Whether every row has its own value."""
        return len(self.answers) == len(self.cells) > 1

    @cached_property
    def scale_ends(self) -> tuple[float, float]:
        """The lowest and highest number: that has a label, where values have labels, else that was answered."""
        labelled, ends = [value for value in self.labels if value not in self.missing], self.figures
        if len(labelled) > 1:
            ends = pd.concat([numbers(pd.Series(labelled, dtype="str")), ends])
        return ends.min(), ends.max()

    @cached_property
    def scale(self) -> Range | None:
        """The usual scale that its numbers fit in, or the one that its labels give; none if there is none."""
        if self.kind not in ("whole", "number"):
            return None
        low, high = self.scale_ends
        if len(self.labels) > 1 and low % 1 == high % 1 == 0 and high <= HIGHEST:
            return int(low), int(high)
        return usual([low, high])

    @cached_property
    def looks_answered(self) -> bool:
        """Whether it looks like marks on a scale: whole numbers that fit one."""
        return self.kind == "whole" and self.scale is not None


def _without(found: pd.Series, texts: tuple[str, ...]) -> pd.Series:
    """Leave out what stands under some texts."""
    return found.drop([*texts]) if texts else found


def usual(seen: Iterable[float]) -> Range | None:
    """Find the narrowest usual scale that holds everything that was seen, as high as it goes.

    Examples
    --------
    >>> usual([2, 4]), usual([0, 3]), usual([3, 10]), usual([1, 75])
    ((1, 5), (0, 4), (1, 10), None)
    """
    seen = list(seen)
    fits = [(low, high) for low, high in SCALES if low <= min(seen) and max(seen) <= high]
    from_one = [scale for scale in fits if scale[0] == 1]
    return next(iter(from_one if min(seen) >= 1 and from_one else fits), None)
