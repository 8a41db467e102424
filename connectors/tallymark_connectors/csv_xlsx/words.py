"""The synonyms of headers and choices, read once from the data files beside this module."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from tallymark_connectors.csv_xlsx.text import header_key, key
from tallymark_sdk.model import Dataset

_OWN, _COMMON = 0, 1_000  # a dataset's own synonyms rank before those of all datasets


@cache
def _loaded(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files("tallymark_connectors.csv_xlsx") / name).read_text(encoding="utf-8"))


def column_ranks(model: Dataset) -> dict[str, dict[str, int]]:
    """Header key → canonical column → how well it names it (less is better, under 1000 is the dataset's own)."""
    found: dict[str, dict[str, int]] = {}
    for column in model.import_columns:
        if column.name in ("source_id", "custom"):
            continue
        if column.name.endswith("_hash"):  # e-mails and phones are taken only where the file means it
            found.setdefault(header_key(column.name), {})[column.name] = _OWN
            continue
        synonyms = _loaded("synonyms.toml")
        own = synonyms.get(model.name, {}).get(column.name, [])
        common = synonyms["common"].get(column.name, [])
        for base, names in ((_OWN, [column.name, *own]), (_COMMON, common)):
            for rank, name in enumerate(names):
                found.setdefault(header_key(name), {}).setdefault(column.name, base + rank)
    return found


def choice_words(model: Dataset, column: str) -> dict[str, str]:
    """Value key → the canonical choice that it probably means."""
    words = _loaded("choice_words.toml").get(model.name, {}).get(column, {})
    return {key(word): choice for choice, listed in words.items() for word in listed}


def all_sections() -> Mapping[str, Any]:
    """The synonyms as they are in the file, for checks."""
    return _loaded("synonyms.toml")


def all_choice_sections() -> Mapping[str, Any]:
    """The choice words as they are in the file, for checks."""
    return _loaded("choice_words.toml")
