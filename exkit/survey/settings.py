"""What `study.yml` may declare of waves and units, beside what it says of the study itself (`about`).

Imported only when such a file is read, since pydantic takes a while.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator

from exkit.survey.belonging.dates import WRITTEN
from exkit.survey.belonging.shared import RULES
from exkit.survey.belonging.waves import CALENDAR
from exkit.survey.codebook import TABLES

LINKED = tuple(name for name in TABLES if name != "employees")
OF_UNITS = tuple(name for name, key in TABLES.items() if key == "unit")
OF_PEOPLE = tuple(name for name, key in TABLES.items() if key == "respondent")


class Strict(BaseModel):
    """No other settings, and nothing turned into what it is not."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Window(Strict):
    """The fieldwork of a wave, both days included."""

    since: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.since:
            raise ValueError(f"to {self.to} is before from {self.since}")
        return self


class Link(Strict):
    """Which answers belong to a wave of the staff survey: how many days before and after its fieldwork."""

    days_before: int = Field(ge=0)
    days_after: int = Field(ge=0)
    ties: Literal["earlier", "later"] | None = None


ByCalendar = Annotated[Literal[CALENDAR], Tag("by calendar")]
ByFieldwork = Annotated[dict[str, Window], Tag("by fieldwork"), Field(min_length=1)]
Waves = Annotated[
    ByCalendar | ByFieldwork, Discriminator(lambda rule: "by calendar" if isinstance(rule, str) else "by fieldwork")
]


class TimeAndUnits(Strict):
    """How dates become waves, and codes become units."""

    date_format: Literal[WRITTEN] | None = None
    waves: Waves | None = None
    outside: Literal["leave_out"] | None = None
    link: dict[Literal[LINKED], Link] = Field(default_factory=dict)
    merge: dict[Literal[OF_UNITS], dict[str, str]] = Field(default_factory=dict)
    shared: dict[Literal[OF_PEOPLE], Literal[RULES]] = Field(default_factory=dict)

    @field_validator("waves")
    @classmethod
    def _one_after_the_other(cls, waves: object) -> object:
        if not isinstance(waves, dict):
            return waves
        in_time = sorted(waves, key=lambda name: waves[name].since)
        for before, name in pairwise(in_time):
            if waves[name].since <= waves[before].to:
                raise ValueError(f"'{before}' and '{name}' have days in common")
            if name < before:
                raise ValueError(f"'{before}' is before '{name}', but sorted after it: begin their names with the year")
        return waves

    @field_validator("link")
    @classmethod
    def _needs_fieldwork(cls, link: dict, info: ValidationInfo) -> dict:
        if link and "waves" in info.data and not isinstance(info.data["waves"], dict):
            raise ValueError("needs `waves` with a from and a to for each")
        return link


OF_A_SETTING = {"waves": ["from", "to"], "link": list(Link.model_fields)}
"""The settings within a setting, to suggest one from."""
