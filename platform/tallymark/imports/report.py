"""What an import tells: the counts, the rows left out, and the error that says what to do."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tallymark.lake import Landed
from tallymark_connectors.csv_xlsx.records import Rejected


class ImportFailed(RuntimeError):
    """The import came to nothing, and the data is as it was; the message is one sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did.

    `rows_in` counts the file's records, `rows_landed` those that reached the dataset (the repeats of an id among
    them), `rejected` are the first of the `rejected_count` left out; all of these are in `rejected_file`.
    """

    sync_id: UUID
    dataset: str
    connection: str
    rows_in: int
    rows_landed: int
    rejected_count: int
    rejected: tuple[Rejected, ...]
    rejected_file: Path | None
    landed: Landed

    @property
    def snapshot_id(self) -> UUID:
        """The snapshot that is current now."""
        return self.landed.snapshot_id

    @property
    def duplicates(self) -> int:
        """Rows whose id came again later in the file; the later ones counted."""
        return self.landed.duplicates

    def as_json(self, rejected: int = 20) -> dict[str, Any]:
        """Plain values for JSON, with at most so many rejected rows."""
        return {
            "dataset": self.dataset,
            "connection": self.connection,
            "rows_in": self.rows_in,
            "rejected": self.rejected_count,
            "landed": self.rows_landed,
            "added": self.landed.added,
            "updated": self.landed.updated,
            "unchanged": self.landed.unchanged,
            "removed": self.landed.removed,
            "duplicates": self.landed.duplicates,
            "duplicate_ids": list(self.landed.duplicate_ids),
            "without_rate": self.landed.without_rate,
            "snapshot": str(self.snapshot_id),
            "snapshot_rows": self.landed.rows,
            "sync": str(self.sync_id),
            "rejected_rows": [asdict(row) for row in self.rejected[:rejected]],
            "rejected_file": str(self.rejected_file) if self.rejected_file else None,
        }
