"""What a dataset says about itself: `study.yml`, beside the tables.

Optional. It gives the title, says whether the data are synthetic, declares what must not be guessed from the files
(encoding, separator, decimal sign), and describes the fieldwork for the report's justification.
"""

from __future__ import annotations

import codecs
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError, nearest
from exkit.survey.codebook import TABLES
from exkit.survey.findings import Findings
from exkit.survey.reading.facts import TOOLS, Dialect
from exkit.survey.reading.settings_file import read_settings
from exkit.survey.reading.sources import is_real, is_there

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE = "study.yml"
UNION = ("by calendar", "by fieldwork")
"""What pydantic adds to the name of a setting that may be one of two things."""

MEND = {
    "bool_type": "Write true or false, without quotes.",
    "date_type": "Write it as 2025-12-31, without quotes.",
    "int_type": "Write a whole number, without quotes.",
    "value_error": "Mend that line.",
}
PLAIN = b"+AO8- \\x41 ~{~}"
"""Signs that stand for themselves in any encoding of text, and in those of other things for something else."""

OF_A_FILE = ["file", *(setting.name for setting in fields(Dialect))]


def read_about(folder: Path, findings: Findings) -> dict:
    """Read `study.yml`; a folder without one gives the defaults.

    Parameters
    ----------
    folder
        The dataset.
    findings
        Collects what is wrong with the file.

    Returns
    -------
    dict
        `title`, `fieldwork`, `mode`, `frame`, `weighting` and `sponsor` by language; `synthetic`, `encoding`,
        `separator`, `decimal`, `invited` (in the last wave); None where nothing is said. `files` by table, a list of
        what is said of each: `file`, `wave`, `sheet`, `header_row`, `format`, ... And how dates become waves and codes
        become units: `date_format`, `waves`, `outside`, `link`, `merge`, `shared`.
    """
    from pydantic import ValidationError

    model = _model()
    path = folder / FILE
    said = _read(path, findings) if is_there(path) and is_real(path, findings) else {}
    try:
        return model.model_validate(said).model_dump()
    except ValidationError as wrong:
        for error in wrong.errors():
            text, advice = _told(error, known=_known(error["loc"], model))
            findings.breach(FILE, "study_yml", text, advice=advice)
        return model().model_dump()


def _model() -> type:
    """Say what `study.yml` may hold; built here, so that pydantic is only imported when a file is read."""
    from typing import Literal

    from pydantic import BaseModel, ConfigDict, Field, field_validator

    from exkit.survey.settings import TimeAndUnits

    words_by_language = dict[Literal["nl", "en"], str]

    class Written(BaseModel):
        model_config = ConfigDict(extra="forbid", strict=True)
        encoding: str | None = None
        separator: Literal[",", ";", "\t", "|"] | None = None
        decimal: Literal[".", ","] | None = None

        @field_validator("encoding")
        @classmethod
        def _exists(cls, encoding: str | None) -> str | None:
            if encoding is not None and not _is_of_text(encoding):
                raise ValueError(f"there is no encoding '{encoding}'; common ones are utf-8 and cp1252")
            return encoding

    class File(Written):
        file: str = Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f]+$")
        wave: str | None = None
        sheet: str | None = None
        header_row: int | None = Field(default=None, ge=1)
        format: Literal[TOOLS] | None = None
        respondent: str | None = None
        question: str | None = None
        answer: str | None = None

    class About(TimeAndUnits, Written):
        title: words_by_language = Field(default_factory=dict)
        synthetic: bool = False
        files: dict[Literal[tuple(TABLES)], list[File]] = Field(default_factory=dict)
        fieldwork: words_by_language | None = None
        mode: words_by_language | None = None
        frame: words_by_language | None = None
        weighting: words_by_language | None = None
        invited: int | None = Field(default=None, ge=1)
        sponsor: words_by_language | None = None

        @field_validator("fieldwork", "mode", "frame", "weighting", "sponsor", mode="before")
        @classmethod
        def _in_both_languages(cls, words: object) -> object:
            return {"nl": words, "en": words} if isinstance(words, str) else words

    return About


def _is_of_text(encoding: str) -> bool:
    """Tell whether there is such an encoding, and one in which plain letters are themselves."""
    try:
        name = codecs.lookup(encoding).name
        return name.startswith("utf-16") or PLAIN.decode(encoding) == PLAIN.decode("ascii")
    except (LookupError, UnicodeError):
        return False


def _read(path: Path, findings: Findings) -> object:
    """Read the file; one without settings, and one that cannot be read, gives the defaults."""
    try:
        return read_settings(path) or {}
    except ExkitError as wrong:
        findings.breach(FILE, "study_yml", str(wrong), advice="Mend that line, or take it out.")
        return {}


def _known(place: tuple, model: type) -> list[str]:
    """List the settings that there are in a place."""
    from exkit.survey.settings import OF_A_SETTING

    within = {"files": OF_A_FILE, **OF_A_SETTING} if len(place) > 1 else {}
    return within.get(place[0], list(model.model_fields)) if place else list(model.model_fields)


def _told(error: ErrorDetails, *, known: list[str]) -> tuple[str, str]:
    """Word one complaint of pydantic's, and what to do about it."""
    name = ".".join(str(part) for part in error["loc"] if part not in UNION)
    there = f"There are: {', '.join(known)}."
    if error["type"] == "extra_forbidden":
        return f"no setting '{name}'", f"{nearest(str(error['loc'][-1]), known)} {there}"
    if not name:
        return "holds no settings", f"Write one a line, such as `synthetic: true`. {there}"
    advice = MEND.get(error["type"], "Look at that line: what it holds is something else.")
    if error["type"] == "string_type" and isinstance(error["input"], int):
        advice = "Put it between quotes."
    return f"'{name}': {error['msg'].removeprefix('Value error, ')}", advice
