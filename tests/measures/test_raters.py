"""How many people it takes: the published numbers, both formulas against each other, and the edges."""

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.result import result


def teams(*, n: int = 10, sd: float = 0.8, organisations: bool = False) -> pd.DataFrame:
    """Give a frame of six units."""
    frame = pd.DataFrame({"unit": list("abcdef"), "voice": [3.0, 3.5, 4.1, 3.3, 3.9, 3.6], "voice_n": n})
    frame = frame.assign(voice_sd=sd)
    return frame.assign(organisation=list("xxyyzz")) if organisations else frame


@pytest.mark.parametrize(("icc1", "people"), [(0.02, 115), (0.05, 45), (0.10, 21), (0.7, 1), (0.5, 3)])
def test_so_many_people_make_a_reliable_mean(icc1: float, people: int):
    """Whole people, upward; 21 is exactly enough for .10."""
    found = ex.raters_needed(result(effect="icc1", estimate=icc1, conf_low=icc1 / 2, conf_high=icc1))
    assert found["estimate"].tolist() == [people]
    assert found["conf_low"].tolist() == [people]


def test_one_person_less_is_not_enough():
    """The two functions agree, at whatever target."""
    icc = ex.reliability(teams(n=30), "voice")
    for target in (0.5, 0.7, 0.85):
        needed = int(ex.raters_needed(icc, target=target)["estimate"].iloc[0])
        below, enough = ex.reliability_at(icc, sizes=[needed - 1, needed])["estimate"]
        assert below < target <= enough


def test_the_interval_runs_the_other_way():
    """Where teams differ most, fewest are needed."""
    icc = ex.reliability(teams(n=20), "voice").iloc[[0]]
    found = ex.raters_needed(icc).iloc[0]
    needed = 0.7 * (1 - icc[["conf_high", "conf_low"]]) / (0.3 * icc[["conf_high", "conf_low"]])
    assert found[["conf_low", "conf_high"]].tolist() == np.ceil(needed.iloc[0]).tolist()
    assert found["conf_low"] < found["estimate"] < found["conf_high"]


def test_at_the_units_own_size_it_is_their_icc2():
    """With the interval of that."""
    icc = ex.reliability(teams(organisations=True), "voice")
    found = ex.reliability_at(icc, sizes=[10]).iloc[0]
    columns = ["estimate", "conf_low", "conf_high"]
    assert found[columns].tolist() == pytest.approx(icc.loc[1, columns].clip(lower=0).tolist())
    assert found["size"] == 10


def test_the_error_at_a_size_is_that_of_the_delta_method():
    """How fast the formula climbs, times the error of ICC(1)."""
    icc = ex.reliability(teams(), "voice").iloc[[0]]
    up, down = (ex.reliability_at(icc.assign(estimate=icc["estimate"] + d))["estimate"] for d in (1e-6, -1e-6))
    want = (up - down) / 2e-6 * icc["std_error"].iloc[0]
    assert ex.reliability_at(icc)["std_error"].tolist() == pytest.approx(want.tolist(), rel=1e-6)


def test_a_negative_icc1_is_no_reliability_at_any_size():
    """Also where the formula has its pole: at 51 people with an ICC(1) of -.02."""
    found = ex.reliability_at(result(effect="icc1", estimate=-0.02, conf_low=-0.05, conf_high=0.03), sizes=[10, 51, 99])
    assert found["estimate"].tolist() == [0, 0, 0]
    assert found["conf_low"].tolist() == [0, 0, 0]
    assert found["conf_high"].is_monotonic_increasing


@pytest.mark.parametrize(("low", "estimate"), [(0.0, 0.05), (-0.01, 0.05), (-0.05, -0.02)])
def test_where_icc1_may_be_zero_no_number_is_given(low: float, estimate: float):
    """Then no number of people may do."""
    found = ex.raters_needed(result(effect="icc1", estimate=estimate, conf_low=low, conf_high=0.1)).iloc[0]
    assert found["reason"] == "not_reliable"
    assert found[["estimate", "conf_low", "conf_high"]].isna().all()


def test_an_icc1_without_a_margin_gives_numbers_without_one():
    """The reason goes along."""
    single = result(effect="icc1", estimate=0.1, reason="one_cluster")
    assert ex.raters_needed(single)[["estimate", "reason"]].to_numpy().tolist() == [[21, "one_cluster"]]
    assert ex.reliability_at(single)["conf_low"].isna().all()


def test_without_respondents_nothing_is_known():
    """And it is said."""
    unknown = ex.reliability(teams()[["unit", "voice"]], "voice")
    for found in (ex.raters_needed(unknown), ex.reliability_at(unknown)):
        assert set(found["reason"]) == {"reliability_unknown"}
        assert found["estimate"].isna().all()


def test_several_measures_stay_apart():
    """A row each, or a row for each size."""
    frame = teams().rename(columns=lambda c: c.replace("voice", "pride"))
    icc = pd.concat([ex.reliability(teams(), "voice"), ex.reliability(frame, "pride")], ignore_index=True)
    assert ex.raters_needed(icc)["x"].tolist() == ["voice", "pride"]
    assert ex.reliability_at(icc, sizes=[5, 9])[["x", "size"]].to_numpy().tolist() == [
        ["voice", 5], ["voice", 9], ["pride", 5], ["pride", 9],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda icc: ex.raters_needed(icc, target=1.0), "between 0 and 1"),
        (lambda icc: ex.reliability_at(icc, sizes=[0, 5]), "1 person or more, not 0"),
        (lambda icc: ex.raters_needed(icc.iloc[[1]]), "has no 'icc1'"),
        (lambda icc: ex.reliability_at(icc.drop(columns="n")), "No column 'n'"),
    ],
)
def test_a_mistaken_call_is_answered(call: object, message: str):
    """What, and what to do."""
    with pytest.raises(ExkitError, match=message):
        call(ex.reliability(teams(), "voice"))
