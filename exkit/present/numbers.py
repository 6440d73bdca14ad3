"""The one formatter: every number that a reader sees is written here.

A number is rounded once, when it is printed, half away from zero: 12.5 becomes 13 and -20.5 becomes -21. Before that
the dust of binary fractions is swept off, so that 2.675 is what it says and becomes 2.68. How a statistic is printed
follows from its `effect`: an NPS is signed and whole, a share a percentage, a correlation has two decimals. The
locale's separators are Babel's; the minus is a real one, zero has no sign, and a number that is not there is not
printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from math import floor, inf, log10

import pandas as pd
from babel.numbers import format_decimal

from exkit.context import LANGUAGES
from exkit.errors import need_choice
from exkit.present.words import N_, translator

BOUNDS = {"at_least": "≥", "at_most": "≤"}
"""What stands before a number that is only a bound, by the reason of its row."""

ROUNDING = Context(prec=60, rounding=ROUND_HALF_UP)
DUST = 10
"""Decimals beyond which a difference is an artefact of binary fractions."""


@dataclass(frozen=True)
class Style:
    """How a statistic is printed.

    `decimals` are those of the estimate and `margin_decimals` those of its interval; the value is printed less `base`,
    times `times`, with `sign` a plus where it is positive, and `mark` behind it. `points` says what it is counted in
    where the number itself does not show that. With `digits` a number has at least so many significant digits, and more
    decimals where it needs them: amounts of money, rates and minutes have no number of decimals in common.
    """

    decimals: int
    margin_decimals: int
    base: int = 0
    times: int = 1
    sign: bool = False
    mark: str = ""
    points: str = ""
    digits: int = 0

    def places(self, size: float, *, margin: bool = False) -> int:
        """Say how many decimals a value has, or the bounds of a margin, of which `size` is half the width."""
        least = self.margin_decimals if margin else self.decimals
        known = pd.notna(size) and 0 < abs(size) < inf
        return max(least, self.digits - 1 - floor(log10(abs(size)))) if self.digits and known else least


_COEFFICIENT = Style(2, 2)

STYLES = {
    **dict.fromkeys(["nps", "points"], Style(0, 1, sign=True)),
    "share": Style(0, 1, times=100, mark="%"),
    "mean": Style(1, 1),
    "score": Style(2, 2),
    "sd": Style(1, 1),
    "amount": Style(0, 0, digits=3),
    # A ratio of 1.23 is read as a change.
    "ratio": Style(0, 0, base=1, times=100, sign=True, mark="%"),
    **dict.fromkeys(["risk_ratio", "odds_ratio", "conditional_odds_ratio", "or"], Style(1, 1)),
    **dict.fromkeys(["r", "rho", "tau_b", "r_corrected", "cramers_v", "gamma"], _COEFFICIENT),
    **dict.fromkeys(["total", "indirect", "interaction", "auc", "r2"], _COEFFICIENT),
    **dict.fromkeys(["eta2", "epsilon2", "superiority"], _COEFFICIENT),
    **dict.fromkeys(["r_cv", "rho_sigma"], Style(3, 3)),
    **dict.fromkeys(["r_detectable", "r_mean", "r_predicted", "tau"], _COEFFICIENT),
    **dict.fromkeys(["matched", "p_positive", "share_positive", "share_expected"], Style(0, 0, times=100, mark="%")),
    **dict.fromkeys(["b", "beta", "g", "alpha", "omega", "icc2"], _COEFFICIENT),
    **dict.fromkeys(["r_wg", "r_wg_j", "a_wg", "ad", "ad_median"], _COEFFICIENT),
    "raters": Style(0, 0),
    "rank": Style(0, 0),
    **dict.fromkeys(["percentile", "distinct"], Style(0, 0, times=100, mark="%")),
    "icc1": Style(3, 3),
    "icc": Style(3, 3),
    **dict.fromkeys(["var_unit", "var_organisation", "var_residual"], Style(2, 2, digits=2)),
}
"""Per `effect` of a result (see `exkit.result`)."""

DIFFERENCES = {
    **dict.fromkeys(["nps", "points"], Style(1, 1, sign=True, points=N_("points"))),
    **dict.fromkeys(["share", "favourable"], Style(1, 1, times=100, sign=True, points=N_("percentage points"))),
    "mean": Style(1, 1, sign=True),
    "score": Style(2, 2, sign=True),
    **dict.fromkeys(["r", "rho", "tau_b", "r_corrected", "beta", "b"], Style(2, 2, sign=True)),
    "amount": Style(0, 0, sign=True, digits=2),
}
"""Per statistic that a `diff` compares or a `slope` climbs, named in a result's column `of`."""

SPREADS = {
    "nps": Style(1, 1, points=N_("points")),
    "share": Style(1, 1, times=100, points=N_("percentage points")),
    **dict.fromkeys(["mean", "score"], Style(2, 2)),
}
"""Per statistic of which a `spread` is the standard deviation."""


def style(effect: str, *, of: str = "") -> Style:
    """Say how a statistic is printed.

    Parameters
    ----------
    effect
        Name of the statistic, as in a result.
    of
        What a `diff` compares or a `quantile` is taken of.

    Raises
    ------
    ExkitError
        If nobody has said yet how it is printed.

    Examples
    --------
    >>> style("diff", of="nps").margin_decimals
    1
    """
    if effect in ("diff", "slope"):
        need_choice(of, DIFFERENCES, what="difference of")
        return DIFFERENCES[of]
    if effect == "spread":
        need_choice(of, SPREADS, what="spread of")
        return SPREADS[of]
    # A quantile is one of the values that it is taken of.
    value = of if effect == "quantile" else effect
    need_choice(value, STYLES, what="effect")
    return STYLES[value]


def rounded(value: float, *, decimals: int) -> Decimal:
    """Round half away from zero, the dust of binary fractions swept off first; zero has no sign.

    Examples
    --------
    >>> rounded(2.675, decimals=2), rounded(-20.5, decimals=0), rounded(-0.04, decimals=1)
    (Decimal('2.68'), Decimal('-21'), Decimal('0.0'))
    """
    return _round(_exact(value), decimals)


def number(value: float, *, decimals: int, language: str, signed: bool = False) -> str:
    """Write a number as a language does, with `signed` a plus in front where it is positive.

    Examples
    --------
    >>> number(1234.56, decimals=1, language="nl"), number(1234.56, decimals=1, language="en")
    ('1.234,6', '1,234.6')
    >>> number(-3, decimals=0, language="nl", signed=True)
    '−3'
    """
    return "" if pd.isna(value) else _write(rounded(value, decimals=decimals), language=language, signed=signed)


def count(n: int, *, language: str) -> str:
    """Write a number of answers, teams or organisations.

    Examples
    --------
    >>> count(1240, language="nl")
    '1.240'
    """
    return number(n, decimals=0, language=language)


def percent(share: float, *, language: str, decimals: int = 0) -> str:
    """Write a proportion as a percentage.

    Examples
    --------
    >>> percent(0.285, language="nl"), percent(0.1234, decimals=1, language="nl")
    ('29%', '12,3%')
    """
    return _write_as(STYLES["share"], share, decimals, language=language)


def p_value(p: float, *, language: str) -> str:
    """Write a p-value to three decimals, and what rounds to 0 or 1 as a bound.

    Examples
    --------
    >>> p_value(0.00004, language="nl"), p_value(0.0341, language="nl")
    ('p < 0,001', 'p = 0,034')
    """
    if pd.isna(p):
        return ""
    relation, shown = ("<", 0.001) if p < 0.001 else (">", 0.999) if p > 0.999 else ("=", p)
    return f"p {relation} {number(shown, decimals=3, language=language)}"


def estimate(value: float, *, effect: str, language: str, of: str = "") -> str:
    """Write an estimate as its statistic is printed.

    Parameters
    ----------
    value
        The estimate, in the units of a result (see `exkit.result`).
    effect, of
        Name of the statistic, and what a `diff` compares or a `quantile` is taken of.
    language
        Language of the reader.

    Returns
    -------
    str
        Nothing where there is no number.

    Examples
    --------
    >>> estimate(11.6, effect="nps", language="nl"), estimate(0.8, effect="share", language="nl")
    ('+12', '80%')
    >>> estimate(7.44, effect="mean", language="nl"), estimate(1.23, effect="ratio", language="nl")
    ('7,4', '+23%')
    """
    how = style(effect, of=of)
    return _write_as(how, value, how.places(value), language=language, signed=how.sign)


def printed(value: float, *, effect: str, language: str) -> str:
    """Write a figure that others printed: as its statistic is printed, with every decimal that they gave it.

    Examples
    --------
    >>> printed(0.344, effect="share", language="nl"), printed(0.31, effect="share", language="nl")
    ('34,4%', '31%')
    """
    if pd.isna(value):
        return ""
    how = style(effect)
    own = ((_exact(value) - how.base) * how.times).normalize()
    decimals = max(how.decimals, -own.as_tuple().exponent)
    return _write_as(how, value, decimals, language=language, signed=how.sign)


def quantity(value: float, *, effect: str, language: str, of: str = "") -> str:
    """Write an estimate with the word for what it is counted in, for running text.

    Examples
    --------
    >>> quantity(0.043, effect="diff", of="share", language="nl")
    '+4,3 procentpunt'
    """
    written = estimate(value, effect=effect, of=of, language=language)
    return f"{written} {points(effect, of=of, language=language)}".strip() if written else ""


def points(effect: str, *, language: str, of: str = "") -> str:
    """Say what a statistic is counted in, where its number alone does not show that.

    Examples
    --------
    >>> points("diff", of="nps", language="nl"), points("share", language="nl")
    ('punten', '')
    """
    return translator(language)(style(effect, of=of).points)


def tick(value: float, *, effect: str, language: str, of: str = "") -> str:
    """Write a value on an axis: as an estimate, without decimals that it does not need.

    Examples
    --------
    >>> tick(0.4, effect="diff", of="share", language="nl"), tick(0.5, effect="r", language="nl")
    ('+40', '0,5')
    """
    how = style(effect, of=of)
    shown, places = (_exact(value) - how.base) * how.times, how.places(value)
    needed = next((d for d in range(places) if _round(shown, d) == shown), places)
    return _write_as(how, value, needed, language=language, signed=how.sign)


def interval(low: float, high: float, *, effect: str, language: str, of: str = "") -> str:
    """Write an interval in running text; its bounds have a minus but no plus.

    Examples
    --------
    >>> interval(8.1, 15.9, effect="nps", language="nl"), interval(0.75, 0.85, effect="share", language="en")
    ('8,1 tot 15,9', '75.0% to 85.0%')
    """
    _ = translator(language)
    return _between(_("{low} to {high}"), low, high, style(effect, of=of), language=language)


def interval_cell(low: float, high: float, *, effect: str, language: str, of: str = "") -> str:
    """Write an interval in a table; Dutch needs a semicolon, since its decimals have a comma.

    Examples
    --------
    >>> interval_cell(8.1, 15.9, effect="nps", language="nl"), interval_cell(8.1, 15.9, effect="nps", language="en")
    ('[8,1; 15,9]', '[8.1, 15.9]')
    """
    _ = translator(language)
    return _between(_("[{low}, {high}]"), low, high, style(effect, of=of), language=language)


def _between(pattern: str, low: float, high: float, how: Style, *, language: str) -> str:
    """Fill in the two bounds of an interval; nothing where one is missing."""
    if pd.isna(low) or pd.isna(high):
        return ""
    decimals = how.places((high - low) / 2, margin=True)
    bounds = [_write_as(how, bound, decimals, language=language) for bound in (low, high)]
    return pattern.format(low=bounds[0], high=bounds[1])


def _write_as(how: Style, value: float, decimals: int, *, language: str, signed: bool = False) -> str:
    """Write a value in its statistic's style; decimal arithmetic, so that nothing is rounded on the way."""
    if pd.isna(value):
        return ""
    shown = _round((_exact(value) - how.base) * how.times, decimals)
    return _write(shown, language=language, signed=signed) + how.mark


def _write(value: Decimal, *, language: str, signed: bool = False) -> str:
    """Write a rounded number with a language's separators and a real sign."""
    need_choice(language, LANGUAGES, what="language")
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    if value.is_infinite():
        return f"{sign}∞"
    decimals = -value.as_tuple().exponent
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return sign + format_decimal(abs(value), pattern, locale=language)


def _exact(value: float) -> Decimal:
    """Read a float as the decimal it was meant to be: the fifteen digits that it is sure of, and no dust."""
    return _round(Decimal(f"{value:.15g}"), DUST)


def _round(value: Decimal, decimals: int) -> Decimal:
    """Round half away from zero; adding zero takes the sign off a negative one."""
    return value if value.is_infinite() else value.quantize(Decimal(1).scaleb(-decimals), context=ROUNDING) + 0


def bound(written: str, reason: str) -> str:
    """Put ≥ or ≤ before a number that is a bound.

    Parameters
    ----------
    written
        The number as it is printed; empty where there is none.
    reason
        Reason of the row that it is from.

    Returns
    -------
    str
        The number, with its sign if it is a bound.

    Examples
    --------
    >>> bound("97%", "at_least"), bound("97%", "")
    ('≥ 97%', '97%')
    """
    return f"{BOUNDS[reason]} {written}" if written and reason in BOUNDS else written
