"""Make the fictitious study in this folder: small, from a fixed seed, nothing planted but what the README says.

Run it here with `python make_sample.py`; the same seed gives the same bytes.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
WAVES = ["2022", "2023", "2024", "2025"]
SECTORS = {
    "finance": (8, 0.35),
    "health": (9, -0.30),
    "public": (8, -0.05),
    "retail": (9, 0.10),
    "technology": (7, 0.55),
    "transport": (7, -0.15),
    "culture": (1, 0.30),
}
"""Organisations per sector, and how far the sector lies from the middle."""


def units() -> pd.DataFrame:
    """Draw organisations and their teams; the culture sector has one organisation with one small team."""
    rng = np.random.default_rng(20251)
    rows, number = [], 0
    for sector, (organisations, level) in SECTORS.items():
        for _ in range(organisations):
            number += 1
            mood = level + rng.normal(0, 0.1)
            teams = 1 if sector == "culture" else int(rng.integers(3, 5))
            names = [(f"Organisation {number:02d}", f"O{number:02d}-T{team}") for team in range(1, teams + 1)]
            rows += [(sector, *name, mood + rng.normal(0, 0.15)) for name in names]
    return pd.DataFrame(rows, columns=["sector", "organisation", "team", "mood"])


def employees(teams: pd.DataFrame) -> pd.DataFrame:
    """Draw who answered what in each wave; some people answer in several waves."""
    rng = np.random.default_rng(20252)
    size = teams["sector"].map({"culture": 8}).fillna(0).astype(int).to_numpy()
    waves = []
    for at, wave in enumerate(WAVES):
        staff = np.where(size > 0, size, rng.integers(10, 16, len(teams)))
        people = teams.loc[teams.index.repeat(staff)].reset_index(drop=True)
        person = people.groupby("team").cumcount() + 1 + (rng.random(len(people)) < 0.3) * 100 * (at + 1)
        feeling = people["mood"] + 0.08 * at + rng.normal(0, 1, len(people))
        items = {
            f"engaged_{i}": np.clip(np.rint(3.5 + 0.7 * feeling + rng.normal(0, 0.8, len(people))), 1, 5)
            for i in (1, 2, 3)
        }
        items["engaged_3"] = 6 - items["engaged_3"]
        mark = np.clip(np.rint(7.2 + 1.5 * feeling + rng.normal(0, 0.6, len(people)) - 0.25 * (wave == "2022")), 0, 10)
        waves.append(
            people.assign(
                person=people["team"] + "-P" + person.astype(str).str.zfill(3),
                year=wave,
                gender=rng.choice(["f", "m", "x"], len(people), p=[0.52, 0.46, 0.02]),
                recommend=mark,
                **items,
                weight=np.round(np.exp(rng.normal(0, 0.25, len(people))), 3),
            )
        )
    drawn = pd.concat(waves, ignore_index=True)
    for name in ("recommend", "engaged_1", "engaged_2", "engaged_3"):
        drawn[name] = drawn[name].astype("Int64").astype("string").mask(rng.random(len(drawn)) < 0.03)
    silent = drawn["recommend"].isna() & (rng.random(len(drawn)) < 0.5)
    drawn["recommend"] = drawn["recommend"].mask(silent, "99")
    return drawn[~_away(drawn)].drop_duplicates(["person", "year"])


def _away(drawn: pd.DataFrame) -> pd.Series:
    """Let some organisations join later and others leave earlier, as in any benchmark."""
    number = drawn["organisation"].str[-2:].astype(int)
    return ((number % 6 == 1) & (drawn["year"] < "2024")) | ((number % 7 == 3) & (drawn["year"] == "2025"))


def main() -> None:
    """Write the table."""
    columns = ["person", "year", "sector", "organisation", "team", "gender", "weight", "recommend"]
    drawn = employees(units())[[*columns, "engaged_1", "engaged_2", "engaged_3"]]
    drawn.to_csv(HERE / "employees.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
