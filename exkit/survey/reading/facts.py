"""How a file is written: what `study.yml` declares of it, and what is found in it.

What is declared is never contradicted; what is found is either the only reading that is possible, and noted, or it is
asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TOOLS = ("qualtrics", "surveymonkey", "limesurvey", "long")
"""Files with a layout of their own: exports of survey tools, and one answer per row."""

MOST_COLUMNS = 5_000


@dataclass(frozen=True)
class Dialect:
    """How a file is written, as far as `study.yml` declares it; None means: look.

    A text file that is UTF-8 is read as such whatever `encoding` says. `sheet` is for Excel; `header_row` the row that
    the names of the columns stand in; `format` one of `TOOLS`; `respondent`, `question` and `answer` name the columns
    of a file with one answer per row, and `wave`, which the codebook knows, that of its wave.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    format: str | None = None
    respondent: str | None = None
    wave: str | None = None
    question: str | None = None
    answer: str | None = None


@dataclass
class Facts:
    """What a file says about itself, beside its answers.

    Attributes
    ----------
    format
        `csv`, `xlsx`, `parquet` or `sav`.
    tool
        One of `TOOLS`, or nothing.
    encoding, separator, decimal
        Of a text file; the decimal sign only if it is declared.
    sheet
        Of an Excel workbook.
    questions
        The question or label of each column that has one.
    value_labels
        The labels of values, by column and value.
    missing
        The values of each column that the file declares to be no answers.
    notes
        What was assumed in reading it; filled by `files.read_any`.
    """

    format: str
    tool: str = ""
    encoding: str = ""
    separator: str = ""
    decimal: str | None = None
    sheet: str = ""
    questions: dict[str, str] = field(default_factory=dict)
    value_labels: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def typed(self) -> bool:
        """Whether numbers are stored as numbers, so that nothing is to be found out about their signs."""
        return self.format != "csv"
