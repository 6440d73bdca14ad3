"""What a dataset says about itself: `study.yml`, beside the tables.

Optional. It gives the title, says whether the data are synthetic, declares what must not be guessed from the files
(encoding, separator, decimal sign), and describes the fieldwork for the report's justification.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import nearest
from exkit.survey.codebook import TABLES
from exkit.survey.findings import Findings
from exkit.survey.reading.facts import TOOLS, Dialect

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE = "study.yml"
UNION = ("by calendar", "by fieldwork")
"""What pydantic adds to the name of a setting that may be one of two things."""

MEND = {"date_type": "Write it as 2025-12-31, without quotes."}
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
    said = _read_yaml(path, findings) if path.exists() else {}
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
            try:
                "".encode(encoding or "utf-8")
            except LookupError:
                raise ValueError(f"there is no encoding '{encoding}'; common ones are utf-8 and cp1252") from None
            return encoding

    class File(Written):
        file: str = Field(min_length=1)
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
        invited: int | None = None
        sponsor: words_by_language | None = None

        @field_validator("fieldwork", "mode", "frame", "weighting", "sponsor", mode="before")
        @classmethod
        def _in_both_languages(cls, words: object) -> object:
            return {"nl": words, "en": words} if isinstance(words, str) else words

    return About


def _read_yaml(path: Path, findings: Findings) -> object:
    """Read YAML 1.2, where `no` is a word and a doubled key is an error."""
    from ruamel.yaml import YAML, YAMLError

    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig")) or {}
    except (YAMLError, UnicodeDecodeError, RecursionError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        findings.breach(FILE, "study_yml", f"is not valid YAML{line}: {getattr(wrong, 'problem', None) or wrong}")
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
    advice = MEND.get(error["type"], "")
    if error["type"] == "string_type" and isinstance(error["input"], int):
        advice = "Put it between quotes."
    return f"'{name}': {error['msg'].removeprefix('Value error, ')}", advice
