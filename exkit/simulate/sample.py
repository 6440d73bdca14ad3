"""A made-up study as a dataset folder: the same tables, codebook and files that a real one has.

`draw` gives it as frames, for tests and simulations; `write` puts it in a folder, with the truth beside it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from exkit.errors import ExkitError
from exkit.publish.appear import can_write, private_folder
from exkit.simulate.customers import draw_customers
from exkit.simulate.employees import draw_answers
from exkit.simulate.places import Places, draw_places
from exkit.simulate.records import draw_feedback, draw_organisations, draw_units
from exkit.simulate.staff import ANSWERING, draw_staff
from exkit.simulate.truth import Truth

SEED = 5
"""Of nine seeds the one whose teams came out nearest to what was planted."""
QUESTIONNAIRE = files("exkit.simulate") / "questionnaire"
OWN_CODES = 9
"""Every so many organisations one has codes of its own for its units in its customer records."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A made-up study.

    Attributes
    ----------
    truth
        What was planted and published.
    solved
        What was tuned on this draw, by name.
    tables
        As in its files, by name.
    places
        What is true of its units.
    """

    truth: Truth
    solved: dict[str, float]
    tables: dict[str, pd.DataFrame]
    places: Places


def draw(truth: Truth = Truth(), *, seed: int = SEED) -> Drawn:  # noqa: B008 - a Truth cannot be changed
    """Draw a made-up study.

    Parameters
    ----------
    truth
        What to plant, and what to tune to.
    seed
        Where chance starts: the same seed gives the same study.

    Returns
    -------
    Drawn
        Its tables `employees`, `customers`, `units`, `organisations`, `actions`, `margins`, `crosswalk`.

    Raises
    ------
    ExkitError
        If a published figure cannot be had with this truth.

    Examples
    --------
    >>> small = draw(Truth(sectors=1, organisations=2, staff=5, customers=5, waves=("2025",), published=None), seed=1)
    >>> small.tables["organisations"]["organisation"].tolist()
    ['Participant 01', 'Participant 02']
    """
    chance = iter(np.random.default_rng(seed).spawn(7))
    places = draw_places(truth, next(chance))
    feedback = draw_feedback(truth, places, next(chance))
    told = feedback["told_back"] / feedback["received"]
    staff = draw_staff(truth, places, told, next(chance))
    employees = draw_answers(truth, places, staff, told, next(chance))
    engagement = _unit_scores(truth, places, employees)
    customers, again = draw_customers(truth, places, told, engagement, next(chance))
    records, slopes = draw_units(truth, places, staff.headcount, engagement, next(chance))
    records["invited"] = _invited(staff.roster, places, truth)
    tables = {
        "employees": _named(truth, places, employees.drop(columns="engagement"), "person", "E"),
        "customers": _own_codes(_named(truth, places, customers, "customer", "C"), _crosswalk(truth, places)),
        "units": _units(truth, places, records),
        "organisations": _with_wave(truth, draw_organisations(truth, places, next(chance))),
        "actions": _units(truth, places, feedback)[["team", "wave", *feedback]],
        "margins": _margins(truth, staff.roster),
        "crosswalk": _crosswalk(truth, places),
    }
    return Drawn(truth, slopes | again, tables, places)


def _unit_scores(truth: Truth, places: Places, employees: pd.DataFrame) -> pd.Series:
    """Average the engagement of each unit in the last wave, as the kit does: weighted."""
    last = employees[(employees["wave"] == len(truth.waves) - 1) & employees["engagement"].notna()]
    sums = last.assign(product=last["engagement"] * last["weight"]).groupby("at")[["product", "weight"]].sum()
    return (sums["product"] / sums["weight"]).reindex(places.units.index)


def _invited(roster: pd.DataFrame, places: Places, truth: Truth) -> np.ndarray:
    """Count who was asked: everyone on the payroll of a unit that took part."""
    counts = roster[roster["present"]].groupby(["at", "wave"]).size()
    every = pd.MultiIndex.from_product([places.units.index, range(len(truth.waves))])
    return counts.reindex(every, fill_value=0).to_numpy().reshape(places.ex.shape)


def _named(truth: Truth, places: Places, answers: pd.DataFrame, who: str, letter: str) -> pd.DataFrame:
    """Write people, waves and units by name, in an order that says nothing."""
    named = answers.assign(
        team=places.units["unit"].to_numpy()[answers["at"]],
        wave=np.array(truth.waves)[answers["wave"]],
        **{who: letter + (answers["number"] + 1).astype(str).str.zfill(6)},
    )
    rest = [name for name in answers if name not in ("at", "wave", "number")]
    return named[[who, "wave", "team", *rest]].sort_values(["wave", who], ignore_index=True)


def _with_wave(truth: Truth, rows: pd.DataFrame) -> pd.DataFrame:
    """Write waves by name, behind the first column."""
    wave = np.array(truth.waves)[rows["wave"]]
    first, *rest = (name for name in rows if name != "wave")
    return rows.assign(wave=wave)[[first, "wave", *rest]].sort_values([first, "wave"], ignore_index=True)


def _units(truth: Truth, places: Places, records: dict[str, np.ndarray]) -> pd.DataFrame:
    """Lay out what is known per unit and wave as rows."""
    waves = len(truth.waves)
    units = places.units.loc[places.units.index.repeat(waves)].reset_index(drop=True)
    columns = {name: values.ravel() for name, values in records.items()}
    rows = units[["unit", "organisation", "sector", "contact"]].rename(columns={"unit": "team"})
    rows.insert(1, "wave", np.tile(np.array(truth.waves), len(places.units)))
    return rows.assign(**{name: _whole(values) for name, values in columns.items()})


def _whole(values: np.ndarray) -> np.ndarray | pd.Series:
    """Write euros without decimals, and leave open what is not known."""
    whole = values.dtype.kind == "f" and np.all((values == np.rint(values)) | np.isnan(values))
    return pd.Series(values).astype("Int64").array if whole else values


def _margins(truth: Truth, roster: pd.DataFrame) -> pd.DataFrame:
    """Give the known distributions of the staff of participants, to which answers are weighted."""
    staff = roster[roster["present"]]
    parts = [
        staff.groupby("wave")[name].value_counts(normalize=True).rename("share").reset_index(name="share")
        .rename(columns={name: "value"}).assign(variable=name)
        for name in ("gender", "age", "level")
    ]  # fmt: skip
    margins = pd.concat(parts, ignore_index=True).assign(table="employees", share=lambda d: d["share"].round(5))
    margins["wave"] = np.array(truth.waves)[margins["wave"]]
    columns = ["table", "wave", "variable", "value", "share"]
    return margins[columns].sort_values(columns[1:4], ignore_index=True)


def _crosswalk(truth: Truth, places: Places) -> pd.DataFrame:
    """Say which units have other codes in the customer records; one organisation renumbered its units half-way."""
    units = places.units[places.units["has_customers"] & (places.units["number"] % OWN_CODES == OWN_CODES - 1)]
    own = units[["unit"]].assign(code="F" + units["unit"].str[1:].str.replace("-T", ""), **{"from": "", "to": ""})
    half = len(truth.waves) // 2
    if half and len(own):
        last = (units["number"] == units["number"].max()).to_numpy()
        before = own[last].assign(to=truth.waves[half - 1])
        after = own[last].assign(code="G" + own["code"].str[1:], **{"from": truth.waves[half]})
        own = pd.concat([own[~last], before, after])
    return own.sort_values(["unit", "from"], ignore_index=True)


def _own_codes(customers: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Write units as the customer records do."""
    codes = crosswalk.merge(customers[["wave"]].drop_duplicates(), how="cross")
    begun = (codes["from"] == "") | (codes["from"] <= codes["wave"])
    codes = codes[begun & ((codes["to"] == "") | (codes["wave"] <= codes["to"]))].rename(columns={"unit": "team"})
    coded = customers.merge(codes, on=["wave", "team"], how="left", validate="m:1")
    return customers.assign(team=coded["code"].fillna(coded["team"]).to_numpy())


def write(folder: str | Path, drawn: Drawn, *, seed: int) -> list[Path]:
    """Write a made-up study as a dataset.

    Parameters
    ----------
    folder
        Where to; made if it is not there. Files of the same names are replaced.
    drawn
        From `draw`.
    seed
        The seed it was drawn with, for its truth and README.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    ExkitError
        If the place is a file, or holds something else than a made-up study; or the disk takes nothing more.
    """
    place = _place(folder)
    waves = list(drawn.truth.waves)
    texts = {f"{name}.csv": _csv(table) for name, table in drawn.tables.items() if len(table)}
    codebook = _questionnaire("codebook.csv")
    texts["codebook.csv"] = _csv(codebook[codebook["wave"].isin(["", *waves])])
    texts |= {name: (QUESTIONNAIRE / name).read_text(encoding="utf-8") for name in ("values.csv", "targets.csv")}
    invited = int(drawn.tables["units"].query("wave == @waves[-1]")["invited"].sum())
    texts["study.yml"] = (
        (QUESTIONNAIRE / "study.yml").read_text(encoding="utf-8").replace("invited: 0", f"invited: {invited}")
    )
    texts["truth.json"] = json.dumps(_told(drawn, seed), indent=2, ensure_ascii=False) + "\n"
    texts["README.md"] = (QUESTIONNAIRE / "README.md").read_text(encoding="utf-8")
    with private_folder(place.parent) as work, can_write(place):
        for name, text in texts.items():
            (work / name).write_text(text, encoding="utf-8", newline="\n")
        place.mkdir(exist_ok=True)
        for name in texts:
            (work / name).replace(place / name)
    return [place / name for name in sorted(texts)]


def _place(folder: str | Path) -> Path:
    """Take the folder, unless something else is there."""
    place = Path(folder)
    if place.is_file():
        raise ExkitError(f"'{folder}' is a file. Give a folder.")
    if place.is_dir() and any(place.iterdir()) and not (place / "truth.json").exists():
        raise ExkitError(f"'{folder}' holds something else than a made-up study. Give an empty or a new folder.")
    return place


def _questionnaire(name: str) -> pd.DataFrame:
    """Read a file of the questionnaire as text."""
    with (QUESTIONNAIRE / name).open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="str", keep_default_na=False)


def _csv(table: pd.DataFrame) -> str:
    """Write a table as text."""
    return table.to_csv(index=False, lineterminator="\n")


def _told(drawn: Drawn, seed: int) -> dict:
    """Say what was planted, what the last wave was tuned to, and by which settings."""
    planted = asdict(drawn.truth)
    published = planted.pop("published")
    planted["answering"] = ANSWERING
    return {
        "about": "Fictitious. Nobody answered these questions.",
        "seed": seed,
        "planted": planted,
        "published": published,
        "solved": {name: round(value, 6) for name, value in drawn.solved.items()},
    }
