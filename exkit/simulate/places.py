"""Where people work: sectors, organisations and units, and how things truly are there in each wave.

Employee experience (EX) and customer experience (CX) of a unit are sums of three parts: its organisation's, its own for
good, and its own of this year, which is carried on to the next year along the planted paths. Over all units each has
mean 0 and variance 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exkit.simulate.truth import Truth

SECTORS = ("industry", "construction", "retail", "hospitality", "technology", "finance", "public", "health")
SECTOR_PART = 1 / 3
"""Part of the variance between organisations that lies between sectors."""
NO_CUSTOMERS = 0.03
"""Share of units without customers of their own."""


@dataclass(frozen=True)
class Places:
    """Units, and what is true of them.

    Attributes
    ----------
    units
        One row per unit: `number` and name of its `organisation`, `sector`, `unit`, `contact` (high, low),
        `has_customers`.
    ex, cx
        True employee and customer experience: units by waves.
    organisation
        True experience of the organisation of each unit, EX and CX, in the same units: units by 2.
    """

    units: pd.DataFrame
    ex: np.ndarray
    cx: np.ndarray
    organisation: np.ndarray


def draw_places(truth: Truth, rng: np.random.Generator) -> Places:
    """Draw sectors, organisations, units and their true experience.

    Parameters
    ----------
    truth
        What to plant.
    rng
        Where chance comes from.
    """
    units = _units(truth, rng)
    organisations = units["number"].to_numpy() - 1
    sectors = pd.factorize(units["sector"])[0]
    both = np.array([[1, truth.r_organisations], [truth.r_organisations, 1]])
    own = _normal(both * (1 - SECTOR_PART), organisations.max() + 1, rng)
    level = np.sqrt(truth.part_organisations) * (
        own[organisations] + _normal(both * SECTOR_PART, sectors.max() + 1, rng)[sectors]
    )
    stable = _stable(truth, units, rng)
    within = np.sqrt(truth.part_within) * _within(truth, len(units), rng)
    true = level[:, None, :] + stable[:, None, :] + within
    return Places(units, ex=true[:, :, 0], cx=true[:, :, 1], organisation=level / np.sqrt(truth.part_organisations))


def _units(truth: Truth, rng: np.random.Generator) -> pd.DataFrame:
    """Lay out units: most organisations have the most, half of the units have much customer contact."""
    n = truth.sectors * truth.organisations
    low, high = truth.units
    sizes = np.where(rng.random(n) < 0.7, high, rng.integers(low, high + 1, n))
    sizes[0] = low
    organisation = np.repeat(np.arange(n), sizes)
    number = np.concatenate([np.arange(1, size + 1) for size in sizes])
    sector = [SECTORS[s % len(SECTORS)] + ("" if s < len(SECTORS) else f"_{s}") for s in range(truth.sectors)]
    contact = np.where((number + organisation) % 2, "high", "low")
    return pd.DataFrame(
        {
            "number": organisation + 1,
            "organisation": [f"Participant {o + 1:02d}" for o in organisation],
            "sector": [sector[o % truth.sectors] for o in organisation],
            "unit": [f"P{o + 1:02d}-T{t:02d}" for o, t in zip(organisation, number, strict=True)],
            "contact": contact,
            "has_customers": rng.random(len(organisation)) >= NO_CUSTOMERS,
        }
    )


def _stable(truth: Truth, units: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Draw what is a unit's own for good; units with much contact have better EX and worse CX than the others."""
    drawn = np.zeros((len(units), 2))
    offset = np.sqrt(truth.offset_squared)
    for contact, r in truth.r_stable.items():
        its = (units["contact"] == contact).to_numpy()
        sign = 1 if contact == "high" else -1
        drawn[its] = np.sqrt(truth.part_stable) * _normal(np.array([[1, r], [r, 1]]), its.sum(), rng)
        drawn[its] += sign * offset * np.array([1, -1])
    return drawn


def _within(truth: Truth, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw the years of each unit, from the first on as if it had always been so: units by waves by 2."""
    first = np.array([[1, truth.r_within], [truth.r_within, 1]])
    years = [_normal(first, n, rng)]
    for _ in truth.waves[1:]:
        years.append(years[-1] @ truth.paths.T + _normal(truth.innovation, n, rng))
    return np.stack(years, axis=1)


def _normal(covariance: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw n pairs with mean 0."""
    values, vectors = np.linalg.eigh(covariance)
    return rng.standard_normal((n, 2)) @ (vectors * np.sqrt(values.clip(min=0))).T
