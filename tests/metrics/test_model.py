"""The canonical model keeps its own rules and can be read by formulas."""

from datetime import UTC, datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from tallymark_sdk.model import (
    CANONICAL,
    SCHEMA_VERSION,
    Column,
    Dataset,
    Kind,
    ModelError,
    UnknownColumn,
    UnknownDataset,
    dataset,
)
from tallymark_sdk.model.reserved import RESERVED_NAMES

EVERY_DATASET = pytest.mark.parametrize("each", CANONICAL.values(), ids=CANONICAL.keys())
TAIL = ["created_at", "updated_at", "deleted_at", "custom"]


def _text(name: str) -> Column:
    return Column(name=name, kind=Kind.TEXT, description="Some text.")


def test_all_datasets_are_declared() -> None:
    assert len(CANONICAL) == 32
    assert all(name == each.name for name, each in CANONICAL.items())
    assert SCHEMA_VERSION == "1.0.0"


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("order_lines", "order_id product_id quantity unit_price discount_pct amount cost returned_quantity"),
        ("payments", "invoice_id account_id paid_at amount method"),
        ("stages", "pipeline_id pipeline_name name position kind is_quote probability is_active"),
        ("targets", "metric scope scope_id period_start period_end value"),
        ("fx_rates", "currency on rate"),
    ],
)
def test_own_columns(name: str, columns: str) -> None:
    assert [column.name for column in dataset(name).columns] == columns.split()


def test_imported_columns_are_key_own_currency_and_tail() -> None:
    names = [column.name for column in dataset("payments").import_columns]
    assert names == [
        "source_id",
        "id",
        "invoice_id",
        "account_id",
        "paid_at",
        "amount",
        "method",
        "currency",
        *TAIL,
    ]


def test_currency_comes_only_with_money() -> None:
    assert [column.name for column in dataset("teams").import_columns][-5:] == ["department", *TAIL]


def test_stored_columns_add_local_dates_and_base_amounts() -> None:
    stored = dataset("payments").stored_columns
    assert [column.name for column in stored if column.derived] == [
        *("paid_on", "amount_base", "created_on", "updated_on", "deleted_on", "synced_on")
    ]
    assert dataset("payments").column("amount_base").unit == "tenant currency"


def test_schemas_hold_the_types_of_the_kinds() -> None:
    schema = dataset("opportunities").stored_schema
    assert schema.field("closed_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("closed_on").type == pa.date32()
    assert schema.field("expected_close_on").type == pa.date32()
    assert schema.field("amount_base").type == pa.decimal128(18, 4)
    assert schema.field("probability").type == pa.decimal128(18, 6)
    assert dataset("stages").import_schema.field("position").type == pa.int64()
    assert dataset("stages").import_schema.field("is_quote").type == pa.bool_()
    row = {"id": "1", "amount": Decimal("99999999999999.9999"), "closed_at": datetime(2017, 3, 5, tzinfo=UTC)}
    table = pa.Table.from_pylist([row], schema=dataset("opportunities").import_schema)
    assert table["amount"][0].as_py() == row["amount"]


def test_a_rate_keeps_the_digits_of_a_small_currency() -> None:
    rate = dataset("fx_rates").column("rate")
    assert rate.decimal_places == 12
    table = pa.table({"rate": pa.array([Decimal("0.000038461538")], rate.arrow_type)})
    assert table["rate"][0].as_py() == Decimal("0.000038461538")
    assert dataset("orders").column("amount").decimal_places == 4
    assert dataset("orders").column("number").decimal_places is None


@pytest.mark.parametrize(
    "letter", ["budget", "authority", "need", "timing", "goal", "plan", "challenge", "time"]
)
def test_each_letter_of_a_lead_has_an_answer_and_a_note(letter: str) -> None:
    leads = dataset("leads")
    assert leads.column(letter).choices == ("yes", "no", "unknown")
    assert leads.column(f"{letter}_note").kind is Kind.TEXT


@EVERY_DATASET
def test_descriptions_are_written_for_people(each: Dataset) -> None:
    for text in (each.description, *(column.description for column in each.stored_columns)):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "\n" not in text
        assert len(text) <= 110


@EVERY_DATASET
def test_references_lead_to_datasets(each: Dataset) -> None:
    unlisted = {"pipeline_id", "scope_id"}
    ids = {column.name for column in each.columns if column.kind is Kind.ID}
    assert ids == {column.name for column in each.columns if column.name.endswith("_id")}
    assert ids - unlisted == each.references.keys()
    assert set(each.references.values()) <= CANONICAL.keys()


def test_references_of_an_opportunity() -> None:
    references = dataset("opportunities").references
    assert references["rep_id"] == "reps"
    assert references["stage_id"] == "stages"
    assert dataset("leads").references["referrer_account_id"] == "accounts"
    assert dataset("stage_history").references["from_stage_id"] == "stages"
    assert dataset("teams").references["parent_id"] == "teams"


@EVERY_DATASET
def test_the_date_of_the_exchange_rate_can_be_reached(each: Dataset) -> None:
    for path in each.money_dates:
        first, dot, other = path.partition(".")
        column = dataset(each.references[first]).column(other) if dot else each.column(first)
        assert column.kind in (Kind.DATE, Kind.TIMESTAMP)
    assert each.has_money or not each.money_dates


def test_lines_take_the_exchange_rate_of_their_head() -> None:
    assert dataset("order_lines").money_dates == ("order_id.ordered_at",)
    assert dataset("opportunity_lines").money_dates == ("opportunity_id.closed_at",)
    assert dataset("costs").money_dates == ("spent_on", "period_start")
    assert dataset("activities").money_dates == ()


@EVERY_DATASET
def test_ibis_reads_every_column_as_a_column(each: Dataset) -> None:
    table = ibis.table(each.stored_schema, name=each.name)
    for column in each.stored_columns:
        assert isinstance(getattr(table, column.name), ir.Column), column.name
        # A deferred expression must reach the column too, not an attribute of its own.
        assert getattr(ibis._, column.name).resolve(table).equals(table[column.name])


def test_reserved_names_are_those_of_the_installed_ibis() -> None:
    taken = {name for owner in (ir.Table, type(ibis._)) for name in dir(owner) if not name.startswith("_")}
    assert taken <= RESERVED_NAMES, f"add {sorted(taken - RESERVED_NAMES)} to RESERVED_NAMES"
    assert "name" not in taken


@pytest.mark.parametrize("name", ["count", "view", "schema", "sample", "info", "limit", "filter", "rename"])
def test_a_name_of_an_ibis_method_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match=f"Column '{name}' has the name of an ibis table method"):
        _text(name)


@pytest.mark.parametrize("name", ["Amount", "2nd", "sold at", "_hidden", "a__b", "a_", "", "größe"])
def test_a_name_that_is_no_plain_identifier_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="lower case letters"):
        _text(name)
    with pytest.raises(ModelError, match="lower case letters"):
        Dataset(name=name, description="Some.", columns=())


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"name": "status", "kind": Kind.CHOICE}, "must list choices"),
        ({"name": "status", "kind": Kind.TEXT, "choices": ("a",)}, "must list choices"),
        ({"name": "closed", "kind": Kind.TIMESTAMP}, "must end in _at"),
        ({"name": "closed_at", "kind": Kind.DATE}, "must end in _at"),
        ({"name": "rep_id", "kind": Kind.TEXT, "refers_to": "reps"}, "must be ID"),
        ({"name": "amount", "kind": Kind.MONEY, "places": 6}, "must be DECIMAL"),
    ],
)
def test_a_column_that_contradicts_itself_is_refused(arguments: dict[str, object], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        Column(description="Some.", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("columns", "clash"),
    [
        ((_text("note"), _text("note")), "note"),
        ((_text("custom"),), "custom"),
        ((_text("created_on"),), "created_on"),
        ((_text("currency"), Column(name="fee", kind=Kind.MONEY, description="A fee.")), "currency"),
        ((_text("fee_base"), Column(name="fee", kind=Kind.MONEY, description="A fee.")), "fee_base"),
    ],
)
def test_a_column_that_is_there_already_is_refused(columns: tuple[Column, ...], clash: str) -> None:
    with pytest.raises(ModelError, match=f"more than one column named {clash} "):
        Dataset(name="fees", description="Fees.", columns=columns)


def test_a_dataset_that_points_nowhere_is_refused() -> None:
    with pytest.raises(ModelError, match="labelled by 'title'"):
        Dataset(name="fees", description="Fees.", columns=(_text("name"),), label="title")
    with pytest.raises(ModelError, match="exchange rate from 'name'"):
        Dataset(name="fees", description="Fees.", columns=(_text("name"),), money_date="name")
    with pytest.raises(ModelError, match=r"exchange rate from 'order_id\.ordered_at'"):
        Dataset(
            name="fees",
            description="Fees.",
            columns=(_text("name"),),
            money_date_else=("order_id.ordered_at",),
        )


def test_a_dataset_that_declares_a_derived_column_is_refused() -> None:
    made = Column(name="fee_sum", kind=Kind.DATE, description="Made.", derived=True)
    with pytest.raises(ModelError, match="declares a derived column"):
        Dataset(name="fees", description="Fees.", columns=(made,))


def test_unknown_names_get_a_suggestion() -> None:
    with pytest.raises(
        UnknownDataset, match=r"^There is no dataset 'Oportunities'; did you mean opportunities"
    ):
        dataset("Oportunities")
    with pytest.raises(UnknownDataset, match=r"^There is no dataset 'zzz'\.$"):
        dataset("zzz")
    with pytest.raises(UnknownColumn, match=r"^Dataset orders has no column 'amont'; did you mean amount"):
        dataset("orders").column("amont")


def test_datasets_are_values() -> None:
    assert len({hash(each) for each in CANONICAL.values()}) == len(CANONICAL)
    with pytest.raises(AttributeError):
        dataset("orders").name = "purchases"  # type: ignore[misc]
