"""Everything a tenant could write, written everywhere at once: nothing is fetched, and each ends in a PDF or a named error."""

from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from io import BytesIO

import pytest
from pypdf import PdfReader

from tallymark.scorecards import errors
from tallymark.scorecards.document import Band, Brand, Document, Line, Notes, Ranking, Tiles
from tallymark.scorecards.render import Asset, Limits, render_page, render_pdf
from tallymark.scorecards.render.warming import sample as small

from . import full

KEPT = {"kind", "metric", "locale", "currency", "calendar", "created", "period_start", "period_end", "money_display",
        "exact", "unit", "schema", "paper", "orientation", "state", "metrics", "points", "before", "after",
        "primary", "deep", "logo"}  # fmt: skip
"""Fields that are no free text."""


def written_everywhere(value, text):
    """The document with the text in each of its fields that holds free text."""
    if isinstance(value, tuple):
        return tuple(written_everywhere(item, text) for item in value)
    if isinstance(value, Band | Line):  # decimals as text
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{
                item.name: written_everywhere(getattr(value, item.name), text)
                for item in fields(value)
                if item.name not in KEPT or (isinstance(getattr(value, item.name), tuple)
                and not all(isinstance(each, str | None) for each in getattr(value, item.name)))
            },
        )  # fmt: skip
    return text if isinstance(value, str) and not isinstance(value, StrEnum) else value


VECTORS = (
    '<img src="{0}/a">',
    "<img srcset='{0}/b 2x' src=x onerror=alert(1)>",
    '<link rel=stylesheet href="{0}/c">',
    '<link rel=attachment href="file:///etc/passwd">',
    "<style>@import url({0}/d);</style>",
    "</style><style>*{{background:url({0}/e)}}</style>",
    "<style>@font-face{{font-family:Inter;src:url({0}/f)}}</style>",
    "<object data='{0}/g'></object><embed src='{0}/h'>",
    "<iframe src='file:///etc/passwd'></iframe>",
    "<svg><use href='{0}/i#x'/><image href='{0}/j'/></svg>",
    "<svg><style>@import '{0}/k';</style></svg>",
    '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
    "&lt;img src={0}/l&gt; &#60;img src={0}/m&#62;",
    "<base href='{0}/'><img src=n>",
    "<meta http-equiv=refresh content='0;url={0}/o'>",
    "<a rel=attachment href='{0}/p'>x</a>",
    "<img src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22><image href=%22{0}/q%22/></svg>'>",
    "<p style='background:url({0}/r);content:url({0}/s)'>",
    "<input type=image src='{0}/t'><video poster='{0}/u'>",
    "url({0}/v) @import '{0}/w'; expression({0}/x)",
    "{{{{ config }}}} {{% include '/etc/passwd' %}}",
    "asset:logo asset:../../etc/passwd",
)


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_nothing_written_anywhere_is_fetched(listener, vector):
    address, requests = listener
    text = vector.format(address)
    document = written_everywhere(full.document("en"), text)
    assert document.cover.company == text
    done = render_pdf(document, limits=Limits(wall_seconds=120))
    assert requests == []
    assert not [warning for warning in done.warnings if warning.startswith("Refused")]
    reader = PdfReader(BytesIO(done.pdf))
    assert set(reader.attachments) == {"figures.csv", "figures.xlsx"}
    assert b"root:" not in done.pdf
    assert text[:12] in " ".join(page.extract_text() for page in reader.pages[:1]).replace("\n", " ")
    page = str(render_page(document))
    for tag in ("<img src", "<link", "<object", "<iframe", "<base", "<meta", "<embed", "<input type=image"):
        assert tag not in page.lower()


@pytest.mark.parametrize("place", ["primary", "deep", "logo"])
def test_colours_and_logos_that_are_addresses_are_not_followed(listener, place):
    address, requests = listener
    base = full.document("en")
    evil = f"#000000}} @import url({address}/z); * {{background:url({address}/y)"
    if place == "logo":
        document = replace(base, cover=replace(base.cover, logo=f"{address}/logo.png"))
    else:
        document = replace(base, brand=replace(Brand(primary="#112233", deep="#000000"), **{place: evil}))
    done = render_pdf(document)
    assert requests == []
    assert not [warning for warning in done.warnings if warning.startswith("Refused")]


def test_a_logo_is_drawn_though_nothing_can_be_opened():
    from PIL import Image

    for mode, form in (("RGBA", "PNG"), ("P", "PNG"), ("L", "PNG"), ("RGB", "JPEG"), ("CMYK", "JPEG")):
        out = BytesIO()
        Image.new(mode, (60, 20)).save(out, form)
        document = small("en")
        document = replace(document, cover=replace(document.cover, logo="a" * 64))
        done = render_pdf(document, assets=[Asset(name="a" * 64, content=out.getvalue())])
        assert len(PdfReader(BytesIO(done.pdf)).pages[0].images) == 1, (mode, form)
        assert done.warnings == ()


BOMBS = {
    "a word of 100,000 letters": "x" * 100_000,
    "a sentence of 20,000 words": "many words " * 20_000,
    "isolates": "\u2068" * 10_000 + "a",
    "combining marks": "a" + "\u0301" * 10_000,
    "zero width": "\u200b\u200d\ufeff" * 10_000,
    "overrides": "Sales \u202egnp.exe \u202d\u2066\u2067 end",
    "null and controls": "a\x00b\x01c\x1f\x7f\x85d",
    "half characters": "a\ud800b\udfffc",
    "not characters": "\ufffe\uffff\U0010ffff",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 2_000,
    "scripts": "Công ty Hòa Bình شرکت آفتاب 亞太貿易 Ελλάδα עברית ไทย हिन्दी 한국어",
    "arabic without spaces": "ﷺ" * 5_000 + "سلام" * 10_000,
    "line ends": "\n" * 20_000 + "\u2028\u2029" * 1_000,
    "tags": "<div>" * 20_000,
    "digits": "9" * 50_000,
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("locale", ["en", "fa"])
def test_bombs_in_every_text_end_soon_and_by_name(name, locale):
    document = written_everywhere(small(locale), BOMBS[name])
    with suppress(errors.RenderError):
        done = render_pdf(document, limits=Limits(cpu_seconds=20, wall_seconds=60))
        assert done.pdf.startswith(b"%PDF-1.7")
        assert done.pages <= 80


def test_numbers_of_any_size_end_soon_and_by_name():
    for exact in ("9" * 400, "1e999999", "-1e-999999", "NaN", "Infinity", "", "many"):
        document = small("en")
        changed = _with_exact(document, exact)
        with suppress(errors.RenderError):
            assert render_pdf(changed).pages


def _with_exact(value, exact):
    if isinstance(value, tuple):
        return tuple(_with_exact(item, exact) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{
                item.name: exact if item.name == "exact" else _with_exact(getattr(value, item.name), exact)
                for item in fields(value)
            },
        )
    return value


def test_ten_thousand_rows_are_capped_and_all_of_them_attached():
    base = small("en")
    (ranking,) = (section for section in base.sections if isinstance(section, Ranking))
    many = replace(ranking, rows=tuple(replace(ranking.rows[0], name=f"Rep {n:05}") for n in range(10_000)))
    done = render_pdf(replace(base, sections=(many,)), limits=Limits(document=20_000_000))
    assert done.pages <= 3
    reader = PdfReader(BytesIO(done.pdf))
    assert "9,986 more" in " ".join(page.extract_text() for page in reader.pages)
    assert b"Rep 09999" in reader.attachments["figures.csv"][0]


@pytest.mark.parametrize("count", [40, 200])
def test_a_set_of_many_kpis_stays_a_scorecard(count):
    base = small("en")
    (tiles,) = (section for section in base.sections if isinstance(section, Tiles))
    tile = tiles.groups[0].tiles[0]
    groups = tuple(
        replace(tiles.groups[0], name=f"Group {group}", tiles=tuple(
            replace(tile, metric=f"a.k{group}-{n}", name=f"KPI {group}-{n}") for n in range(5)))
        for group in range(count // 5)
    )  # fmt: skip
    done = render_pdf(replace(base, sections=(replace(tiles, groups=groups),)))
    assert done.pages <= 12
    empty = tuple(
        replace(group, tiles=tuple(
            replace(each, value=None, target=None, deltas=(), line=None, gauge=None, reason="There is no data.")
            for each in group.tiles))
        for group in groups
    )  # fmt: skip
    assert render_pdf(replace(base, sections=(replace(tiles, groups=empty),))).pages <= 12


def test_deep_nesting_and_too_many_sections_end_by_name():
    notes = Notes(title="N", lines=("many words " * 30,) * 12)
    with pytest.raises(errors.RenderError):
        render_pdf(replace(small("en"), sections=(notes,) * 3000), limits=Limits(cpu_seconds=3))


def test_a_name_cannot_turn_our_sentences_round():
    document = written_everywhere(small("en"), "ab\u202ecd\u2067ef")
    page = str(render_page(document))
    for control in "\u202a\u202b\u202d\u202e":
        assert control not in page
    assert isinstance(document, Document)
