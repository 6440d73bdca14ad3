"""The book of an edition: what a kernel asks is written down, and what it must not tell is read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from exkit.context import current
from exkit.present.disclosure.book import also_withheld, compared_in, comparison_names, name_of, same_of
from exkit.present.protect import protect
from exkit.result import result

KERNEL = """
import pandas as pd
from exkit.present.protect import protect
from exkit.result import result
groups = pd.DataFrame({"sector": ["care", "arts"]})
rows = result(groups, x="enps", effect="nps", estimate=12, n=[40, 5], promoters=0.4, detractors=0.3, at="2025")
print(",".join(protect(rows)["reason"]))
"""


def kernel(**paths: Path) -> str:
    """Run a kernel that shows two sectors."""
    told = {f"EXKIT_{name.upper()}": str(path) for name, path in paths.items()}
    done = subprocess.run(
        [sys.executable, "-c", KERNEL], env=os.environ | told, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_kernel_writes_down_what_it_asks_and_reads_what_it_must_not_tell(tmp_path: Path):
    """Told of both by its environment, as an edition does."""
    assert kernel(asked=tmp_path / "asked") == ",withheld"
    written = pd.read_csv(tmp_path / "asked" / "groups-00000.csv")
    assert [json.loads(name)["sector"] for name in written["group"]] == ["care", "arts"]
    assert written["hidden"].tolist() == [False, True]
    assert written["n"].tolist() == [40, 5]
    written.assign(where="")[["group", "where"]].to_csv(tmp_path / "withheld.csv", index=False)
    assert kernel(withheld=tmp_path / "withheld.csv") == "withheld,withheld"


def test_nothing_is_written_where_no_edition_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In JupyterLab, and in the second round."""
    monkeypatch.chdir(tmp_path)
    protect(result(x="enps", effect="nps", estimate=12, n=40))
    assert list(tmp_path.iterdir()) == []


def test_of_persons_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Names of groups, two flags, and counts."""
    monkeypatch.setattr(current, "asked", tmp_path)
    protect(result(x="enps", effect="nps", estimate=12, n=40, promoters=0.4, detractors=0.28, mean=7.4))
    columns = list(pd.read_csv(tmp_path / "groups-00000.csv"))
    assert columns == ["group", "hidden", "bounded", "n", "promoters", "detractors"]


def test_a_result_that_was_protected_before_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A chapter that reads what others saved asks nothing new."""
    once = protect(result(x="enps", effect="nps", estimate=12, n=40))
    monkeypatch.setattr(current, "asked", tmp_path)
    protect(once)
    assert list(tmp_path.iterdir()) == []


def test_one_group_has_one_name_whatever_the_columns():
    """Their order, and those that are empty."""
    one = pd.DataFrame({"x": ["enps"], "sector": ["care"], "wave": ["1"]})
    other = pd.DataFrame({"wave": ["1"], "organisation": [""], "sector": ["care"], "x": ["enps"]})
    assert name_of(one) == name_of(other)


def difference(**told: object) -> pd.DataFrame:
    """Hold two sectors against each other."""
    sides = pd.DataFrame({"level": ["trade"], "reference": ["care"]})
    rows = {"x": "enps", "effect": "diff", "estimate": 4, "n": 90, "of": "nps", "between": "sector", "n_smallest": 40}
    return result(sides, **rows | told)


def test_what_holds_two_groups_against_each_other_is_a_comparison():
    """Differences between groups and with a benchmark; not levels, nor differences with what others published."""
    assert len(compared_in(difference())) == 1
    assert len(compared_in(result(x="enps", effect="diff", n=40, against=["all", "sector", "wave", ""]))) == 2
    assert len(compared_in(result(x="enps", effect="nps", n=40))) == 0
    assert len(compared_in(difference(between=""))) == 0


def test_a_comparison_is_known_by_its_sides_its_statistic_and_among_whom():
    """That it is made among the same organisations is not part of its name."""
    panel = difference(same="organisation")
    names = [comparison_names(compared_in(one)) for one in (difference(), panel, difference(of="mean"))]
    assert names[0] == names[1] != names[2]
    assert (same_of(difference()), same_of(panel)) == ([""], ["organisation"])


@pytest.mark.parametrize(("where", "group", "comparison"), [("", "withheld", "withheld"), ("compared", "", "withheld")])
def test_a_group_is_withheld_everywhere_or_in_comparisons_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, group: str, comparison: str
):
    """Only there where a bound is told of it."""
    name = name_of(pd.DataFrame({"x": ["enps"], "sector": ["care"]}))
    pd.DataFrame({"group": name, "where": where}).to_csv(tmp_path / "withheld.csv", index=False)
    monkeypatch.setattr(current, "withheld", tmp_path / "withheld.csv")
    sector = result(pd.DataFrame({"sector": ["care"]}), x="enps", effect="nps", estimate=12, n=40)
    assert protect(sector)["reason"].item() == group
    assert protect(difference())["reason"].item() == comparison


def test_of_a_comparison_only_that_among_the_same_may_be_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """That among everybody stays."""
    [name] = comparison_names(compared_in(difference()))
    pd.DataFrame({"group": [name], "where": "organisation"}).to_csv(tmp_path / "withheld.csv", index=False)
    monkeypatch.setattr(current, "withheld", tmp_path / "withheld.csv")
    assert also_withheld(difference(same="organisation")).tolist() == [True]
    assert also_withheld(difference()).tolist() == [False]
