"""The annual report: made of what other chapters saved, whatever of it there is."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from exkit.present.words import text
from exkit.publish.appear import slug
from exkit.result import result

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "13_annual_report.ipynb"
SHARES = {"promoters": 0.31, "passives": 0.5, "detractors": 0.19, "mean": 7.6}
ENPS = {"x": "recommend_work", "effect": "nps", "estimate": 12.4, "conf_low": 9.2, "conf_high": 14.7, "n": 7888,
        "n_eff": 2606.9, "deff": 3.03, "deff_kish": 1.03, "cluster": "organisation", "at": "2025"} | SHARES  # fmt: skip
SECTORS = pd.DataFrame({"sector": ["retail", "health", "hospitality"]})


@pytest.fixture
def report(tmp_path: Path, make_page: Callable[..., str]) -> Callable[..., str]:
    """Make the report of these saved results, and read its words."""

    def read(saved: dict[str, pd.DataFrame], *, language: str) -> str:
        (tmp_path / "saved").mkdir()
        for name, frame in saved.items():
            frame.to_csv(tmp_path / "saved" / f"{name}.csv", index=False)
        page = make_page(NOTEBOOK.stem, saved=tmp_path / "saved", language=language)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))

    return read


def test_it_tells_what_was_saved_and_calculates_nothing(report: Callable[..., str]):
    """The numbers are those of the files, not those of the data; a sector of nine is not shown."""
    sectors = result(SECTORS, **ENPS | {"n": [990, 1000, 9], "estimate": [3.0, 4.0, 99.0]})
    page = report({"enps": result(**ENPS), "enps_by_sector": sectors}, language="nl")
    assert "eNPS in 2025: +12 (marge 9,2 tot 14,7, n = 7.888)." in page
    assert "van +3 " in page
    assert "+99" not in page
    assert "2025: 64% (8.193 van 12.808)." in page
    assert page.index("Beperkingen") < page.index("Conclusies")


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.long)])
def test_without_any_chapter_it_says_so_of_each(tmp_path: Path, language: str, report: Callable[..., str]):
    """The account, the questionnaire and the glossary need none."""
    page = report({}, language=language)
    lacking = {"en": "This edition does not have the chapter", "nl": "ontbreekt in deze editie"}
    assert page.count(lacking[language]) == 6
    assert 'href="01-enps.html"' not in (tmp_path / "page.html").read_text()
    assert text("## Appendix: glossary", language=language).removeprefix("## ") in page


def test_chapters_are_named_as_they_name_themselves():
    """By the title of their notebook, in both languages, and by the page that it becomes."""
    code = "".join("".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text())["cells"])
    named = re.findall(r'notebook="(\w+)",\s+title="([^"]+)"', code)
    assert len(named) == 6
    for notebook, title in named:
        first = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text())["cells"][0]["source"]
        for language in ("nl", "en"):
            heading = text("".join(first), language=language).split("\n")[0]
            assert heading == f"# {text(title, language=language)}"
        assert slug(notebook) == notebook.replace("_", "-")
