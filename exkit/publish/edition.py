"""An edition is a file that says what is published: which notebooks, on which data, in which languages.

It is read strictly: a word that is not known, a value of the wrong kind, a name that occurs twice are mistakes, and all
of them are told at once. Paths in it start at the project's root, the folder above the one that the edition is in.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from exkit.errors import ExkitError, nearest, problems
from exkit.present.theme import COLOURS, DARK_PAPER
from exkit.publish.appear import local_path, slug
from exkit.publish.contrast import LEAST, contrast, readable
from exkit.publish.errata import Erratum, disagreements
from exkit.publish.logo import data_address
from exkit.survey.reading.settings_file import read_settings

Language = Literal["nl", "en"]
Words = dict[Language, str]
"""A text in each language of the edition."""
SMALLEST = 10
"""Below this many answers a group is shown only for a reason that the report prints."""
INDEX = "index"
"""What the list of pages is called, and no page may be."""
Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]
FONT = re.compile(r"[A-Za-z][A-Za-z0-9-]*( [A-Za-z0-9-]+)*")


class Theme(BaseModel):
    """How an edition looks.

    `accent` and `accent_dark` colour rules and marks on light and dark pages; `font` is a list of names such as
    "Corbel, Segoe UI, sans-serif", of which a reader sees the first that they have; `logo` is an SVG or PNG file, and
    `logo_alt` says what it shows.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    accent: Colour = COLOURS["accent"]
    accent_dark: Colour = ""
    font: str = ""
    logo: str = ""
    logo_alt: Words = {}

    @property
    def font_family(self) -> str:
        """The names of the fonts as style sheets write them: in quotes where there is a space in them."""
        names = [name.strip() for name in self.font.split(",") if name.strip()]
        return ", ".join(f'"{name}"' if " " in name else name for name in names)

    @field_validator("accent")
    @classmethod
    def _can_be_read(cls, colour: str) -> str:
        return _readable(colour, on=COLOURS["paper"], what="accent", where="a light page")

    @field_validator("accent_dark")
    @classmethod
    def _can_be_read_in_the_dark(cls, colour: str) -> str:
        return _readable(colour, on=DARK_PAPER, what="accent_dark", where="a dark page")

    @field_validator("font")
    @classmethod
    def _names_fonts(cls, fonts: str) -> str:
        if wrong := [name for name in fonts.split(",") if not FONT.fullmatch(name.strip())]:
            raise ValueError(
                f"theme.font: '{wrong[0].strip()[:60]}' is not the name of a font. Give names with commas between "
                "them, such as 'Corbel, Segoe UI, sans-serif'; fonts are never fetched."
            )
        return fonts

    @field_validator("logo")
    @classmethod
    def _is_only_looked_at(cls, logo: str, info: ValidationInfo) -> str:
        try:
            data_address(from_root(info.context, logo))
        except ExkitError as error:
            raise ValueError(f"theme.logo: {error}") from None
        return logo


def _readable(colour: str, *, on: str, what: str, where: str) -> str:
    """Refuse a colour that is too pale, or too dark, for the page it is on."""
    if (found := contrast(colour, on)) < LEAST:
        raise ValueError(
            f"theme.{what}: {colour} has a contrast of {found:.1f} on {where}, and {LEAST} is needed (WCAG AA). "
            f"The nearest colour that has it is {readable(colour, on=on)}."
        )
    return colour


class Each(BaseModel):
    """Notebooks of which everyone has a page of their own: a page for each sector, a page for each organisation."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    sector: list[str] = []
    organisation: list[str] = []


class Edition(BaseModel):
    """What is published together, as its file says.

    `contact` tells organisations where they can ask about what they get.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    title: Words
    date: datetime.date
    dataset: str
    languages: Annotated[list[Language], Field(min_length=1)]
    notebooks: Annotated[list[str], Field(min_length=1)]
    each: Each = Each()
    parameters: dict[str, str | int | float | bool | list[str]] = {}
    theme: Theme = Theme()
    min_n: Annotated[int, Field(ge=1)] = SMALLEST
    min_n_reason: Words = {}
    contact: Words = {}
    errata: list[Erratum] = []

    @model_validator(mode="after")
    def _agrees(self) -> Edition:
        """Check what no single entry can tell."""
        if found := list(self._disagreements()):
            raise ValueError("\n".join(found))
        return self

    def _disagreements(self) -> list[str]:
        found = [f"title: none in '{language}'." for language in self.languages if language not in self.title]
        if self.min_n < SMALLEST:
            found += [
                f"min_n_reason: none in '{language}'. Groups below {SMALLEST} are shown only for a reason in print."
                for language in self.languages
                if language not in self.min_n_reason
            ]
        if self.theme.logo:
            found += [f"theme.logo_alt: none in '{one}'." for one in self.languages if one not in self.theme.logo_alt]
        for where, names in self._listed():
            pages = [slug(Path(notebook).stem) for notebook in names]
            found += [f"{where}: two would be page '{page}'." for page in sorted(set(pages)) if pages.count(page) > 1]
            found += [f"{where}: '{INDEX}' is the name of the list of pages. Rename it."] if INDEX in pages else []
        if self.contact:
            found += [f"contact: none in '{one}'." for one in self.languages if one not in self.contact]
        found += disagreements(self.errata, languages=self.languages, date=self.date)
        found += [f"languages: '{one}' twice." for one in sorted(set(self.languages)) if self.languages.count(one) > 1]
        for own in ("dataset", "language", "min_n", "edition", "date"):
            if own in self.parameters:
                found.append(f"parameters: '{own}' is an entry of the edition itself.")
        for what, notebooks in self.each:
            if notebooks and what in self.parameters:
                found.append(f"parameters: '{what}' is told page by page, as 'each' has notebooks for every {what}.")
        return found

    def _listed(self) -> list[tuple[str, list[str]]]:
        """Pair each list of notebooks with the entry that it stands in."""
        return [("notebooks", self.notebooks), *((f"each.{what}", notebooks) for what, notebooks in self.each)]


def read_edition(path: Path) -> Edition:
    """Read an edition file.

    Parameters
    ----------
    path
        A YAML file, as a rule in `reports/`.

    Returns
    -------
    Edition
        The checked edition.

    Raises
    ------
    ExkitError
        If there is no such file, or anything in it is wrong; all problems at once.
    """
    try:
        return Edition.model_validate(_read_yaml(path), context=path)
    except ValidationError as error:
        raise problems(path.name, [line for found in error.errors() for line in _told(found)]) from None


def _read_yaml(path: Path) -> object:
    if not path.is_file():
        there = [found.name for found in path.parent.glob("*.yml")]
        raise ExkitError(f"No edition '{path}'.{nearest(path.name, there)}")
    try:
        return read_settings(path)
    except ExkitError as wrong:
        raise ExkitError(f"{path.name} {wrong}. Mend that line.") from None


def _told(found: dict) -> list[str]:
    """Put one complaint of pydantic in the kit's words."""
    where = ".".join(str(part) for part in found["loc"])
    match found["type"]:
        case "extra_forbidden":
            inside = {"theme": Theme, "each": Each, "errata": Erratum}
            known = inside.get(str(found["loc"][0]) if len(found["loc"]) > 1 else "", Edition).model_fields
            return [f"no entry '{where}' is known.{nearest(str(found['loc'][-1]), list(known))}"]
        case "missing":
            return [f"entry '{where}' is missing."]
        case "value_error":
            return str(found["ctx"]["error"]).splitlines()
        case _:
            return [f"{where}: {found['msg'][0].lower()}{found['msg'][1:]} (found: '{str(found['input'])[:60]}')."]


def from_root(path: Path, name: str) -> Path:
    """Find what an edition file names, from the project's root."""
    return path.resolve().parent.parent / local_path(name)
