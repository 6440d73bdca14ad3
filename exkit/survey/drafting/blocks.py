"""Items that belong together: columns beside each other that share the start of their name, their labels and a scale.

`LEAD01` to `LEAD11` on 1-5 are one block. What a few answers never used at one end does not break it: the columns of a
block are taken together to find their scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from exkit.survey.drafting.portrait import Portrait, Range, usual
from exkit.survey.drafting.roles import stem
from exkit.survey.values import numbers

GENERIC = {"q", "v", "var", "vraag", "item", "question", "col", "x", "a"}
"""Starts of names that number questions, whatever they are about."""

TICKS = (0, 1)
AGAINST = -0.1
"""Correlation with the other items from which on one seems to be put the other way round."""


@dataclass(frozen=True)
class Block:
    """Items of one scale: its name, its range, its columns, and those that seem to be reversed."""

    name: str
    scale: Range
    items: tuple[str, ...]
    against: tuple[str, ...] = ()


def find_blocks(portraits: Sequence[Portrait]) -> list[Block]:
    """Find the blocks among columns, given in the order of their file.

    Parameters
    ----------
    portraits
        Columns that may be items; none stands for a column that is not.

    Returns
    -------
    list of Block
        Each of at least two columns, none of them of ticks.
    """
    found: list[Block] = []
    for run in _runs(portraits):
        scale = run[0].scale if _is_generic(run) else usual_together(run)
        if len(run) > 1 and scale not in (None, TICKS):
            items = tuple(p.name for p in run)
            found.append(Block(_named(run, found), scale, items, tuple(_against(run))))
    return found


def _runs(portraits: Sequence[Portrait]) -> Iterator[list[Portrait]]:
    """Take columns together that follow each other and share their stem and labels; apart by scale where they must."""
    for (stem_, _), its in groupby(portraits, key=lambda p: (stem(p.name), tuple(p.labels.items()))):
        run = [p for p in its if p.looks_answered]
        if not stem_ or not run:
            continue
        if usual_together(run) is not None and not _is_generic(run):
            yield run
        else:
            yield from (list(same) for _, same in groupby(run, key=lambda p: p.scale))


def usual_together(run: Sequence[Portrait]) -> Range | None:
    """Find the scale of all columns of a run; none if it is not that of most of them."""
    seen = [value for p in run for value in p.scale_ends]
    scale = usual(seen) if not run[0].labels else run[0].scale
    own = [p.scale for p in run]
    return scale if 2 * own.count(scale) >= len(own) else None


def _is_generic(run: Sequence[Portrait]) -> bool:
    """Tell whether the names of columns say nothing but their number."""
    return stem(run[0].name).casefold() in GENERIC


def _named(run: Sequence[Portrait], found: Sequence[Block]) -> str:
    """Name a scale after what its items share; after its first and last item where that is nothing, or taken."""
    first, last = run[0].name.casefold(), run[-1].name.casefold()
    name = stem(run[0].name).casefold()
    taken = _is_generic(run) or name in (block.name for block in found)
    return f"{first}_to_{last}" if taken else name


def _against(run: Sequence[Portrait]) -> list[str]:
    """Name the items that go down where the others go up: less than half of them, of three or more."""
    answers = pd.DataFrame({p.name: numbers(p.cells.mask(p.cells.isin(p.missing), "")) for p in run})
    if len(run) < 3:
        return []
    links = answers.corr()
    side = links.sum() - 1
    found = [name for name in answers if side[name] / (len(run) - 1) < AGAINST]
    return found if 2 * len(found) < len(run) else []
