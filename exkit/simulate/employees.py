"""What employees say.

The score of a scale is drawn first and then split over its items; what builds on it builds on the score that stands in
the file, so that what is planted between scores holds for the scores that the kit computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from exkit.simulate.places import Places
from exkit.simulate.staff import Staff, weights
from exkit.simulate.truth import Published, Truth
from exkit.simulate.tune import cuts, solve

MEAN, SPREAD, ITEM_SPREAD = 3.4, 0.58, 0.45
"""Mean and spread of a score of items from 1 to 5, and of the items around it."""
ROUNDING = 1 + 0.013 / SPREAD**2
"""What whole answers and an item left open here and there add to the variance of a score."""
LASTING = 0.25
"""Part of how people of a unit differ that is theirs for good."""
MARKS = np.array([0.004, 0.004, 0.007, 0.012, 0.023, 0.05, 0.09, 0.23, 0.27, 0.19, 0.12])
"""How marks from 0 to 10 are distributed: 19, 50 and 31 per cent in the three groups."""
YEARLY = 0.07
"""How much lower recommending was each year before, in standard deviations."""
OTHER_WORDING = 0.12
"""How much lower it was again under the wording of the first wave."""
SILENT, UNMARKED, DO_NOT_KNOW = 0.015, 0.04, 0.06
"""Shares of statements left open, of recommendations not given, and of people who do not know."""
UNKNOWN = "9"


def draw_answers(
    truth: Truth, places: Places, staff: Staff, told: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw what those who answer say, as it stands in the file.

    Parameters
    ----------
    truth, places, staff, told, rng
        As in `draw_staff`.

    Returns
    -------
    DataFrame
        The columns of the table `employees`; in front `at` and `wave`, numbers of the unit and wave.
    """
    people = staff.roster[staff.roster["answers"]].reset_index(drop=True)
    weight = weights(staff.roster, people)
    scales = _scales(truth, places, people, rng)
    score = {name: scale.score for name, scale in scales.items()}
    columns = {f"{name}_{i + 1}": scale.items[:, i] for name, scale in scales.items() for i in range(3)}
    cut = Cut(truth, last=(people["wave"] == len(truth.waves) - 1).to_numpy(), weight=weight)
    liking = _liking(truth, people, score, rng)
    marked = rng.random(len(people)) >= UNMARKED
    columns = _recommending(cut, liking, marked, rng) | columns
    columns |= _opinions(cut, places, people, score, liking, marked, rng)
    columns |= {"followed_up": _followed_up(people, told, rng)} | _staying(score, rng)
    answers = people[["at", "wave", "number", "gender", "age", "level"]].assign(weight=weight, **columns)
    return answers.assign(engagement=scales["engagement"].score)


class Scale(NamedTuple):
    """Three items as they stand in the file, the last one reversed, and the score that follows from them."""

    items: np.ndarray
    score: np.ndarray


def _scales(truth: Truth, places: Places, people: pd.DataFrame, rng: np.random.Generator) -> dict[str, Scale]:
    """Draw the answers to all scales, each of them from the scores of those before it."""
    n, at = len(people), people["at"].to_numpy()

    def new(units: float = 0.0) -> np.ndarray:
        """Draw what is new in a score, a part of it the unit's."""
        own = rng.standard_normal(len(places.units))[at]
        return np.sqrt(units) * own + np.sqrt(1 - units) * rng.standard_normal(n)

    lifted = people["level"].map({"strategic": 0.6, "tactical": 0.25, "operational": 0.0}).to_numpy()
    person = np.sqrt(LASTING) * people["permanent"].to_numpy() + np.sqrt(1 - LASTING) * rng.standard_normal(n) + lifted
    person = (person - person.mean()) / person.std()
    part = truth.icc_engagement * ROUNDING
    feeling = np.sqrt(part) * places.ex[at, people["wave"]] + np.sqrt(1 - part) * person
    engagement = _asked(feeling, rng)
    leadership = _asked(0.5 * engagement.score + np.sqrt(0.75) * new(0.06), rng)
    a, b, c = truth.leadership_communication, truth.communication_orientation, truth.leadership_orientation
    communication = _asked(a * leadership.score + np.sqrt(1 - a**2) * new(0.03), rng)
    catalyst = truth.catalyst * (leadership.score * communication.score - a)
    known = c * leadership.score + b * communication.score + catalyst
    culture = 0.35 * leadership.score + 0.35 * engagement.score
    return {
        "engagement": engagement,
        "communication": communication,
        "leadership": leadership,
        "pride": _asked(0.6 * engagement.score + 0.8 * new(0.02), rng),
        "orientation": _asked(known + np.sqrt(truth.orientation_left) * new(0.03), rng),
        "workload": _asked(-0.35 * engagement.score + np.sqrt(1 - 0.1225) * new(0.08), rng),
        "behaviour": _asked(culture + np.sqrt(1 - 0.3675) * new(0.05), rng),
    }


def _asked(feeling: np.ndarray, rng: np.random.Generator) -> Scale:
    """Ask three questions about a feeling, and score what stands in the file as the kit does."""
    answers = _items(MEAN + SPREAD * feeling, rng)
    left_open = np.where(rng.random(len(feeling)) < 3 * SILENT, rng.integers(0, 3, len(feeling)), -1)
    silent = left_open[:, None] == np.arange(3)
    score = np.nanmean(np.where(silent, np.nan, answers), axis=1)
    answers[:, 2] = 6 - answers[:, 2]
    items = np.where(silent, "", answers.astype(int).astype(str).astype(object))
    return Scale(items, score=(score - MEAN) / SPREAD)


def _items(score: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Split scores over three whole answers from 1 to 5 whose mean comes as near as it can."""
    score = score.clip(1, 5)
    room = np.minimum(score - 1, 5 - score).clip(max=1)[:, None]
    around = ITEM_SPREAD * rng.standard_normal((len(score), 3))
    wished = score[:, None] + room * (around - around.mean(axis=1, keepdims=True))
    answers = np.floor(wished)
    left = np.rint(3 * score) - answers.sum(axis=1)
    rank = np.argsort(np.argsort(answers - wished, axis=1), axis=1)
    return (answers + (rank < left[:, None])).clip(1, 5)


def _with_gaps(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write whole numbers as text, and leave some open."""
    text = np.asarray(values).astype(int).astype(str).astype(object)
    text[rng.random(len(text)) < SILENT] = ""
    return text


@dataclass(frozen=True)
class Cut:
    """Where a continuous answer becomes a mark, or a yes: as published in the last wave, or as in a normal population.

    Attributes
    ----------
    truth
        What is published.
    last
        Who answered in the last wave.
    weight
        How each answer counts.
    """

    truth: Truth
    last: np.ndarray
    weight: np.ndarray

    def at(self, latent: np.ndarray, below: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Find where the given shares of the answers that count lie below."""
        if self.truth.published is None:
            return cuts(below)
        tuned = self.last & counts
        return cuts(below, latent[tuned], self.weight[tuned])

    def yes(self, latent: np.ndarray, share: float, counts: np.ndarray) -> np.ndarray:
        """Tell who says yes, so that a share of those who count does."""
        return latent > self.at(latent, np.array([1 - share]), counts)


def _liking(truth: Truth, people: pd.DataFrame, score: dict[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Draw how much people like to work there, from which their mark follows; lower in the years before the last."""
    known = 0.6 * score["engagement"] + 0.2 * score["pride"]
    liking = 0.75 * known / known.std() + np.sqrt(1 - 0.75**2) * rng.standard_normal(len(people))
    wave = people["wave"].to_numpy()
    ago = len(truth.waves) - 1 - wave
    return liking - YEARLY * ago - OTHER_WORDING * ((ago > 0) & (wave == 0))


def _recommending(cut: Cut, liking: np.ndarray, marked: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Turn liking into marks, where one is given, and draw who would recommend the organisation to customers."""
    published = cut.truth.published or Published()
    marks = np.searchsorted(cut.at(liking, _marks(published.enps).cumsum()[:-1], marked), liking)
    towards_customers = 0.5 * liking + np.sqrt(0.75) * rng.standard_normal(len(liking))
    unknown = rng.random(len(liking)) < DO_NOT_KNOW
    group = np.select([marks >= 9, marks >= 7], [0, 1], 2)
    yes = np.zeros(len(liking), bool)
    for number, share in enumerate(published.recommending):
        its = (group == number) & marked & ~unknown & cut.last
        if its.any():
            yes |= (group == number) & (towards_customers > cuts([1 - share], towards_customers[its], cut.weight[its]))
    silent = np.where(rng.random(len(liking)) < 0.5, "99", "")
    return {
        "recommend_work": np.where(marked, marks.astype(str).astype(object), silent),
        "recommend_to_customers": _yes_no(yes, unknown),
    }


def _marks(enps: tuple[float, float, float]) -> np.ndarray:
    """Spread the shares of promoters, passives and detractors over the marks."""
    promoters, passives, detractors = enps
    spread = MARKS.copy()
    for marks, share in ((slice(0, 7), detractors), (slice(7, 9), passives), (slice(9, 11), promoters)):
        spread[marks] *= share / MARKS[marks].sum()
    return spread


def _opinions(
    cut: Cut, places: Places, people: pd.DataFrame, score: dict[str, np.ndarray], liking: np.ndarray,
    marked: np.ndarray, rng: np.random.Generator,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Draw what people say of their organisation, their customers and their absent colleagues."""
    n, published = len(people), cut.truth.published or Published()
    unknown = {name: rng.random(n) < DO_NOT_KNOW for name in ("strives", "absence_felt", "enthusiastic")}
    towards = {
        "strives": 0.3 * score["leadership"] + 0.3 * score["behaviour"] + 0.85 * rng.standard_normal(n),
        "absence_felt": 0.3 * score["workload"] + np.sqrt(0.91) * rng.standard_normal(n),
    }
    said = {name: cut.yes(latent, getattr(published, name), ~unknown[name]) for name, latent in towards.items()}
    seen = 0.25 * places.cx[people["at"], people["wave"]] + np.sqrt(1 - 0.0625) * rng.standard_normal(n)
    said["enthusiastic"] = _enthusiastic(cut, liking, seen, marked, ~unknown["enthusiastic"])
    return {name: _yes_no(yes, unknown[name]) for name, yes in said.items()}


def _enthusiastic(cut: Cut, liking: np.ndarray, seen: np.ndarray, marked: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Tell who calls their customers enthusiastic: those who like their work more often, as far as was published."""
    published = cut.truth.published or Published()
    promoters, _, detractors = published.enps
    low, high = cut.at(liking, np.array([detractors, 1 - promoters]), marked)

    def yes(part: float) -> np.ndarray:
        return cut.yes(part * liking + np.sqrt(1 - part**2) * seen, published.enthusiastic, counts)

    def enps(part: float) -> float:
        its = yes(part) & cut.last & counts & marked
        return 100 * np.average((liking[its] > high).astype(int) - (liking[its] <= low), weights=cut.weight[its])

    if cut.truth.published is None:
        return yes(0.2)
    return yes(solve(enps, published.enps_enthusiastic, between=(-0.9, 0.9), what="eNPS of the enthusiastic"))


def _followed_up(people: pd.DataFrame, told: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw who noticed that something was done with last year's feedback."""
    share = told[people["at"], (people["wave"] - 1).clip(lower=0)]
    return _yes_no(rng.random(len(people)) < share, rng.random(len(people)) < 2 * DO_NOT_KNOW)


def _staying(score: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw what was promised, what it turned out to be, and who thinks of leaving."""
    engagement = score["engagement"]
    n = len(engagement)
    promise = 0.2 * engagement + np.sqrt(0.96) * rng.standard_normal(n)
    experience = 0.45 * engagement + 0.25 * promise + 0.8 * rng.standard_normal(n)
    leave = -0.4 * engagement + 0.2 * (promise - experience) + 0.8 * rng.standard_normal(n)
    middle = {"promise": (3.8, promise), "experience": (3.4, experience), "leave": (2.3, leave)}
    return {name: _with_gaps(np.rint(mean + 0.9 * latent).clip(1, 5), rng) for name, (mean, latent) in middle.items()}


def _yes_no(yes: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """Write yes and no as 1 and 0, and not knowing as its code."""
    return np.where(unknown, UNKNOWN, yes.astype(int).astype(str).astype(object))
