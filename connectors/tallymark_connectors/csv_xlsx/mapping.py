"""What a mapping says: which source columns fill which canonical columns, and how their values are read.

The file format is described in `docs/import.md`; `mapping_file` reads and writes it.
"""

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from decimal import Decimal

from tallymark_connectors.csv_xlsx.dates import CalendarName, Order
from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.numbers import Mark
from tallymark_sdk.model import Dataset, Kind, dataset, did_you_mean

ANY_OTHER = "*"  # a key of `values`: what every other value becomes
_DATED = (Kind.DATE, Kind.TIMESTAMP)
_NUMERIC = (Kind.MONEY, Kind.DECIMAL, Kind.INTEGER)


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """How the file is written; None where it is to be detected.

    `skip_rows` counts the physical lines above the header; `columns` names the columns of a file without one;
    `empty` are more marks that stand for an empty cell.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    sheet: str | None = None
    skip_rows: int | None = None
    columns: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class When:
    """Take the value only where another source column holds one of these."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ColumnRule:
    """Where one canonical column comes from: source columns, a constant or the line number; and how it is read.

    `values` turns source values into canonical ones, `suggested` says that nobody has confirmed them yet.
    """

    sources: tuple[str, ...] = ()
    constant: str | None = None
    line: bool = False
    join: str | None = None
    date_order: Order | None = None
    calendar: CalendarName | None = None
    add_months: int = 0
    decimal: Mark | None = None
    scale: Decimal | None = None
    default: str | None = None
    values: AbstractMapping[str, str] = field(default_factory=dict)
    suggested: bool = False
    when: When | None = None


@dataclass(frozen=True, kw_only=True)
class Tax:
    """How tax is taken out of inclusive amounts: by a rate (0.1 for 10 %) or a source column that holds the tax."""

    inclusive: bool
    rate: Decimal | None = None
    column: str | None = None
    applies_to: tuple[str, ...] = ("amount",)


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Rows are points in time; each ends where the next of the same `by` begins."""

    by: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Unpivot:
    """A wide table: each of `columns` becomes a row, with its name and value in two columns of these names."""

    columns: tuple[str, ...]
    name: str = "name"
    value: str = "value"


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """A whole mapping of one file to one dataset; checked against the model when made (MappingError)."""

    dataset: str
    columns: AbstractMapping[str, ColumnRule]
    file: FileOptions = FileOptions()
    currency: str | None = None
    timezone: str | None = None
    tax: Tax | None = None
    spans: Spans | None = None
    unpivot: Unpivot | None = None
    custom: bool | tuple[str, ...] = True

    def __post_init__(self) -> None:
        model = dataset(self.dataset)
        for name, rule in self.columns.items():
            _check_column(model, name, rule)
        if "id" not in self.columns:
            raise MappingError(
                "The mapping fills no id; set columns.id to a source column or { line = true }."
            )
        _check_currency(self, model)
        _check_spans(self, model)
        _check_tax(self, model)

    @property
    def model(self) -> Dataset:
        """The dataset that is filled."""
        return dataset(self.dataset)

    @property
    def rules(self) -> dict[str, ColumnRule]:
        """Canonical import column → rule: with `closed_on` under its own name `closed_at`, and the currency."""
        found = {canonical_name(self.model, name): rule for name, rule in self.columns.items()}
        if self.currency is not None:
            found["currency"] = ColumnRule(constant=self.currency)
        return found


def fillable(model: Dataset) -> dict[str, Kind]:
    """The columns a mapping may fill, with their kinds."""
    return {c.name: c.kind for c in model.import_columns if c.name not in ("source_id", "custom")}


def canonical_name(model: Dataset, name: str) -> str:
    """The import column meant: `closed_on` stands for `closed_at`; raises MappingError for an unknown one."""
    known = fillable(model)
    if name in known:
        return name
    timed = name.removesuffix("_on") + "_at"
    if name.endswith("_on") and timed in known:
        return timed
    raise MappingError(f"Dataset {model.name} has no column {name!r}{did_you_mean(name, known)}")


def _check_column(model: Dataset, name: str, rule: ColumnRule) -> None:
    canonical = canonical_name(model, name)
    kind = fillable(model)[canonical]
    where = f"columns.{name}"
    if sum((bool(rule.sources), rule.constant is not None, rule.line)) != 1:
        raise MappingError(f"{where} needs exactly one of from, constant and line.")
    if rule.line and name != "id":
        raise MappingError(f"{where}: only the id can be the line number.")
    if (rule.date_order or rule.calendar or rule.add_months) and kind not in _DATED:
        raise MappingError(
            f"{where} is not a date, so date_order, calendar and add_months don't apply to it."
        )
    if (rule.decimal or rule.scale is not None) and kind not in _NUMERIC:
        raise MappingError(f"{where} is not a number, so decimal and scale don't apply to it.")
    choices = model.column(canonical).choices
    for source, value in rule.values.items():
        if choices and value and value not in choices:
            raise MappingError(
                f"{where}.values turns {source!r} into {value!r}, which is not one of {', '.join(choices)}"
                f"{did_you_mean(value, choices)}"
            )


def _check_currency(mapping: Mapping, model: Dataset) -> None:
    if mapping.currency is not None and not model.has_money:
        raise MappingError(f"Dataset {model.name} holds no amounts, so it takes no currency.")
    if mapping.currency is not None and "currency" in mapping.columns:
        raise MappingError("The mapping states both currency and columns.currency; keep one.")
    names = [canonical_name(model, name) for name in mapping.columns]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise MappingError(f"The mapping fills {twice} twice (an _on column stands for its _at column).")


def _check_spans(mapping: Mapping, model: Dataset) -> None:
    if mapping.spans is None:
        return
    if model.name != "stage_history":
        raise MappingError("spans applies to the dataset stage_history only.")
    for needed in (mapping.spans.by, mapping.spans.at, "stage_id"):
        if needed not in mapping.columns:
            raise MappingError(f"spans needs columns.{needed} to be filled.")
    if mapping.spans.at != "entered_at" or mapping.spans.by != "opportunity_id":
        raise MappingError('spans must be { by = "opportunity_id", at = "entered_at" }.')


def _check_tax(mapping: Mapping, model: Dataset) -> None:
    if mapping.tax is None or not mapping.tax.inclusive:
        return
    if (mapping.tax.rate is None) == (mapping.tax.column is None):
        raise MappingError("tax with inclusive amounts needs exactly one of tax_rate and column.")
    for name in mapping.tax.applies_to:
        if fillable(model).get(name) is not Kind.MONEY:
            raise MappingError(f"tax.applies_to names {name!r}, which is not an amount of {model.name}.")
