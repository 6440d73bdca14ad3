"""Who crossed over, and the scenario in which more do."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.measures.intervals import wilson
from exkit.measures.tally import Tally

BOOK = """\
table,variable,wave,role,low,high,promoter_from,detractor_to,question_en
employees,person,,respondent,,,,,
employees,year,,wave,,,,,
"""
ASKED = dict.fromkeys(("2023", "2024"), "Would you recommend us?") | {"2025": "How likely are you to do so?"}


def followed(dataset: Callable[..., Path], people: dict[str, list]) -> Tally:
    """Open a study of these people, in 2025 with another question, and follow them."""
    rows = [f"employees,enps,{year},recommend_work,0,10,9,6,{ASKED[year]}\n" for year in sorted(set(people["year"]))]
    return ex.followed(ex.open(dataset(codebook=BOOK + "".join(rows), employees=people)), "recommend_work")


def ten_people(*years: str) -> dict[str, list]:
    """Of six passives two are promoters a year later, and one is a detractor."""
    marks = {"2023": [7] * 6 + [9] * 4, "2024": [9, 9, 3, 8, 8, 8, 9, 9, 9, 7], "2025": [9] * 10}
    return {
        "person": [*"abcdefghij"] * len(years),
        "year": [year for year in years for _ in range(10)],
        "enps": [mark for year in years for mark in marks[year]],
    }


def test_what_became_of_the_passives(dataset: Callable[..., Path]):
    """Two of six are promoters now: a third, with Wilson's interval."""
    found = ex.transitions(followed(dataset, ten_people("2023", "2024"))).set_index(["before", "y"])
    row = found.loc[("passive", "promoter")]
    assert (row["estimate"], row["n"]) == (pytest.approx(2 / 6), 6)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx(wilson(2 / 6, n=6, q=1.959964), abs=1e-6)
    assert found.loc["passive", "estimate"].sum() == pytest.approx(1)


def test_the_matrix_has_nine_cells_whoever_is_in_them(dataset: Callable[..., Path]):
    """A share of nobody is 0, a group of nobody has a reason."""
    found = ex.transitions(followed(dataset, ten_people("2023", "2024")))
    assert len(found) == 9
    assert found.loc[found["before"] == "detractor", "reason"].tolist() == ["no_answers"] * 3
    assert found.set_index(["before", "y"]).at[("promoter", "detractor"), "estimate"] == 0


def test_nobody_crosses_a_break(dataset: Callable[..., Path]):
    """A question in other words is another question: left out of the whole, and a reason in its own wave."""
    moved = followed(dataset, ten_people("2023", "2024", "2025"))
    whole, waves = ex.transitions(moved), ex.transitions(moved, by=["wave"])
    assert whole["n"].max() == 6
    later = waves[(waves["wave"] == "2025") & (waves["n"] > 0)]
    assert set(later["reason"]) == {"not_comparable"}
    assert later["estimate"].isna().all()
    assert ex.transitions(moved.at(wave="2025"))["reason"].tolist() == ["not_comparable"]


def test_one_wave_has_no_transitions(dataset: Callable[..., Path]):
    """That is a reason, not a mistake."""
    assert ex.transitions(followed(dataset, ten_people("2023")))["reason"].tolist() == ["not_asked"]


def test_two_waves_of_other_people_have_nobody_in_both(dataset: Callable[..., Path]):
    """Everybody left and was replaced."""
    people = {"person": ["a", "b", "c", "d"], "year": ["2023", "2023", "2024", "2024"], "enps": [9, 3, 7, 7]}
    assert ex.transitions(followed(dataset, people))["reason"].tolist() == ["no_answers"]


def test_a_scenario_is_the_published_one(crossed: Callable[..., Tally]):
    """31/50/19 and 80/18/3: a tenth of the passives is 5 points, and 3.1 percentage points."""
    pairs = crossed({"promoter": (620, 2480), "passive": (4100, 900), "detractor": (1843, 57)})
    found = ex.scenario(pairs).set_index("of")
    assert found["estimate"].to_dict() == pytest.approx({"nps": 5.0, "favourable": 0.031})
    assert found["scenario"].all()
    assert ((found["conf_low"] < found["estimate"]) & (found["estimate"] < found["conf_high"])).all()
    assert found["p_value"].isna().all()


def test_the_error_of_a_scenario_is_that_of_its_shares(crossed: Callable[..., Tally]):
    """100 · moved times the standard error of the share of passives."""
    pairs = crossed({"promoter": (62, 248), "passive": (410, 90), "detractor": (184, 6)})
    row = ex.scenario(pairs, moved=0.2).iloc[0]
    assert row["std_error"] == pytest.approx(20 * np.sqrt(0.25 / 999))


def test_without_passives_nobody_moves(crossed: Callable[..., Tally]):
    """Nor without promoters to become like."""
    for table in ({"promoter": (20, 80), "detractor": (70, 30)}, {"passive": (20, 80), "detractor": (70, 30)}):
        found = ex.scenario(crossed(table))
        assert found["reason"].tolist() == ["no_answers"] * 2
        assert found["estimate"].isna().all()


def test_more_than_all_cannot_move(crossed: Callable[..., Tally]):
    """Ten per cent is 0.1."""
    with pytest.raises(ExkitError, match=r"moved is 10. Give a proportion of the passives"):
        ex.scenario(crossed({"promoter": (1, 2), "passive": (2, 1)}), moved=10)
