"""One import from a file to the current snapshot."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pyarrow as pa
from sqlalchemy.orm import Session

from tallymark.engine_jobs.asking import request_facts
from tallymark.imports import syncs
from tallymark.imports.connections import ensure_connection, remember_mapping
from tallymark.imports.rejects import RejectedRows
from tallymark.imports.report import ImportFailed, ImportReport
from tallymark.jobs.errors import RunTaken
from tallymark.lake import Lake, LakeError, Landed
from tallymark.lake.staging import clear_leftovers
from tallymark_connectors.csv_xlsx.errors import ImportProblem
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.reading import read
from tallymark_tenants.db import Database
from tallymark_tenants.ids import uuid7
from tallymark_tenants.profile import TenantProfile

Progress = Callable[[int], None]
Transaction = Callable[[], AbstractContextManager[Session]]

CALENDAR = "calendar_days"
"""The dataset of the company's own days, by which schedules are due."""

_CANCELLED = "The import was cancelled before it ended; the data is as it was."
_INTERNAL = "The import failed because of an error in Tallymark; the data is as it was."


@dataclass(kw_only=True)
class _Import:
    """An import under way; counts grow while the file is read."""

    lake: Lake
    profile: TenantProfile
    path: Path
    mapping: Mapping
    sync_id: UUID
    source_id: UUID
    rejected: RejectedRows
    hash_key: bytes | None
    progress: Progress | None
    rows_in: int = 0
    rows_read: int = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The file's rows, while those left out are put aside."""
        parsed = read(
            self.path,
            self.mapping,
            source_id=str(self.source_id),
            timezone=self.profile.timezone,
            hash_key=self.hash_key,
            currency=self.profile.currency,
        )
        for part in parsed:
            self.rejected.add(part.rejected)
            self.rows_in += part.rows_in
            self.rows_read += part.batch.num_rows
            if self.progress:
                self.progress(self.rows_in)
            yield part.batch
        if not self.rows_read:
            raise ImportFailed(self._nothing())

    def land(self, session: Session, *, replace: bool) -> Landed:
        """Land the file and record it, all in one transaction."""
        dataset = self.mapping.dataset
        landed = self.lake.land(
            session, self.profile, dataset, self.batches(), sync_id=self.sync_id, replace=replace
        )
        syncs.finish(session, self.sync_id, self.rows_in, self.rejected, landed.snapshot_id)
        remember_mapping(session, self.source_id, self.mapping)
        request_facts(session, self.profile.id)
        if dataset == CALENDAR:
            from tallymark.delivery.occasions import (
                refresh_days,
            )  # only here: it knows scorecards and their engine

            refresh_days(session, self.lake, self.profile)
        return landed

    def _nothing(self) -> str:
        if not self.rejected.count:
            return f"{self.path.name} has no rows below its header, so nothing was imported."
        first = self.rejected.first[0]
        column = f", column {first.column}" if first.column else ""
        return (
            f"None of the {self.rejected.count:,} rows could be read, so nothing was imported; "
            f"the first, on line {first.line}{column}: {first.reason}."
        )


def import_file(
    database: Database,
    lake: Lake,
    profile: TenantProfile,
    dataset: str,
    path: Path,
    mapping: Mapping,
    *,
    connection_name: str = "file",
    replace: bool = False,
    progress: Progress | None = None,
    hash_key: bytes | None = None,
    transaction: Transaction | None = None,
) -> ImportReport:
    """Import a file into a dataset; what could not be read is left out and reported.

    `progress` is called with the number of records read so far. `replace` tombstones what the connection brought
    before and this file does not hold. `hash_key` is needed where e-mails or phones are mapped. The landing
    commits in `transaction` (by default one of the tenant's). Raises ImportFailed with one sentence; then the
    dataset is as it was, and the sync says why.
    """
    if mapping.dataset != dataset:
        raise ImportFailed(
            f"The mapping fills {mapping.dataset}, not {dataset}; name that dataset or another mapping."
        )
    if not path.is_file():
        raise ImportFailed(f"There is no file {path}.")
    folder = reports_folder(lake, profile.id)
    sync_id = uuid7()
    clear_leftovers(lake.root, profile.id)
    with syncs.alive(folder, sync_id):
        with database.tenant(profile.id) as session:
            syncs.fail_dead(session, folder)
            source_id = ensure_connection(session, profile.id, connection_name)
            syncs.start(session, sync_id, source_id, dataset)
        run = _Import(
            lake=lake,
            profile=profile,
            path=path,
            mapping=mapping,
            sync_id=sync_id,
            source_id=source_id,
            rejected=RejectedRows(rejected_file(lake, profile.id, sync_id)),
            hash_key=hash_key,
            progress=progress,
        )
        landed = _landed(database, run, transaction or (lambda: database.tenant(profile.id)), replace=replace)
    return ImportReport(
        sync_id=sync_id,
        dataset=dataset,
        connection=connection_name,
        rows_in=run.rows_in,
        rows_landed=run.rows_read,
        rejected_count=run.rejected.count,
        rejected=tuple(run.rejected.first),
        rejected_file=run.rejected.path if run.rejected.count else None,
        landed=landed,
    )


def reports_folder(lake: Lake, tenant: UUID) -> Path:
    """Where a tenant's reports of rejected rows lie."""
    return lake.reports / str(tenant)


def rejected_file(lake: Lake, tenant: UUID, sync_id: UUID) -> Path:
    """The CSV file with all rows that a sync left out; it exists only where there are any."""
    return reports_folder(lake, tenant) / f"{sync_id}-rejected.csv"


def personal_key(secret_key: str, tenant: UUID) -> bytes:
    """The key under which a tenant's e-mails and phones are hashed: its own, and the same at each import."""
    return hmac.new(secret_key.encode(), b"personal data of " + tenant.bytes, hashlib.sha256).digest()


def _landed(database: Database, run: _Import, transaction: Transaction, *, replace: bool) -> Landed:
    """Land within `transaction`; a failure is recorded and told in one sentence."""
    try:
        try:
            with transaction() as session:
                return run.land(session, replace=replace)
        finally:
            run.rejected.close()
    except (ImportProblem, LakeError, ImportFailed) as error:
        _record_failure(database, run, str(error))
        raise ImportFailed(str(error)) from error
    except RunTaken:
        _record_failure(database, run, _CANCELLED)
        raise
    except BaseException:
        _record_failure(database, run, _INTERNAL)
        raise


def _record_failure(database: Database, run: _Import, message: str) -> None:
    with database.tenant(run.profile.id) as session:
        syncs.fail(session, run.sync_id, run.rows_in, run.rejected, message)
