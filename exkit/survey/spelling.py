"""Two spellings of one name: what a reader takes for the same, and a computer does not.

Capitals, blanks (also those that cannot be seen) and the way in which an accent is stored make no other name. Spellings
are found here and told elsewhere; none is ever chosen over another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""Characters without a width: joiners, soft hyphens, directions of writing."""

UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""What has no place in a name: line ends, signals to a terminal, turns of the direction, marks of an encoding."""


def folded(name: str) -> str:
    """Write a name as a reader hears it.

    Examples
    --------
    >>> folded(" Zorg \u00a0Noord\u200b") == folded("ZORG noord")
    True
    """
    return as_seen(name).casefold()


def as_seen(name: str) -> str:
    """Write a name as it is seen: capitals count, what has no width does not, nor do blanks more than one."""
    return " ".join(UNSEEN.sub("", unicodedata.normalize("NFKC", name)).split())


def is_readable(name: str) -> bool:
    r"""Tell whether a reader sees something in a name, and nothing in it that plays with what is around it.

    Examples
    --------
    >>> is_readable("Noord"), is_readable(" \u200b"), is_readable("No\nord")
    (True, False, False)
    """
    return folded(name) != "" and UNREADABLE.search(name) is None


def alike(names: Iterable[str]) -> list[list[str]]:
    """Group the names that have more than one spelling.

    Parameters
    ----------
    names
        Names, in any order and any number of times.

    Examples
    --------
    >>> alike(["North", "South", "north ", "North"])
    [['North', 'north ']]
    """
    spellings: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        spellings.setdefault(folded(name), []).append(name)
    return [same for same in spellings.values() if len(same) > 1]
