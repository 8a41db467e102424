"""What was found in an uploaded file, kept beside it so that a large file is looked through once."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from tallymark.web.imports.uploads import Upload
from tallymark_connectors.csv_xlsx.convert import FileFormat
from tallymark_connectors.csv_xlsx.evidence import DateFinding, NumberFinding
from tallymark_connectors.csv_xlsx.profiling import ColumnKind, ColumnProfile
from tallymark_connectors.csv_xlsx.records import Rejected
from tallymark_connectors.csv_xlsx.sniffing import Sniffed, sniff


def sniffed_of(upload: Upload) -> Sniffed:
    """Look at the upload, or recall what was found; raises `UnreadableFile`."""
    known = upload.read("sniffed")
    if known is not None:
        return _from_plain(known)
    # The file lies under a name of ours; the person's own name helps to tell what it holds.
    found = replace(sniff(upload.path), name=upload.name)
    upload.write("sniffed", asdict(found))
    return found


def _from_plain(plain: Mapping[str, Any]) -> Sniffed:
    given = dict(plain)
    given["format"] = FileFormat(given["format"])
    given["columns"] = tuple(_column(column) for column in given["columns"])
    given["rejected"] = tuple(Rejected(**row) for row in given["rejected"])
    given["notes"], given["sheets"] = tuple(given["notes"]), tuple(given["sheets"])
    return Sniffed(**given)


def _column(plain: Mapping[str, Any]) -> ColumnProfile:
    given = dict(plain)
    given["kind"] = ColumnKind(given["kind"])
    given["examples"] = tuple(given["examples"])
    given["dates"] = DateFinding(**given["dates"]) if given["dates"] else None
    given["numbers"] = NumberFinding(**given["numbers"]) if given["numbers"] else None
    return ColumnProfile(**given)
