"""Throwaway notebooks, a small edition made of them, and the pages that browser tests look at."""

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest

SECTOR = '\nsector: str = "care"  # which sector'
OWN = '\norganisation: str = "Kleine Winkel"  # which organisation'

CODEBOOK = """\
table,variable,role,type,low,high,promoter_from,detractor_to
employees,person,respondent,text,,,,
employees,sector,sector,text,,,,
employees,year,wave,text,,,,
employees,enps,recommend_work,whole,0,10,9,6
"""
EMPLOYEES = "person,sector,year,enps\np1,care,2024,9\np2,care,2025,3\np3,trade,2025,10\n"
STUDY = "title: {en: A small study, nl: Een klein onderzoek}\nsynthetic: true\n"

PARAMETERS = """\
dataset: str = "../data"  # the folder with the data
wave: str = ""  # which wave; empty is the last
language: str = "en"  # language of the page
min_n: int = 10  # smallest group that may be shown
"""

SHOWN = """\
from IPython.display import display
def show(html):
    display({"text/html": html}, raw=True, metadata={"exkit": True})
"""

FIGURES = """\
show('<p class="finding headline">The eNPS is +12, between 8.1 and 15.9.</p>')
show('<dl class="key-figures">' + ''.join(
    f'<div><dt>{name}</dt><dd class="value">{value}</dd><dd class="margin">8.1 to 15.9, n = 1,240</dd></div>'
    for name, value in [('eNPS 2025', '+12'), ('Promoters (9–10)', '34%'), ('Mean mark', '7.4')]) + '</dl>')
drawing = lambda name, width: (
    f'<svg class="{name}" role="img" aria-labelledby="f-{name}-t f-{name}-d" viewBox="0 0 {width} 120" '
    f'style="{"display:none;" if name == "narrow" else ""}width:100%;height:auto"><title id="f-{name}-t">eNPS</title>'
    f'<desc id="f-{name}-d">Care +12, trade +3.</desc>'
    f'<rect width="{width * .6}" height="40" y="8" style="fill:var(--exkit-positive, #1d6f8a)"/>'
    f'<rect width="{width * .3}" height="40" y="64" style="fill:var(--exkit-negative, #e39a50)"/>'
    '<text x="8" y="34" style="fill:#fffffd;font:14px var(--exkit-font, sans-serif)">Care +12</text></svg>')
table = lambda key: (
    f'<div class="exkit-table" role="region" tabindex="0" aria-labelledby="{key}-caption"><table id="{key}">'
    f'<caption id="{key}-caption">eNPS by sector, {key}</caption><thead><tr><th scope="col">Sector</th>'
    + ''.join(f'<th scope="col" class="number">{year}</th>' for year in range(2012, 2026)) + '</tr></thead><tbody>'
    + ''.join(f'<tr><th scope="row">{name}</th>' + '<td class="number">+12 [8.1, 15.9]</td>' * 13
              + '<td class="number withheld">too few answers</td></tr>' for name in ['Care', 'Trade'])
    + '</tbody></table></div>')
show('<figure class="exkit-figure" id="f"><figcaption>eNPS by sector</figcaption>' + drawing('wide', 700)
     + drawing('narrow', 320) + '<details class="exkit-data"><summary>The numbers</summary>' + table('numbers')
     + '</details></figure><p class="source">Source: a small study, 2025.</p>')
show(table('by-sector'))
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook of cells: text that starts with `#` is Markdown, other text is code.

    `notebook("# Title", "1 + 1", name="01_enps", parameters="min_n: int = 10")`.
    """

    def write(*cells: str, name: str = "01_enps", parameters: str = "") -> Path:
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        write_notebook(path, *cells, parameters=parameters)
        return path

    return write


@pytest.fixture
def report(notebook: Callable[..., Path]) -> Callable[..., Path]:
    """Write a notebook that takes what an edition tells, and whose cells can show things as `ex.show` does."""

    def write(title: str, *cells: str, name: str = "01_enps", more: str = "") -> Path:
        return notebook(title, SHOWN, *cells, name=name, parameters=PARAMETERS.rstrip("\n") + more)

    return write


def write_notebook(path: Path, *cells: str, parameters: str = "") -> None:
    """Write a notebook file."""
    v4 = nbformat.v4
    made = [v4.new_markdown_cell(c) if c.startswith("#") else v4.new_code_cell(textwrap.dedent(c)) for c in cells]
    if parameters:
        made.insert(1, v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    for number, cell in enumerate(made):
        cell.id = f"cell-{number}"
    nbformat.write(v4.new_notebook(cells=made), path)


def write_data(folder: Path) -> None:
    """Write the small study that the notebooks' default names."""
    folder.mkdir()
    (folder / "codebook.csv").write_text(CODEBOOK)
    (folder / "employees.csv").write_text(EMPLOYEES)
    (folder / "study.yml").write_text(STUDY)


@pytest.fixture
def edition(tmp_path: Path, report: Callable[..., Path]) -> Callable[..., Path]:
    """Write a project with one notebook and an edition of it; `more` is added to the edition's file."""

    def write(more: str = "", *, notebooks: tuple[str, ...] = ("01_enps",)) -> Path:
        if "01_enps" in notebooks:
            report("# How enthusiastic are they?", "show('<p>+12</p>')")
        write_data(tmp_path / "data")
        path = tmp_path / "reports" / "annual.yml"
        path.parent.mkdir()
        listed = ", ".join(f"notebooks/{name}.ipynb" for name in notebooks)
        path.write_text(
            "title: {en: Annual report, nl: Jaarrapport}\ndate: 2025-11-01\ndataset: data\n"
            f"languages: [nl, en]\nnotebooks: [{listed}]\n{more}\n"
        )
        return path

    return write


@pytest.fixture(scope="session")
def sample_pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Publish a small edition with one of everything that a page may hold."""
    from exkit.publish.publish import publish

    root = tmp_path_factory.mktemp("project")
    (root / "notebooks").mkdir()
    (root / "reports").mkdir()
    write_data(root / "data")
    write_notebook(
        root / "notebooks" / "01_sample.ipynb",
        "# How enthusiastic are employees, by sector and year?\n\nEmployees were asked how likely they are to "
        "recommend their employer. Read each figure with its margin: see [the source](https://example.org).",
        SHOWN,
        "## The figures",
        FIGURES,
        "## How to read this\n\nA margin says how far chance may have moved a figure.\n\n- *small* groups\n- `min_n`"
        "\n\n### Limits\n\n> Not everybody answered.\n\n| word | means |\n|---|---|\n| wave | one survey |",
        parameters=PARAMETERS,
    )
    edition = root / "reports" / "sample.yml"
    edition.write_text(
        "title: {en: Sample report, nl: Voorbeeldrapport}\ndate: 2025-11-01\ndataset: data\nlanguages: [nl, en]\n"
        "notebooks: [notebooks/01_sample.ipynb]\n"
    )
    outcomes = publish(edition).outcomes
    assert not [outcome.problem for outcome in outcomes if outcome.problem]
    return _pages(root / "reports" / "sample")


PARTICIPANTS = {
    "Zorggroep Noord": "care",
    "Zorggroep": "care",
    'Huis/van "Zorg" & <script>alert(1)</script> 😀': "care",
    "=SUM(A1)": "trade",
    "Lang " + "naam " * 39: "trade",
    "Kleine Winkel": "trade",
}
"""Organisations whose names are not made for files, and the sector of each."""

SAVES_ALL = """\
import pandas as pd
import exkit as ex
from exkit.result import result
people = study.people("employees")
there = people[["sector", "organisation"]].drop_duplicates().sort_values(["sector", "organisation"])
groups = pd.concat([there, there[["sector"]].drop_duplicates(), pd.DataFrame({"sector": [""]})]).fillna("")
groups = groups.reset_index(drop=True).assign(wave="2025")
counted = [[10.5 + i, 400 + i] for i in range(len(groups))]
told = {"estimate": [a for a, _ in counted], "n": [b for _, b in counted]}
ex.save(result(groups, x="enps", effect="nps", conf_low=1.0, conf_high=30.0, **told), name="standing")
ex.save(result(groups[groups["organisation"] == ""][["sector", "wave"]], x="enps", effect="nps", estimate=3.0, n=900,
               conf_low=1.0, conf_high=30.0), name="public_figures")
"""
OPENS = "import exkit as ex\nstudy = ex.open(dataset, language=language, min_n=min_n)"
SHOWS_OWN = """\
rows = ex.own(ex.saved("standing"), organisation=organisation)
import html
for row in rows.itertuples():
    show(f"<p>{html.escape(row.organisation)} {row.sector}: {row.estimate} ({row.n})</p>")
"""


def write_benchmark(root: Path, more: str = "", *, names: dict[str, str] = PARTICIPANTS) -> Path:
    """Write a project: an edition with a chapter, a page for each sector and one for each organisation."""
    for folder in ("data", "notebooks", "reports"):
        (root / folder).mkdir()
    (root / "data" / "codebook.csv").write_text(CODEBOOK + "employees,organisation,organisation,text,,,,\n")
    (root / "data" / "study.yml").write_text(STUDY)
    people = [{"sector": s, "organisation": n, "person": f"p{i}"} for i, (n, s) in enumerate(names.items())]
    pd.DataFrame(people).assign(year=2025, enps=7).to_csv(root / "data" / "employees.csv", index=False)
    for name, title, shows, parameter in (
        ("organisations", "# How far apart are they?", SAVES_ALL, ""),
        ("sector_report", "# How does this sector do?", "show(f'<p>{sector}</p>')", SECTOR),
        ("14_organisation_report", "# Where does this organisation stand?", SHOWS_OWN, OWN),
    ):
        at = root / "notebooks" / f"{name}.ipynb"
        write_notebook(at, title, SHOWN, OPENS, shows, parameters=PARAMETERS.rstrip("\n") + parameter)
    path = root / "reports" / "annual.yml"
    path.write_text(
        "title: {en: Annual report, nl: Jaarrapport}\ndate: 2025-11-01\ndataset: data\nlanguages: [nl, en]\n"
        "notebooks: [notebooks/organisations.ipynb]\neach:\n  sector: [notebooks/sector_report.ipynb]\n"
        f"  organisation: [notebooks/14_organisation_report.ipynb]\n{more}\n"
    )
    return path


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the small benchmark once; tests look at its folder and leave it as it is."""
    from exkit.publish.publish import publish

    path = write_benchmark(tmp_path_factory.mktemp("benchmark"), "contact: {nl: Bel ons., en: Call us.}")
    outcomes = publish(path).outcomes
    assert not [outcome.problem for outcome in outcomes if outcome.problem]
    return path.with_suffix("")


@pytest.fixture(scope="session")
def annual_pages(annual: Path) -> list[Path]:
    """List the pages of the real annual edition."""
    return _pages(annual)


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Start Debian's chromium."""
    import shutil

    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
