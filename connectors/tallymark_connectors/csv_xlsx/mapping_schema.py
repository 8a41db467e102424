"""The marshmallow schemas of a mapping file; unknown keys are refused."""

from collections.abc import Mapping as AbstractMapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import RAISE, Schema, ValidationError, fields, post_dump, post_load, validate

from tallymark_connectors.csv_xlsx.dates import CALENDARS, ORDERS
from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.mapping import (
    ColumnRule,
    FileOptions,
    Mapping,
    Spans,
    Tax,
    Unpivot,
    When,
)

_FILLED = validate.Length(min=1)


class _Strict(Schema):
    class Meta:
        unknown = RAISE

    @post_dump
    def _without_defaults(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value not in (None, (), [], {})}


class _Texts(fields.Field[tuple[str, ...]]):
    """One string or a list of strings."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[str, ...]:
        found = [value] if isinstance(value, str | int) and not isinstance(value, bool) else value
        if not isinstance(found, list) or not found:
            raise ValidationError("must be a text or a list of texts.")
        if any(isinstance(item, bool) or not isinstance(item, str | int) for item in found):
            raise ValidationError("must be a text or a list of texts.")
        return tuple(str(item) for item in found)

    def _serialize(self, value: tuple[str, ...] | None, attr: str | None, obj: Any, **_: Any) -> Any:
        return value[0] if value and len(value) == 1 else list(value or ())


class _Scalar(fields.Field[str]):
    """A text, number or truth value, kept as the text that a file would hold."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float | Decimal) or hasattr(value, "isoformat"):
            return str(value)
        raise ValidationError("must be a single value.")


class _Exact(fields.Field[Decimal]):
    """A number; written as a number where that loses nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ValidationError("must be a number.")
        number = Decimal(str(value))
        if not number.is_finite() or number <= 0:
            raise ValidationError("must be a number greater than 0.")
        return number

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> Any:
        if value is None:
            return None
        return int(value) if value == value.to_integral_value() else float(value)


class _FileSchema(_Strict):
    encoding = fields.String()
    delimiter = fields.String(validate=validate.Length(equal=1))
    quote = fields.String(validate=validate.Length(equal=1))
    header = fields.Boolean(truthy={True}, falsy={False})
    sheet = fields.String()
    skip_rows = fields.Integer(strict=True, validate=validate.Range(min=0))
    columns = _Texts()
    empty = _Texts()

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> FileOptions:
        return FileOptions(**data)


class _WhenSchema(_Strict):
    column = fields.String(required=True)
    values = _Texts(required=True, data_key="is")

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> When:
        return When(**data)


class _RuleSchema(_Strict):
    sources = _Texts(data_key="from")
    constant = _Scalar()
    line = fields.Boolean(truthy={True}, falsy={False})
    join = fields.String()
    date_order = fields.String(validate=validate.OneOf(ORDERS))
    calendar = fields.String(validate=validate.OneOf(CALENDARS))
    add_months = fields.Integer(strict=True, validate=validate.Range(min=-1200, max=1200))
    decimal = fields.String(validate=validate.OneOf([".", ","]))
    scale = _Exact()
    default = _Scalar()
    values = fields.Dict(keys=fields.String(), values=_Scalar())
    suggested = fields.Boolean(truthy={True}, falsy={False})
    when = fields.Nested(_WhenSchema)

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> ColumnRule:
        return ColumnRule(**data)

    @post_dump
    def _without_falsehoods(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value not in (False, 0)}


class _Rule(fields.Field[ColumnRule]):
    """A source header alone, a list of them, or a table."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> ColumnRule:
        if isinstance(value, str):
            return ColumnRule(sources=(value,))
        if isinstance(value, list):
            return ColumnRule(sources=_Texts().deserialize(value) or ())
        if not isinstance(value, dict):
            raise ValidationError("must be a source column's header, a list of them, or a table.")
        loaded = _RuleSchema().load(value)
        assert isinstance(loaded, ColumnRule)  # noqa: S101 - for the type checker
        return loaded

    def _serialize(self, value: ColumnRule | None, attr: str | None, obj: Any, **_: Any) -> Any:
        if value is None:
            return None
        if value.sources and value == ColumnRule(sources=value.sources):
            return value.sources[0] if len(value.sources) == 1 else list(value.sources)
        return _RuleSchema().dump(value)


class _TaxSchema(_Strict):
    inclusive = fields.Boolean(required=True, truthy={"inclusive"}, falsy={"exclusive"}, data_key="amounts")
    rate = _Exact(data_key="tax_rate")
    column = fields.String()
    applies_to = _Texts()

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> Tax:
        return Tax(**data)

    @post_dump
    def _worded(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return data | {"amounts": "inclusive" if data["amounts"] else "exclusive"}


class _SpansSchema(_Strict):
    by = fields.String(required=True)
    at = fields.String(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> Spans:
        return Spans(**data)


class _UnpivotSchema(_Strict):
    columns = _Texts(required=True)
    name = fields.String(validate=_FILLED)
    value = fields.String(validate=_FILLED)

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> Unpivot:
        return Unpivot(**data)


class _Custom(fields.Field[bool | tuple[str, ...]]):
    """True, false, or the source columns to keep."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool | tuple[str, ...]:
        if isinstance(value, bool):
            return value
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise ValidationError("must be true, false or a list of source columns.")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value


class MappingSchema(_Strict):
    """A mapping file; loads a Mapping."""

    dataset = fields.String(required=True)
    currency = fields.String(validate=validate.Regexp(r"[A-Z]{3}\Z", error="must be a code such as USD."))
    timezone = fields.String()
    custom = _Custom()
    file = fields.Nested(_FileSchema)
    columns = fields.Dict(keys=fields.String(), values=_Rule(), required=True)
    tax = fields.Nested(_TaxSchema)
    spans = fields.Nested(_SpansSchema)
    unpivot = fields.Nested(_UnpivotSchema)

    @post_load
    def _made(self, data: dict[str, Any], **_: object) -> Mapping:
        if zone := data.get("timezone"):
            try:
                ZoneInfo(zone)
            except (ZoneInfoNotFoundError, ValueError):
                raise MappingError(
                    f"There is no time zone {zone!r}; use a name such as Asia/Ho_Chi_Minh."
                ) from None
        return Mapping(**data)

    @post_dump
    def _without_true(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {name: value for name, value in data.items() if not (name == "custom" and value is True)}


def _keys(schema: Schema) -> tuple[str, ...]:
    return tuple(field.data_key or name for name, field in schema.fields.items())


# Section of a mapping file → the keys it may have.
KEYS: AbstractMapping[str, tuple[str, ...]] = {
    "": _keys(MappingSchema()),
    "file": _keys(_FileSchema()),
    "columns": (*_keys(_RuleSchema()), *_keys(_WhenSchema())),
    "tax": _keys(_TaxSchema()),
    "spans": _keys(_SpansSchema()),
    "unpivot": _keys(_UnpivotSchema()),
}
