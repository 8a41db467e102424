"""What reading a file yields."""

from dataclasses import dataclass

import pyarrow as pa

from tallymark_connectors.csv_xlsx.records import Rejected


@dataclass(frozen=True, kw_only=True)
class ParsedBatch:
    """Rows ready to land (in the dataset's import schema), those left out, and how many records that was.

    `rows_in` counts the records read: those in `batch` and `rejected`, and points that `spans` merged.
    """

    batch: pa.RecordBatch
    rejected: tuple[Rejected, ...]
    rows_in: int
