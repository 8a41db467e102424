"""Writing plain values as TOML, the way a person would write a mapping."""

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LINE = 100


def to_toml(values: Mapping[str, Any]) -> str:
    """TOML text of a table of strings, numbers, truth values, lists of these, and tables of the same."""
    lines = [
        f"{_key(name)} = {_value(value)}" for name, value in values.items() if not isinstance(value, dict)
    ]
    for name, value in values.items():
        if isinstance(value, dict):
            lines += _section([name], value)
    return "\n".join(lines) + "\n"


def _section(path: list[str], table: Mapping[str, Any]) -> list[str]:
    lines = ["", f"[{'.'.join(map(_key, path))}]"]
    long: list[tuple[str, Mapping[str, Any]]] = []
    for name, value in table.items():
        line = f"{_key(name)} = {_value(value)}"
        if isinstance(value, dict) and len(line) > _LINE:
            long.append((name, value))
        else:
            lines.append(line)
    for name, value in long:
        lines += _section([*path, name], value)
    return lines


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    # JSON's escapes are TOML's, except that TOML also wants the delete character escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value)
