"""A colour that cannot be read on the page is found out, and with it the nearest one that can.

Contrast is that of the accessibility guidelines (WCAG 2.2, 1.4.3): at least 4.5 to 1, level AA. The nearest colour is
looked for along the line to black on a light page, to white on a dark one.
"""

from __future__ import annotations

LEAST = 4.5
"""Contrast that text must have, level AA."""
STEPS = 256


def contrast(colour: str, on: str) -> float:
    """Calculate the contrast of two colours, from 1 to 21.

    Examples
    --------
    >>> round(contrast("#767676", "#ffffff"), 2)
    4.54
    """
    darker, lighter = sorted((_luminance(colour), _luminance(on)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, *, on: str) -> str:
    """Find the nearest colour that can be read on a page: the colour itself if it can.

    Parameters
    ----------
    colour
        As `#rrggbb`.
    on
        Colour of the page.

    Returns
    -------
    str
        As `#rrggbb`.

    Examples
    --------
    >>> readable("#14607a", on="#fffffe"), readable("#ffd23f", on="#fffffe")
    ('#14607a', '#8d7423')
    """
    end = (0, 0, 0) if _luminance(on) > _luminance("#767676") else (255, 255, 255)
    mixed = (_mixed(colour, end, step / STEPS) for step in range(STEPS + 1))
    return next(one for one in mixed if contrast(one, on) >= LEAST)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(colour: str, end: tuple[int, int, int], share: float) -> str:
    mixed = (round(own + share * (other - own)) for own, other in zip(_parts(colour), end, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _luminance(colour: str) -> float:
    """Relative luminance, from 0 to 1."""
    linear = (_linear(part / 255) for part in _parts(colour))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
