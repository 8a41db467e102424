"""The typefaces in the package: complete, licensed, and covering what the four languages write."""

import re

import pytest
from fontTools.ttLib import TTFont

from tallymark.scorecards.typefaces import FACES, FOLDER, WEB_FOLDER, fonts_conf

SAMPLES = {
    "Inter": "Doanh số ký mới Ắằẵặ ₫ € − … “” 12,345.67% Łódź Ž Київ",
    "Vazirmatn": "کارنامهٔ فروش پژچگ ۰۱۲۳۴۵۶۷۸۹ ٫٬٪",
    "Noto Sans TC": "銷售成長率業績報表進行中商機金額，。「」",
}


@pytest.mark.parametrize("family", FACES)
def test_each_face_has_the_letters_of_its_languages(family):
    for name in FACES[family]:
        with TTFont(FOLDER / name, lazy=True) as font:
            letters = font.getBestCmap()
        assert {char for char in SAMPLES[family] if ord(char) not in letters and char != " "} == set()


@pytest.mark.parametrize("folder", [FOLDER, WEB_FOLDER], ids=["print", "web"])
def test_the_licences_lie_beside_them(folder):
    for family in FACES:
        text = (folder / f"OFL-{family.replace(' ', '')}.txt").read_text(encoding="utf-8")
        assert "SIL Open Font License" in text


@pytest.mark.parametrize(("sheet", "least"), [("faces.css", 8), ("faces-zh.css", 90)], ids=["all", "zh"])
def test_the_pages_faces_point_to_files_that_are_there(sheet, least):
    css = (WEB_FOLDER / sheet).read_text(encoding="utf-8")
    files = re.findall(r"url\(([^)]+)\)", css)
    assert len(files) >= least
    assert all((WEB_FOLDER / name).read_bytes()[:4] == b"wOF2" for name in files)


def test_the_generated_configuration_knows_one_folder_only(tmp_path):
    text = fonts_conf(FOLDER, tmp_path / "a & b")
    assert text.count("<dir>") == 1
    assert "a &amp; b" in text
    assert "<include" not in text
