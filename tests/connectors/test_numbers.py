"""Numbers and amounts as people write them in four languages."""

from decimal import Decimal

import pytest

from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.numbers import parse_number, proof_of_mark


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("$500,000", ".", "500000"),
        ("1.234.567,89", None, "1234567.89"),
        ("1,5 tỷ", None, "1500000000"),
        ("1 tỷ 200 triệu", None, "1200000000"),
        ("500 nghìn đồng", None, "500000"),
        ("1.500.000 ₫", None, "1500000"),
        ("۱٬۲۳۴٫۵", None, "1234.5"),
        ("۲ میلیون و ۵۰۰ هزار ریال", None, "2500000"),
        ("۳ میلیارد", None, "3000000000"),
        ("100 تومان", None, "1000"),
        ("3億5000萬", None, "350000000"),
        ("NT$ １，２００", ".", "1200"),
        ("(1,234.50)", None, "-1234.5"),
        ("-$500", None, "-500"),
        ("1234-", None, "-1234"),
        ("1 234,5", None, "1234.5"),
        ("1,23,456.5", None, "123456.5"),
        ("2.9999999999999999E-2", ".", "0.029999999999999999"),
        ("12%", None, "0.12"),
        ("٪۱۲", None, "0.12"),
    ],
)
def test_reads(text: str, mark: str | None, expected: str) -> None:
    assert parse_number(text, mark).value == Decimal(expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1.234.56", "."),
        ("1,2345", "."),
        ("12,5", "."),
        ("abc", None),
        ("1,234", None),
        ("5-10", None),
        ("", None),
    ],
)
def test_refuses_what_could_be_read_wrong(text: str, mark: str | None) -> None:
    with pytest.raises(BadValue):
        parse_number(text, mark)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1.234,5", ","),
        ("1,234", "?"),
        ("0,125", ","),
        ("1,234,567", "."),
        ("12.5", "."),
        ("12", None),
        ("1234,567", ","),
    ],
)
def test_tells_what_a_value_proves(text: str, mark: str | None) -> None:
    assert proof_of_mark(text) == mark
