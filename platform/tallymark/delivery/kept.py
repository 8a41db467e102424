"""Sentences in the database, with their values beside them, so that each reader gets them in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tallymark_sdk.said import Said


def keep(said: Said) -> dict[str, Any]:
    """The sentence as JSON."""
    return {"text": said.text, "values": {name: _kept(value) for name, value in said.values.items()}}


def told(raw: Mapping[str, Any] | None) -> Said:
    """The sentence that `keep` wrote; an empty one for None."""
    if not raw:
        return Said()
    return Said(
        str(raw.get("text", "")), {name: _told(value) for name, value in raw.get("values", {}).items()}
    )


def _kept(value: object) -> Any:
    if isinstance(value, Said):
        return {"said": keep(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, list | tuple):
        return [_kept(each) for each in value]
    return value if isinstance(value, int | float | str) else str(value)


def _told(value: Any) -> object:
    if isinstance(value, list):
        return [_told(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "said" in value:
        return told(value["said"])
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    return date.fromisoformat(value["day"])
