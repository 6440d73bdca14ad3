from exkit.publish.numbering import numbered

TABLE = '<div><table class="t" id="{0}"><caption id="c">{0}</caption></table></div>'
FIGURE = (
    '<figure class="exkit-figure" id="{0}"><figcaption>{0}</figcaption><details class="exkit-data">'
    "<table id='n'><caption>{0}</caption></table></details></figure>"
).replace("'n'", '"{0}-numbers"')
FOLDED = '<details class="exkit-folded"><summary>{0}</summary>{1}</details>'


def test_figures_and_tables_are_counted_apart_in_reading_order():
    """The table inside a figure is the figure's own."""
    content = TABLE.format("a") + FIGURE.format("b") + FIGURE.format("c") + TABLE.format("d")
    found = numbered(content, language="en").captions
    assert found == [("a", "Table 1. a"), ("b", "Figure 1. b"), ("c", "Figure 2. c"), ("d", "Table 2. d")]


def test_a_number_stands_before_the_caption_in_the_language_of_the_page():
    """Figuur and Tabel in Dutch; the caption of a figure's own numbers stays as it was."""
    html = numbered(FIGURE.format("b"), language="nl").html
    assert '<figcaption><span class="exkit-number">Figuur 1.</span> b</figcaption>' in html
    assert "<caption>b</caption>" in html


def test_what_is_folded_bears_its_number_on_the_outside():
    """Its own number, not that of what comes after."""
    content = FOLDED.format("x", "<p>no caption</p>") + FOLDED.format("b", FIGURE.format("b")) + TABLE.format("a")
    html = numbered(content, language="en").html
    assert "<summary>x</summary>" in html
    assert '<summary><span class="exkit-number">Figure 1.</span> b</summary>' in html


def test_words_that_look_like_markup_are_not_numbered():
    """Names are escaped before they come here."""
    content = '<p>&lt;table id="x"&gt;&lt;caption&gt;</p>'
    assert numbered(content, language="en") == (content, [])
