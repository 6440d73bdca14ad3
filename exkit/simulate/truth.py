"""What a made-up study is set to, and what it cannot be set to.

Two kinds of settings. *Planted* ones are drawn from: the data differ from them by chance, as any sample does, and the
kit's estimators must find them back within their margins. *Published* ones are figures from the literature that the
drawn file is tuned to in its last wave, so that it prints them exactly: finding those back shows the arithmetic only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from exkit.errors import problems

LEAST_UNITS = 8
"""Units that an organisation needs for quarters of its own."""
PARTS = ("icc_engagement", "icc_recommend", "part_organisations", "part_within")
SHARES = ("strives", "absence_felt", "enthusiastic", "ex_professional", "along_journeys", "co_created")
GROUPED = ("enps", "recommending")


@dataclass(frozen=True)
class Published:
    """Figures that the last wave is tuned to; weighted, and right as far as they are printed.

    Attributes
    ----------
    enps
        Shares of promoters, passives and detractors among employees.
    recommending
        Share that would recommend to customers, among each of those groups.
    strives, absence_felt, enthusiastic
        Shares of employees who say so.
    enps_enthusiastic
        eNPS in points of those who call their customers enthusiastic.
    profit, revenue, exits_high, exits_low, again
        Units in the top quarter of engagement in their organisation against those in the bottom quarter, as a ratio:
        profit and revenue per head, exits per head where they are above and below 40% a year, customers who came again.
    ex_professional, along_journeys
        Shares of organisations.
    co_created
        Mean share of employee initiatives that are developed together with employees.
    """

    enps: tuple[float, float, float] = (0.31, 0.50, 0.19)
    recommending: tuple[float, float, float] = (0.80, 0.18, 0.03)
    strives: float = 0.20
    absence_felt: float = 0.61
    enthusiastic: float = 0.08
    enps_enthusiastic: float = 29.0
    profit: float = 1.23
    revenue: float = 1.18
    exits_high: float = 0.79
    exits_low: float = 0.49
    again: float = 1.10
    ex_professional: float = 0.20
    along_journeys: float = 0.50
    co_created: float = 0.31


@dataclass(frozen=True)
class Truth:
    """Settings of a made-up study; the defaults are those of the sample study.

    Attributes
    ----------
    sectors, organisations
        How many sectors, and organisations in each.
    units
        Fewest and most units in an organisation; most organisations have the most.
    staff, customers
        Answers per unit and wave, about.
    waves
        Names of the waves, a year apart.
    icc_engagement, icc_recommend
        ICC(1) of the engagement score of employees, and of the customers' recommendation as -1, 0 or 1: over all
        organisations, in one wave.
    r_units, r_high, r_low
        True correlation of the two between units: of all, and of those with much and with little customer contact.
    part_organisations, part_within
        Parts of the variance between units that lie between organisations, and within a unit over the years.
    r_organisations, r_within
        True correlation between organisations, and within units.
    autoregression, path_ex_cx, path_cx_ex
        Standardised paths from one year to the next within a unit: each on itself, EX to later CX, CX to later EX.
    leadership_communication, communication_orientation, leadership_orientation, catalyst
        Standardised paths between scores of employees: leadership to communication, both to customer orientation, and
        the product of the two to customer orientation.
    published
        What the last wave is tuned to; None leaves it to chance, for simulations.
    """

    sectors: int = 8
    organisations: int = 6
    units: tuple[int, int] = (8, 12)
    staff: int = 15
    customers: int = 40
    waves: tuple[str, ...] = ("2022", "2023", "2024", "2025")
    icc_engagement: float = 0.10
    icc_recommend: float = 0.04
    r_units: float = 0.33
    r_high: float = 0.73
    r_low: float = 0.42
    part_organisations: float = 0.15
    part_within: float = 0.45
    r_organisations: float = 0.75
    r_within: float = 0.60
    autoregression: float = 0.30
    path_ex_cx: float = 0.20
    path_cx_ex: float = 0.10
    leadership_communication: float = 0.50
    communication_orientation: float = 0.35
    leadership_orientation: float = 0.15
    catalyst: float = 0.12
    published: Published | None = Published()

    def __post_init__(self) -> None:
        """Refuse what cannot be true, all of it at once."""
        found = [*self._odd_sizes(), *self._odd_correlations(), *self._odd_shares()]
        found = found or [*self._odd_units(), *self._odd_paths()]
        if found:
            raise problems("the truth of this study", found)

    def _odd_sizes(self) -> list[str]:
        """Find counts that make no study."""
        counts = {name: getattr(self, name) for name in ("sectors", "organisations", "staff", "customers")}
        found = [f"{name} is {n}. There must be at least one." for name, n in counts.items() if n < 1]
        low, high = self.units
        if not 1 <= low <= high:
            found.append(f"units is {low} to {high}. Give the fewest first, at least one.")
        elif self.published and high < LEAST_UNITS:
            found.append(f"units is {low} to {high}: quarters need {LEAST_UNITS} in an organisation. Give more units.")
        if not self.waves or list(self.waves) != sorted(set(self.waves)):
            found.append(f"waves is {', '.join(self.waves) or 'empty'}. Give at least one, each once, in order.")
        return found

    def _odd_correlations(self) -> list[str]:
        """Find correlations, paths and parts outside what they can be."""
        names = [name for name in self.__annotations__ if name.startswith(("r_", "path_"))]
        names += ["autoregression", "leadership_communication", "communication_orientation", "leadership_orientation"]
        wrong = {name: getattr(self, name) for name in names if not -1 <= getattr(self, name) <= 1}
        found = [f"{name} is {value:g}. A correlation or path lies between -1 and 1." for name, value in wrong.items()]
        parts = {name: getattr(self, name) for name in PARTS}
        return found + [
            f"{name} is {part:g}. It is a part of the variance: from 0, below 1."
            for name, part in parts.items()
            if not 0 <= part < 1
        ]

    def _odd_shares(self) -> list[str]:
        """Find shares that are none, and shares that do not sum to one."""
        if self.published is None:
            return []
        shares = {name: getattr(self.published, name) for name in SHARES}
        shares |= {f"{name}[{i}]": s for name in GROUPED for i, s in enumerate(getattr(self.published, name))}
        wrong = {name: share for name, share in shares.items() if not 0 < share < 1}
        found = [f"{name} is {share:g}. A share lies between 0 and 1." for name, share in wrong.items()]
        total = sum(self.published.enps)
        if abs(total - 1) > 1e-9:
            found.append(f"enps: promoters, passives and detractors sum to {total:.0%}, not to 100%.")
        return found

    def _odd_units(self) -> list[str]:
        """Find correlations between units that cannot hold together."""
        found = []
        if self.offset_squared < 0:
            found.append(
                f"r_units is {self.r_units:g}: it cannot lie above the mean of r_high and r_low, "
                f"{(self.r_high + self.r_low) / 2:g}, when groups differ in opposite directions."
            )
        elif self.part_stable < 0:
            found.append("part_organisations, part_within and the gap between contact groups leave no stable part.")
        else:
            for name, r in self.r_stable.items():
                if not -1 <= r <= 1:
                    found.append(
                        f"r_{name} is {getattr(self, f'r_{name}'):g}: beside r_organisations and r_within it needs a "
                        f"correlation of {r:.2f} between the stable parts of units. Bring it nearer to the others."
                    )
        return found

    def _odd_paths(self) -> list[str]:
        """Find paths that let the years run away, or leave nothing to chance."""
        found = []
        if np.abs(np.linalg.eigvals(self.paths)).max() >= 1 or np.linalg.eigvalsh(self.innovation).min() < 0:
            found.append("autoregression and paths do not go with r_within. Make them smaller.")
        if self.orientation_left < 0:
            found.append("the paths to customer orientation explain more than all of it. Make them smaller.")
        return found

    @property
    def offset_squared(self) -> float:
        """Squared distance of each contact group from the mean: EX above it and CX below it, or the reverse."""
        mean = (self.r_high + self.r_low) / 2
        return (mean - self.r_units) / (1 + mean)

    @property
    def part_stable(self) -> float:
        """Part of the variance between units that is a unit's own, for good, beside its contact group's."""
        return 1 - self.part_organisations - self.part_within - self.offset_squared

    @cached_property
    def r_stable(self) -> dict[str, float]:
        """Correlation of the stable parts, by contact group, so that the groups have the correlations asked for."""
        rest = self.part_organisations * self.r_organisations + self.part_within * self.r_within
        each = {"high": self.r_high, "low": self.r_low}
        part = max(self.part_stable, 1e-12)
        return {name: (r * (1 - self.offset_squared) - rest) / part for name, r in each.items()}

    @property
    def paths(self) -> np.ndarray:
        """Paths within units from (EX, CX) of one year to (EX, CX) of the next."""
        return np.array([[self.autoregression, self.path_cx_ex], [self.path_ex_cx, self.autoregression]])

    @property
    def innovation(self) -> np.ndarray:
        """Covariance of what is new each year, so that within-unit variances stay 1 and their correlation r_within."""
        within = np.array([[1, self.r_within], [self.r_within, 1]])
        return within - self.paths @ within @ self.paths.T

    @property
    def orientation_left(self) -> float:
        """Part of the variance of customer orientation that its paths leave."""
        a, b, c = self.leadership_communication, self.communication_orientation, self.leadership_orientation
        return 1 - (b**2 + c**2 + 2 * a * b * c) - self.catalyst**2 * (1 + a**2)
