"""A codebook drafted from what files say of themselves, and from what their columns look like.

What a file declares (questions, labels, missing codes) is taken over, and what `study.yml` beside it says of how it is
written; everything else is guessed, and every guess is marked with its reason in a column of its own, `guess`, for
somebody to look through. Free text, what says who somebody is, and columns that say nothing are left out, and told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from exkit.errors import problems
from exkit.survey.about import FILE as STUDY
from exkit.survey.about import read_about
from exkit.survey.codebook import COLUMNS, Codebook
from exkit.survey.drafting.columns import ORDER, Drafting, Source, portray
from exkit.survey.drafting.identify import find_table
from exkit.survey.findings import Findings
from exkit.survey.labels import COLUMNS as LABEL_COLUMNS
from exkit.survey.reading.facts import Dialect, Facts
from exkit.survey.reading.files import Table, read_any
from exkit.survey.reading.signs import in_plain_numbers

_DUTCH = re.compile(r"\b(de|het|een|en|van|ik|mijn|uw|u|wij|onze|niet|hoe|wat|voor)\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(the|an?|and|of|i|my|your|you|we|our|not|how|what|for|to)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """A drafted codebook.

    Attributes
    ----------
    codebook
        Its rows, with the column `guess`.
    labels
        The rows of `values.csv`: the labels that files hold, and the words that occur.
    files
        What `study.yml` should say of the files, by table: nothing where a file's name says it already.
    left_out
        Columns that are not in it, and why: `table`, `column`, `why`.
    remarks
        What else was assumed.
    language
        The language that the questions are in.
    sources
        What each file was taken for: `table`, `file`, `rows`, `why`.
    """

    codebook: pd.DataFrame
    labels: pd.DataFrame
    files: dict[str, list[dict[str, str]]]
    left_out: pd.DataFrame
    remarks: list[str]
    language: str
    sources: pd.DataFrame


def draft(files: Sequence[tuple[str, str | Path]], *, language: str = "") -> Draft:
    """Draft a codebook.

    Parameters
    ----------
    files
        Each with the table that it is, or with nothing where that is to be guessed.
    language
        Language of the questions, `nl` or `en`; found out if not given.

    Returns
    -------
    Draft
        For somebody to look through.

    Raises
    ------
    ExkitError
        If a file cannot be read without guessing, or every column of all files is left out.
    """
    remarks: list[str] = []
    sources = [_source(table, Path(path), remarks) for table, path in files]
    asked = " ".join(question for source in sources for question in source.facts.questions.values())
    language = language or _language(asked)
    tables = dict.fromkeys(source.table for source in sources)
    drafted = [Drafting(name, [s for s in sources if s.table == name], language) for name in tables]
    rows = [row for one in drafted for row in one.rows()]
    if not rows:
        why = [f"'{name}' {reason}." for one in drafted for name, reason in one.left_out.items()]
        raise problems("a draft without any column", why)
    return Draft(
        codebook=_laid_out(rows, ORDER),
        labels=_laid_out([row for one in drafted for row in one.labels()], LABEL_COLUMNS),
        files={one.table: one.files for one in drafted if one.files},
        left_out=pd.DataFrame(
            [(one.table, name, why) for one in drafted for name, why in one.left_out.items()],
            columns=["table", "column", "why"],
        ),
        remarks=remarks,
        language=language,
        sources=pd.DataFrame(
            [(s.table, s.path.name, len(s.frame), s.why) for s in sources], columns=["table", "file", "rows", "why"]
        ),
    )


def _laid_out(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> pd.DataFrame:
    """Lay rows out as a frame of whole numbers and text, empty where there is nothing."""
    return pd.DataFrame(
        [{k: v for k, v in row.items() if v is not None} for row in rows], columns=columns, dtype=object
    ).fillna("")


def _source(table: str, path: Path, remarks: list[str]) -> Source:
    """Read a file, its numbers written in one way, and find its table."""
    declared, dialect = _declared(path, table)
    frame, facts = read_any(path, dialect=dialect)
    remarks += facts.notes
    frame = _plain(frame, facts, path, remarks)
    portraits = portray(frame, facts)
    known = [(table, "as you said"), (declared, f"as {STUDY} says")]
    table, why = next((one for one in known if one[0]), None) or find_table(path.stem, portraits)
    return Source(path, dialect, frame, facts, portraits, table, why)


def _declared(path: Path, table: str) -> tuple[str, Dialect]:
    """Look up what `study.yml` beside a file says of it: which table it is, and how it is written."""
    findings = Findings()
    about = read_about(path.parent, findings)
    if findings.breaches:
        raise problems(f"'{path.parent}'", [breach.message for breach in findings.breaches])
    all_files = [(name, one) for name, files in about["files"].items() for one in files]
    mine = [(name, one) for name, one in all_files if one["file"] == path.name and table in ("", name)]
    name, said = mine[0] if mine else ("", {})
    own = {key: value for key, value in said.items() if key not in ("file", "wave") and value is not None}
    return name, Dialect(**{key: about[key] for key in ("encoding", "separator", "decimal")} | own)


def _plain(frame: pd.DataFrame, facts: Facts, path: Path, remarks: list[str]) -> pd.DataFrame:
    """Write all that looks like a number in one way, as a codebook without any rule would."""
    names = list(frame.columns)
    said = {"variable": names, "type": "number", "missing": [()] * len(names)}
    all_numbers = Codebook(pd.DataFrame(said).reindex(columns=COLUMNS, fill_value=""))
    origin = pd.DataFrame({"file": pd.Categorical([path.name] * len(frame)), "row": frame.index})
    text = frame.reset_index(drop=True)
    table = Table("", text, origin, headers={path.name: names}, facts={path.name: facts})
    findings = Findings()
    plain = in_plain_numbers(table, all_numbers, findings).text.astype("str")
    remarks += [found.message for found in [*findings.notes, *findings.breaches] if not found.variable]
    return plain


def _language(text: str) -> str:
    """Tell in which language questions are: English where they do not tell."""
    return "nl" if len(_DUTCH.findall(text)) > len(_ENGLISH.findall(text)) else "en"
