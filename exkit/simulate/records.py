"""What organisations know of themselves: feedback, headcount, exits, absence, money, and how they steer.

Each of these hangs together with the true EX or CX of the unit, some of them tuned, most of them not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special, stats

from exkit.simulate.places import Places
from exkit.simulate.staff import EXIT_SLOPE, leaving, much_turnover
from exkit.simulate.truth import Truth
from exkit.simulate.tune import quarters, ratio, solve

BLOCKS = ("strategy", "understanding", "journey", "culture", "metrics", "governance")
PRACTICES = ("empathy", "dialogue", "leading", "technology")
NOT_TOLD = {"ex_professional": 3, "along_journeys": 2}
"""How many of 48 organisations do not answer: with these the published shares can be had."""
WORKDAYS, SICK = 225, 0.05
REVENUE = {
    "industry": 260,
    "construction": 210,
    "retail": 180,
    "hospitality": 75,
    "technology": 170,
    "finance": 320,
    "health": 85,
}
"""Thousands of euros per head in the first wave; public administration has none."""


def draw_feedback(truth: Truth, places: Places, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw what happened with feedback: received, acted on, told back, developed together; units by waves."""
    shape = places.ex.shape
    habit = 0.5 * rng.standard_normal((shape[0], 1)) + 0.2 * places.organisation[:, :1]
    received = 1 + rng.poisson(11, shape)
    acted_on = rng.binomial(received, special.expit(0.2 + habit + 0.2 * rng.standard_normal(shape)))
    told_back = rng.binomial(acted_on, special.expit(0.4 + habit + 0.2 * rng.standard_normal(shape)))
    together = (truth.published.co_created if truth.published else 0.31) + 0 * habit
    return {
        "received": received,
        "acted_on": acted_on,
        "told_back": told_back,
        "co_created": rng.binomial(acted_on, np.broadcast_to(together, shape)),
    }


def draw_units(
    truth: Truth, places: Places, headcount: np.ndarray, engagement: pd.Series, rng: np.random.Generator
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Draw the records of units: units by waves.

    Parameters
    ----------
    truth, places, rng
        As elsewhere.
    headcount
        Staff, units by waves.
    engagement
        Score of each unit in the last wave, by which exits, revenue and profit are tuned.

    Returns
    -------
    records, solved : dict and dict
        One array per column; and the slopes that were tuned.
    """
    exits, solved = _exits(truth, places, headcount, engagement, rng)
    money, slopes = _money(truth, places, headcount, engagement, rng)
    shape, ex, cx = places.ex.shape, places.ex, places.cx
    noise = rng.standard_normal
    visits = rng.poisson(np.exp(np.log(headcount * 90) + 0.3 * noise((shape[0], 1)) + 0.05 * noise(shape)))
    visits = np.where(places.units["has_customers"].to_numpy()[:, None], visits, 0)
    sick = SICK * np.exp(0.25 * noise((shape[0], 1)) + 0.15 * noise(shape) - 0.06 * ex - 0.034)
    talk = 4.6 * np.exp(0.2 * noise((shape[0], 1)) + 0.05 * noise(shape) - 0.03 * cx)
    records = {
        "headcount": headcount,
        "exits": exits,
        "absence_days": np.rint(sick * headcount * WORKDAYS).astype(int),
        "spells": rng.poisson(headcount * 1.1 * np.exp(-0.08 * ex)),
        "span": np.rint(np.exp(2.75 - 0.12 * ex[:, :1] + 0.45 * noise((shape[0], 1)))).clip(3, 90).astype(int)
        + 0 * exits,
        "visits": visits,
        "complaints": rng.poisson(visits * 0.012 * np.exp(-0.2 * cx)),
        "calls": rng.poisson(visits * 0.16 * np.exp(-0.08 * cx)),
        "talk_time": np.where(visits > 0, talk.round(1), np.nan),
        "reorganisation": (rng.random(shape) < special.expit(-2.6 - 0.6 * ex)).astype(int),
        "overload": (rng.random(shape) < special.expit(-2.0 + 9 * (sick - SICK) - 0.3 * ex)).astype(int),
    }
    return records | money, solved | slopes


def _exits(
    truth: Truth, places: Places, headcount: np.ndarray, engagement: pd.Series, rng: np.random.Generator
) -> tuple[np.ndarray, dict[str, float]]:
    """Draw how many left: fewer in units with better EX, tuned apart for much and little turnover."""
    chance, much = rng.random(places.ex.shape), much_turnover(places)
    known = engagement.notna().to_numpy()

    def exits(slopes: dict[bool, float]) -> np.ndarray:
        drawn = stats.poisson.ppf(chance, headcount * leaving(places, slopes))
        return np.minimum(drawn, headcount).astype(int)

    if truth.published is None:
        return exits(EXIT_SLOPE), {}
    wanted = {True: truth.published.exits_high, False: truth.published.exits_low}
    solved = {}
    for kind in {False, *much[known]}:
        its = much == kind

        def contrast(slope: float, its: np.ndarray = its) -> float:
            rate = (exits({True: slope, False: slope}) / headcount)[:, -1]
            return ratio(quarters(places.units, engagement.where(its), pd.Series(rate)), rate)

        name = f"exits_{'high' if kind else 'low'}"
        solved[kind] = solve(contrast, wanted[kind], between=(-0.3, 2.0), what=name)
    names = {True: "exits_high_slope", False: "exits_low_slope"}
    return exits({True: 0.0} | solved), {names[kind]: slope for kind, slope in solved.items()}


def _money(
    truth: Truth, places: Places, headcount: np.ndarray, engagement: pd.Series, rng: np.random.Generator
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Draw revenue and profit in whole euros: more in units with better EX."""
    shape, units = places.ex.shape, places.units
    level = np.log(1000 * units["sector"].map(REVENUE).to_numpy(float))[:, None] + 0.03 * np.arange(shape[1])
    level = level + 0.1 * places.organisation[:, 1:] + 0.15 * rng.standard_normal((shape[0], 1))
    level = level + 0.05 * rng.standard_normal(shape)
    margin = 0.11 + 0.012 * rng.standard_normal((shape[0], 1)) + 0.008 * rng.standard_normal(shape)

    def revenue(slope: float) -> np.ndarray:
        return np.exp(level + slope * places.ex)

    def contrast(value: np.ndarray) -> float:
        return ratio(quarters(units, engagement, pd.Series(value[:, -1])), value[:, -1])

    slopes = {"revenue_slope": 0.08, "profit_slope": 0.004}
    if truth.published:
        slopes["revenue_slope"] = solve(
            lambda slope: contrast(revenue(slope)), truth.published.revenue, between=(-0.3, 1.0), what="revenue"
        )
        sales = revenue(slopes["revenue_slope"])
        slopes["profit_slope"] = solve(
            lambda slope: contrast(sales * (margin + slope * places.ex)),
            truth.published.profit, between=(-0.03, 0.06), what="profit",
        )  # fmt: skip
    sales = revenue(slopes["revenue_slope"])
    profit = sales * (margin + slopes["profit_slope"] * places.ex)
    money = {"revenue": np.rint(sales * headcount), "profit": np.rint(profit * headcount)}
    return money, slopes if truth.published else {}


def draw_organisations(truth: Truth, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw how organisations steer on EX and CX: one row per organisation and wave."""
    own = places.units.assign(quality=places.organisation.mean(axis=1)).drop_duplicates("organisation")
    n, waves = len(own), len(truth.waves)
    rows = own[["organisation", "sector"]].loc[own.index.repeat(waves)].reset_index(drop=True)
    wave = np.tile(np.arange(waves), n)
    mature = 0.4 * own["quality"].to_numpy()[:, None] + 0.8 * rng.standard_normal((n, 1))
    mature = (mature + 0.3 * rng.standard_normal((n, waves)) + 0.12 * (np.arange(waves) - waves + 1)).ravel()
    columns = {}
    for block in (*BLOCKS, *PRACTICES):
        about = 2.9 + 0.65 * mature + 0.45 * rng.standard_normal(len(rows))
        for i in (1, 2, 3):
            columns[f"{block}_{i}"] = (
                np.rint(about + 0.55 * rng.standard_normal(len(rows))).clip(1, 5).astype(int).astype(str)
            )
    columns |= _steering(truth, mature, wave, rng)
    return rows.assign(wave=wave, **columns)


def _steering(truth: Truth, mature: np.ndarray, wave: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw yes and no: who has what, tuned where a figure was published."""
    shares = {"ex_in_strategy": 0.38, "cx_in_strategy": 0.62, "ex_professional": 0.20, "cx_professional": 0.60}
    shares |= {"knows_effect": 0.53, "along_journeys": 0.50, "works_together": 0.35}
    published = truth.published
    if published:
        shares |= {"ex_professional": published.ex_professional, "along_journeys": published.along_journeys}
    last = wave == wave.max()
    said = {}
    for name, share in shares.items():
        latent = 0.55 * mature + 0.8 * rng.standard_normal(len(mature))
        told = np.ones(len(mature), bool)
        told[rng.choice(np.flatnonzero(last), min(NOT_TOLD.get(name, 0), last.sum() - 1), replace=False)] = False
        valid = np.sort(latent[last & told])[::-1]
        yes = round(share * len(valid))
        cut = (valid[yes - 1] + valid[yes]) / 2 if 0 < yes < len(valid) else valid[0] + 1 if yes == 0 else valid[-1] - 1
        said[name] = np.where(told, (latent > cut).astype(int).astype(str), "9")
    return said | {"co_created_share": _co_created(truth, mature, last, rng)}


def _co_created(truth: Truth, mature: np.ndarray, last: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the share of initiatives that were developed together with employees; its mean is as published."""
    wanted = truth.published.co_created if truth.published else 0.31
    latent = 0.5 * mature + 0.8 * rng.standard_normal(len(mature))

    def share(level: float) -> np.ndarray:
        return special.expit(level + 0.7 * latent).round(2)

    level = special.logit(wanted)
    if truth.published:
        level = solve(lambda level: share(level)[last].mean(), wanted, between=(-6, 6), what="co_created")
    return np.char.mod("%.2f", share(level))
