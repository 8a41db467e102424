"""Every section in every language looks as it looked when somebody last looked at it.

The pictures stand in `golden/`. After a change that is meant, look at what changed and write them again with
`TALLYMARK_GOLDEN=write make test ARGS=tests/app/scorecards/test_golden.py`; a picture that differs is kept beside the
expected one as `golden/<name>-is.png`.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tallymark.scorecards.document import Document
from tallymark.scorecards.render import render_pdf
from tallymark_sdk.texts import TAGS

from .full import document
from .pictures import difference, keep, pages_of

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("TALLYMARK_GOLDEN") == "write"


def held(name: str, shown: Document, font_cache: Path) -> None:
    """Each page against its picture; all that differ are told at once."""
    pages = pages_of(render_pdf(shown, font_cache=font_cache).pdf)
    expected = sorted(GOLDEN.glob(f"{name}-[0-9]*.png"))
    expected = [path for path in expected if not path.stem.endswith("-is")]
    if WRITE:
        for path in GOLDEN.glob(f"{name}-[0-9]*.png"):
            path.unlink()
        for number, page in enumerate(pages, 1):
            keep(page, GOLDEN / f"{name}-{number:02}.png")
        return
    wrong = [] if len(expected) == len(pages) else [f"{len(pages)} pages, {len(expected)} were there"]
    for number, (page, path) in enumerate(zip(pages, expected, strict=False), 1):
        found = difference(page, Image.open(path).convert("L"))
        if found.visible:
            keep(page, path.with_name(f"{path.stem}-is.png"))
            wrong.append(f"page {number}: {found.share:.1%} differ, about {found.where:.0%} down the page")
    assert not wrong, f"{name}: {'; '.join(wrong)}"


@pytest.mark.parametrize("locale", sorted(TAGS.values()))
def test_every_section_looks_as_it_did(locale, font_cache):
    held(locale, document(locale), font_cache)


@pytest.mark.parametrize(
    ("paper", "orientation"), [("letter", "portrait"), ("a4", "landscape"), ("letter", "landscape")]
)
def test_every_paper_looks_as_it_did(paper, orientation, font_cache):
    held(f"{paper}-{orientation}", replace(document("en"), paper=paper, orientation=orientation), font_cache)


def test_forty_kpis_look_as_they_did(font_cache):
    held("forty", document("vi", kpis=40), font_cache)


def test_a_moved_line_and_a_changed_word_are_seen_and_a_hair_is_not():
    page = Image.new("L", (700, 990), 255)
    ImageDraw.Draw(page).text((60, 60), "Sales bookings beat target by 12.3 %", font_size=24)
    same, moved, changed = page.copy(), Image.new("L", page.size, 255), Image.new("L", page.size, 255)
    moved.paste(page, (0, 40))
    ImageDraw.Draw(changed).text((60, 60), "Sales bookings missed target by 12.3 %", font_size=24)
    hair = Image.new("L", page.size, 255)
    hair.paste(page, (0, 1))
    assert not difference(page, same).visible
    assert not difference(page, hair).visible
    assert difference(page, moved).visible
    assert difference(page, changed).visible
