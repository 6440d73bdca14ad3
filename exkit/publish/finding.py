"""What may be wrong with a built edition."""

from __future__ import annotations

from dataclasses import dataclass

WORKED_OUT, CLOSE, SHOWN, NAMED, SIZE, REQUEST, LINK, SCRIPT, PACKED = (
    "worked out", "close", "shown", "named", "size", "request", "link", "script", "packed",
)  # fmt: skip
"""What may be wrong: a withheld figure can be worked out, two groups differ by a few people, a figure is shown that is
withheld; a participant is named where it may not be; a page is too large, loads what it does not hold itself, leads out
of what it belongs to, or has a script; a packed delivery is not what is in its folder."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what kind, in which file, and what it is; never a figure."""

    kind: str
    where: str
    what: str
