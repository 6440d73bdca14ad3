"""Who works there, and who of them answers.

Every unit has a number of places; whoever leaves is replaced. Some people answer more readily than others, and all of
them less in the year after their feedback was not told back; weights make up for the first, by the known margins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exkit.simulate.places import Places
from exkit.simulate.truth import Truth

ANSWERING = 0.62
"""Share of the staff that answers."""
AGES = {"under30": 0.22, "30to44": 0.34, "45to59": 0.31, "60plus": 0.13}
GENDERS = {"f": 0.51, "m": 0.47, "x": 0.02}
READINESS = {
    "age": {"under30": -0.16, "45to59": 0.06, "60plus": 0.10},
    "gender": {"f": 0.04, "m": -0.04},
    "level": {"strategic": 0.15, "tactical": 0.12},
}
"""How much likelier some people are to answer."""
LEAVE_BASE = {False: 0.15, True: 0.54}
"""Yearly exits per head, in organisations with little and with much turnover."""
MUCH_TURNOVER = {"hospitality": 6, "retail": 4, "health": 2}
"""How many organisations of a sector have much turnover."""
EXIT_SLOPE = {False: 0.4, True: 0.13}
"""How much the logarithm of exits falls per standard deviation of true EX."""


@dataclass(frozen=True)
class Staff:
    """Everyone on the payroll: one row per person and wave.

    `at` is the unit's row in `places.units`, `wave` the wave's number; `answers` says who answered.
    """

    roster: pd.DataFrame
    headcount: np.ndarray
    """Units by waves."""


def much_turnover(places: Places) -> np.ndarray:
    """Tell which units are in organisations where more than 40% leave each year."""
    units = places.units
    rank = (units["number"] - 1) // units["sector"].nunique()
    return (rank < units["sector"].map(MUCH_TURNOVER).fillna(0)).to_numpy()


def leaving(places: Places, slopes: dict[bool, float]) -> np.ndarray:
    """Expect the yearly exits per head, units by waves: fewer where EX is better, steeper where turnover is low."""
    much = much_turnover(places)
    base, slope = (np.where(much, kind[True], kind[False])[:, None] for kind in (LEAVE_BASE, slopes))
    return base * np.exp(-slope * places.ex)


def draw_staff(truth: Truth, places: Places, told: np.ndarray, rng: np.random.Generator) -> Staff:
    """Draw who works where in each wave, and who answers.

    Parameters
    ----------
    truth
        What to plant.
    places
        Units and their true experience.
    told
        Share of feedback that was told back, units by waves: people answer less the year after they heard nothing.
    rng
        Where chance comes from.
    """
    size = _sizes(truth, len(places.units), rng)
    at = np.repeat(np.arange(len(size)), size)
    place = np.concatenate([np.arange(n) for n in size])
    shape = (len(at), len(truth.waves))
    left = (rng.random(shape) < leaving(places, EXIT_SLOPE).clip(max=0.9)[at])[:, :-1].cumsum(axis=1)
    person = _persons(place, np.concatenate([np.zeros((len(at), 1), int), left], axis=1), rng)
    heard = np.concatenate([told[:, :1] * 0, told[:, :-1] - told.mean()], axis=1)[at]
    readiness = sum(person[name].map(part).fillna(0) for name, part in READINESS.items()) + 0.12 * person["keen"]
    chance = ANSWERING + 0.35 * heard + readiness.to_numpy().reshape(shape)
    present = _present(truth, places, rng)[at]
    roster = person.assign(
        at=np.repeat(at, shape[1]),
        wave=np.tile(np.arange(shape[1]), len(at)),
        answers=((rng.random(shape) < chance) & present).ravel(),
        present=present.ravel(),
    )
    return Staff(roster, headcount=np.repeat(size[:, None], shape[1], axis=1))


def _sizes(truth: Truth, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw how many people a unit has; a few have very few."""
    usual = truth.staff / ANSWERING
    size = np.rint(usual * np.exp(rng.normal(-0.02, 0.2, n))).astype(int).clip(min=4)
    return np.where(rng.random(n) < 0.03, rng.integers(5, 10, n), size)


def _present(truth: Truth, places: Places, rng: np.random.Generator) -> np.ndarray:
    """Say which units take part in which wave: some organisations join later, some units skip a year."""
    number = places.units["number"].to_numpy()
    waves = np.arange(len(truth.waves))
    joined = np.where(number % 12 == 5, 1, 0)
    there = (waves[None, :] >= joined[:, None]) & (rng.random((len(number), len(waves))) >= 0.015)
    there[:, -1] |= True
    return there


def _persons(place: np.ndarray, who: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Describe the person in each place in each wave; the same person keeps what is theirs."""
    shape = who.shape
    slot = np.arange(shape[0])[:, None]
    drawn = {
        "permanent": rng.standard_normal(shape),
        "keen": rng.standard_normal(shape),
        "gender": rng.choice(list(GENDERS), shape, p=list(GENDERS.values())),
        "age": rng.choice(list(AGES), shape, p=list(AGES.values())),
    }
    kept = {name: values[slot, who].ravel() for name, values in drawn.items()}
    level = np.where(place == 0, "tactical", np.where(rng.random(len(place)) < 0.1, "tactical", "operational"))
    level = np.where(rng.random(len(place)) < 0.04, "strategic", level)
    number = slot * shape[1] + who
    return pd.DataFrame({**kept, "number": number.ravel(), "level": np.repeat(level, shape[1])})


def weights(roster: pd.DataFrame, people: pd.DataFrame) -> np.ndarray:
    """Weigh those who answered to the staff of the participants, by gender, age and level, wave by wave."""
    weight = np.ones(len(people))
    for wave, its in people.groupby("wave"):
        staff = roster[(roster["wave"] == wave) & roster["present"]]
        own = np.ones(len(its))
        for _ in range(30):
            for name in ("gender", "age", "level"):
                wanted = staff[name].value_counts(normalize=True)
                have = pd.Series(own).groupby(its[name].to_numpy()).sum()
                own *= its[name].map(wanted / have).to_numpy() * len(its)
        weight[its.index] = own
    return weight.round(3)
