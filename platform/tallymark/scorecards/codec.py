"""A document as JSON and back, strictly: an unknown or missing field is an error with its place."""

import types
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from tallymark.scorecards.document import SCHEMA, Document


class BadDocument(ValueError):
    """The JSON is not a scorecard document; the message says where it differs."""


def to_json(document: Document) -> dict[str, Any]:
    """The document as plain lists, dicts, text and numbers, ready for `json.dumps` or a jsonb column."""
    return cast(dict[str, Any], _plain(document))


def from_json(data: object) -> Document:
    """The document that `to_json` wrote.

    Raises BadDocument when the data has another shape or was written by a newer schema.
    """
    if isinstance(data, dict) and isinstance(data.get("schema"), int) and data["schema"] > SCHEMA:
        raise BadDocument(
            f"This scorecard has schema {data['schema']}; update Tallymark, which reads up to {SCHEMA}."
        )
    return cast(Document, _read(Document, data, "document"))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


@lru_cache(maxsize=128)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: Any, place: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), data, place)
    if origin is tuple:
        if not isinstance(data, list):
            raise BadDocument(f"{place} must be a list.")
        (item, _) = get_args(kind)
        return tuple(_read(item, part, f"{place}[{index}]") for index, part in enumerate(data))
    if origin is Literal:
        return _checked(data, place, " or ".join(get_args(kind)), holds=data in get_args(kind))
    if is_dataclass(kind):
        return _read_object(cast("type", kind), data, place)
    return _read_scalar(kind, data, place)


def _read_scalar(kind: Any, data: Any, place: str) -> Any:
    if issubclass(kind, StrEnum):
        return kind(_checked(data, place, " or ".join(kind), holds=data in list(kind)))
    number = isinstance(data, int | float) and not isinstance(data, bool)
    if kind is float:
        return float(_checked(data, place, "a number", holds=number))
    return _checked(
        data,
        place,
        kind.__name__,
        holds=isinstance(data, int) and number if kind is int else isinstance(data, kind),
    )


def _checked(data: Any, place: str, wanted: str, *, holds: bool) -> Any:
    if not holds:
        raise BadDocument(f"{place} must be {wanted}, not {str(data)[:40]!r}.")
    return data


def _read_union(kinds: tuple[Any, ...], data: Any, place: str) -> Any:
    if data is None and type(None) in kinds:
        return None
    wanted = [kind for kind in kinds if kind is not type(None)]
    if len(wanted) == 1:
        return _read(wanted[0], data, place)
    tag = data.get("kind") if isinstance(data, dict) else None
    for kind in wanted:
        if tag in get_args(_hints(kind)["kind"]):
            return _read(kind, data, place)
    raise BadDocument(f"{place} is a section of an unknown kind {str(tag)[:40]!r}.")


def _read_object(kind: type, data: Any, place: str) -> Any:
    if not isinstance(data, dict):
        raise BadDocument(f"{place} must be an object.")
    hints = _hints(kind)
    if unknown := sorted(set(data) - set(hints)):
        raise BadDocument(f"{place} has an unknown field {unknown[0]!r}.")
    required = {item.name for item in fields(kind) if item.default is MISSING}
    if missing := sorted(required - set(data)):
        raise BadDocument(f"{place} lacks the field {missing[0]!r}.")
    return kind(**{name: _read(hints[name], part, f"{place}.{name}") for name, part in data.items()})
