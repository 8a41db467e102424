"""The `custom` column: source columns that nothing else takes, as JSON text."""

import json

from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.privacy import is_personal
from tallymark_connectors.csv_xlsx.records import RawBatch
from tallymark_connectors.csv_xlsx.sources import Headers, sources_named
from tallymark_connectors.csv_xlsx.text import is_nothing, tidy

_SAMPLE = 50
_LONGEST = 32_000


class CustomColumn:
    """Collects the unmapped source columns of each row.

    E-mails and phones are left out unless the mapping names them in `custom`.
    """

    def __init__(self, mapping: Mapping, headers: Headers) -> None:
        self._named = isinstance(mapping.custom, tuple)
        taken = {headers.index(name, "columns") for name in sources_named(mapping.rules)}
        if isinstance(mapping.custom, tuple):
            chosen = [headers.index(name, "custom") for name in mapping.custom]
        else:
            chosen = [i for i in range(len(headers.names)) if i not in taken] if mapping.custom else []
        self._columns = {i: headers.names[i] for i in chosen}
        self._known: dict[int, dict[str, str]] = {i: {} for i in chosen}

    def texts(self, raw: RawBatch) -> list[str | None]:
        """One JSON object a row, None where there is nothing to keep."""
        if not self._named:
            for i in [i for i, name in self._columns.items() if is_personal(name, raw.columns[i][:_SAMPLE])]:
                del self._columns[i]
        if not self._columns:
            return [None] * len(raw.lines)
        parts = [self._members(i, raw.columns[i]) for i in self._columns]
        return [
            "{" + ", ".join(filter(None, members)) + "}" if any(members) else None
            for members in zip(*parts, strict=True)
        ]

    def _members(self, index: int, texts: list[str]) -> list[str]:
        """`"header": "value"` for each row, empty where the cell is."""
        known, name = self._known[index], json.dumps(self._columns[index], ensure_ascii=False)
        if len(known) > 100_000:
            known.clear()
        for text in set(texts).difference(known):
            clean = tidy(text.encode("utf-8", "replace").decode())[:_LONGEST].replace("\0", "")
            known[text] = "" if is_nothing(clean) else f"{name}: {json.dumps(clean, ensure_ascii=False)}"
        return list(map(known.__getitem__, texts))
