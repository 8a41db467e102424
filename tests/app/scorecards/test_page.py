"""The fragment for the web page."""

import re
from collections import Counter

import pytest
import tinyhtml5

from tallymark.scorecards.render import page_stylesheet, render_page


@pytest.fixture(scope="module")
def html(document):
    return str(render_page(document))


@pytest.fixture(scope="module")
def tree(html):
    return tinyhtml5.parse(html, namespace_html_elements=False)


def test_it_needs_no_inline_style_or_script(html, tree):
    assert "<script" not in html
    assert not [element for element in tree.iter() if any(name.startswith("on") for name in element.attrib)]
    assert not [element.tag for element in tree.iter() if "style" in element.attrib]


def test_language_and_direction_stand_on_the_article(sample, tree):
    article = next(tree.iter("article"))
    assert (article.get("lang"), article.get("dir")) == ("en", "ltr")
    persian = render_page(sample.document("fa"))
    assert persian.startswith('<article class="scorecard" lang="fa" dir="rtl">')


def test_the_name_of_each_kpi_opens_its_passport_without_a_script(tree):
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    assert set(ids.values()) == {1}
    dialogs = {element.get("id"): element for element in tree.iter("dialog")}
    opened = [
        element.get("popovertarget")
        for element in tree.iter("button")
        if "popovertargetaction" not in element.attrib and element.get("class") == "opens"
    ]
    assert len(opened) == 12
    assert set(opened) == set(dialogs)
    for dialog in dialogs.values():
        assert "popover" in dialog.attrib
        assert dialog.get("aria-labelledby") in ids
        (close,) = [each for each in dialog.iter("button") if each.get("popovertargetaction") == "hide"]
        assert close.get("aria-label") == "Close"


def test_every_link_inside_the_page_leads_somewhere(tree):
    ids = {element.get("id") for element in tree.iter()}
    links = [element.get("href") for element in tree.iter("a")]
    assert links
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= ids
    assert {element.get("popovertarget") for element in tree.iter("button")} <= ids


def test_a_passport_leads_to_its_rows(document):
    html = str(render_page(document, rows_of=lambda metric: f"/rows?metric={metric}"))
    dialog = re.search(r'<dialog[^>]* id="about-revenue-bookings".*?</dialog>', html, re.DOTALL)[0]
    assert 'href="/rows?metric=revenue.bookings"' in dialog
    assert "46, see and export them" in dialog
    assert "Sum of the amount of won opportunities closed in the period" in dialog


def test_status_is_shape_and_word_and_colour(html):
    pills = re.findall(r'<span class="pill (\w+)"><svg class="icon (\w+)".*?</svg><span>([^<]+)</span>', html)
    assert ("on", "on", "On target") in pills
    assert ("risk", "risk", "At risk") in pills
    assert ("off", "off", "Off target") in pills
    assert ("none", "none", "No target") in pills


def test_no_text_is_drawn_in_a_picture(html):
    for picture in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        assert "<text" not in picture
        assert ("<title>" in picture) != ('aria-hidden="true"' in picture)


def test_the_chart_has_its_numbers_behind_it(document, tree):
    (section,) = [each for each in tree.iter("section") if each.get("class") == "trend-section"]
    table = next(next(section.iter("details")).iter("table"))
    assert len(list(table.iter("tr"))) == 13
    cells = {cell.text for cell in table.iter("td")}
    trend = next(each for each in document.sections if each.kind == "trend")
    assert {point.value.text for point in trend.points} <= cells


def test_hostile_names_are_escaped(sample):
    facts = [*sample.metric_facts()]
    heading = sample.Heading(company='"><script>alert(1)</script>', title="<b>T</b>")
    html = str(
        render_page(sample.document(heading=heading, metrics=facts, notes=["<i>n</i>"]), logo='x" onerror="y')
    )
    assert "<script" not in html
    assert "<b>T" not in html
    assert "<i>n" not in html
    assert 'src="x&#34; onerror=&#34;y"' in html


def test_time_runs_from_left_to_right_and_bars_from_the_right_in_persian(sample, html):
    persian = str(render_page(sample.document("fa")))
    assert re.search(r'<rect x="0.00%" width="\d', html)
    assert not re.search(r'<rect x="0.00%" width="(?!100)', persian)
    line = re.search(r'<polyline points="([^"]+)" stroke-linejoin', persian)[1]
    places = [float(point.split(",")[0]) for point in line.split()]
    assert places == sorted(places)


def test_the_stylesheet_stays_in_its_layer_and_mirrors_itself():
    css = re.sub(r"/\*.*?\*/", "", page_stylesheet().read_text(encoding="utf-8"), flags=re.DOTALL)
    assert css.strip().startswith("@layer scorecard {")
    # Only a chart's time axis and the columns of numbers have physical sides.
    assert set(re.findall(r"[a-z-]*(?:left|right): ?[^;]+|[a-z-]+: ?(?:left|right)", css)) == {
        "text-align: right",
        "padding-left: 5.5rem",
        "padding-left: 6.75rem",
        "margin-right: 0.625rem",
        "right: 100%",
        "right: 0",
    }
    assert len(css.encode()) < 24_000
