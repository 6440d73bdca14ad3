"""Which study and language this kernel works in.

`ex.open()` sets it, so that a notebook need not repeat the language and the smallest group that may be shown in each
call. Functions of `present` take language and minimum as arguments too; names come from the study.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exkit.survey.study import Study

LANGUAGES = ("nl", "en")


@dataclass
class Context:
    """What the present functions of this kernel fall back on.

    Attributes
    ----------
    study, language, min_n
        Set by `ex.open`.
    results
        Where `ex.save` writes: the run's own folder when a report is published, else `results` here.
    saved
        Where `ex.saved` reads: what the edition's earlier chapters saved, else `results` here.
    asked
        Where the door writes down what it was asked for, in the first round of an edition; else nowhere.
    withheld
        The list of what an edition withholds besides what every result does by itself, in its second round.
    """

    study: Study | None = None
    language: str = "en"
    min_n: int = 10
    results: Path = field(default_factory=lambda: Path(os.environ.get("EXKIT_RESULTS", "results")))
    saved: Path = field(default_factory=lambda: Path(os.environ.get("EXKIT_SAVED", "results")))
    asked: Path | None = field(default_factory=lambda: _given("EXKIT_ASKED"))
    withheld: Path | None = field(default_factory=lambda: _given("EXKIT_WITHHELD"))


def _given(name: str) -> Path | None:
    """Read a path from the environment; nothing where there is none."""
    return Path(os.environ[name]) if os.environ.get(name) else None


current = Context()
