"""Declared values as plain JSON data and back, by the types that their classes declare.

Decimals are text, dates and times ISO 8601. A field that is added to a class is sealed without anything to do here; one
that a seal of before doesn't have gets its default.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from tallymark.scorecards.seal.errors import SealError

_BY_TEXT: Mapping[Any, Any] = {
    Decimal: (lambda value: f"{value:f}", Decimal),
    date: (date.isoformat, date.fromisoformat),
    datetime: (datetime.isoformat, datetime.fromisoformat),
    UUID: (str, UUID),
    Path: (str, Path),
}


def plain(kind: Any, value: Any) -> Any:
    """The value, of a declared type, as plain data."""
    origin, arguments = get_origin(kind), get_args(kind)
    if value is None:
        return None
    if origin in (Union, types.UnionType):
        return plain(_member(arguments, value), value)
    if is_dataclass(kind):
        hints = _hints(cast(type, kind))
        return {each.name: plain(hints[each.name], getattr(value, each.name)) for each in _stored(kind)}
    if isinstance(origin, type) and issubclass(origin, Sequence | frozenset):
        listed = [plain(arguments[0], each) for each in value]
        return sorted(listed) if origin is frozenset else listed
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {str(plain(arguments[0], name)): plain(arguments[1], each) for name, each in value.items()}
    return _scalar(kind, value)


def read(kind: Any, data: Any) -> Any:
    """The value that `plain` wrote.

    Raises:
        SealError: the data has another shape.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if data is None:
        return None
    if origin in (Union, types.UnionType):
        return read(_first(arguments), data)
    if is_dataclass(kind):
        return _read_object(kind, data)
    if isinstance(origin, type) and issubclass(origin, Sequence | frozenset):
        listed = [read(arguments[0], each) for each in data]
        return listed if origin is list else frozenset(listed) if origin is frozenset else tuple(listed)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {read(arguments[0], name): read(arguments[1], each) for name, each in data.items()}
    if kind in _BY_TEXT:
        return _BY_TEXT[kind][1](data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return data


def _read_object(kind: Any, data: Any) -> Any:
    if not isinstance(data, Mapping):
        raise SealError(f"A sealed {kind.__name__} isn't one; this edition's basis was changed.")
    hints = _hints(kind)
    known = {each.name: each for each in _stored(kind)}
    given = {name: read(hints[name], part) for name, part in data.items() if name in known}
    lacking = [
        name
        for name, each in known.items()
        if name not in given and each.default is MISSING and each.default_factory is MISSING
    ]
    if lacking:
        raise SealError(f"A sealed {kind.__name__} lacks {lacking[0]}; it was made by another version.")
    return kind(**given)


def _scalar(kind: Any, value: Any) -> Any:
    for known in (kind, type(value)):
        if known in _BY_TEXT:
            return _BY_TEXT[known][0](value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): _scalar(Any, each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_scalar(Any, each) for each in value]
    if isinstance(value, str | int | float):
        return value
    raise SealError(f"A {type(value).__name__} can't be sealed; declare how in scorecards/seal/plain.py.")


def _stored(kind: Any) -> list[Any]:
    return [each for each in fields(kind) if each.init]


@lru_cache(maxsize=128)
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _first(kinds: tuple[Any, ...]) -> Any:
    wanted = [kind for kind in kinds if kind is not type(None)]
    return wanted[0] if len(wanted) == 1 else Any


def _member(kinds: tuple[Any, ...], value: Any) -> Any:
    wanted = [kind for kind in kinds if kind is not type(None)]
    if len(wanted) == 1:
        return wanted[0]
    return next((kind for kind in wanted if isinstance(kind, type) and isinstance(value, kind)), Any)
