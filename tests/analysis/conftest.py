"""Cross-tallies made by hand, and groups of units."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from exkit.measures.tally import KEYS, Tally


@pytest.fixture
def crossed() -> Callable[..., Tally]:
    """Make a cross-tally of promoter groups by a yes/no answer: `crossed({"promoter": (20, 80), "passive": (82, 18)})`.

    The numbers are noes and yeses. Or a row per person, `promoter_group`, `answer` and keys; or counts, with `n`.
    """

    def make(people: Mapping[str, tuple[int, int]] | pd.DataFrame, *, cluster: str | None = None) -> Tally:
        if not isinstance(people, pd.DataFrame):
            rows = [(group, answer, n) for group, ns in people.items() for answer, n in enumerate(ns) if n]
            counts = pd.DataFrame(rows, columns=["promoter_group", "answer", "n"])
        elif "n" in people:
            counts = people
        else:
            counts = people.groupby([*people], dropna=False, observed=True).size().rename("n").reset_index()
        keys = [key for key in counts if key in KEYS] + ["promoter_group"]
        counts = counts.assign(variable="advise", w=counts["n"].astype(float), w2=counts["n"].astype(float))
        waves = sorted(counts["wave"].unique()) if "wave" in counts else [""]
        defined = pd.DataFrame({"variable": "advise", "wave": waves, "series": 1, "changed": ""})
        scale = {"low": 0.0, "high": 1.0, "promoter_from": float("nan"), "detractor_to": float("nan")}
        return Tally("employees", keys, counts, defined.assign(**scale, favourable_from=1.0), {}, {}, cluster)

    return make


@pytest.fixture
def grouped() -> Callable[..., pd.DataFrame]:
    """Draw groups a, b, c of units, each `shift` higher than the one before, and more spread: `grouped(1, shift=2)`."""

    def draw(seed: int, *, sizes: tuple[int, ...] = (12, 15, 9), shift: float = 0.0) -> pd.DataFrame:
        rng, kind = np.random.default_rng(seed), np.repeat(np.arange(len(sizes)), sizes)
        y = 50 + shift * kind + (1 + kind) * rng.normal(size=len(kind))
        names = np.char.add("u", np.arange(len(kind)).astype(str))
        return pd.DataFrame({"unit": names, "kind": np.array(list("abc"))[kind], "y": y})

    return draw
