"""The lake: each tenant's datasets as immutable Parquet snapshots, with the database pointing at the current ones."""

import dataclasses
import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from uuid import UUID

import duckdb
import pyarrow as pa
from sqlalchemy.orm import Session

from tallymark.lake import pointers
from tallymark.lake.bucket import Bucket
from tallymark.lake.cache import Cache
from tallymark.lake.carrying import carried, widened
from tallymark.lake.landing import RATES, Landing, Layout, money_paths
from tallymark.lake.parquet import publish
from tallymark.lake.staging import stage, staging
from tallymark.lake.sweeping import Swept, sweep
from tallymark.lake.values import LakeError, Landed, Snapshot
from tallymark.lake.writing import changed, write
from tallymark.settings import Settings
from tallymark_sdk.model import DATASETS, SCHEMA_VERSION, Dataset
from tallymark_sdk.model import dataset as dataset_named
from tallymark_tenants.profile import TenantProfile


class Lake:
    """The snapshots under one folder: `<root>/<tenant>/<dataset>/<snapshot>/part-0.parquet`.

    A snapshot lists the file of its own folder and, where that holds changes only, those of the folders before it.
    """

    def __init__(self, root: Path, *, layout: Layout | None = None, cache: Cache | None = None) -> None:
        """With `cache`, which must be of the same root, the files are in its bucket and `root` holds copies."""
        self.root = root.absolute()
        self._layout = layout or Layout()
        self._cache = cache

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The lake that the settings name: in the data folder, or in a bucket with a cache in the data folder."""
        root = settings.lake_dir.absolute()
        if not settings.lake:
            return cls(root)
        return cls(root, cache=Cache(root=root, bucket=Bucket.at(settings.lake), limit=settings.lake_cache))

    @property
    def reports(self) -> Path:
        """The folder for what is told of landings, one folder a tenant: beside the lake, never in a cache."""
        data = self.root.parents[1] if self._cache else self.root.parent
        return data / "imports"

    def land(
        self,
        session: Session,
        profile: TenantProfile,
        dataset: str,
        batches: Iterable[pa.RecordBatch],
        *,
        sync_id: UUID | None = None,
        replace: bool = False,
    ) -> Landed:
        """Merge rows into a dataset and make the result current when the session's transaction commits.

        `batches` are in the dataset's import schema, of any size, and are read once. Rows stay in a dataset for
        good; with `replace`, those of the incoming rows' sources that are not among them become tombstones. Where
        nothing changes, the current snapshot stays. Other datasets whose derived columns depend on this one are
        derived anew. Raises LakeError with what to do.
        """
        described = dataset_named(dataset)
        with _one_sentence(), staging(self.root, profile.id) as folder:
            incoming, _ = stage(folder, described, batches)
            pointers.lock(session, profile.id, dataset)
            landed = self._merge(session, profile, described, folder, incoming, sync_id, replace=replace)
        if not changed(landed):
            return landed
        return dataclasses.replace(
            landed, rederived=self.rederive(session, profile, _dependents(dataset), sync_id=sync_id)
        )

    def rederive(
        self,
        session: Session,
        profile: TenantProfile,
        names: Iterable[str] | None = None,
        *,
        sync_id: UUID | None = None,
    ) -> tuple[str, ...]:
        """Make local dates and base amounts anew where the tenant's zone, currency or rates have changed since.

        Looks at the named datasets, or at all; returns those that have a new snapshot.
        """
        made = []
        for name in sorted(DATASETS if names is None else names):
            with _one_sentence():
                pointers.lock(session, profile.id, name)
                current = pointers.current(session, self.root, name)
                if current is None:
                    continue
                with staging(self.root, profile.id) as folder:
                    landed = self._merge(
                        session, profile, DATASETS[name], folder, None, sync_id, replace=False
                    )
            if landed.snapshot_id != current.id:
                made.append(name)
        return tuple(made)

    def files(self, session: Session, dataset: str) -> list[Path]:
        """Absolute paths of the current snapshot's files; empty if the dataset is not connected.

        Where there are several, `tallymark.lake.overlay` reads them as one.
        """
        current = pointers.current(session, self.root, dataset_named(dataset).name)
        if current is None:
            return []
        self._hold([current])
        return list(current.files)

    def pinned(self, session: Session, ids: Sequence[UUID] | None = None) -> Mapping[str, Snapshot]:
        """Dataset → snapshot: the current ones, or those of `ids` (of a sealed edition, say) that still exist."""
        found = (
            pointers.all_current(session, self.root)
            if ids is None
            else pointers.by_ids(session, self.root, ids)
        )
        self._hold(found)
        return {snapshot.dataset: snapshot for snapshot in found}

    def sweep(self, session: Session, *, older_than: timedelta = timedelta(hours=6), keep: int = 10) -> Swept:
        """Remove what the tenant needs no more: snapshots aged out, and files that nothing refers to.

        Kept are each dataset's current and `keep` newest snapshots and those that editions were sealed with.
        Files go one sweep later than their rows, so that a rollback can't lose them and a reader can end.
        """
        bucket = self._cache.bucket if self._cache else None
        return sweep(session, self.root, older_than=older_than, keep=keep, bucket=bucket)

    def _hold(self, snapshots: Iterable[Snapshot], *, keys: bool = False) -> None:
        """Make the snapshots' files be on this machine."""
        if self._cache:
            self._cache.hold(snapshots, keys=keys)

    def _merge(
        self,
        session: Session,
        profile: TenantProfile,
        dataset: Dataset,
        folder: Path,
        incoming: Path | None,
        sync_id: UUID | None,
        *,
        replace: bool,
    ) -> Landed:
        current = pointers.current(session, self.root, dataset.name)
        self._hold([current] if current else [], keys=True)
        wide = widened(dataset, current.files if current else ())
        landing = Landing(
            dataset=wide,
            carried=carried(dataset, wide),
            profile=profile,
            tenant_folder=self.root / str(profile.id),
            folder=folder,
            incoming=incoming,
            current=current,
            sources=self._sources(session, wide),
            now=datetime.now(UTC),
            replace=replace,
        )
        written = write(landing, self._layout)
        landed = written.landed
        if not written.files:
            return landed
        place = self.root / str(profile.id) / dataset.name / str(landed.snapshot_id)
        stored = self._cache.upload(written.files, place) if self._cache else {}
        snapshot = Snapshot(
            id=landed.snapshot_id,
            dataset=dataset.name,
            files=(*written.kept, publish(written.files, place)),
            stored={**(current.stored if current else {}), **stored},
            row_count=landed.rows,
            schema_version=SCHEMA_VERSION,
            sync_id=sync_id,
            created_at=landing.now,
        )
        pointers.swap(session, self.root, snapshot, profile.id)
        return landed

    def _sources(self, session: Session, dataset: Dataset) -> dict[str, Snapshot]:
        """The current snapshots that the dataset's base amounts are made with."""
        found = {name: pointers.current(session, self.root, name) for name in _needs(dataset)}
        there = {name: snapshot for name, snapshot in found.items() if snapshot}
        self._hold(there.values())
        return there


def _needs(dataset: Dataset) -> set[str]:
    """The datasets that this one's base amounts are made with: rates, and where rates' dates are."""
    if not dataset.has_money:
        return set()
    return {RATES} | {dataset.references[path.partition(".")[0]] for path in money_paths(dataset)}


def _dependents(dataset: str) -> list[str]:
    return [name for name, other in DATASETS.items() if dataset in _needs(other)]


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Turn what a full or broken disk raises into a sentence that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LakeError(
                "The disk is full: free some space in the data folder and import again."
            ) from error
        raise LakeError(f"The data folder can't be written: {error.strerror or error}.") from error
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise LakeError(
            "The merge ran out of disk space: free some space in the data folder and import again."
        ) from error
