"""Customers: who answers, and what they say.

Each unit has a circle of customers, some of whom answer in several waves. Two things keep answers away, and both are
planted: dissatisfied customers of weak units answer less, and whoever complained and heard nothing answers less the
year after.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, special

from exkit.simulate.places import Places
from exkit.simulate.truth import Truth
from exkit.simulate.tune import cuts, quarters, ratio, solve

LASTING = 0.1
"""Part of how customers of a unit differ that is theirs for good."""
CIRCLE = 2.5
"""Customers per unit for every one who answers in a wave."""
MARKS = np.array([0.006, 0.006, 0.01, 0.018, 0.03, 0.06, 0.10, 0.21, 0.25, 0.19, 0.12])
"""How marks from 0 to 10 are distributed: 23, 46 and 31 per cent in the three groups."""
BY_TELEPHONE = 0.15
"""How much kinder recommendations are in the first wave, in which they were asked for by telephone."""
TOUCHPOINTS = {"counter": 0.30, "phone": 0.24, "web": 0.26, "chat": 0.12, "visit": 0.08}
WEAK = -0.5
"""Units below this true CX are weak."""
LOST = 0.8
"""Of the dissatisfied customers of weak units, the part that answers all the same."""
UNHEARD = 0.45
"""How much less those answer whose complaint was not told back."""
AGAIN = 0.6
"""Share of customers that comes again."""


def draw_customers(
    truth: Truth, places: Places, told: np.ndarray, engagement: pd.Series, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Draw the answers of customers.

    Parameters
    ----------
    truth, places, rng
        As elsewhere.
    told
        Share of feedback that was told back, units by waves.
    engagement
        Score of each unit in the last wave, by which coming again is tuned.

    Returns
    -------
    answers, solved : DataFrame and dict
        The columns of the table `customers`, with `at` and `wave` in front; and the slope that was tuned.
    """
    everyone = _circle(truth, places, told, rng)
    customers = everyone[everyone.pop("answers")].reset_index(drop=True)
    n, feeling = len(customers), customers["feeling"].to_numpy()

    def near(part: float) -> np.ndarray:
        return part * feeling + np.sqrt(1 - part**2) * rng.standard_normal(n)

    slope, again = _again(truth, places, customers, engagement, rng)
    right = (near(0.4) > -0.8).astype(int)
    columns = {
        "date": _dates(truth, customers["wave"].to_numpy(), rng),
        "touchpoint": rng.choice(list(TOUCHPOINTS), n, p=list(TOUCHPOINTS.values())),
        "recommend": _gaps(customers["mark"].to_numpy(), rng, 0.015),
        "csat": _gaps(np.rint(7.5 + 1.35 * near(0.8)).clip(1, 10), rng, 0.02),
        "ces": _gaps(np.rint(5.0 + 1.2 * near(0.65)).clip(1, 7), rng, 0.03),
        "complaint": _gaps(customers["complaint"].to_numpy(), rng, 0.0),
        "first_time_right": _gaps(right, rng, 0.05),
        "again": np.where(_buyers(places)[customers["at"]], _gaps(again, rng, 0.03), ""),
    }
    return customers[["at", "wave", "number"]].assign(**columns), slope


def spread_of_units(icc: float) -> float:
    """Find how much units must differ for the answers that come in, as -1, 0 or 1, to have a given ICC(1).

    Parameters
    ----------
    icc
        ICC(1) over all organisations.

    Returns
    -------
    float
        Standard deviation of units, where customers altogether have 1.
    """
    low, high = special.ndtri([MARKS[:7].sum(), MARKS[:9].sum()])
    node = np.linspace(-5, 5, 1001)
    units = np.exp(-(node**2) / 2)

    def missing(spread: float) -> float:
        own = np.sqrt(1 - spread**2)
        promoters = special.ndtr((spread * node - high) / own)
        detractors = special.ndtr((low - spread * node) / own) * np.where(node < WEAK, LOST, 1.0)
        answers = 1 - special.ndtr((low - spread * node) / own) + detractors
        score = (promoters - detractors) / answers
        mean = np.average(score, weights=units)
        total = np.average((promoters + detractors) / answers, weights=units) - mean**2
        return np.average(score**2, weights=units) - mean**2 - icc * total

    return optimize.brentq(missing, 0, 0.99) if icc > 0 else 0.0


def _circle(truth: Truth, places: Places, told: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the customers of all units in all waves: how they feel, whether they complain, whether they answer."""
    each = round(CIRCLE * truth.customers)
    at = np.repeat(np.flatnonzero(places.units["has_customers"]), each)
    shape = (len(at), len(truth.waves))
    spread = spread_of_units(truth.icc_recommend)
    own = np.sqrt(LASTING) * rng.standard_normal((len(at), 1)) + np.sqrt(1 - LASTING) * rng.standard_normal(shape)
    feeling = spread * places.cx[at] + np.sqrt(1 - spread**2) * own
    kinder = BY_TELEPHONE * (np.arange(shape[1]) == 0) * (shape[1] > 1)
    mark = np.searchsorted(cuts(MARKS.cumsum()[:-1]), feeling + kinder)
    complaint = 0.5 * feeling + np.sqrt(0.75) * rng.standard_normal(shape) < special.ndtri(0.11)
    heard = rng.random(shape) < told[at]
    unheard = np.concatenate([np.zeros((len(at), 1), bool), (complaint & ~heard)[:, :-1]], axis=1)
    kept_away = np.where((places.cx[at] < WEAK) & (mark <= 6), LOST, 1.0) * np.where(unheard, UNHEARD, 1.0)
    few = np.where(rng.random(len(places.units)) < 0.03, 0.15, 1.0)[at][:, None]
    return pd.DataFrame(
        {
            "at": np.repeat(at, shape[1]),
            "wave": np.tile(np.arange(shape[1]), len(at)),
            "number": np.repeat(np.arange(len(at)), shape[1]),
            "feeling": feeling.ravel(),
            "mark": mark.ravel(),
            "complaint": complaint.ravel().astype(int),
            "answers": (rng.random(shape) < few * kept_away * 1.08 / CIRCLE).ravel(),
        }
    )


def _again(
    truth: Truth, places: Places, customers: pd.DataFrame, engagement: pd.Series, rng: np.random.Generator
) -> tuple[dict[str, float], np.ndarray]:
    """Draw who came again, with a slope of its own on the true EX of the unit."""
    chance, ex = rng.random(len(customers)), places.ex[customers["at"], customers["wave"]]
    last = (customers["wave"] == len(truth.waves) - 1).to_numpy()
    buyers = last & _buyers(places)[customers["at"]]
    units, at = places.units, customers["at"].to_numpy()

    def again(slope: float) -> np.ndarray:
        return chance < special.expit(special.logit(AGAIN) + 0.35 * customers["feeling"].to_numpy() + slope * ex)

    def contrast(slope: float) -> float:
        share = pd.Series(again(slope)[buyers]).groupby(at[buyers]).mean().reindex(units.index)
        return ratio(quarters(units, engagement, share), share.to_numpy())

    if truth.published is None:
        return {}, again(0.1).astype(int)
    slope = solve(contrast, truth.published.again, between=(-1.0, 1.5), what="again")
    return {"again_slope": slope}, again(slope).astype(int)


def _buyers(places: Places) -> np.ndarray:
    """Tell in which units customers can come again: not in public administration."""
    return (places.units["sector"] != "public").to_numpy()


def _dates(truth: Truth, wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a day in the fieldwork of a wave, from the first of August to the end of October."""
    first = np.array([f"{year}-08-01" for year in truth.waves], dtype="datetime64[D]")
    return (first[wave] + rng.integers(0, 92, len(wave)).astype("timedelta64[D]")).astype(str)


def _gaps(values: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """Write whole numbers as text, and leave some open."""
    text = np.asarray(values).astype(int).astype(str).astype(object)
    text[rng.random(len(text)) < share] = ""
    return text
