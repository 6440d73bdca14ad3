"""Publication tables: caption, id, headings, and every number as a reader writes it."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.present.tables import Html, lay_out
from exkit.result import result


def cells(markup: str) -> list[list[str]]:
    """Read a table row by row, headings and cells alike; a space that does not break is a space."""
    lines = re.findall(r"<tr.*?</tr>", markup.replace("\N{NO-BREAK SPACE}", " "), re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(?:<[^>]+>)*([^<]*)", line) for line in lines]


def test_a_table_has_a_caption_and_an_id(scores: Callable, see: Callable):
    """Both are made of its title, so that one can refer to it."""
    made = ex.table(scores(["Care"]), title="eNPS by sector, 2025")
    assert "<caption>eNPS by sector, 2025</caption>" in made
    assert see(made).all("table")[0]["id"] == "enps-by-sector-2025"


def test_a_title_is_put_into_the_readers_language(scores: Callable):
    """A title is a catalogue key."""
    assert "<caption>eNPS per sector</caption>" in ex.table(scores(["Care"]), title="eNPS by sector", language="nl")


def test_a_table_can_be_reached_and_scrolled_by_keyboard(scores: Callable, see: Callable):
    """It stands in a named region that takes the focus, for where it is wider than the page."""
    region = see(ex.table(scores(["Care"]), title="T")).all("div")[0]
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", "T")


def test_every_heading_says_what_it_heads(scores: Callable, see: Callable):
    """Columns, rows and groups of rows each have their scope."""
    plain = see(ex.table(scores(["Care", "Trade"]), title="T")).all("th")
    assert {heading["scope"] for heading in plain} == {"col", "row"}
    assert [heading["scope"] for heading in plain].count("row") == 2
    groups = see(ex.table(scores(["Care"]).assign(wave="2025")[["wave", *scores(["Care"])]], title="T")).all("th")
    assert {heading["scope"] for heading in groups} == {"col", "row", "colgroup"}


def test_every_cell_names_headings_that_are_there(scores: Callable, see: Callable):
    """What a cell says it belongs to exists, once."""
    page = see(ex.table(scores(["Care", "Trade"], n=[40, 9]), title="T"))
    assert len(page.ids) == len(set(page.ids))
    assert {key for cell in page.all("td") for key in cell.get("headers", "").split()} <= set(page.ids)


def test_a_table_brings_no_style_of_its_own(scores: Callable, see: Callable):
    """How tables look is the page's business."""
    assert not see(ex.table(scores(["Care"]), title="T")).all("style", "script", "link")


def test_numbers_are_written_as_in_english(scores: Callable):
    """Signed score, percentages, margin, mean mark, thousands."""
    assert cells(ex.table(scores(["Care"]), title="T", language="en"))[1] == [
        "Care", "30%", "28%", "42%", "+12", "[8.1, 15.9]", "7.4", "1,240",
    ]  # fmt: skip


def test_numbers_are_written_as_in_dutch(scores: Callable):
    """Decimal comma, a semicolon between bounds, a dot for thousands, a real minus."""
    row = cells(ex.table(scores(["Care"], estimate=-3.2, conf_low=-7.1), title="T", language="nl"))[1]
    assert row == ["Care", "30%", "28%", "42%", "−3", "[−7,1; 15,9]", "7,4", "1.240"]


def test_the_mean_mark_stands_beside_the_score(scores: Callable):
    """The same score can come from very different marks."""
    head, row = cells(ex.table(scores(["Care"], mean=6.35), title="T"))[:2]
    assert dict(zip(head, row, strict=True))["Mark"] == "6.4"


def test_a_reason_stands_where_there_is_no_number(scores: Callable):
    """A reader sees why, and a dot elsewhere; never an empty cell."""
    row = cells(ex.table(scores(["Care"], n=9), title="T"))[1]
    assert row == ["Care", "·", "·", "·", "not shown", "·", "·", "·"]


@pytest.mark.parametrize(("reason", "said"), [("one_cluster", "margin unknown: a single cluster"), ("", "·")])
def test_a_figure_without_margin_says_why(scores: Callable, reason: str, said: str):
    """An estimate whose margin is not known has the reason in its place."""
    row = cells(ex.table(scores(["Care"], conf_low=float("nan"), reason=reason), title="T"))[1]
    assert row[4:6] == ["+12", said]


def test_withheld_and_uncertain_figures_are_grey(scores: Callable, see: Callable):
    """The rows that nothing should be rested on, and only those."""
    made = ex.table(scores(["a", "b", "c"], n=[40, 9, 40], conf_low=[8, 8, -40]), title="T")
    grey = ["--exkit-muted" in cell.get("style", "") for cell in see(made).all("td") if "headers" in cell]
    assert grey == [False] * 7 + [True] * 14


def test_notes_say_what_was_done(scores: Callable):
    """What was withheld, at which minimum; what grey means; why shares need not add up."""
    made = ex.table(scores(["a", "b"], n=[60, 14], conf_low=[-40, 8], promoters=0.425), title="T", min_n=15)
    notes = [line[0] for line in cells(made)[3:]]
    assert notes == [
        "Not shown: groups of fewer than 15 answers, an NPS with fewer than 15 promoters or detractors, and others "
        "from which these could be worked out.",
        "Grey figures are indicative: their margin is too wide to rest a conclusion on.",
        "Shares are rounded one by one and need not add up to 100%.",
    ]


def test_no_note_says_what_did_not_happen(scores: Callable, see: Callable):
    """An ordinary table has no foot."""
    assert not see(ex.table(scores(["Care"]), title="T")).all("tfoot")


def test_withheld_shares_do_not_count_as_odd_sums(scores: Callable):
    """The note on rounding is about numbers that can be seen."""
    assert "100%" not in ex.table(scores(["a", "b"], n=[40, 9], promoters=[0.42, 0.1]), title="T")


def test_two_groups_make_groups_of_rows(scores: Callable):
    """The first heads its rows, the second names them."""
    both = scores(["2024", "2025", "2025"], by="wave")
    both.insert(0, "sector", ["Care", "Care", "Trade"])
    lines = cells(ex.table(both, title="T"))
    assert [line[0] for line in lines] == ["Wave", "Care", "2024", "2025", "Trade", "2025"]


def test_a_comparison_has_both_sides_its_difference_and_p(differences: Callable):
    """One line per pair, the difference signed and to one decimal."""
    head, row = cells(ex.table(differences([("2025", "2024")]), title="T"))[:2]
    assert head == ["Wave", "Compared with", "Difference in NPS", "95% margin", "p", "n"]
    assert row == ["2025", "2024", "+4.5", "[0.6, 9.6]", "0.030", "3,751"]


@pytest.mark.parametrize(("method", "heading"), [("holm", "p (Holm)"), ("bh", "p (Benjamini–Hochberg)")])
def test_an_adjusted_p_says_by_whom(differences: Callable, method: str, heading: str):
    """One correction is not another."""
    pairs = differences([("b", "a"), ("c", "a")], p_value=[0.00001, 0.04])
    head, first, second = cells(ex.table(ex.adjust(pairs, method=method), title="T"))[:3]
    assert head[4] == heading
    assert (first[4], second[4]) == ("< 0.001".replace("<", "&lt;"), "0.040")


def test_a_difference_of_favourable_shares_is_in_percentage_points():
    """What `ex.compare` gives can be shown."""
    given = result(
        pd.DataFrame({"level": ["b"], "reference": ["a"]}), effect="diff", of="favourable", between="unit",
        estimate=0.043, conf_low=-0.01, conf_high=0.09, n=90, n_smallest=40,
    )  # fmt: skip
    assert cells(ex.table(given, title="T"))[1][2:4] == ["+4.3", "[−1.0, 9.0]"]


def test_questions_that_differ_have_a_column(named_study: Callable):
    """The items of a scale are told apart by their labels."""
    named_study(["Care"])
    given = result(pd.DataFrame(index=range(2)), x=["enps", "other"], y="s", effect="r", estimate=0.5, n=40)
    lines = cells(ex.table(given, title="T"))
    assert [line[0] for line in lines] == ["Question", "Care", "other"]


def test_answers_that_differ_have_a_column(distribution: Callable):
    """A distribution is a row per answer."""
    lines = cells(ex.table(distribution([0.25, 0.75]), title="T"))
    assert [line[:2] for line in lines[:3]] == [["Answer", "Share"], ["0", "25%"], ["1", "75%"]]


def test_a_favourable_share_says_so_in_its_heading():
    """An answer that all rows have in common needs no column."""
    given = result(pd.DataFrame({"sector": ["a", "b"]}), y="favourable", effect="share", estimate=0.8, n=40)
    assert cells(ex.table(given, title="T"))[0] == ["Sector", "Favourable share", "95% margin", "n"]


def test_columns_of_one_name_are_both_there(named_study: Callable):
    """Two subgroups with one label, or a label that is also the kit's own word, do not push each other out."""
    named_study(["n", "n"])
    given = result(pd.DataFrame({"g0": ["a"], "g1": ["b"], "kind": ["c"]}), effect="mean", estimate=7.0, n=40)
    head, row = cells(ex.table(given, title="T"))
    assert head == ["n", "n", "kind", "Mean", "95% margin", "n"]
    assert row == ["a", "b", "c", "7.0", "·", "40"]


def test_an_unknown_group_is_called_unknown(scores: Callable):
    """People whose sector was not given are a group too."""
    assert cells(ex.table(scores([None, "Care"]), title="T"))[1][0] == "unknown"


def test_what_these_data_do_not_have_is_said():
    """Data without sectors give a table that says so."""
    given = result(pd.DataFrame({"sector": [""]}), effect="nps", reason="not_asked")
    assert "not part of these data" in ex.table(given, title="T")


@pytest.mark.parametrize("by", [["sector"], ["sector", "wave"]])
def test_a_group_name_stays_a_name(hostile: str, by: list[str], scores: Callable, see: Callable):
    """No name becomes markup, as the name of a row or of a group of rows; each can be read in full."""

    def made(name: str) -> str:
        rows = scores([name], by=by[-1]) if len(by) == 1 else scores([name], by="wave").assign(sector=name)
        return ex.table(rows[[*by, *rows.columns.difference(by, sort=False)]], title="T")

    assert see(made(hostile)).shape == see(made("Care")).shape
    assert " ".join(hostile.split()) in see(made(hostile)).text


def test_labels_stay_labels(hostiles: list[str], named_study: Callable, see: Callable):
    """So it is with labels of variables and of values, which come from the study: headings, and names of rows."""

    def made(names: list[str]) -> str:
        tally = ex.tally(named_study(names), "enps", by=["kind", *(f"g{i}" for i in range(len(names)))])
        return see(ex.table(ex.nps(tally, by=["wave", *tally.keys[2:]]), title="T"))

    named, plain = made(hostiles), made([f"Care {i}" for i in range(len(hostiles))])
    assert named.shape == plain.shape
    assert all(named.text.count(" ".join(name.split())) >= 2 for name in hostiles)


def test_questions_stay_questions(hostiles: list[str], named_study: Callable, see: Callable):
    """How it was asked is printed as it was asked, wave by wave."""
    made = see(ex.wording(named_study(hostiles), "enps", title="T"))
    plain = named_study([f"Care {i}" for i in range(len(hostiles))])
    assert made.shape == see(ex.wording(plain, "enps", title="T")).shape
    assert all(" ".join(name.split()) in made.text for name in hostiles)


def test_a_title_stays_a_title(hostile: str, scores: Callable, see: Callable):
    """A title may name a sector."""
    made, plain = (see(ex.table(scores(["Care"]), title=title)) for title in (f"Of {hostile}", "Of Care"))
    assert made.shape == plain.shape
    assert " ".join(hostile.split()) in made.text
    assert all(re.fullmatch(r"[\w.:-]+", key) for key in made.ids)


def test_names_that_look_alike_do_not_share_an_id(hostiles: list[str], scores: Callable, see: Callable):
    """Ids are the page's, and must be one of a kind."""
    names = [*hostiles, "A B", "A-B", "a b", ""]
    rows = scores(names)
    rows.insert(1, "wave", "2025")
    page = see(ex.table(rows, title="T"))
    assert len(page.ids) == len(set(page.ids))


def test_wording_shows_where_a_question_changed(dataset: Callable[..., Path]):
    """Wave by wave: its words, its scale, its cut-offs, and what changed."""
    book = (
        "table,variable,wave,role,low,high,promoter_from,detractor_to,question_en\n"
        "employees,person,,respondent,,,,,\nemployees,year,,wave,,,,,\n"
        "employees,enps,2024,recommend_work,0,10,9,6,Would you?\n"
        "employees,enps,2025,recommend_work,1,10,9,6,Would you recommend us?\n"
    )
    people = {"person": ["a", "b"], "year": ["2024", "2025"], "enps": [9, 3]}
    lines = cells(ex.wording(ex.open(dataset(codebook=book, employees=people)), "recommend_work", title="T"))
    assert lines[1] == ["2024", "Would you?", "0–10", "9–10", "0–6", "·"]
    assert lines[2] == ["2025", "Would you recommend us?", "1–10", "9–10", "1–6", "wording, scale"]


def test_a_table_shows_itself_in_a_notebook(scores: Callable):
    """The last line of a cell will do."""
    made = ex.table(scores(["Care"]), title="T")
    assert isinstance(made, Html)
    assert made._repr_html_() == str(made)


def test_shares_of_a_few_answers_stand_side_by_side():
    """A row per group, a column per answer, and how many people the row is about."""
    groups = pd.DataFrame({"before": ["promoter"] * 2 + ["passive"] * 2})
    told = {"y": ["promoter", "passive"] * 2, "conf_low": 0.1, "conf_high": 0.9, "n": [40, 40, 1240, 1240]}
    lines = cells(ex.table(result(groups, effect="share", estimate=[0.6, 0.4, 0.3, 0.7], **told), title="T"))
    assert lines[0] == ["Group in the wave before", "promoters", "passives", "n"]
    assert lines[2] == ["passives", "30% [10.0%, 90.0%]", "70% [10.0%, 90.0%]", "1,240"]


def test_statistics_of_several_kinds_are_named_row_by_row():
    """And their numbers stand under a heading that goes for all."""
    rows = result(x="advise", effect=["cramers_v", "gamma"], estimate=[0.65, 0.9], conf_low=0.6, conf_high=0.95, n=40)
    lines = cells(ex.table(rows, title="T"))
    assert lines[0] == ["Statistic", "Result", "95% margin", "n"]
    assert [unescape(line[0]) for line in lines[1:]] == ["Cramér's V", "Goodman–Kruskal γ"]


def test_a_correlation_above_one_is_not_printed():
    """It is no correlation."""
    rows = result(effect="r_corrected", estimate=2.47, n=40, reason="above_one")
    assert cells(ex.table(rows, title="T"))[1][:2] == ["1 or more: not interpretable", "·"]


def test_figures_worked_out_from_print_have_the_range_that_rounding_leaves():
    """And no margin, since nobody was asked."""
    shares = {"promoter": 0.80, "passive": 0.18, "detractor": 0.03}
    rows = ex.implied({"promoter": 0.31, "passive": 0.50, "detractor": 0.19}, recommending=shares)
    lines = cells(ex.table(rows, title="T"))
    assert lines[0] == ["eNPS group", "Compared with", "Statistic", "Result", "Range that rounding leaves"]
    assert ["promoters", "detractors", "Relative risk", "26.7", "[22.7, 32.2]"] in lines


def test_the_wording_of_a_yes_or_no_has_its_answers_and_no_cut_offs(dataset: Callable[..., Path]):
    """Nobody is a promoter by saying yes; a question that was not asked has no table."""
    book = (
        "table,variable,role,low,high,favourable_from,question_en\n"
        "employees,person,respondent,,,,\nemployees,advise,recommend_to_customers,0,1,1,Would you?\n"
    )
    labels = "table,variable,value,label_en\nemployees,advise,0,No\nemployees,advise,1,Yes\n"
    people = {"person": ["a", "b"], "advise": [0, 1]}
    study = ex.open(dataset(codebook=book, files={"values.csv": labels}, employees=people))
    assert cells(ex.wording(study, "recommend_to_customers", title="T"))[1] == ["all", "Would you?", "No / Yes", "·"]
    assert ex.wording(study, "recommend", title="T") == ""


def test_the_wording_has_one_row_for_waves_in_which_nothing_changed(dataset: Callable[..., Path]):
    """From the first of them to the last."""
    book = (
        "table,variable,wave,role,low,high,question_en\nemployees,person,,respondent,,,\nemployees,year,,wave,,,\n"
        + "".join(f"employees,enps,{year},recommend_work,0,10,{'Will' if year < 2024 else 'Would'} you?\n"
                  for year in (2022, 2023, 2024))
    )  # fmt: skip
    people = {"person": ["a", "b", "c"], "year": ["2022", "2023", "2024"], "enps": [9, 3, 8]}
    lines = cells(ex.wording(ex.open(dataset(codebook=book, employees=people)), "recommend_work", title="T"))
    assert [line[:2] for line in lines[1:]] == [["2022–2023", "Will you?"], ["2024", "Would you?"]]


@pytest.mark.parametrize(
    ("columns", "rows", "align", "cards"),
    [(3, 40, "left", True), (5, 6, "right", True), (5, 7, "right", False), (3, 2, "right", False)],
)
def test_a_table_of_words_or_of_few_rows_is_a_card_per_row_on_a_narrow_page(
    columns: int, rows: int, align: str, cards: bool
):
    """Each cell then has its heading, escaped, greyed or not; and the table stays one for who hears it."""
    written = [(f"<{i}> & more", ["cell"] * rows) for i in range(columns)]
    made = lay_out(written, title="T", language="en", stub=1, align=align, grey=[0], notes=["A note."])
    assert ('class="exkit-table cards"' in made, made.count("data-label=")) == (cards, cards * rows * (columns - 1))
    assert made.count('data-label="&lt;2&gt; &amp; more"') == cards * rows
    roles = [made.count(f'role="{role}"') for role in ("table", "rowheader", "columnheader", "cell")]
    assert roles == [cards * n for n in (1, rows, columns, rows * (columns - 1) + 1)]
