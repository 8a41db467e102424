"""The scorecard as the body of an e-mail, and as plain text."""

import re
from dataclasses import replace

import pytest
import tinyhtml5

from tallymark.i18n.isolation import bare
from tallymark.scorecards.document import Summary, Tiles
from tallymark.scorecards.render import render_email, render_text

LINK = "https://sales.example/t/acme/scorecards?edition=1&locale=en"


@pytest.mark.parametrize(
    ("locale", "direction"), [("en", "ltr"), ("vi", "ltr"), ("fa", "rtl"), ("zh-Hant", "ltr")]
)
def test_it_stands_on_its_own_in_its_language(full, locale, direction):
    html = render_email(full.document(locale), link=LINK)
    assert re.match(rf'<table role="presentation" lang="{locale}" dir="{direction}"', html)
    start = "right" if direction == "rtl" else "left"
    assert f"text-align:{start}" in html
    for forbidden in ("<svg", "<img", "<script", "<style", "<link", "class=", "url(", "var("):
        assert forbidden not in html
    addresses = re.findall(r"https?://[^\s\"<]+", html)
    assert addresses == [LINK.replace("&", "&amp;")]


def test_it_says_what_matters_in_words_and_signs(full):
    document = full.document("en")
    html = render_email(document, link=LINK)
    assert document.summary.headline.text in html
    assert all(finding.text in html for finding in document.summary.findings)
    assert "✓ 5 On target" in html
    assert "✕ 1 Off target" in html
    tree = tinyhtml5.parse(html, namespace_html_elements=False)
    rows = [each for each in tree.iter("tr") if any(th.get("scope") == "row" for th in each.findall("th"))]
    assert len(rows) == 9
    first = " ".join(" ".join(rows[0].itertext()).split())
    assert first == "Sales bookings +7.5% vs last month $1.28M $1.22M ✓ On target"
    assert "and 1 more" in html


def test_of_many_kpis_the_weightiest_are_shown_in_the_order_of_the_set(full):
    text = render_text(full.document("en", kpis=40), link=None)
    shown = [line.partition(":")[0] for line in text.splitlines() if "Target" in line and ":" in line]
    names = [
        tile.name
        for group in full.section(full.document("en"), "tiles").groups
        for tile in group.tiles
        if tile.value
    ]
    assert shown == names
    assert "and 31 more" in text


def test_plain_text_says_the_same(full):
    text = render_text(full.document("en"), link=LINK)
    assert text.startswith(
        "Alder & Finch Trading Co.\nSales scorecard · October 2026\n\nBookings beat the target"
    )
    assert "\nLead response time: 5.8 h · Target 2 h · Off target · +48.7% vs last month\n" in text
    assert f"Open the scorecard: {LINK}\n" in text
    assert "<" not in text
    assert "\n\n\n" not in text


def test_persian_is_persian(full):
    text = bare(render_text(full.document("fa"), link=None))
    assert "فروش قطعی: ۵۳٫۹" in text
    assert not re.search(r"[0-9]", text)


def test_a_kpi_without_a_value_says_why(full):
    document = full.document("en")
    tiles = full.section(document, "tiles")
    empty = [tile for group in tiles.groups for tile in group.tiles if tile.value is None]
    alone = replace(
        document, sections=(Tiles(title="", subtitle="", groups=(replace(tiles.groups[0], tiles=tuple(empty)),)),)
    )  # fmt: skip
    assert "Stage conversion: No value · There is no data before the first sync." in render_text(
        alone, link=None
    )
    html = render_email(alone, link=None)
    assert "There is no data before the first sync." in html
    assert "<a " not in html


def test_what_is_switched_off_leaves_no_trace(full):
    document = replace(
        full.document("en"), sections=(), summary=Summary(headline=None, findings=(), tally=())
    )
    html = render_email(document, link=None)
    assert "<h2" not in html
    assert "<ul" not in html
    assert "KPI" not in html
    assert "None" not in html + render_text(document, link=None)


def test_names_can_break_nothing(full):
    document = full.document("en")
    hostile = replace(
        document, cover=replace(document.cover, company="<script>alert(1)</script>", scope="<b>")
    )
    html = render_email(hostile, link='javascript:"><b>')
    assert "<script" not in html
    assert "<b>" not in html
    branded = full.document("fa")
    tricked = replace(branded, brand=replace(branded.brand, primary='red"><i>'))
    assert "#1d4ed8" in render_email(tricked, link=None)
