"""Rows of results to show, hostile names to show them under, and eyes that see what came out."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.result import result
from exkit.survey.spelling import is_readable
from exkit.survey.study import Study

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "single_quotes": "' onmouseover='alert(1)",
    "comment": "<!-- --><svg onload=alert(1)>",
    "closing": "</title></svg></table><iframe src=//x>",
    "link": "[x](javascript:alert(1))",
    "picture": "![](http://x)",
    "cell": "a|b\nc",
    "formula": "$x^{2$",
    "hidden": "_hidden",
    "emoji": "Team 🦄 顧客",
    "right_to_left": "فريق العملاء",
    "long": "x" * 200,
    "entity": "&amp;",
    "field": "{format}",
    "index": "{0.__class__}",
    "percent": "%s %(x)d",
    "colour": "Team #1c2530",
    "id": 'Team id="a" url(#b) href="#c"',
}
"""Names that would like to be something else than a name."""


class Seen(HTMLParser):
    """What a browser makes of markup: elements with their attributes, and the text that is read."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._words: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._words.append(" ")

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        self._words.append(data)

    @property
    def text(self) -> str:
        """The text, spaces as a browser shows them."""
        return " ".join("".join(self._words).split())

    @property
    def ids(self) -> list[str]:
        """Every id."""
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    @property
    def shape(self) -> list[tuple[str, ...]]:
        """Each element as its name and those of its attributes: the same for any name that stays a name."""
        return [(tag, *sorted(attributes)) for tag, attributes in self.elements]

    def all(self, *tags: str) -> list[dict[str, str]]:
        """Attributes of the elements with these tags."""
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="session")
def see() -> type[Seen]:
    """Look at markup: `see(markup).text`, `.all("th")`, `.ids`, `.shape`."""
    return Seen


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> str:
    """A hostile name, one at a time."""
    return request.param


@pytest.fixture(scope="session")
def hostiles() -> list[str]:
    """All hostile names."""
    return list(HOSTILE.values())


@pytest.fixture(scope="session")
def scores() -> Callable[..., pd.DataFrame]:
    """Make the result of an NPS: `scores(["Care", "Trade"], n=[40, 9])`; what is not given is as in any other row."""

    def make(names: list, *, by: str = "sector", **columns: object) -> pd.DataFrame:
        usual = {
            "x": "enps", "effect": "nps", "estimate": 12.0, "conf_low": 8.1, "conf_high": 15.9, "n": 1240,
            "promoters": 0.42, "passives": 0.28, "detractors": 0.30, "mean": 7.44,
        }  # fmt: skip
        waves = {"series": 1, "changed": ""} if by == "wave" else {}
        return result(pd.DataFrame({by: names}), **usual | waves | columns)

    return make


@pytest.fixture(scope="session")
def differences() -> Callable[..., pd.DataFrame]:
    """Make the result of comparing NPSs: `differences([("2025", "2024")], estimate=4.5, conf_low=-0.6)`."""

    def make(pairs: list[tuple[str, str]], *, between: str = "wave", **columns: object) -> pd.DataFrame:
        usual = {
            "x": "enps", "effect": "diff", "of": "nps", "between": between, "estimate": 4.5, "conf_low": 0.6,
            "conf_high": 9.6, "p_value": 0.03, "n": 3751, "n_smallest": 1727,
        }  # fmt: skip
        return result(pd.DataFrame(pairs, columns=["level", "reference"]), **usual | columns)

    return make


@pytest.fixture(scope="session")
def distribution() -> Callable[..., pd.DataFrame]:
    """Make the result of shares of answers: `distribution([0.2, 0.5, 0.3], n=40)`."""

    def make(shares: list[float], **columns: object) -> pd.DataFrame:
        answers = [str(mark) for mark in range(len(shares))]
        usual = {"x": "enps", "y": answers, "effect": "share", "conf_low": 0.1, "conf_high": 0.2, "n": 1240}
        return result(pd.DataFrame(index=range(len(shares))), estimate=shares, **usual | columns)

    return make


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Catch the markup that is shown on the page."""
    import IPython.display

    caught: list[str] = []
    monkeypatch.setattr(IPython.display, "display", lambda data, **_told: caught.append(data["text/html"]))
    return caught


@pytest.fixture
def drawn() -> Callable[..., list[float]]:
    """Read off a picture every number that its shapes stand for: `drawn(axes)`."""

    def read(ax: object) -> list[float]:
        axes = [ax, *ax.child_axes]
        bars = [b for a in axes for p in a.patches for b in (p.get_x(), p.get_x() + p.get_width(), p.get_height())]
        lines = [v for a in axes for line in a.lines for v in line.get_xydata().ravel()]
        segments = [v for a in axes for c in a.collections if hasattr(c, "get_segments")
                    for s in c.get_segments() for v in s.ravel()]  # fmt: skip
        dots = [v for a in axes for c in a.collections for v in np.ma.filled(c.get_offsets(), np.nan).ravel()]
        return [float(v) for v in [*bars, *lines, *segments, *dots] if v == v]

    return read


@pytest.fixture
def named_study(dataset: Callable[..., Path]) -> Callable[..., Study]:
    """Open a study in which whatever can bear a name bears each of these: `named_study(["Care", "Trade"])`.

    There are a team, a value of `kind` (by its label), a wave's wording of `enps` and a group variable `g0`, `g1`, …
    (by its label) for every name, each with twelve people; `enps` itself is labelled with the first.
    """

    def make(names: list[str]) -> Study:
        waves = [f"{2001 + i}" for i in range(len(names))]
        variables = [
            {"variable": "person", "role": "respondent"},
            {"variable": "team", "role": "unit"},
            {"variable": "year", "role": "wave"},
            {"variable": "kind", "role": "group", "type": "choice"},
            *({"variable": f"g{i}", "role": "group", "label_en": name} for i, name in enumerate(names)),
            *(
                {"variable": "enps", "wave": wave, "role": "recommend_work", "low": 0, "high": 10,
                 "question_en": name, "label_en": names[0]}
                for wave, name in zip(waves, names, strict=True)
            ),
        ]  # fmt: skip
        book = pd.DataFrame(variables).assign(table="employees").to_csv(index=False)
        values = [{"variable": "kind", "value": i, "label_en": name} for i, name in enumerate(names)]
        labels = pd.DataFrame(values).assign(table="employees").to_csv(index=False)
        marks = [9, 10, 10, 7, 8, 6, 9, 3, 10, 9, 8, 10]
        teams = [name if is_readable(name) else f"team {i}" for i, name in enumerate(names)]  # others are not let in
        people = pd.DataFrame({"team": teams, "year": waves, "kind": range(len(names))}).merge(
            pd.DataFrame({"enps": marks}), how="cross"
        )
        groups = pd.DataFrame("a", index=people.index, columns=[f"g{i}" for i in range(len(names))])
        people = pd.concat([people.assign(person=people.index), groups], axis="columns")
        return ex.open(dataset(codebook=book, files={"values.csv": labels}, employees=people))

    return make


@pytest.fixture(autouse=True)
def _no_picture_stays_open() -> Iterator[None]:
    """Draw without a screen, and put pictures away that a test left open."""
    import matplotlib.pyplot as plt

    plt.switch_backend("Agg")
    yield
    plt.close("all")
