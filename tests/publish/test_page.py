"""What every page must be, looked at in a real browser: pages of a small edition and of the real one."""

import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from exkit.present.words import CATALOGUES

ROOT = Path(__file__).parents[2]
LOOKS = (Path(__file__).parent / "looks.js").read_text()
"""What a browser can see that is wrong: text that is cut, leaves its picture or lies over other text."""
WIDTHS = (320, 768, 1400)
READERS = (360, 768, 1280)
"""A telephone, a tablet, a desktop."""
PAPER = 672
"""Pixels between the margins of a printed page."""
LEFT_OVER = re.compile(r"\b(?:nan|NaN|None(?![.:])|undefined)\b|<NA>|\{\w*\}")
"""What stands where a value or a word should."""
SCHEMES = ("light", "dark")
LOADED = re.compile(r"(?:src=|url\()[\"']?\s*(?:https?:)?//\S+")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class Elements(HTMLParser):
    """Every element of a page with its attributes and the text inside it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        text: list[str] = []
        self.found.append((tag, dict(attrs), text))
        if tag not in VOID:
            self._open.append((tag, text))

    def handle_data(self, data: str) -> None:
        """Add text to every element that it is in."""
        for _, text in self._open:
            text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close an element and what was left open in it."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def all(self, *tags: str) -> list[tuple[dict[str, str | None], str]]:
        """Attributes and text of the elements with these tags."""
        return [(attributes, "".join(text).strip()) for tag, attributes, text in self.found if tag in tags]


def faults_in_markup(page: Path) -> list[str]:
    """Say what is wrong in a page's HTML, as far as it can be read off the file."""
    html = page.read_text(encoding="utf-8")
    elements = Elements(html)
    return [
        *_faults_in_head(page, elements),
        *(f"{len(html.encode())} bytes" for _ in [0] if len(html.encode()) > 600_000),
        *_faults_in_ids(elements),
        *_faults_in_figures(elements),
        *_faults_in_tables(elements),
        *(f"address that is loaded: {found}" for found in LOADED.findall(html)),
    ]


def faults_in_words(page: Path) -> Iterator[str]:
    """Look for what was never filled in or translated, in what a reader sees and hears."""
    html = page.read_text(encoding="utf-8")
    seen = re.sub(r"(?s)<(style|pre|script)\b.*?</\1>", " ", html)
    plain = unescape(re.sub(r"<[^>]+>", "\n", seen))
    yield from (f"left over: {found}" for found in sorted(set(LEFT_OVER.findall(plain))))
    if '<html lang="nl"' in html:
        dutch = unescape(re.sub(r"<[^>]+>", "\n", re.sub(r'(?s)<(\w+)\b[^>]*\blang="en".*?</\1>', " ", seen)))
        yield from (f"English: {words}" for words in _english() if words in dutch)


@cache
def _english() -> list[str]:
    """List the longest piece of each English message that is no name and that no Dutch one has."""
    with (CATALOGUES / "nl.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="nl") if isinstance(message.id, str)]
    pieces = [max(re.split(r"\{\w*\}|\n", message.id), key=len).strip() for message in messages]
    dutch = "\n".join(message.string for message in messages)
    return [piece for piece in pieces if len(piece) > 12 and " " in piece and piece not in dutch]


def _faults_in_head(page: Path, elements: Elements) -> Iterator[str]:
    language = elements.all("html")[0][0].get("lang")
    if language not in ("nl", "en") or (page.parent.name in ("nl", "en") and language != page.parent.name):
        yield f"lang is {language}"
    if len(elements.all("h1")) != 1 or not elements.all("h1")[0][1]:
        yield f"{len(elements.all('h1'))} h1"
    if not elements.all("title")[0][1]:
        yield "no title"
    if elements.all("script", "iframe", "object", "embed", "form", "base"):
        yield "an element that may do something"
    if any(name.startswith("on") for _, attributes, _ in elements.found for name in attributes):
        yield "an event handler"
    policies = [a["content"] for a, _ in elements.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    if policies != ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]:
        yield f"policy is {policies}"
    levels = [int(tag[1]) for tag, _, _ in elements.found if re.fullmatch("h[1-6]", tag)]
    if any(after - before > 1 for before, after in pairwise(levels)):
        yield f"headings skip a level: {levels}"


def _faults_in_ids(elements: Elements) -> Iterator[str]:
    ids = [attributes["id"] for _, attributes, _ in elements.found if "id" in attributes]
    yield from (f"id '{one}' is there {ids.count(one)} times" for one in sorted(set(ids)) if ids.count(one) > 1)
    for _, attributes, _ in elements.found:
        named = " ".join(attributes.get(name) or "" for name in ("aria-labelledby", "aria-describedby", "headers"))
        yield from (f"'{one}' is referred to and not there" for one in named.split() if one not in ids)
        href = attributes.get("href") or ""
        if href.startswith("#") and href[1:] not in ids:
            yield f"'{href}' leads nowhere"


def _faults_in_figures(elements: Elements) -> Iterator[str]:
    names = {attributes.get("id"): text for attributes, text in elements.all("title", "desc")}
    for attributes, _ in elements.all("svg"):
        words = [names.get(key, "") for key in (attributes.get("aria-labelledby") or "").split()]
        if attributes.get("role") != "img" or len(words) != 2 or not all(words):
            yield f"a picture without title and description: {attributes}"
        elif not re.search(r"\d", words[1]) and "—" not in words[1]:
            yield f"a description without numbers: {words[1]}"
    yield from ("a picture without alt" for attributes, _ in elements.all("img") if not attributes.get("alt"))
    captions, figures = len(elements.all("figcaption")), len(elements.all("figure"))
    if captions != figures:
        yield f"{figures} figures, {captions} captions"


def _faults_in_tables(elements: Elements) -> Iterator[str]:
    tables, captions = elements.all("table"), elements.all("caption")
    yield from (f"a table without id: {text[:40]}" for attributes, text in tables if not attributes.get("id"))
    if len(captions) != len(tables) or not all(text for _, text in captions):
        yield f"{len(tables)} tables, {len(captions)} captions"


def faults_in_browser(
    page: Path, chromium: object, *, widths: tuple[int, ...] = WIDTHS, schemes: tuple[str, ...] = SCHEMES
) -> list[str]:
    """Say what is wrong with a page as a browser shows it: everything at every width, and what colours are in the dark.

    Only colours change in the dark, so that only contrast is looked at again there.
    """
    return [f"{scheme}: {fault}" for scheme in schemes for fault in _faults_in_scheme(page, chromium, scheme, widths)]


def _faults_in_scheme(page: Path, chromium: object, scheme: str, widths: tuple[int, ...]) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    faults: list[str] = []
    widths, rules = (widths, None) if scheme == "light" else (widths[-1:], {"runOnly": ["color-contrast"]})
    with chromium.new_context(bypass_csp=True, color_scheme=scheme, reduced_motion="reduce") as context:
        tab = context.new_page()
        requests: list[str] = []
        tab.on("request", lambda request: requests.append(request.url))
        tab.on("console", lambda message: faults.append(f"console says {message.text}"))
        tab.on("dialog", lambda _dialog: faults.append("a dialog"))
        tab.goto(page.as_uri())
        faults += [f"asks for {url}" for url in requests if url != page.as_uri()]
        for width in widths:
            tab.set_viewport_size({"width": width, "height": 900})
            faults += [f"{width}: {fault}" for fault in _faults_at_this_size(tab, Axe(), rules)]
    return faults


def _faults_at_this_size(tab: object, axe: object, rules: dict | None) -> Iterator[str]:
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    yield from tab.evaluate(LOOKS)
    for violation in axe.run(tab, options=rules).response["violations"]:
        nodes = [node["html"][:120] for node in violation["nodes"][:3]]
        yield f"{violation['id']}: {violation['help']} {nodes}"


def faults_in_looks(page: Path, chromium: object) -> list[str]:
    """Say what is wrong with how a page looks, on screens of three widths and on paper, with everything unfolded."""
    faults: list[str] = []
    with chromium.new_context() as context:
        tab = context.new_page()
        tab.goto(page.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for medium, width in [*(("screen", width) for width in READERS), ("print", PAPER)]:
            tab.emulate_media(media=medium)
            tab.set_viewport_size({"width": width, "height": 900})
            faults += [f"{medium}, {width}: {fault}" for fault in tab.evaluate(LOOKS)]
    return faults


def test_sample_pages_are_sound_in_markup(sample_pages: list[Path]):
    """Language, one h1, no script, policy, ids, captions, descriptions."""
    assert {page.name: faults_in_markup(page) for page in sample_pages} == {page.name: [] for page in sample_pages}


@pytest.mark.parametrize("widths", [WIDTHS[:1], pytest.param(WIDTHS, marks=pytest.mark.long)])
def test_sample_pages_are_sound_in_a_browser(sample_pages: list[Path], chromium: object, widths: tuple[int, ...]):
    """No request, no sideways scroll, nothing for axe to find; both languages, light and dark, phone to desktop."""
    assert [fault for page in sample_pages for fault in faults_in_browser(page, chromium, widths=widths)] == []


def test_annual_pages_are_sound_in_markup(annual_pages: list[Path]):
    """The same for every page of the real edition, in which moreover every word is filled in and translated."""
    faults = [(p.name, fault) for p in annual_pages for fault in (*faults_in_markup(p), *faults_in_words(p))]
    assert faults == []


@pytest.mark.parametrize(
    ("language", "widths", "schemes"),
    [
        ("nl", WIDTHS[:1], SCHEMES[:1]),
        *(pytest.param(one, WIDTHS, SCHEMES, marks=pytest.mark.long) for one in ("nl", "en")),
    ],
)
def test_annual_pages_are_sound_in_a_browser(
    annual_pages: list[Path], chromium: object, language: str, widths: tuple[int, ...], schemes: tuple[str, ...]
):
    """The same for every page of the real edition; Dutch words are the longer ones, and a telephone is narrowest."""
    pages = [page for page in annual_pages if f'<html lang="{language}"' in page.read_text()]
    told = {"widths": widths, "schemes": schemes}
    assert [(page.name, fault) for page in pages for fault in faults_in_browser(page, chromium, **told)] == []
    assert len(pages) > 7


@pytest.mark.long
def test_every_page_of_the_benchmark_looks_sound(
    tmp_path: Path, chromium: object, record: Callable[[str, float], None]
):
    """Chapters, sectors, 48 organisations, what is sent and what stays inside: on three screens and on paper."""
    from exkit.publish.publish import Choice, publish

    for folder in ("notebooks", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "reports").mkdir()
    edition = Path(shutil.copy(ROOT / "reports" / "benchmark-2025.yml", tmp_path / "reports"))
    outcomes = publish(edition, choice=Choice(workers=2)).outcomes
    assert not [outcome.problem for outcome in outcomes if outcome.problem]
    pages = sorted(edition.with_suffix("").rglob("*.html"))
    words = [(page.name, fault) for page in pages for fault in faults_in_words(page)]
    assert words + [(page.name, fault) for page in pages for fault in faults_in_looks(page, chromium)] == []
    record("pages of the whole benchmark in which nothing was cut, covered, left over or untranslated", len(pages))


def test_every_fault_is_found(tmp_path: Path, chromium: object):
    """The checks themselves work: a bad page has all of these faults."""
    page = tmp_path / "nl" / "bad.html"
    page.parent.mkdir()
    page.write_text(
        "<html lang='en'><title>x</title><h1>a</h1><h1 id=a>b</h1><h4 id=a>c</h4><script>1</script><p onclick=x>"
        "<table><tr><th>1</th></tr></table><svg></svg><a href='#gone'>x</a><img src='https://example.org/x.png'>"
        "<p style='width:2000px;color:#eee;background:#fff'>pale</p><h2></h2>"
        "<table style='width:900px'><tr><th>wide</table>"
        "<p style='width:20px;overflow:hidden;white-space:nowrap'>cut in the middle</p>"
        "<svg width=40 height=40><text y=20>far too wide</text><text y=22>over it</text></svg>"
    )
    told = " ".join(faults_in_markup(page))
    for word in ("lang", "2 h1", "may do", "event", "policy", "skip", "id 'a'", "leads", "title and", "alt", "table"):
        assert word in told
    seen = " ".join(faults_in_looks(page, chromium))
    for word in ("text that is cut: cut in", "text that leaves its picture: far", "text over text: far", "an empty H2"):
        assert f"screen, 360: {word}" in seen
    assert "print, 672: cut at the edge of the paper: wide" in seen
    shown = " ".join(faults_in_browser(page, chromium))
    for word in (
        "asks for https://example.org",
        "sideways",
        "light: 320: color-contrast",
        "dark: 1400: color-contrast",
    ):
        assert word in shown


def test_words_that_were_forgotten_are_found(tmp_path: Path):
    """What is in English on purpose says so."""
    page = tmp_path / "page.html"
    page.write_text('<html lang="nl"><p>nan {x}</p><p>All participants: &lt;NA&gt;</p><p lang="en">Own sector</p>')
    left = [f"left over: {one}" for one in ("<NA>", "nan", "{x}")]
    assert [*faults_in_words(page)] == [*left, "English: All participants"]


def test_the_wide_and_the_narrow_picture_are_shown_one_at_a_time(sample_pages: list[Path], chromium: object):
    """A phone gets the drawing that was made for it."""
    page = next(page for page in sample_pages if page.name == "01-sample.html")
    shown = {}
    for width in (360, 1400):
        with chromium.new_context(viewport={"width": width, "height": 900}) as context:
            tab = context.new_page()
            tab.goto(page.as_uri())
            shown[width] = [tab.locator(f"svg.{name}").is_visible() for name in ("wide", "narrow")]
    assert shown == {360: [False, True], 1400: [True, False]}


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "<javascript:alert(1)>",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x 'onmouseover=alert(1)')",
    "![x](https://example.org/x.png)",
    '![x" onerror=alert(1)](https://example.org/x.png)',
    "![x](attachment:missing.png)",
    "[x]: javascript:alert(1)\n\n[x]",
    "```mermaid\n<img src=x onerror=alert(1)>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "## <script>alert(1)</script>",
    '## "><img src=x onerror=alert(1)>',
    "| <script>alert(1)</script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | 2 |",
    "$<script>alert(1)</script>$",
    "\\begin{x}<script>alert(1)</script>\\end{x}",
    "<!-- --><script>alert(1)</script>",
    "<details open ontoggle=alert(1)>",
    "<a href=//example.org style=position:fixed>x</a>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "</style></main><iframe src=https://example.org>",
]


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[[list[object]], Path]:
    """Render cells to a page without executing them."""
    from nbformat.v4 import new_notebook

    from exkit.publish.render import Page, render

    def write(cells: list[object]) -> Path:
        page = tmp_path / "en" / "page.html"
        page.parent.mkdir(exist_ok=True)
        hostile = "<b>\"'&</b>"
        about = Page(hostile, "en", edition=hostile, dataset=hostile, provenance={hostile: hostile}, remark=hostile)
        page.write_bytes(render(new_notebook(cells=cells), page=about))
        return page

    return write


def test_hostile_markdown_stays_text(rendered: Callable[[list[object]], Path], chromium: object):
    """Nothing in Markdown runs, loads or links to code; the words of it can still be read."""
    from nbformat.v4 import new_markdown_cell

    page = rendered([new_markdown_cell(payload) for payload in PAYLOADS])
    elements = Elements(page.read_text())
    allowed = {"", "#", "h"}
    assert not elements.all("script", "iframe", "img", "svg", "details", "b")
    assert {(attributes.get("href") or "")[:1] for attributes, _ in elements.all("a")} <= allowed
    assert "<script>alert(1)</script>" in elements.all("main")[0][1]
    with chromium.new_context() as context:
        tab = context.new_page()
        requests, dialogs = [], []
        tab.on("request", lambda request: requests.append(request.url))
        tab.on("dialog", lambda dialog: dialogs.append(dialog))
        tab.goto(page.as_uri())
        tab.evaluate("0")
    assert (requests, dialogs) == ([page.as_uri()], [])


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": "<script>alert(1)</script>", "text/plain": "p1 answered 3"},
        {"image/svg+xml": "<svg onload=alert(1)>"},
        {"application/javascript": "alert(1)"},
        {"text/markdown": "[x](javascript:alert(1))"},
    ],
)
def test_output_that_present_did_not_make_is_not_published(rendered: Callable[[list[object]], Path], data: dict):
    """Nobody has checked what it discloses; the page says that something was left out."""
    from nbformat.v4 import new_code_cell, new_output

    page = rendered([new_code_cell("x", outputs=[new_output("display_data", data)])]).read_text()
    assert "alert(1)" not in page
    assert "p1 answered" not in page
    assert "Output not published" in page


def test_what_cells_print_is_not_published(rendered: Callable[[list[object]], Path]):
    """Standard output and error are for whoever works on the notebook."""
    from nbformat.v4 import new_code_cell, new_output

    streams = [new_output("stream", name=name, text="p1 answered 3") for name in ("stdout", "stderr")]
    assert "p1 answered" not in rendered([new_code_cell("x", outputs=streams)]).read_text()


def test_what_several_results_of_a_cell_say_alike_is_said_once(rendered: Callable[[list[object]], Path]):
    """Such as that a question was not asked; another cell may say it again."""
    from nbformat.v4 import new_code_cell, new_output

    def shown(*said: str) -> object:
        outputs = [new_output("display_data", {"text/html": f"<p>{one}</p>"}, metadata={"exkit": True}) for one in said]
        return new_code_cell("x", outputs=outputs)

    page = rendered([shown("Not asked.", "Not asked.", "Seven."), shown("Seven.")]).read_text()
    assert (page.count("Not asked."), page.count("Seven.")) == (1, 2)


def test_code_is_shown_as_text(rendered: Callable[[list[object]], Path]):
    """Code can be opened, and is only text."""
    from nbformat.v4 import new_code_cell

    html = rendered([new_code_cell("'<script>alert(1)</script>'")]).read_text()
    assert "&lt;script&gt;alert(1)" in html
    assert Elements(html).all("script") == []


def test_the_same_notebook_gives_the_same_bytes_quickly(rendered: Callable[[list[object]], Path]):
    """No clock and no random id gets in a page, and rendering takes less than 0.3 seconds once imported."""
    import time

    from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

    shown = new_output("display_data", {"text/html": "<p>" + "7" * 50_000 + "</p>"}, metadata={"exkit": True})
    results = [new_code_cell("x", outputs=[shown]) for _ in range(10)]
    cells = [new_markdown_cell("# Title\n\n## Chapter\n\ntext"), *results]
    first, taken = rendered(cells).read_bytes(), []
    for _ in range(3):
        begin = time.perf_counter()
        assert rendered(cells).read_bytes() == first
        taken.append(time.perf_counter() - begin)
    assert min(taken) < 0.3


NASTY = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_of_a_check_is_sound(dataset: Callable, tmp_path: Path, chromium: object, language: str):
    """Breaches, suspicions, repairs, notes and missing answers, in names that are no markup."""
    from exkit.publish.checked import publish_check
    from exkit.survey.check import check
    from exkit.survey.doubting.suspicions import suspicions

    people = {"person": range(60), "team": ["North", NASTY, "north"] * 20, "year": 2025}
    people["enps"] = [1] * 29 + [10] * 30 + [11]
    values = f"table,variable,value,read_as\nemployees,team,North,{NASTY}\n"
    checked = check(dataset(employees=people | {NASTY: 1}, files={"values.csv": values}))
    at = tmp_path / "check.html"
    page = publish_check(checked, suspicions(checked), dataset=tmp_path / NASTY, language=language, at=at)
    assert NASTY not in page.read_text()
    assert faults_in_markup(page) == []
    assert faults_in_browser(page, chromium) == []
