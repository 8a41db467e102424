"""Reading by a mapping: what lands, what is left out and why."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tallymark_connectors.csv_xlsx import Ambiguous, MappingError, mapping_from_toml, preview

Write = Callable[..., Path]
Import = Callable[..., Any]

DEALS = 'dataset = "opportunities"\n[columns]\nid = "Id"\n'


def deals(*lines: str, top: str = "", end: str = "") -> str:
    return top + DEALS + "\n".join(lines) + "\n" + end


def test_quarantines_rows_of_the_wrong_width_with_their_physical_line(
    csv_file: Write, import_all: Import
) -> None:
    path = csv_file('Id,Name\n1,"two\nlines"\n2,a, b\n3\n\n4,ok\nTotal: 4 rows\n')
    rows, rejected, rows_in = import_all(path, deals('name = "Name"'))
    assert [row["id"] for row in rows] == ["1", "4"]
    assert [(r.line, r.reason[:20]) for r in rejected] == [
        (4, "has 3 fields instead"),
        (5, "has 1 fields instead"),
        (8, "has 1 fields instead"),
    ]
    assert rows_in == 5


def test_a_quote_that_is_never_closed_costs_one_line(csv_file: Write, import_all: Import) -> None:
    path = csv_file('Id,Name\n1,"broken\n2,b\n3,c\n')
    rows, rejected, _ = import_all(path, deals('name = "Name"'))
    assert [row["id"] for row in rows] == ["2", "3"]
    assert [(r.line, r.reason) for r in rejected] == [(2, "opens a quote that is never closed")]


def test_a_quote_closed_in_another_row_costs_those_rows_only(csv_file: Write, import_all: Import) -> None:
    path = csv_file('Id,Name\n1,"abc\n2,"x\n3,c\n4,"Acme "Big" Ltd"\n5,"a ""b"" c"\n')
    rows, rejected, _ = import_all(path, deals('name = "Name"'))
    assert [(row["id"], row["name"]) for row in rows] == [("3", "c"), ("5", 'a "b" c')]
    assert [r.line for r in rejected] == [2, 3, 5]


def test_a_total_below_the_table_is_no_row(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,Amount\n1,5\nGrand Total:,5\n")
    rows, rejected, _ = import_all(path, deals('amount = "Amount"'))
    assert [row["id"] for row in rows] == ["1"]
    assert [(r.line, r.reason) for r in rejected] == [(3, "is a total, not a row")]


def test_a_row_without_id_or_with_an_unreadable_value_is_left_out_whole(
    csv_file: Write, import_all: Import
) -> None:
    path = csv_file("Id,Amount,Closed\n1,5.5,2017-01-02\n ,6,2017-01-02\n3,six,2017-01-02\n4,7,2017-13-02\n")
    rows, rejected, rows_in = import_all(path, deals('amount = "Amount"', 'closed_at = "Closed"'))
    assert [row["id"] for row in rows] == ["1"]
    assert [(r.line, r.column, r.value) for r in rejected] == [
        (3, "id", None),
        (4, "Amount", "six"),
        (5, "Closed", "2017-13-02"),
    ]
    assert rows_in == 4


def test_bad_bytes_zero_bytes_and_endless_values_are_left_out(tmp_path: Path, import_all: Import) -> None:
    path = tmp_path / "bad.csv"
    good = b"".join(b"%d,\xc3\xa9\n" % n for n in range(100, 200))
    path.write_bytes(b"Id,Name\n1,a\xff\n2,b\x00c\n3," + b"x" * 40_000 + b"\n4,d\n" + good)
    rows, rejected, _ = import_all(path, deals('name = "Name"'))
    assert len(rows) == 101
    assert [(r.line, r.reason.split(" ")[0]) for r in rejected] == [(2, "holds"), (3, "holds"), (4, "is")]


def test_dates_without_a_time_are_local_midnight(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,Opened,Closed\n1,2017-07-01 10:30,2017-07-01\n2,2017-07-01T10:30:15.5Z,2017-01-01\n")
    text = deals('opened_at = "Opened"', 'closed_at = "Closed"', top='timezone = "America/New_York"\n')
    rows, _, _ = import_all(path, text, "Asia/Ho_Chi_Minh")
    assert rows[0]["closed_at"] == datetime(2017, 6, 30, 17, tzinfo=UTC)
    assert rows[0]["opened_at"] == datetime(2017, 7, 1, 14, 30, tzinfo=UTC)
    assert rows[1]["opened_at"] == datetime(2017, 7, 1, 10, 30, 15, 500_000, tzinfo=UTC)


def test_an_undecided_order_must_be_stated(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,Closed\n1,01/02/2017\n")
    with pytest.raises(Ambiguous, match="date_order"):
        import_all(path, deals('closed_at = "Closed"'))
    rows, _, _ = import_all(path, deals('closed_at = { from = "Closed", date_order = "dmy" }'))
    assert rows[0]["closed_at"] == datetime(2017, 2, 1, tzinfo=UTC)


def test_a_stated_order_that_the_column_disproves_is_refused(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,Closed\n1,01/02/2017\n2,25/02/2017\n")
    with pytest.raises(MappingError, match="line 3"):
        import_all(path, deals('closed_at = { from = "Closed", date_order = "mdy" }'))


def test_a_decimal_mark_is_settled_by_the_column_or_asked_for(csv_file: Write, import_all: Import) -> None:
    column = deals('amount = "Amount"')
    rows, _, _ = import_all(csv_file("Id;Amount\n1;1.234\n2;5,5\n"), column)
    assert [row["amount"] for row in rows] == [Decimal(1234), Decimal("5.5")]
    ambiguous = csv_file("Id;Amount\n1;1.234\n")
    with pytest.raises(Ambiguous, match="decimal"):
        import_all(ambiguous, column)
    rows, _, _ = import_all(ambiguous, deals('amount = "Amount"', top='currency = "VND"\n'))
    assert rows[0]["amount"] == Decimal(1234)


@pytest.mark.parametrize(
    ("cells", "currency", "top", "expected"),
    [
        (["$500,000", "250"], "USD", "", [500_000, 250]),
        (["$500,000", "250"], "KWD", 'currency = "USD"\n', [500_000, 250]),
        (["1.234 €", "12.345"], "EUR", "", [1234, 12_345]),
        (["500,000"], "KWD", "", None),
        (["500,000"], None, "", None),
        (["500,000"], "ABC", "", None),
        (["500,000", "1.234"], "USD", "", None),
        (["500,000", "1,234 million"], "USD", "", None),
    ],
)
def test_three_digits_behind_a_mark_are_thousands_where_the_currency_has_two_decimals(
    csv_file: Write,
    import_all: Import,
    cells: list[str],
    currency: str | None,
    top: str,
    expected: list[int] | None,
) -> None:
    path = csv_file("Id;Amount\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells)))
    mapping = deals('amount = "Amount"', top=top)
    if expected is None:
        with pytest.raises(Ambiguous, match="decimal"):
            import_all(path, mapping, currency=currency)
        return
    rows, rejected, _ = import_all(path, mapping, currency=currency)
    assert not rejected
    assert [row["amount"] for row in rows] == expected


def test_rows_of_a_currency_with_three_decimals_keep_the_question_open(
    csv_file: Write, import_all: Import
) -> None:
    mapping = deals('amount = "Amount"', 'currency = "Currency"')
    both = csv_file("Id;Amount;Currency\n1;1,234;EUR\n2;5,678;\n")
    assert [row["amount"] for row in import_all(both, mapping, currency="USD")[0]] == [1234, 5678]
    with pytest.raises(Ambiguous, match="decimal"):
        import_all(both, mapping, currency="KWD")
    with pytest.raises(Ambiguous, match="decimal"):
        import_all(csv_file("Id;Amount;Currency\n1;1,234;EUR\n2;5,678;JOD\n"), mapping, currency="USD")


def test_prices_of_one_unit_and_scaled_amounts_are_asked_about(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id;Price\n1;1,234\n")
    products = 'dataset = "products"\n[columns]\nid = "Id"\nlist_price = "Price"\n'
    for mapping in (products, deals('amount = { from = "Price", scale = 1000 }')):
        with pytest.raises(Ambiguous, match="decimal"):
            import_all(path, mapping, currency="USD")


def test_choices_are_mapped_and_never_guessed(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,Stage\n1,Closed Won\n2,LOST\n3,Warm\n4,\n")
    rows, rejected, _ = import_all(
        path, deals('status = { from = "Stage", values = { "closed won" = "won" } }')
    )
    assert [(row["id"], row["status"]) for row in rows] == [("1", "won"), ("2", "lost"), ("4", None)]
    assert rejected[0].value == "Warm"
    assert "columns.status.values" in rejected[0].reason
    everything = (
        'status = { from = "Stage", default = "open", values = { "Closed Won" = "won", "*" = "cancelled" } }'
    )
    rows, rejected, _ = import_all(path, deals(everything))
    assert [row["status"] for row in rows] == ["won", "lost", "cancelled", "open"]
    assert not rejected


def test_a_lost_zero_is_empty_and_an_open_close_date_is_expected(csv_file: Write, import_all: Import) -> None:
    path = csv_file(
        "Id,Status,Amount,Closed\n1,lost,0,2017-01-02\n2,won,0,2017-01-02\n3,open,5,2017-01-02\n4,open,,\n"
    )
    text = deals('status = "Status"', 'amount = "Amount"', 'closed_at = "Closed"')
    rows, _, _ = import_all(path, text, "Asia/Tehran")
    assert [row["amount"] for row in rows] == [None, Decimal(0), Decimal(5), None]
    assert [row["closed_at"] is None for row in rows] == [False, False, True, True]
    assert [row["expected_close_on"] for row in rows] == [None, None, date(2017, 1, 2), None]


def test_tax_is_taken_out(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,Amount,VAT\n1,110,10\n2,220,5\n3,100,\n")
    by_rate = deals('amount = "Amount"', end='[tax]\namounts = "inclusive"\ntax_rate = 0.1\n')
    by_column = deals('amount = "Amount"', end='[tax]\namounts = "inclusive"\ncolumn = "VAT"\n')
    assert [r["amount"] for r in import_all(path, by_rate)[0]] == [
        Decimal(100), Decimal(200), Decimal("90.9091")
    ]  # fmt: skip
    assert [r["amount"] for r in import_all(path, by_column)[0]] == [Decimal(100), Decimal(215), Decimal(100)]


def test_ids_of_several_columns_and_line_numbers(csv_file: Write, import_all: Import) -> None:
    path = csv_file("A,B\nx,1\nx,\n,\n")
    rows, _, _ = import_all(path, 'dataset = "opportunities"\n[columns]\nid = ["A", "B"]\n')
    assert [row["id"] for row in rows] == ["x|1", "x|"]
    rows, _, _ = import_all(path, 'dataset = "opportunities"\n[columns]\nid = { line = true }\nname = "A"\n')
    assert [row["id"] for row in rows] == ["2", "3"]


def test_unmapped_columns_are_kept_except_personal_ones(csv_file: Write, import_all: Import) -> None:
    path = csv_file('Id,Note,Email,Who\n1,"a ""b""",a@b.example,c@d.example\n2,,x@y.example,\n')
    rows, _, _ = import_all(path, DEALS)
    assert [row["custom"] for row in rows] == ['{"Note": "a \\"b\\""}', None]
    rows, _, _ = import_all(path, 'custom = ["Email"]\n' + DEALS)
    assert rows[1]["custom"] == '{"Email": "x@y.example"}'
    assert import_all(path, "custom = false\n" + DEALS)[0][0]["custom"] is None


def test_emails_are_hashed_with_a_key(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,Mail\n1,Ann@B.example\n2,ann@b.example \n")
    text = 'dataset = "contacts"\n[columns]\nid = "Id"\nemail_hash = "Mail"\n'
    with pytest.raises(MappingError, match="no key"):
        import_all(path, text)
    rows, _, _ = import_all(path, text, hash_key=b"k")
    assert len(rows[0]["email_hash"]) == 64
    assert rows[0]["email_hash"] == rows[1]["email_hash"]


def test_a_missing_source_column_is_named(csv_file: Write, import_all: Import) -> None:
    with pytest.raises(MappingError, match="did you mean amount"):
        import_all(csv_file("Id,Amount\n1,2\n"), deals('amount = "Amuont"'))


def test_fractions_above_one_are_refused_until_scaled(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,P\n1,60\n2,50%\n")
    rows, rejected, _ = import_all(path, deals('probability = "P"'))
    assert [row["probability"] for row in rows] == [Decimal("0.5")]
    assert "scale = 0.01" in rejected[0].reason
    rows, _, _ = import_all(path, deals('probability = { from = "P", scale = 0.01 }'))
    assert [row["probability"] for row in rows] == [Decimal("0.6"), Decimal("0.5")]


def test_deleted_rows_become_tombstones(csv_file: Write, import_all: Import) -> None:
    path = csv_file("Id,Deleted,Changed\n1,TRUE,2017-01-02\n2,FALSE,2017-01-02\n")
    rule = 'deleted_at = { from = "Changed", when = { column = "Deleted", is = "true" } }'
    rows, _, _ = import_all(path, deals(rule))
    assert [row["deleted_at"] is None for row in rows] == [False, True]


def test_wide_months_become_rows(
    csv_file: Write, import_all: Import, shipped_mapping: Callable[[str], Any]
) -> None:
    months = ",".join(f"M{n:02}" for n in range(1, 13))
    path = csv_file(f'Year,EmployeeID,{months}\n2017,7,-,2,{"," * 8}"1,5",-\n', "utf-16")
    rows, rejected, rows_in = import_all(path, shipped_mapping("targets_wide_months"))
    assert not rejected
    assert rows_in == len(rows) == 2
    assert [(r["id"], r["period_start"], r["period_end"], r["value"]) for r in rows] == [
        ("7|2017|M02", date(2017, 2, 1), date(2017, 3, 1), Decimal(2000)),
        ("7|2017|M11", date(2017, 11, 1), date(2017, 12, 1), Decimal(1500)),
    ]


def test_jalali_and_roc_columns(csv_file: Write, import_all: Import) -> None:
    path = csv_file("شناسه,تاریخ بستن,建立日期\n1,۱۴۰۵/۰۷/۰۱,115/07/01\n2,1405/07/02,99/07/01\n")
    text = 'dataset = "opportunities"\n[columns]\nid = "شناسه"\nclosed_at = "تاریخ بستن"\nopened_at = "建立日期"\n'
    rows, rejected, _ = import_all(path, text)
    assert not rejected
    assert [row["closed_at"].date() for row in rows] == [date(2026, 9, 23), date(2026, 9, 24)]
    assert [row["opened_at"].date() for row in rows] == [date(2026, 7, 1), date(2010, 7, 1)]


def test_points_become_spans(csv_file: Write, import_all: Import) -> None:
    path = csv_file(
        "Id,Deal,Stage,At\n4,A,Won,2017-01-09\n3,A,Offer,2017-01-05\n2,A,New,2017-01-03\n1,A,New,2017-01-01\n5,B,New,2017-01-02\n"
    )
    text = (
        'dataset = "stage_history"\n[columns]\nid = "Id"\nopportunity_id = "Deal"\nstage_id = "Stage"\n'
        'entered_at = "At"\n[spans]\nby = "opportunity_id"\nat = "entered_at"\n'
    )
    rows, _, rows_in = import_all(path, text)
    spans = {r["id"]: (r["from_stage_id"], r["stage_id"], r["left_at"] and r["left_at"].day) for r in rows}
    assert spans == {
        "1": (None, "New", 5), "3": ("New", "Offer", 9), "4": ("Offer", "Won", None), "5": (None, "New", None)
    }  # fmt: skip
    assert rows_in == 5


def test_small_batches_give_the_same_rows(csv_file: Write, import_all: Import) -> None:
    lines = "".join(f"{n},{n / 7:.2f},{n % 28 + 1}/1{n % 3}/2017 1{n % 10}:{n % 60:02}\n" for n in range(500))
    path = csv_file("Id,Amount,Closed\n" + lines)
    text = deals('amount = "Amount"', 'closed_at = "Closed"')
    assert import_all(path, text, "Asia/Tehran", batch_rows=7) == import_all(path, text, "Asia/Tehran")


def test_previews_source_rows_beside_what_they_become(csv_file: Write) -> None:
    path = csv_file("Id,Amount\n" + "".join(f"{n},{n}.5\n" for n in range(1, 20)) + "x,oops\n")
    shown = preview(path, mapping_from_toml(deals('amount = "Amount"')))
    assert shown.headers == ("Id", "Amount")
    assert shown.source[0] == ("1", "1.5")
    assert shown.lines == (2, 3, 4, 5, 6)
    assert shown.batch["amount"].to_pylist()[0] == Decimal("1.5")
