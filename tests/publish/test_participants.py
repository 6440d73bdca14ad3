"""Who is behind a figure: what a participant could work out of another one, and what it may not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exkit.measures.nps import nps
from exkit.measures.tally import tally
from exkit.present.disclosure.groups import UNKNOWN, Groups
from exkit.publish.participants import Participants, few
from exkit.survey import study

CODEBOOK = """\
table,variable,role,type,low,high,promoter_from,detractor_to
employees,person,respondent,text,,,,
employees,company,organisation,text,,,,
employees,team,unit,text,,,,
employees,enps,recommend_work,whole,0,10,9,6
"""
MARKS = {"a": [9] * 30 + [3] * 10, "b": [9] * 12 + [7] * 20 + [3] * 18, "c": [9] * 15 + [7] * 5 + [3] * 25}


@pytest.fixture
def told(dataset: Callable[..., Path]) -> Callable[..., pd.DataFrame]:
    """Publish the NPS by some column, of three groups of people: `told("company", by=[])`."""

    def publish(column: str, *, by: list[str]) -> pd.DataFrame:
        rows = [(name, mark) for name, marks in MARKS.items() for mark in marks]
        people = pd.DataFrame(rows, columns=[column, "enps"])
        fixed = {"company": people[column] if column == "company" else "all", "team": people[column]}
        columns = {"person": range(len(people)), **fixed, "enps": people["enps"]}
        return nps(tally(study.open(dataset(codebook=CODEBOOK, employees=columns)), "recommend_work"), by=by)

    return publish


@pytest.mark.parametrize("column", ["company", "team"])
def test_of_two_others_the_margin_tells_how_far_each_is_from_the_mean(told: Callable[..., pd.DataFrame], column: str):
    """Why three are too few: n, NPS and margin of all, one's own, and one knows the others but for which is which."""
    [whole], n = told(column, by=[]).to_dict("records"), {name: len(marks) for name, marks in MARKS.items()}
    own = 100 * sum({9: 1, 7: 0, 3: -1}[mark] for mark in MARKS["a"])
    apart = {name: 100 * sum({9: 1, 7: 0, 3: -1}[m] for m in marks) - len(marks) * whole["estimate"]
             for name, marks in MARKS.items()}  # fmt: skip
    squares = (whole["std_error"] * whole["n"]) ** 2 * 2 / 3
    known = own - n["a"] * whole["estimate"]
    half, root = -known / 2, np.sqrt((squares - known**2) / 2 - known**2 / 4)
    assert sorted([half - root, half + root]) == pytest.approx(sorted([apart["b"], apart["c"]]))


@pytest.mark.parametrize(
    ("sizes", "too_few"),
    [([], False), ([40], True), ([40, 40], True), ([40, 40, 40], True), ([40, 40, 40, 40], False),
     ([100, 50, 10, 9], True), ([100, 50, 10, 10], False), ([5, 5, 1, 1], True), ([5, 5, 2, 1], False)],
)  # fmt: skip
def test_few_organisations_are_too_few(sizes: list[int], too_few: bool):
    """Fewer than four, or one that is all but a fifth once the second largest has taken itself away."""
    assert few(pd.DataFrame({"n": sizes})) == too_few


def test_one_organisation_may_have_nearly_all_promoters():
    """Each count must be uncertain by itself."""
    assert few(pd.DataFrame({"n": [50, 50, 50, 50], "promoters": [30, 2, 1, 1]}))


def test_of_whom_only_is_known_that_they_are_there_the_number_counts():
    """Nothing is asked of them by organisation."""
    assert few(pd.DataFrame({"n": [np.nan] * 3}))
    assert not few(pd.DataFrame({"n": [np.nan] * 4}))


PLACES = pd.DataFrame({
    "wave": "1", "sector": ["care"] * 4 + ["trade"] * 4 + [""], "organisation": list("abcdefghz"),
})  # fmt: skip


def participants(**sizes: int) -> Participants:
    """Find the participants where so many of each answered on enps, and nothing else was asked by organisation."""
    keys = PLACES.assign(x="enps")
    return Participants.of(Groups(keys, pd.DataFrame({"n": [float(sizes.get(o, 40)) for o in "abcdefghz"]})), PLACES)


def plain(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Name groups by question, wave and sector."""
    return pd.DataFrame(rows, columns=["x", "wave", "sector"])


def test_groups_of_few_organisations_are_found():
    """All, sectors, those without one; of a question that was not asked by organisation, by who is there."""
    asked = plain(("enps", "1", ""), ("enps", "1", "care"), ("enps", "1", "trade"), ("enps", "1", UNKNOWN),
                  ("proud", "1", "care"), ("proud", "", UNKNOWN))  # fmt: skip
    assert participants(a=500).few(asked).tolist() == [False, True, False, True, False, True]


def test_only_groups_that_are_known_by_place_are_judged():
    """Not an organisation, nor people with one mark."""
    asked = plain(("enps", "1", UNKNOWN), ("enps", "1", UNKNOWN)).assign(organisation=["z", ""], mark=["", "3"])
    assert participants().few(asked).tolist() == [False, False]


def test_those_without_a_sector_are_what_is_left_of_all():
    """One organisation: a group of which nobody tells, and that everybody can work out."""
    left = participants().without_sector(plain(("enps", "1", ""), ("enps", "1", "care")))
    assert left.keys.to_dict("records") == [{"x": "enps", "wave": "1", "sector": UNKNOWN}]
    assert left.counts["n"].tolist() == [40]
    assert len(participants().without_sector(plain(("enps", "1", UNKNOWN), ("enps", "1", "")))) == 0
