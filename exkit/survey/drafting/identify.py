"""Whose row is it: which columns of a file seem to be its keys, and which table it seems to be.

A name alone proves nothing. What is called an id must tell the rows apart, a unit must have several rows (or, in a
table of units, one a wave), a weight must be above zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from exkit.survey.codebook import KEYS, TABLES
from exkit.survey.drafting.portrait import Portrait
from exkit.survey.drafting.roles import is_id, is_only, says, table_of

MOST_WAVES = 60


@dataclass(frozen=True)
class Key:
    """A column with the role that it seems to play, and why."""

    role: str
    name: str
    why: str


def find_table(stem: str, portraits: Sequence[Portrait]) -> tuple[str, str]:
    """Guess which table a file is.

    Parameters
    ----------
    stem
        The file's name without its ending.
    portraits
        Its columns.

    Returns
    -------
    table, why
        Employees where nothing points elsewhere.
    """
    wave = _wave(portraits)
    place = _place_of_a_row(portraits, wave)
    if place and stem not in TABLES and not any(_is_respondent(p, wave) and is_id(p.name) for p in portraits):
        table = "organisations" if is_only(place.name, "organisation") and not is_only(place.name, "unit") else "units"
        return table, f"each row is another {place.name}"
    named = table_of(stem)
    if named:
        return named, "by the name of the file"
    ids = [table_of(p.name) for p in portraits if is_id(p.name)]
    if any(ids):
        return next(filter(None, ids)), "by the name of a column"
    return "employees", "nothing says what else it is"


def find_keys(portraits: Sequence[Portrait], table: str) -> list[Key]:
    """Find the columns that say whose row it is, one per role.

    Parameters
    ----------
    portraits
        The columns of a table.
    table
        Which table.
    """
    wave = _wave(portraits)
    found = [Key("wave", wave.name, "its name")] if wave else []
    if table in ("employees", "customers"):
        found += _of_people(portraits, wave)
    else:
        place = _place_of_a_row(portraits, wave)
        role = "organisation" if table == "organisations" else "unit"
        found += [Key(role, place.name, "each row has its own" + (" in a wave" if wave else ""))] if place else []
    for role in ("organisation", "sector", "weight", "stratum", "cluster"):
        taken = {key.name for key in found}
        one = next((p for p in portraits if p.name not in taken and _may_be(p, role)), None)
        if one and role not in {key.role for key in found}:
            found.append(Key(role, one.name, "its name"))
    dated = [p for p in portraits if p.kind == "date"]
    first = next((p for p in dated if says(p.name, "date")), next(iter(dated), None))
    return [*found, Key("date", first.name, "days in it")] if first else found


def _of_people(portraits: Sequence[Portrait], wave: Portrait | None) -> list[Key]:
    """Find the respondent and the unit in a table of people."""
    ids = [p for p in portraits if _is_respondent(p, wave)]
    person = next(
        (p for p in ids if is_id(p.name)),
        next((p for p in ids if p is portraits[0] and p.name not in KEYS and not p.looks_answered), None),
    )
    why = "each row has its own" + (" in a wave" if wave else "")
    found = [Key("respondent", person.name, why)] if person else []
    units = [p for p in portraits if p is not wave and p is not person and _may_be_unit(p)]
    unit = next((p for p in units if is_only(p.name, "unit")), next((p for p in units if len(p.answers) > 2), None))
    return [*found, Key("unit", unit.name, "its name, and rows share it")] if unit else found


def _wave(portraits: Sequence[Portrait]) -> Portrait | None:
    """Find the column that says which wave a row is of."""
    named = [p for p in portraits if is_only(p.name, "wave") and p.kind != "number" and len(p.answers) <= MOST_WAVES]
    return next((p for p in named if p.kind != "empty" and not p.missing and not (p.cells == "").any()), None)


def _is_respondent(portrait: Portrait, wave: Portrait | None) -> bool:
    """Tell whether a column tells the rows of a wave apart, and is no measurement."""
    if portrait.kind in ("number", "empty", "constant", "date", "moment") or portrait is wave:
        return False
    if portrait.name.strip() == "" or says(portrait.name, "person"):
        return False
    return _tells_apart(portrait, wave)


def _tells_apart(portrait: Portrait, wave: Portrait | None) -> bool:
    """Tell whether each row has its own value, in its wave."""
    if portrait.is_unique or wave is None:
        return portrait.is_unique
    pairs = pd.DataFrame({"it": portrait.cells, "wave": wave.cells})
    return not (pairs["it"] == "").any() and not pairs.duplicated().any() and len(portrait.answers) > 1


def _place_of_a_row(portraits: Sequence[Portrait], wave: Portrait | None) -> Portrait | None:
    """Find the column whose words are another place in each row, in a file that is mostly numbers."""
    figures = [p for p in portraits if p.kind in ("number", "whole")]
    if 2 * len(figures) < len(portraits):
        return None
    apart = [p for p in portraits if p.kind in ("text", "choice") and p is not wave and _tells_apart(p, wave)]
    return next((p for p in apart if says(p.name, "unit") and not says(p.name, "person")), next(iter(apart), None))


def _may_be_unit(portrait: Portrait) -> bool:
    """Tell whether a column is called a unit and its rows share it."""
    n = len(portrait.answers)
    return says(portrait.name, "unit") and portrait.kind != "number" and 2 <= n < portrait.answers.sum()


def _may_be(portrait: Portrait, role: str) -> bool:
    """Tell whether a column is called what plays a role, and looks it."""
    if not is_only(portrait.name, role) and not (role == "weight" and says(portrait.name, role)):
        return False
    if role == "weight":
        whole = portrait.kind in ("number", "whole") and portrait.figures.min() > 0
        return whole and not (portrait.cells == "").any() and not portrait.missing
    return portrait.kind in ("choice", "text", "whole") and len(portrait.answers) < portrait.answers.sum()
