"""The account of a study: what it says of itself, what its data say, and what nobody wrote down."""

from collections.abc import Callable

import pandas as pd
import pytest

import exkit as ex
from exkit.result import result
from exkit.survey.study import Study

BOOK = """\
table,variable,role,low,high,promoter_from,detractor_to
employees,person,respondent,,,,
employees,team,unit,,,,
employees,year,wave,,,,
employees,enps,recommend_work,0,10,9,6
"""
ABOUT = """\
title: {en: Staff 2025, nl: Medewerkers 2025}
synthetic: true
frame: {en: all employees, nl: alle medewerkers}
mode: {en: "online, <b>by mail</b>"}
"""


@pytest.fixture
def study(dataset: Callable) -> Study:
    """A study that tells who was asked, and how, in English only."""
    people = {"person": ["p1", "p2"], "team": "a", "year": "2025", "enps": [9, 3]}
    return ex.open(dataset(codebook=BOOK, files={"study.yml": ABOUT}, employees=people))


@pytest.fixture
def account(study: Study, see: Callable) -> Callable[..., str]:
    """Read the account of the study: `account(language="nl", deff_kish=1.2)`."""

    def read(*, language: str = "en", responses: dict | None = None, **figure: object) -> str:
        usual = {"x": "enps", "effect": "nps", "estimate": 12.0, "n": 7888, "n_eff": 2606.9, "deff": 3.03,
                 "deff_kish": 1.03, "cluster": "organisation"}  # fmt: skip
        counted = {"estimate": [0.641, 0.64], "n": [12683, 12808], "answered": [8134, 8193]} | (responses or {})
        response = result(pd.DataFrame({"wave": ["2024", "2025"]}), y="response", effect="share", **counted)
        made = ex.justification(study, response=response, figure=result(**usual | figure), title="T", language=language)
        return see(made).text

    return read


def test_it_quotes_what_the_study_says_of_itself(account: Callable):
    """In the reader's language, else in the other one; what is not said is called so."""
    dutch = account(language="nl")
    assert "Onderzoeksgroep Alle medewerkers." in dutch
    assert "Manier van vragen Online, <b>by mail</b>." in dutch
    assert "Veldwerk Niet opgegeven." in dutch


def test_made_up_data_are_called_so(account: Callable):
    """In the first row."""
    assert "Data Staff 2025. Synthetic sample data: no real organisation, employee or customer is in it." in account()


def test_the_response_is_told_per_wave_with_its_counts(account: Callable):
    """As a Dutch reader writes it."""
    assert "2024: 64% (8.134 van 12.683); 2025: 64% (8.193 van 12.808)." in account(language="nl")


def test_an_unknown_response_says_why(account: Callable):
    """In the place of a number."""
    told = account(responses={"estimate": [float("nan"), 0.64], "n": [0, 12808], "reason": ["not_asked", ""]})
    assert "2024: not part of these data; 2025: 64%" in told


def test_a_response_of_few_people_is_withheld(account: Callable):
    """As any other figure."""
    told = account(responses={"estimate": [0.5, 0.64], "n": [8, 12808], "answered": [4, 8193]})
    assert "2024: not shown" in told
    assert "4 of 8" not in told


def test_weights_and_clusters_are_told_apart(account: Callable):
    """Kish's factor is of the weights alone; the statistic's own has the clusters in it."""
    told = account()
    assert "The design effect of the weights alone (Kish) is 1.03." in told
    assert "7,888 answers count for precision as 2,607, since people in one organisation resemble each other" in told
    assert "people in one team" in account(cluster="unit")


def test_without_weights_every_answer_counts_once(account: Callable):
    """And without clusters nothing is said of them."""
    told = account(deff_kish=1.0, cluster="none")
    assert "Every answer counts once." in told
    assert "resemble" not in told


def test_the_score_is_defined_by_its_cut_offs(account: Callable):
    """As the codebook has them."""
    assert "eNPS: the share of promoters (9–10) minus the share of detractors (0–6)" in account()


def test_an_edition_without_the_figure_has_an_account_all_the_same(study: Study, see: Callable):
    """Without what only the figure can tell."""
    response = result(y="response", effect="share", reason="not_asked", answered=0)
    made = ex.justification(study, response=response, figure=result(reason="not_calculated"), title="T")
    assert "Response Not part of these data." in see(made).text
    assert "Definition" not in see(made).text
