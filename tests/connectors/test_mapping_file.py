"""Mapping files: strict reading, helpful errors, and the way back to text."""

from pathlib import Path

import pytest

from tallymark_connectors.csv_xlsx import (
    MappingError,
    load_mapping,
    mapping_from_json,
    mapping_from_toml,
    mapping_to_json,
    mapping_to_toml,
)

FULL = """
dataset = "opportunities"
currency = "VND"
timezone = "Asia/Ho_Chi_Minh"
custom = ["Ghi chú"]

[file]
encoding = "utf-16"
delimiter = ";"
header = true
skip_rows = 2
empty = ["TBD", "?"]

[columns]
id = ["Vùng", "Số"]
name = "Tên \\"cơ hội\\""
amount = { from = "Giá trị", decimal = ",", scale = 1000 }
probability = { from = "Xác suất", scale = 0.01 }
closed_on = { from = "Ngày chốt", date_order = "dmy", calendar = "gregorian" }
deleted_at = { from = "Sửa", when = { column = "Đã xóa", is = ["có", "x"] } }
status = { from = "Giai đoạn", default = "open", values = { "Thắng" = "won", "*" = "open" }, suggested = true }

[tax]
amounts = "inclusive"
tax_rate = 0.1
"""


def test_a_mapping_comes_back_from_toml_and_json() -> None:
    mapping = mapping_from_toml(FULL)
    assert mapping_from_toml(mapping_to_toml(mapping)) == mapping
    assert mapping_from_json(mapping_to_json(mapping)) == mapping


def test_closed_on_stands_for_closed_at() -> None:
    assert "closed_at" in mapping_from_toml(FULL).rules


OPP = 'dataset = "opportunities"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('dataset = "opportunites"\n[columns]\nid = "x"', "did you mean opportunities"),
        (OPP + "colums = {}", "'colums'; did you mean columns"),
        (OPP + '[columns]\nid = "x"\namout = "y"', "did you mean amount"),
        (OPP + '[columns]\nid = "x"\namount = { form = "y" }', "did you mean from"),
        (OPP + '[file]\nheadr = true\n[columns]\nid = "x"', "did you mean header"),
        (OPP + '[columns]\nname = "x"', "fills no id"),
        (OPP + '[columns]\nid = "x"\nstatus = { from = "y", values = { a = "wno" } }', "did you mean won"),
        (OPP + '[columns]\nid = "x"\nname = { from = "y", date_order = "dmy" }', "not a date"),
        (OPP + '[columns]\nid = "x"\nname = { from = "y", decimal = "." }', "not a number"),
        (OPP + '[columns]\nid = "x"\nname = { from = "y", constant = "z" }', "exactly one of"),
        (OPP + '[columns]\nid = "x"\nname = { line = true }', "only the id"),
        (OPP + '[columns]\nid = "x"\nclosed_at = "a"\nclosed_on = "b"', "closed_at twice"),
        (OPP + 'currency = "dollars"\n[columns]\nid = "x"', "code such as USD"),
        (OPP + 'timezone = "Mars"\n[columns]\nid = "x"', "no time zone 'Mars'"),
        (OPP + '[columns]\nid = "x"\n[tax]\namounts = "inclusive"', "exactly one of tax_rate and column"),
        (OPP + '[columns]\nid = "x"\n[spans]\nby = "a"\nat = "b"', "stage_history only"),
        ("x =", "not TOML"),
    ],
)
def test_errors_say_what_was_meant(text: str, words: str) -> None:
    with pytest.raises(MappingError) as caught:
        mapping_from_toml(text)
    assert words in str(caught.value)


def test_every_shipped_mapping_loads_and_comes_back() -> None:
    folder = Path(__file__).resolve().parents[2] / "docs" / "mappings"
    files = sorted(folder.glob("*.toml"))
    assert len(files) >= 15
    for path in files:
        mapping = load_mapping(path)
        assert mapping_from_toml(mapping_to_toml(mapping)) == mapping
