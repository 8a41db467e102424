"""Every kind of section, in every language, on the page and on paper."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any, get_args

import pytest
import tinyhtml5
from pypdf import PdfReader

from tallymark.i18n import catalogue
from tallymark.i18n.isolation import bare
from tallymark.scorecards.codec import from_json, to_json
from tallymark.scorecards.document import Section, Status, Summary
from tallymark.scorecards.render import render_page, render_pdf
from tallymark.scorecards.render.view import Caps, View, render_template

LOCALES = ("en", "vi", "fa", "zh-Hant")
CLASSES = {
    "tiles": "tiles",
    "trend": "trend-section",
}


def paper(document, **caps):
    return render_template("pdf.html", document, texts=catalogue(document.locale), caps=Caps(**caps))


def parsed(html):
    return tinyhtml5.parse(html, namespace_html_elements=False)


def text_of(html):
    return bare(" ".join(" ".join(parsed(html).itertext()).split()))


def part(html, css):
    found = re.search(rf'<section class="{css}[ "].*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def test_the_full_document_has_every_kind_of_section(full):
    kinds = {each.kind for each in full.document().sections}
    assert kinds == {
        get_args(each.__annotations__["kind"])[0] if not isinstance(each.__annotations__["kind"], str) else each.kind
        for each in get_args(Section)
    }  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_it_survives_json(full, locale):
    document = full.document(locale)
    assert from_json(to_json(document)) == document


@pytest.mark.parametrize("locale", LOCALES)
def test_every_section_is_drawn_on_the_page_and_on_paper(full, locale):
    document = full.document(locale)
    for html in (str(render_page(document)), paper(document)):
        shown = text_of(html)
        for section in document.sections:
            assert part(html, CLASSES.get(section.kind, section.kind)), section.kind
            assert bare(section.title) in shown
        assert not re.search(r"<svg(?:(?!</svg>).)*<text", html, re.DOTALL)
        assert "None" not in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_needs_no_style_and_no_script(full, locale):
    html = str(render_page(full.document(locale, kpis=40), rows_of=lambda metric: f"/rows/{metric}"))
    tree = parsed(html)
    assert "<script" not in html
    assert "<style" not in html
    for element in tree.iter():
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {each.get("popovertarget") for each in tree.iter("button") if each.get("popovertarget")} <= set(
        ids
    )
    assert {link[1:] for each in tree.iter("a") if (link := each.get("href")).startswith("#")} <= set(ids)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_pdf_is_whole(full, font_cache, locale):
    done = render_pdf(full.document(locale), font_cache=font_cache)
    assert done.warnings == ()
    assert done.pages <= 8
    titles = {each.title for each in PdfReader(BytesIO(done.pdf)).outline[1] if not isinstance(each, list)}
    assert {bare(each.title) for each in full.document(locale).sections} <= {bare(each) for each in titles}


@pytest.mark.parametrize(("paper_kind", "size"), [("a4", (842, 595)), ("letter", (792, 612))])
def test_it_fits_paper_that_lies_on_its_side(full, font_cache, paper_kind, size):
    document = full.document("en", paper=paper_kind, orientation="landscape")
    done = render_pdf(document, font_cache=font_cache)
    box = PdfReader(BytesIO(done.pdf)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    assert 'class="tile-row of-4' in paper(document)
    assert 'class="tile-row of-3' in paper(replace(document, orientation="portrait"))


def test_of_forty_kpis_the_weightiest_are_tiles_and_the_rest_a_table(full):
    document = full.document("en", kpis=40)
    html = paper(document)
    assert html.count('class="tile on') + html.count('class="tile risk') + html.count('class="tile off') == 9
    more = part(html, "more-kpis")
    assert more.count('<th scope="row">') == 31
    assert more.count('class="group-row"') == 3
    assert len(re.findall(r"<svg class=\"spark\"", more)) == 27
    page = str(render_page(document))
    assert page.count("<dialog") == 40
    assert "more-kpis" not in str(render_page(full.document("en", kpis=12)))


def test_the_choice_follows_the_weight_and_keeps_the_order(full):
    document = full.document("en", kpis=40)
    tiles = full.section(document, "tiles")
    heavy = tiles.groups[2].tiles[-1]
    groups = (
        *tiles.groups[:2],
        replace(tiles.groups[2], tiles=(*tiles.groups[2].tiles[:-1], replace(heavy, weight="99"))),
    )
    view = View(document, catalogue("en"), Caps())
    found = [tile for group in view.chosen(replace(tiles, groups=groups)).large for tile in group.tiles]
    assert len(found) == 9
    assert found[-1].metric == heavy.metric
    assert [tile.metric for tile in found[:-1]] == [tile.metric for tile in tiles.groups[0].tiles[:8]]


def test_what_is_switched_off_leaves_no_trace(full):
    document = full.document("en", summary=Summary(headline=None, findings=(), tally=()), sections=())
    for html in (str(render_page(document)), paper(document)):
        assert '<section class="summary"' not in html
        assert "None" not in text_of(html)
    tally = replace(
        full.document("en"), summary=replace(full.document("en").summary, headline=None, findings=())
    )
    assert 'class="tally lying"' in paper(tally)


EMPTY: dict[str, dict[str, Any]] = {
    "tiles": {"groups": ()},
    "score": {"value": None, "parts": (), "gates": (), "reason": "Why"},
    "trend": {"points": (), "ticks": ()},
    "funnel": {"steps": (), "reason": "Why"},
    "bars": {"rows": (), "reason": "Why"},
    "bridge": {"steps": (), "notes": (), "reason": "Why"},
    "ranking": {"rows": (), "omitted": 0, "reason": "Why"},
    "breakdown": {"rows": (), "total": None, "reason": "Why"},
    "cohorts": {"rows": (), "ages": (), "reason": "Why"},
    "actions": {"rows": (), "omitted": 0},
    "restatements": {"rows": (), "omitted": 0},
    "notes": {"lines": ()},
    "appendix": {"passports": ()},
}


@pytest.mark.parametrize("kind", EMPTY)
def test_an_empty_section_says_why(full, kind):
    document = full.with_section(full.document("en"), kind, **EMPTY[kind])
    for html in (str(render_page(document)), paper(document)):
        section = part(html, CLASSES.get(kind, kind))
        reason = re.search(r'<p class="nothing">(.*?)</p>', section)
        assert reason
        assert reason[1] == EMPTY[kind].get("reason", reason[1])
        assert len(reason[1]) >= 3


def test_names_of_any_length_and_script_are_clipped_and_isolated(full):
    name = "شرکت نمونه \u202e" + "Ltd " * 60
    document = full.document("en")
    ranking = full.section(document, "ranking")
    rows = (replace(ranking.rows[0], name=name),)
    section = part(paper(full.with_section(document, "ranking", rows=rows)), "ranking")
    assert "\u202e" not in section
    assert "…" in section
    assert "Ltd " * 30 not in section


def test_a_finding_leads_to_each_figure_it_stands_on(full):
    document = full.document("en")
    page, pdf = str(render_page(document)), paper(document)
    summary = part(page, "summary")
    assert summary.count('popovertarget="about-activity-response_time"') == 2
    assert 'aria-label="Where this figure comes from: Lead response time"' in summary
    assert part(pdf, "summary").count('href="#passport-activity-response_time"') == 2
    without = replace(document, sections=tuple(each for each in document.sections if each.kind != "appendix"))
    assert "#passport-" not in paper(without)
    assert 'popovertarget="about-activity-response_time"' in str(render_page(without))


def test_signs_stay_with_the_last_word_of_their_sentence(full):
    view = View(full.document("en"), catalogue("en"), Caps())
    assert view.ending("Start here.") == ("Start", "here.")
    assert view.ending("一句話") == ("一句話", "")
    assert view.ending("Best is \u2068Grace Kim\u2069") == ("Best is \u2068Grace Kim\u2069", "")
    summary = part(paper(full.document("en")), "summary")
    assert re.search(r'<span class="together">answer\.\s+<a class="source"', summary)


def test_an_action_says_its_state_in_shape_word_and_colour(full):
    html = part(paper(full.document("en")), "actions")
    for state, word in (("overdue", "Overdue"), ("open", "Open"), ("done", "Done")):
        assert re.search(
            rf'<span class="pill {state}"><svg class="icon {state}".*?</svg><span>{word}</span>', html
        )


def test_a_bridge_of_many_steps_goes_down_the_page(full):
    document = full.document("en")
    bridge = full.section(document, "bridge")
    many = (bridge.steps[0], *bridge.steps[1:-1] * 4, bridge.steps[-1])
    assert "columns-plot" in part(paper(document), "bridge")
    long = part(paper(full.with_section(document, "bridge", steps=many)), "bridge")
    assert "columns-plot" not in long
    assert long.count('<svg class="fall"') == len(many)


def test_a_trend_of_many_periods_keeps_every_fourth_label(full):
    document = full.document("en")
    points = full.section(document, "trend").points * 4
    section = part(str(render_page(full.with_section(document, "trend", points=points))), "trend-section")
    axis = re.search(r'<div class="x-axis">(.*?)</div>', section)[1]
    labels = re.findall(r"<span[^>]*>(.*?)</span>", axis)
    assert len(labels) == 48
    assert sum(bool(label) for label in labels) == 12
    assert labels[-1] == "Oct"


def test_two_short_neighbours_share_a_band_and_long_ones_do_not(full):
    document = full.document("en")
    assert 'class="band wide-narrow"' in paper(document)
    bars = full.section(document, "bars")
    long = full.with_section(document, "bars", rows=bars.rows * 3)
    assert 'class="band wide-narrow"' not in paper(long)


def test_a_score_names_what_capped_it(full):
    html = part(paper(full.document("en")), "score")
    assert "Lead response time is off target, so the score is at most 80." in html
    assert "40.0 of 40.0" in html
    assert html.count('<th scope="row">') == 4


def test_a_kpi_without_a_status_says_what_it_lacks(full):
    document = full.document("en")
    view = View(document, catalogue("en"), Caps())
    tile = full.section(document, "tiles").groups[0].tiles[0]
    assert view.tile_status(tile) == "On target"
    assert view.tile_status(replace(tile, status=Status.NONE)) == "Not rated"
    assert view.tile_status(replace(tile, status=Status.NONE, target=None)) == "No target"
    assert view.tile_status(replace(tile, value=None)) == "No value"


def test_brand_colours_are_colours_or_nothing(full):
    document = full.document("fa")
    html = paper(document)
    assert "--brand: #6d28d9" in html
    tricked = paper(replace(document, brand=replace(document.brand, primary="red; } body { display: none")))
    assert "display: none" not in tricked
    assert "--brand: #1d4ed8" in tricked
