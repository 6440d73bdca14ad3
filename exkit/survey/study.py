"""A study: checked tables and the codebook that explains them.

`open` is the door. It refuses a dataset that is not sound, with everything that is wrong at once, and makes the study
and the reader's language known to this kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from exkit import context
from exkit.errors import ExkitError, need_choice, problems
from exkit.survey import keys
from exkit.survey.ahead import checked
from exkit.survey.codebook import Codebook


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """An opened dataset.

    Attributes
    ----------
    name
        The folder's name.
    tables
        Checked tables by name: text as `str`, numbers as `float64`, missing where unanswered; respondents and clusters
        by numbers in place of their ids, and without comments.
    codebook
        What the columns mean.
    values
        Value labels: `table`, `variable`, `value`, `label_en`, `label_nl`.
    unanswered
        How many cells were empty or held a missing code: `table`, `variable`, `wave`, `code`, `n`.
    notes
        What was assumed or left out in reading.
    digest
        SHA-256 over the dataset's files.
    about
        What `study.yml` says.
    """

    name: str
    tables: dict[str, pd.DataFrame]
    codebook: Codebook
    values: pd.DataFrame
    unanswered: pd.DataFrame
    notes: pd.DataFrame
    digest: str
    about: dict

    @property
    def synthetic(self) -> bool:
        """Whether the data are made up, as `study.yml` says."""
        return self.about["synthetic"]

    @property
    def waves(self) -> list[str]:
        """The waves of all tables, in order; none if the study has no waves."""
        return self._names("wave")

    def title(self, language: str) -> str:
        """Give the title in a language, else in the other one, else the folder's name."""
        titles = self.about["title"]
        return titles.get(language) or next(iter(titles.values()), self.name)

    def people(self, table: str) -> pd.DataFrame:
        """Give a copy of a table with its keys under the kit's own names.

        Parameters
        ----------
        table
            `employees`, `customers`, ...

        Returns
        -------
        DataFrame
            The table's own columns, and those of `respondent`, `unit`, `organisation`, `sector`, `wave`, `weight`,
            `stratum`, `cluster` that there are; organisation and sector are looked up by unit and wave in `units` and
            `organisations` where the table lacks them.

        Raises
        ------
        ExkitError
            If there is no such table, with the nearest one.
        """
        need_choice(table, self.tables, what="table")
        return keys.people(self.tables, self.codebook, table)

    def label(self, name: str, language: str) -> str:
        """Give the label of a variable, a scale, or what plays a role; the first that has one where tables share it."""
        found = [v for v in self.codebook.variables() if name and name in (v.name, v.role, f"{v.table}.{v.name}")]
        labels = [*(v.label(language) for v in found), self.codebook.scale_label(name, language)]
        return next((label for label in labels if label != name), name)

    def value_label(self, variable: str, value: object, language: str, *, table: str | None = None) -> str:
        """Give the label of a value, else the value itself; so too where tables differ and none of them is named."""
        text = f"{value:g}" if isinstance(value, float) else str(value)
        mine = [row for row in self._labels.get((variable, text), ()) if table in (None, row["table"])]
        other = "en" if language == "nl" else "nl"
        labels = {row[f"label_{language}"] or row[f"label_{other}"] for row in mine} - {""}
        return labels.pop() if len(labels) == 1 else text

    @cached_property
    def _labels(self) -> dict[tuple[str, str], list[dict]]:
        """Look value labels up once: a report asks for hundreds."""
        found: dict[tuple[str, str], list[dict]] = {}
        for row in self.values.to_dict("records"):
            found.setdefault((row["variable"], row["value"]), []).append(row)
        return found

    def __repr__(self) -> str:
        """Say what it holds."""
        rows = [f"{table} {len(frame):,} rows" for table, frame in self.tables.items()]
        groups = [self._counted(role) for role in ("organisation", "unit")]
        waves = f"waves {', '.join(self.waves)}" if self.waves else "no waves"
        what = "; ".join([", ".join(rows), waves, *filter(None, groups)])
        return f"Study '{self.name}'{' (synthetic)' if self.synthetic else ''}: {what}"

    def _counted(self, role: str) -> str:
        """Count units or organisations; nothing where there are none."""
        n = len(self._names(role))
        return f"{n:,} {role}{'s' if n != 1 else ''}" if n else ""

    def _names(self, role: str) -> list[str]:
        """List the names that a role has in any table, in order."""
        columns = {table: self.codebook.role(role, table=table) for table in self.tables}
        found = [self.tables[table][column].dropna().unique() for table, column in columns.items() if column]
        return sorted({str(name) for names in found for name in names})


def open(dataset: str | Path, *, language: str = "en", min_n: int = 10) -> Study:  # noqa: A001 - always written ex.open
    """Open a dataset, and make it the study of this kernel.

    Parameters
    ----------
    dataset
        A folder with `codebook.csv` and the tables that it describes.
    language
        Language of the reader, `nl` or `en`.
    min_n
        Smallest group that may be shown or named.

    Returns
    -------
    Study
        Its checked tables and codebook.

    Raises
    ------
    ExkitError
        If anything in it is not sound: one message with everything, and `rows` as a frame.
    """
    need_choice(language, context.LANGUAGES, what="language")
    if min_n < 1:
        raise ExkitError(f"min_n is {min_n}. The smallest group that may be shown has at least 1 answer.")
    found = checked(dataset)
    if len(found.breaches):
        raise problems(f"'{dataset}'", found.breaches["message"], rows=found.breaches)
    study = Study(**found.study_parts)
    context.current.study, context.current.language, context.current.min_n = study, language, min_n
    return study
