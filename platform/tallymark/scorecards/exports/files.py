"""A scorecard's numbers as a file of a kind: its bytes, its type, its name's end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal, get_args

from tallymark.scorecards.document import Document
from tallymark.scorecards.exports.as_json import figures_json
from tallymark.scorecards.exports.figures import csv_file
from tallymark.scorecards.exports.references import RowRefs
from tallymark.scorecards.exports.workbook import workbook
from tallymark.scorecards.exports.xlsx import XLSX

Form = Literal["xlsx", "csv", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
MIME: Mapping[Form, str] = {"xlsx": XLSX, "csv": "text/csv", "json": "application/json"}


def file_of(document: Document, form: Form, rows: Mapping[str, RowRefs] | None = None) -> bytes:
    """The document's numbers; the same document and rows give the same bytes."""
    if form == "xlsx":
        return workbook(document, rows)
    if form == "csv":
        return csv_file(document, rows)
    return json.dumps(figures_json(document, rows), ensure_ascii=False, indent=1).encode(errors="replace")
