"""What a tenant may write, and what happens when it is too much: nothing is fetched, no worker dies."""

import signal
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from tallymark.scorecards import errors, typefaces
from tallymark.scorecards.document import Notes
from tallymark.scorecards.render import Asset, Limits, pdf, render_page, render_pdf
from tallymark.scorecards.render.fetcher import MemoryFetcher, Refused
from tallymark.scorecards.render.ordering import Reply


def png(width=64, height=32):
    out = BytesIO()
    Image.new("RGB", (width, height), "#1d4ed8").save(out, "PNG")
    return out.getvalue()


def test_markup_in_a_tenants_text_is_text(sample, listener, font_cache):
    address, requests = listener
    bait = (
        f'<img src="{address}/a"><link rel=stylesheet href="{address}/b"><style>@import url({address}/c)</style>'
        f"<iframe src='file:///etc/passwd'></iframe><object data='{address}/d'></object>"
    )
    heading = sample.Heading(
        company=bait[:79], title=bait, prepared_by=bait, label=bait, logo=f"{address}/logo.png"
    )
    document = sample.document(heading=heading, notes=(bait,))
    done = render_pdf(document, font_cache=font_cache)
    assert requests == []
    assert "<img src=" in PdfReader(BytesIO(done.pdf)).pages[0].extract_text()
    page = str(render_page(document))
    assert "<iframe" not in page
    assert "&lt;iframe" in page


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/a.png",
        "https://example.com/a.css",
        "file:///etc/passwd",
        "ftp://example.com/a",
        "data:image/svg+xml,<svg/>",
        "data:text/css,*{}",
        "asset:other",
        "asset:../logo",
        "ASSET:logo",
        "//example.com/a",
        "logo",
        "",
    ],
)
def test_nothing_but_named_assets_is_served(address):
    fetcher = MemoryFetcher({"logo": ("image/png", b"png")})
    with pytest.raises(Refused):
        fetcher.fetch(address)
    assert fetcher.refused == [address]
    assert fetcher.fetch("asset:logo").read() == b"png"


def test_a_logo_from_memory_is_drawn(sample, font_cache):
    heading = sample.Heading(company="A", title="T", logo="logo")
    done = render_pdf(
        sample.document(heading=heading), assets=[Asset(name="logo", content=png())], font_cache=font_cache
    )
    assert len(PdfReader(BytesIO(done.pdf)).pages[0].images) == 1


def bomb():
    """A PNG whose header promises ten thousand million pixels."""
    content = bytearray(png())
    content[16:24] = (100_000).to_bytes(4, "big") * 2
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><image href='http://127.0.0.1/x'/></svg>",
            "is not a PNG or JPEG",
        ),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "is not a PNG or JPEG"),
        (b"%PDF-1.7", "is not a PNG or JPEG"),
        (b"", "is not a PNG or JPEG"),
        (b"\x89PNG" + b"0" * 2_000_001, "has over 2 MB"),
        (bomb(), "is not a PNG or JPEG|pixels"),
    ],
    ids=["svg", "gif", "pdf", "empty", "large", "bomb"],
)
def test_other_pictures_are_refused(document, content, message):
    with pytest.raises(errors.AssetRefused, match=message):
        render_pdf(document, assets=[Asset(name="logo", content=content)])


def test_a_document_that_is_no_scorecard_is_refused_before_it_is_drawn(sample):
    huge = sample.document(notes=["x" * 9_000_000])
    with pytest.raises(errors.DocumentTooLarge, match="show fewer rows"):
        render_pdf(huge)


def heavy(document, lines=4000):
    """More sections than any scorecard has, each within its caps."""
    notes = Notes(title="N", lines=tuple("many words " * 30 for _ in range(12)))
    return replace(document, sections=(notes,) * lines)


def test_a_layout_that_takes_too_long_ends_with_its_name(document, font_cache):
    with pytest.raises(errors.RenderTimedOut, match="3 s of processor time"):
        render_pdf(heavy(document, 1500), limits=Limits(cpu_seconds=3), font_cache=font_cache)


def test_a_layout_that_waits_too_long_ends_with_its_name(document, font_cache):
    with pytest.raises(errors.RenderTimedOut, match=r"over 0\.5 s"):
        render_pdf(document, limits=Limits(wall_seconds=0.5), font_cache=font_cache)


def test_a_layout_that_eats_memory_ends_with_its_name(document, font_cache):
    with pytest.raises(errors.RenderOutOfMemory, match="too much memory"):
        render_pdf(heavy(document, 600), limits=Limits(memory=200_000_000), font_cache=font_cache)


def test_too_many_pages_are_refused(document, font_cache):
    with pytest.raises(errors.DocumentTooLarge, match=r"has \d pages, 2 are drawn"):
        render_pdf(document, limits=Limits(pages=2), font_cache=font_cache)


def test_a_thousand_rows_are_capped_and_counted(sample, font_cache):
    timeline = sample.october()
    many = tuple(f"Rep {index:04}" for index in range(1000))
    cells = [*sample.totals(timeline), *sample.split(timeline, "rep", many, ("revenue.bookings",))]
    document = sample.document(cells=cells)
    done = render_pdf(document, font_cache=font_cache)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(done.pdf)).pages)
    assert "Rep 0014" in text
    assert "Rep 0015" not in text
    assert "and 985 more" in text
    assert "and 950 more" in render_page(document)


def test_a_set_of_forty_kpis_stays_a_scorecard(sample, font_cache):
    facts = sample.metric_facts()
    metrics = [replace(facts[index % 12], key=f"x.kpi_{index}", name=f"KPI {index}") for index in range(48)]
    kpis = [
        sample.Kpi(metric=metric.key, section=f"S{index // 5}", position=index)
        for index, metric in enumerate(metrics)
    ]
    done = render_pdf(sample.document(metrics=metrics, kpis=kpis, cells=()), font_cache=font_cache)
    assert done.pages <= 12


def test_very_long_names_are_cut(sample, font_cache):
    facts = [replace(fact, name=fact.name + " and so on" * 500) for fact in sample.metric_facts()]
    done = render_pdf(sample.document(metrics=facts), font_cache=font_cache)
    assert done.pages <= 12


def test_without_fonts_the_render_is_refused_and_the_check_says_which(document, tmp_path):
    with pytest.raises(errors.FontsUnusable, match=r"Inter-Regular\.ttf is missing or damaged"):
        render_pdf(document, fonts=tmp_path)
    assert {problem.family for problem in typefaces.check_fonts(tmp_path)} == set(typefaces.FACES)


def test_damaged_fonts_are_found_by_drawing(tmp_path):
    for names in typefaces.FACES.values():
        for name in names:
            (tmp_path / name).write_bytes(b"\x00" * 20_000)
    (problem,) = typefaces.check_fonts(tmp_path)
    assert "reinstall" in problem.message


def test_the_packaged_fonts_work():
    assert typefaces.check_fonts() == []


def test_a_crash_of_the_process_is_named():
    with pytest.raises(errors.RenderCrashed, match="SIGSEGV"):
        pdf._result(Reply(status=-signal.SIGSEGV, answer=b""), Limits())


def test_the_process_gets_no_secrets(monkeypatch):
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", "secret")
    with typefaces.font_environment() as environment:
        assert not [name for name in environment if name.startswith("TALLYMARK")]
        assert "secret" not in environment.values()


@pytest.mark.parametrize(
    "text", ["\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\U0001f680"], ids=["thai", "emoji"]
)
def test_a_script_without_a_typeface_is_drawn_all_the_same(sample, font_cache, text):
    done = render_pdf(sample.document(heading=sample.Heading(company=text, title="T")), font_cache=font_cache)
    assert done.pages == 4
