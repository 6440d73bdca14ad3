"""Answers in words that stand for numbers: `10 - very likely`, `Mee eens`, `Yes`.

Survey tools export what people read on their screen. Where the words of a column say which numbers they stand for, the
draft declares each of them in `values.csv`, for somebody to look through.
"""

from __future__ import annotations

import re
from collections.abc import Collection

NUMBERED = re.compile(r"(\d{1,2})\s*[-–—:=(.]\s*[^\d\s].*", re.DOTALL)

LADDERS = (
    ("no|nee|false|onwaar", "yes|ja|true|waar"),
    (
        "strongly disagree|completely disagree|totally disagree|helemaal mee oneens|zeer mee oneens|helemaal oneens",
        "disagree|somewhat disagree|mee oneens|oneens",
        "neither agree nor disagree|neutral|neutraal|niet mee eens, niet mee oneens|niet mee eens en niet mee oneens",
        "agree|somewhat agree|mee eens|eens",
        "strongly agree|completely agree|totally agree|helemaal mee eens|zeer mee eens|helemaal eens",
    ),
    (
        "very dissatisfied|zeer ontevreden",
        "dissatisfied|ontevreden",
        "neither satisfied nor dissatisfied|neutral|neutraal|niet tevreden, niet ontevreden",
        "satisfied|tevreden",
        "very satisfied|zeer tevreden",
    ),
    ("never|nooit", "rarely|seldom|zelden", "sometimes|soms", "often|vaak", "always|altijd"),
)
"""Words from low to high; numbered from 0 where there are two, else from 1."""

FEWEST = 2


def numbers_of(texts: Collection[str]) -> dict[str, str]:
    """Find the numbers that the words of a column stand for.

    Parameters
    ----------
    texts
        Its distinct answers.

    Returns
    -------
    dict
        By text that is no number itself, the number as text; empty if one of them stands for none, or two for the same.

    Examples
    --------
    >>> numbers_of(["0 - not at all", "1", "2", "3 - very"]), numbers_of(["Ja", "Nee"]), numbers_of(["North", "South"])
    ({'0 - not at all': '0', '3 - very': '3'}, {'Ja': '1', 'Nee': '0'}, {})
    """
    return _numbered(texts) or _on_a_ladder(texts)


def _numbered(texts: Collection[str]) -> dict[str, str]:
    """Read the number in front of words."""
    found = {text: NUMBERED.fullmatch(text) for text in texts if not text.isdigit()}
    if not found or not all(found.values()):
        return {}
    numbers = {text: match[1] for text, match in found.items()}
    everything = [*numbers.values(), *(text for text in texts if text.isdigit())]
    return numbers if len(set(everything)) == len(everything) >= FEWEST else {}


def _on_a_ladder(texts: Collection[str]) -> dict[str, str]:
    """Find the place of words that are all on one ladder."""
    for ladder in LADDERS:
        first = 0 if len(ladder) == FEWEST else 1
        place = {word: str(at) for at, words in enumerate(ladder, first) for word in words.split("|")}
        numbers = {text: place.get(" ".join(text.casefold().split())) for text in texts}
        if len(numbers) >= FEWEST and all(numbers.values()) and len(set(numbers.values())) == len(numbers):
            return numbers
    return {}
