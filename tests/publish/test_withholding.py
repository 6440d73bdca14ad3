import json
import re
from pathlib import Path

import pandas as pd
import pytest

from exkit.publish.front import Front
from exkit.publish.laying import lay_out
from exkit.publish.ledger import DERIVABLE, FEW, FEW_ORGANISATIONS
from exkit.publish.withholding import Withholding, counted

from .conftest import write_benchmark

GROUPS = [
    ("organisations", {"sector": "care", "wave": "2025", "x": "enps"}, ""),
    ("organisations", {"sector": "trade", "wave": "2025", "x": "enps"}, FEW),
    ("organisations", {"organisation": "Kleine Winkel", "wave": "2025", "x": "enps"}, DERIVABLE),
    ("sector_report", {"sector": "trade", "wave": "2025", "x": "enps"}, FEW),
    ("sector_report", {"x": "enps"}, FEW_ORGANISATIONS),
]
DECIDED = pd.DataFrame(
    [(notebook, json.dumps(group, sort_keys=True), bool(why), why) for notebook, group, why in GROUPS],
    columns=["notebook", "group", "withheld", "why"],
)


@pytest.fixture
def account(tmp_path: Path) -> tuple[Withholding, Path]:
    """Lay out an edition of which nothing is made, and give the account of it with its folder for what is inside."""
    plan, work = lay_out(write_benchmark(tmp_path)), tmp_path / "work"
    work.mkdir()
    Front(plan, []).write(work=work)
    return Withholding(plan), plan.layout.internal


def test_a_group_that_two_chapters_tell_of_counts_once():
    """And each reason by itself."""
    assert counted(DECIDED, "All", language="en")[1:] == ("4", "3", ["1", "1", "1"])


def test_the_account_has_counts_and_rules_and_names_no_group(account: tuple[Withholding, Path], tmp_path: Path):
    """In both languages, by chapter and by what groups are of; no organisation, no sector."""
    withholding, inside = account
    withholding.write(decided=DECIDED, work=tmp_path / "work")
    page = (inside / "audit-en.html").read_text()
    assert "Of 4 groups that this edition tells of, 3 are withheld." in page
    assert "fewer than 10 answers" in page
    assert "fewer than 4 organisations" in page
    assert re.search(">organisations</th><td[^>]*>3</td><td[^>]*>2</td>", page)
    assert ">Everybody</th>" in page
    assert not [name for name in ("Kleine Winkel", "trade", "care") if name in page]
    assert "zijn er 3 afgeschermd" in (inside / "audit.html").read_text()


def test_what_an_attack_found_is_shown_when_there_is_a_finding(account: tuple[Withholding, Path], tmp_path: Path):
    """The account can be written again from what was kept."""
    withholding, inside = account
    withholding.write(decided=DECIDED, work=tmp_path / "work")
    assert "No attack has been tried" in (inside / "audit-en.html").read_text()
    found = {"kind": "link", "where": "nl/index.html", "what": "leads to '../x'"}
    (inside / "audit.json").write_text(json.dumps({"counts": {"figures attacked": 1234}, "findings": [found]}))
    withholding.write(work=tmp_path / "work")
    page = (inside / "audit-en.html").read_text()
    assert '<dt>figures attacked</dt><dd class="value">1,234</dd>' in page
    assert "nl/index.html: link, leads to &#39;../x&#39;" in page
    (inside / "audit.json").write_text(json.dumps({"counts": {"figures attacked": 1234}, "findings": []}))
    withholding.write(work=tmp_path / "work")
    assert "Er is niets gevonden." in (inside / "audit.html").read_text()
    assert "Of 4 groups that this edition tells of, 3 are withheld." in page
