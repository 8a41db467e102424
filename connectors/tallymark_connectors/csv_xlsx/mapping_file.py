"""Mapping files: TOML and JSON, read strictly (an unknown key is an error with a suggestion) and written back."""

import json
import tomllib
from collections.abc import Mapping as AbstractMapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.mapping_schema import KEYS, MappingSchema
from tallymark_connectors.csv_xlsx.toml_text import to_toml as _toml
from tallymark_sdk.model import DATASETS, did_you_mean


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from a .toml or .json file; raises MappingError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        raise MappingError(f"The mapping file {path.name} can't be opened.") from None
    except UnicodeDecodeError:
        raise MappingError(f"The mapping file {path.name} must be UTF-8.") from None
    return mapping_from_json(text) if path.suffix.lower() == ".json" else mapping_from_toml(text)


def mapping_from_toml(text: str) -> Mapping:
    """Read a mapping from TOML text; raises MappingError."""
    try:
        return mapping_from_dict(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"The mapping is not TOML: {error}.") from None


def mapping_from_json(text: str) -> Mapping:
    """Read a mapping from JSON text; raises MappingError."""
    try:
        given = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise MappingError(f"The mapping is not JSON: {error}.") from None
    return mapping_from_dict(given)


def mapping_from_dict(given: object) -> Mapping:
    """Read a mapping from plain values, as TOML or JSON give them; raises MappingError naming the first problem."""
    if not isinstance(given, dict):
        raise MappingError("A mapping must be a table with dataset and columns.")
    name = given.get("dataset")
    if isinstance(name, str) and name not in DATASETS:
        raise MappingError(f"There is no dataset {name!r}{did_you_mean(name, DATASETS)}")
    try:
        loaded = MappingSchema().load(given)
    except ValidationError as error:
        raise MappingError(_first(error.messages)) from None
    assert isinstance(loaded, Mapping)  # noqa: S101 - for the type checker
    return loaded


def mapping_to_dict(mapping: Mapping) -> dict[str, Any]:
    """The mapping as plain values (strings, numbers, lists, tables), ready for JSON or TOML."""
    found = MappingSchema().dump(mapping)
    assert isinstance(found, dict)  # noqa: S101 - for the type checker
    return found


def mapping_to_json(mapping: Mapping) -> str:
    """The mapping as JSON text."""
    return json.dumps(mapping_to_dict(mapping), ensure_ascii=False, indent=2)


def mapping_to_toml(mapping: Mapping) -> str:
    """The mapping as TOML text."""
    return _toml(mapping_to_dict(mapping))


def _first(messages: Any, path: str = "") -> str:
    """The first problem as a sentence, with where it is and, for an unknown key, what was probably meant."""
    if isinstance(messages, AbstractMapping):
        # A misspelt key is the cause of the required one that is missing.
        name, inner = min(messages.items(), key=lambda item: item[1] != ["Unknown field."])
        if inner == ["Unknown field."]:
            place = f" in {path}" if path else ""
            known = KEYS.get(path.split(".", maxsplit=1)[0] if path else "", ())
            return f"The mapping has an unknown key {str(name)!r}{place}{did_you_mean(str(name), known)}"
        inner_path = path if name in ("_schema", "value") else f"{path}.{name}" if path else str(name)
        return _first(inner, inner_path)
    if isinstance(messages, list):
        return _first(messages[0], path)
    text = str(messages)
    return f"The mapping's {path}: {text}" if path else text
