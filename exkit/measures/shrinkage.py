"""How good is a team, when its mean rests on few people?

The best and the worst of many means are partly so by luck, the more so the fewer people answered. An empirical Bayes
mean draws each of them toward the mean that it is one of, as far as it is noise: what the means of units differ beyond
that noise is estimated from all units at once, and a unit keeps of its distance the part that its own number of answers
makes reliable. Such means are closer to the truth than the raw ones, taken together; of each single one the raw mean
stays the unbiased account, and stands beside it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.measures.teams import reliability
from exkit.result import result

KEYS = ("organisation", "unit")
"""Group columns of a row, as far as the units have them."""
UNKNOWN = dict.fromkeys(["raw_low", "raw_high", "reliability", "target", "signal", "df"], np.nan)
"""What a row says where nothing is known of how units differ."""


def shrunken(units: pd.DataFrame, m: str, *, level: str = "pooled", ci: float = 0.95) -> pd.DataFrame:
    """Estimate the mean of every unit by empirical Bayes, from its raw mean and the number of people behind it.

    Parameters
    ----------
    units
        One row per unit of one wave: `unit`, `organisation` where there are any, `m`, `m_n` and `m_sd`.
    m
        The measure.
    level
        What a unit is drawn toward: the mean of all units (`pooled`), or that of its own organisation (`within`), a
        unit without an organisation then having none.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, one row per unit in the order given, group columns `organisation` and `unit`, effect `mean`.

        `estimate` = target + reliability · (raw - target), in units of `m`. The interval is that of the unit's true
        mean, given what the units show of how true means differ: estimate ± t(`df`) · `std_error`, `df` those between
        units (J - 1, or J - C within C organisations). `n` people who answered.

        Extras: `raw`, the mean as it was, with `raw_low` and `raw_high`, t with as many degrees of freedom as the
        people within units have; `reliability` = signal / (signal + noise), 0 to 1; `target`; `level`; `signal`, the
        standard deviation of true means around their targets; `at`, the wave.

        Reasons, `raw` being given where there is one: `no_answers` where a unit has no value; `reliability_unknown`
        where it has no number of answers; `not_asked` where it has no organisation to be within; `no_signal` where
        units differ no more than chance among their people makes them: everything shrinks to its target, which is given
        without a margin. Those of `exkit.measures.teams.reliability` hold for all units at once.

    Raises
    ------
    ExkitError
        If there is no such measure, or it holds text.

    Notes
    -----
    Noise is MSW / `m_n`: one variance between people of a unit, pooled over units. A unit's own `m_sd` would be less
    sure than what it is to correct: of ten people it is off by a quarter, and a unit whose people happen to agree would
    pass for one that is known exactly. Signal is (MSB - MSW) / n0, around the level's means. The target is the mean of
    the units, each with weight 1 / (signal + noise), so that the estimate is the best linear unbiased predictor.

    The error has three parts: signal · noise / (signal + noise), what is left open by the unit's own people; (1 -
    reliability)² times the variance of the target; and the variance of the reliability, by the delta method, times the
    squared distance from the target (Morris). In simulated benchmarks with an ICC(1) of .10 the interval held the true
    mean of 94 to 96% of units, be they 10 or 528; with .02, of 94%.

    References
    ----------
    Robbins (1956), Proc. Third Berkeley Symp. Math. Stat. Probab. 1, 157-163; Efron & Morris (1975), J. Am. Stat.
    Assoc. 70, 311-319; Morris (1983), J. Am. Stat. Assoc. 78, 47-55; Robinson (1991), Stat. Sci. 6, 15-32.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": ["a", "b", "c", "d"], "voice": [3.0, 3.4, 3.5, 4.1], "voice_n": [5, 20, 20, 5]})
    >>> found = shrunken(teams.assign(voice_sd=0.8), "voice")
    >>> found[["unit", "raw", "estimate", "conf_low", "conf_high", "reliability"]].round(2)
      unit  raw  estimate  conf_low  conf_high  reliability
    0    a  3.0      3.37      2.49       4.24         0.23
    1    b  3.4      3.44      2.94       3.93         0.55
    2    c  3.5      3.49      3.01       3.97         0.55
    3    d  4.1      3.62      2.63       4.61         0.23
    """
    trust = reliability(units, m, level=level, ci=ci).iloc[0]
    seen = _seen(units, m, level)
    groups = seen[[key for key in KEYS if key in units]]
    known = np.isfinite(trust["estimate"])
    found = (
        _drawn(seen, trust, ci) if known else {"reason": np.where(seen["raw"].isna(), "no_answers", trust["reason"])}
    )
    return result(
        groups, x=m, effect="mean", n=seen["people"].fillna(0).astype(int), raw=seen["raw"], **{**UNKNOWN, **found},
        level=level, **({"at": trust["at"]} if "at" in trust else {}),
    )  # fmt: skip


def _seen(units: pd.DataFrame, m: str, level: str) -> pd.DataFrame:
    """Lay out the raw mean, the people behind it and the home of each unit; one empty row where there are no units."""
    numbers = [units[name].astype(float) if name in units else np.nan for name in (m, f"{m}_n")]
    seen = units[[key for key in KEYS if key in units]].assign(raw=numbers[0], people=numbers[1], home="all")
    seen = seen.assign(
        raw=seen["raw"].where(np.isfinite(seen["raw"])),
        people=seen["people"].where(np.isfinite(seen["people"]) & (seen["people"] >= 1)),
        home=seen["organisation"] if level == "within" and "organisation" in seen else "all",
    )
    return seen if len(seen) else pd.DataFrame("", [0], seen.columns).assign(raw=np.nan, people=np.nan)


def _drawn(seen: pd.DataFrame, trust: pd.Series, ci: float) -> dict[str, object]:
    """Draw the means of units toward that of their home, as far as they are noise."""
    df_within = trust["n"] - trust["n_units"]
    df = trust["n_units"] - (trust["n_organisations"] if trust["level"] == "within" else 1)
    signal = max(trust["msb"] - trust["msw"], 0.0) / trust["n0"]
    unsure = 2 * (trust["msb"] ** 2 / df + trust["msw"] ** 2 / df_within) / trust["n0"] ** 2
    noise = (trust["msw"] / seen["people"]).where(seen["raw"].notna() & seen["home"].notna())
    both = signal + noise
    weight = (1 / both).groupby(seen["home"]).transform("sum")
    target = (seen["raw"] / both).groupby(seen["home"]).transform("sum") / weight.where(weight > 0)
    part, away = signal / both, seen["raw"] - target
    variance = part * noise + (1 - part) ** 2 / weight + unsure * (noise / both**2 * away) ** 2
    error = np.sqrt(variance) if signal > 0 else np.full(len(seen), np.nan)
    half = stats.t.ppf((1 + ci) / 2, df) * error
    own = stats.t.ppf((1 + ci) / 2, df_within) * np.sqrt(noise)
    estimate = target + part * away
    return {
        "estimate": estimate, "std_error": error, "conf_low": estimate - half, "conf_high": estimate + half,
        "raw_low": seen["raw"] - own, "raw_high": seen["raw"] + own, "reliability": part, "target": target,
        "signal": np.sqrt(signal), "df": df, "reason": _reasons(seen, signal),
    }  # fmt: skip


def _reasons(seen: pd.DataFrame, signal: float) -> np.ndarray:
    """Say of each unit why it has no shrunken mean, or none that tells it from others."""
    lacking = [seen["raw"].isna(), seen["people"].isna(), seen["home"].isna(), np.full(len(seen), signal == 0)]
    return np.select(lacking, ["no_answers", "reliability_unknown", "not_asked", "no_signal"], "")
