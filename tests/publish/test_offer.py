"""Which notebooks a codebook allows."""

from pathlib import Path

import pandas as pd
import pytest

from exkit.publish.offer import NEEDS, Holds, offered, told
from exkit.publish.parameters import Parameter, parameters
from exkit.publish.project import NOTEBOOKS

COLUMNS = ["table", "variable", "role", "scale", "type", "n_column", "sd_column"]
UNIT = ("employees", "team", "unit", "", "text")
ITEM = ("employees", "voice1", "item", "voice", "whole")
WORK = ("employees", "enps", "recommend_work", "", "whole")
TO_CUSTOMERS = ("employees", "rec", "recommend_to_customers", "", "whole")
GUEST = ("customers", "nps", "recommend", "", "whole")
PROFIT = ("units", "profit", "outcome", "", "number")
SCHOOL = ("units", "school", "unit", "", "text")
MOOD = ("units", "mood", "outcome", "", "number", "n_mood", "sd_mood")
SPREAD = ("units", "sd_mood", "sd", "", "number")
PARENTS = ("units", "parents", "outcome", "", "number", "n_parents")


def holds(*rows: tuple[str, ...]) -> Holds:
    """Make a codebook of these rows."""
    return Holds(pd.DataFrame([(*row, "", "")[: len(COLUMNS)] for row in rows], columns=COLUMNS))


@pytest.mark.parametrize(
    ("rows", "runs"),
    [
        ([WORK], {"01_enps"}),
        ([WORK, TO_CUSTOMERS], {"01_enps", "02_promoters"}),
        ([UNIT, ITEM], {"03_aggregation"}),
        ([UNIT, ITEM, GUEST], {"01_enps", "03_aggregation", "04_linkage"}),
        ([UNIT, ITEM, PROFIT], {"03_aggregation", "05_quartiles"}),
        ([SCHOOL, PARENTS], {"01_enps"}),
        ([SCHOOL, MOOD, PARENTS], {"04_linkage", "05_quartiles"}),
        ([SCHOOL, MOOD, SPREAD, PARENTS], {"03_aggregation", "04_linkage", "05_quartiles"}),
        ([], {"01_enps"}),
    ],
)
def test_a_notebook_is_offered_where_its_data_are(rows: list, runs: set[str]):
    """Where none has them, the first, which says itself what is missing."""
    paths = [Path(f"{name}.ipynb") for name in NEEDS]
    assert {path.stem for path, lacking in offered(paths, holds(*rows)).items() if not lacking} == runs


def test_what_is_asked_for_is_a_notebook():
    """One that is renamed would be offered to nobody."""
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} >= set(NEEDS)


def test_a_parameter_is_told_what_there_is():
    """A score and a question of these data; nothing for what may be empty; the rest is left alone."""
    asked = [
        Parameter("scale", "str", "engagement", "the score"),
        Parameter("customers", "str", "recommend", "what customers were asked"),
        Parameter("strives", "str", "strives", "yes or no; empty: not asked"),
        Parameter("profit", "str", "profit", "the outcome"),
        Parameter("min_n", "int", 10, "smallest group"),
    ]
    assert told(asked, holds(UNIT, ITEM, PROFIT)) == {"scale": "voice", "strives": ""}


def test_figures_of_a_survey_are_told_whose_they_are():
    """A table that was summed up: the staff's score is held against what is called the customers', not the reverse."""
    asked = [Parameter("scale", "str", "engagement", "the score"), Parameter("customers", "str", "recommend", "asked")]
    assert told(asked, holds(SCHOOL, PARENTS, MOOD)) == {"scale": "mood", "customers": "parents"}


def test_the_kits_notebooks_need_nothing_told_of_the_sample():
    """Their defaults name what is in its codebook."""
    sample = pd.read_csv(NOTEBOOKS.parent / "data" / "sample" / "codebook.csv", dtype=str, keep_default_na=False)
    chosen = {path.stem: told(parameters(path), Holds(sample)) for path in NOTEBOOKS.glob("*.ipynb")}
    assert not any(chosen.values())
    assert "01_enps" in chosen


def test_reports_on_one_of_many_belong_under_each():
    """They are named in the edition of a new project, and do not run as chapters."""
    reports = [NOTEBOOKS / "14_organisation_report.ipynb", NOTEBOOKS / "sector_report.ipynb"]
    assert list(offered(reports, None).values()) == ["belongs under each: organisation", "belongs under each: sector"]
