"""The PDF as a reader, an archive and an assistive reader get it; really rendered."""

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tallymark.scorecards.render import render_pdf


@pytest.fixture(scope="module")
def reader(rendered):
    return PdfReader(BytesIO(rendered.pdf))


def flat(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def pages(reader):
    return [flat(page.extract_text()) for page in reader.pages]


def test_every_number_of_the_tiles_is_on_paper(document, pages):
    paper = " ".join(pages)
    for group in document.sections[0].groups:
        for tile in group.tiles:
            assert tile.name in paper
            assert (tile.value.text if tile.value else tile.reason) in paper
            if tile.target:
                assert tile.target.text in paper


def test_the_first_page_holds_cover_summary_and_nine_tiles(pages):
    first = pages[0]
    for text in (
        "Alder & Finch Trading Co.",
        "Sales scorecard",
        "October 2026",
        "Northlight Advisory",
        "Confidential",
    ):
        assert text in first
    assert "October 1, 2026 – October 31, 2026" in first
    assert "Open pipeline value beat target by 13.3%" in first
    assert "$4.36M" in first
    assert "Page 1 of 4" in first


def test_each_page_is_numbered_and_dated(pages):
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Data as of November 3, 2026, 06:00" in page


def test_it_is_tagged_archival_and_in_its_language(reader):
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    metadata = catalogue["/Metadata"].get_data().decode()
    assert re.search(r'part="3"', metadata)
    assert re.search(r'conformance="A"', metadata)
    assert reader.metadata.title == "Sales scorecard · October 2026 · Alder & Finch Trading Co."


def test_it_has_bookmarks(reader):
    top, sections = reader.outline[0], reader.outline[1]
    assert top.title == "Sales scorecard"
    titles = [each.title for each in sections if not isinstance(each, list)]
    assert titles == [
        "Key performance indicators",
        "Sales bookings against target",
        "Representatives",
        "Sales bookings by region",
        "Notes on the data",
        "How the numbers were made",
    ]


def structure(reader):
    """Every structure element of the document."""
    queue = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while queue:
        element = queue.pop().get_object()
        if not hasattr(element, "get"):
            continue
        yield element
        kids = element.get("/K", [])
        queue.extend(kids if isinstance(kids, list) else [kids])


def test_drawings_have_alternative_texts(reader):
    texts = {str(element["/Alt"]) for element in structure(reader) if "/Alt" in element}
    assert "$1.28M against a target of $1.22M" in texts
    assert any(text.startswith("Sales bookings from November 2025") for text in texts)


def test_tables_are_tables_with_headers(reader):
    kinds = [element.get("/S") for element in structure(reader)]
    assert kinds.count("/Table") == 3  # the figures under the trend, representatives, regions
    assert kinds.count("/TH") >= 20


def test_the_numbers_are_attached_once(reader):
    (content,) = reader.attachments["figures.csv"]
    assert content.decode("utf-8-sig").startswith("section,metric,name,measure")
    assert b"1284310.5000" in content
    files = [file.get_object() for file in reader.trailer["/Root"]["/AF"]]
    assert [file["/UF"] for file in files] == ["figures.csv", "figures.xlsx"]
    assert {file["/AFRelationship"] for file in files} == {"/Data"}


def test_only_our_typefaces_are_used_and_embedded(reader):
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            names.add(font.get_object()["/BaseFont"].split("+")[-1])
    assert names <= {"Inter", "Inter-Medium", "Inter-Semi-Bold", "Inter-SemiBold", "Inter-Bold"}


def links(reader):
    """Where each link of the document leads."""
    annotations = [each.get_object() for page in reader.pages for each in page.get("/Annots", [])]
    return [str(each["/Dest"]) for each in annotations if "/Dest" in each]


def test_a_tile_links_to_its_passport_and_the_passport_back(document, reader):
    tiles = [tile for group in document.sections[0].groups for tile in group.tiles]
    wanted = {tile.metric.replace(".", "-") for tile in tiles}
    found = links(reader)
    assert {each.removeprefix("passport-") for each in found if each.startswith("passport-")} == wanted
    assert {each.removeprefix("kpi-") for each in found if each.startswith("kpi-")} == wanted


def test_a_finding_links_to_the_figures_it_stands_on(document, reader):
    on_first_page = [each.get_object() for each in reader.pages[0].get("/Annots", [])]
    found = {str(each["/Dest"]) for each in on_first_page}
    stood_on = {metric for finding in document.summary.findings for metric in finding.metrics}
    assert {f"passport-{metric.replace('.', '-')}" for metric in stood_on} <= found


def test_it_is_small(rendered):
    assert rendered.pages == 4
    assert len(rendered.pdf) < 200_000
    assert rendered.warnings == ()


def test_rendering_twice_gives_the_same_bytes(document, rendered, font_cache):
    assert render_pdf(document, font_cache=font_cache).pdf == rendered.pdf


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("fa", "Vazirmatn"), ("vi", "Inter"), ("zh-Hant", "NotoSansTC|Noto-Sans-TC")],
    ids=["fa", "vi", "zh"],
)
def test_the_other_scripts_find_their_typeface(sample, font_cache, locale, expected):
    heading = sample.Heading(company="شرکت آفتاب · Công ty Hòa Bình · 亞太貿易有限公司", title="T")
    done = render_pdf(sample.document(locale, heading=heading), font_cache=font_cache)
    fonts = set()
    for page in PdfReader(BytesIO(done.pdf)).pages:
        named: Any = page["/Resources"]
        fonts |= {font.get_object()["/BaseFont"] for font in named["/Font"].values()}
    assert any(re.search(expected, font) for font in fonts)
    assert done.warnings == ()
