"""All rows of a measure as CSV, written while they are fetched."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO

from tallymark.explain.asked import Asked
from tallymark.explain.service import export
from tallymark.explain.told import as_table, header

_LINES_AT_ONCE = 500


def csv_of(asked: Asked) -> Iterator[str]:
    """The table with its header, in pieces. What is wrong with the question is raised here, before the first piece.

    Raises:
        NoExplanation: as for a page.
    """
    stack = ExitStack()
    told, rows = stack.enter_context(export(asked))

    def pieces() -> Iterator[str]:
        with stack:
            out = StringIO()
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(header(told))
            for number, row in enumerate(as_table(told, rows), 1):
                writer.writerow(row)
                if number % _LINES_AT_ONCE == 0:
                    yield out.getvalue()
                    out.seek(0)
                    out.truncate()
            yield out.getvalue()

    return pieces()
