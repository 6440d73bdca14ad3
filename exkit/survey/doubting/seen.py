"""A table as a check has seen it: its values, what they mean, and where they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from exkit.survey.codebook import RECOMMENDS, Codebook, Variable
from exkit.survey.findings import Findings
from exkit.survey.reading.files import Table


@dataclass(frozen=True)
class Seen:
    """One table: `frame` with its values, `source` with the file and row of each, and the `codebook` of the dataset."""

    name: str
    frame: pd.DataFrame
    source: Table
    codebook: Codebook

    @property
    def variables(self) -> list[Variable]:
        """Its variables as they were last asked."""
        return [v for v in self.codebook.variables(self.name) if v.name in self.frame]

    @property
    def questions(self) -> list[Variable]:
        """The variables that people gave an answer to on a scale."""
        marked = [v for v in self.variables if v.role in ("item", *RECOMMENDS) or None not in (v.low, v.high)]
        return [v for v in marked if v.type in ("whole", "number")]

    def column(self, role: str) -> str | None:
        """Name the column with a role; None if it has none."""
        name = self.codebook.role(role, table=self.name)
        return name if name in self.frame else None

    def waves(self) -> Iterator[tuple[list[Variable], pd.DataFrame, str]]:
        """Give the rows of each wave, the variables as they were asked in it, and its name; empty without waves."""
        column = self.column("wave")
        parts = self.frame.groupby(column, sort=True) if column else [("", self.frame)]
        for wave, rows in parts:
            yield [v for v in self.codebook.asked(self.name, str(wave)) if v.name in rows], rows, str(wave)

    def point_out(self, findings: Findings, rows: pd.Index, problem: str, text: str, **details: object) -> None:
        """Point rows out: one suspicion for each file that they are in."""
        found = self.source.origin.loc[rows.sort_values()]
        for file, its in found.groupby("file", observed=True, sort=False):
            findings.suspect(str(file), problem, text, rows=its["row"], **details)

    @property
    def files(self) -> str:
        """Name the file or files that it is in."""
        return ", ".join(self.source.headers)
