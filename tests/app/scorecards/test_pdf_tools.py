"""The PDF as other programs see it: poppler and qpdf, where they are installed."""

import shutil
import subprocess

import pytest

from tallymark.i18n.isolation import bare
from tallymark.scorecards.render import render_pdf
from tallymark.scorecards.render.warming import LOCALES

from . import full

FAMILIES = ("Inter", "Vazirmatn", "Noto-Sans-TC", "NotoSansTC")


def tool(name, *arguments):
    if shutil.which(name) is None:
        pytest.skip(f"{name} IS NOT INSTALLED: apt-get install poppler-utils qpdf")
    done = subprocess.run([name, *arguments], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=LOCALES)
def drawn(request, tmp_path_factory):
    document = full.document(request.param)
    done = render_pdf(document)
    path = tmp_path_factory.mktemp("pdf") / "scorecard.pdf"
    path.write_bytes(done.pdf)
    return document, path, done


def test_qpdf_finds_nothing_wrong(drawn):
    assert "No syntax or stream encoding errors found" in tool("qpdf", "--check", str(drawn[1]))


def test_every_typeface_is_ours_embedded_and_subset(drawn):
    lines = tool("pdffonts", str(drawn[1])).splitlines()[2:]
    assert lines
    for line in lines:
        assert any(family in line for family in FAMILIES), line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"], line


def test_the_text_is_found_in_reading_order(drawn):
    document, path, _ = drawn
    said = "".join(_plain(tool("pdftotext", str(path), "-")).split())
    titles = [document.cover.title, *(section.title for section in document.sections)]
    words = [word for title in titles for word in _plain(title).split()]
    # Letters in the order in which they are read and in their own forms, not as they are drawn.
    missing = [word for word in words if word not in said]
    # Poppler turns the two letters of a ligature (lam and alef) round when it reads a line backwards.
    assert len([word for word in missing if "لا" not in word and "ال" not in word]) <= 1, missing


def test_no_character_is_without_a_glyph(drawn):
    assert drawn[2].warnings == ()


def _plain(text):
    """Without direction controls, joiners and marks, which extraction leaves out."""
    return bare(text).translate(dict.fromkeys(map(ord, "\u200c\u200d\u0654")))


@pytest.mark.parametrize(
    ("paper", "orientation", "size"),
    [
        ("a4", "portrait", "595.276 x 841.89"),
        ("a4", "landscape", "841.89 x 595.276"),
        ("letter", "portrait", "612 x 792"),
        ("letter", "landscape", "792 x 612"),
    ],
)
def test_the_paper_is_the_one_asked_for(paper, orientation, size, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(render_pdf(full.document("en"), paper=paper, orientation=orientation).pdf)
    assert f"{size} pts" in tool("pdfinfo", str(path))
