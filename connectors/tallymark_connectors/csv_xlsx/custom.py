"""The `custom` column: source columns that nothing else takes, as JSON text."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallymark_connectors.csv_xlsx.cells import Cells
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.privacy import is_personal
from tallymark_connectors.csv_xlsx.records import RawBatch
from tallymark_connectors.csv_xlsx.sources import Headers, sources_named
from tallymark_connectors.csv_xlsx.text import is_nothing, tidy
from tallymark_connectors.csv_xlsx.vectors import marks, plain_text

_SAMPLE = 50
_LONGEST = 32_000
_BETWEEN = ", "
_REMEMBERED = 20_000
_SIMPLE = r"^[ !#-\[\]-~]{0,1000}$"  # printable ASCII that JSON holds as it is


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

    def values(self, raw: RawBatch) -> pa.Array:
        """One JSON object a row, null where there is nothing to keep."""
        if not self._named:
            for i in [i for i, name in self._columns.items() if is_personal(name, _sample(raw.columns[i]))]:
                del self._columns[i]
        if not self._columns:
            return pa.nulls(len(raw.lines), pa.string())
        parts = [self._members(i, raw.columns[i]).take(pa.array(raw.columns[i].codes)) for i in self._columns]
        joined = pc.binary_join_element_wise(*parts, "")
        whole = pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(joined, len(_BETWEEN)), "}", "")
        return pc.if_else(pc.equal(joined, ""), None, whole)

    def _members(self, index: int, cells: Cells) -> pa.Array:
        """`, "header": "value"` for each distinct text, empty where it stands for nothing."""
        name = _BETWEEN + json.dumps(self._columns[index], ensure_ascii=False)
        values, ascii_only = plain_text(cells.arrow)
        simple = ascii_only & marks(pc.match_substring_regex(cells.arrow, _SIMPLE))
        members = pc.fill_null(pc.binary_join_element_wise(f'{name}: "', values, '"', ""), "")
        if simple.all():
            return members
        known = self._known[index]
        if len(known) > _REMEMBERED:
            known.clear()
        others = cells.some(np.flatnonzero(~simple))
        for text in others:
            if text not in known:
                known[text] = _member(name, text)
        made = pa.array([known[text] for text in others], pa.string())
        return pc.replace_with_mask(members, pa.array(~simple), made)


def _sample(cells: Cells) -> list[str]:
    return cells.cut(0, min(len(cells), _SAMPLE)).texts()


def _member(name: str, text: str) -> str:
    clean = tidy(text.encode("utf-8", "replace").decode())[:_LONGEST].replace("\0", "")
    return "" if is_nothing(clean) else f"{name}: {json.dumps(clean, ensure_ascii=False)}"
