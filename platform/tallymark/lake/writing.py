"""The two ways in which a landing writes: a change file, or the snapshot as a whole."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tallymark.lake.append import Append, is_plain, plain_rows
from tallymark.lake.arrivals import CHANGE, Arrivals, money_dates
from tallymark.lake.compare import Compared, compare
from tallymark.lake.derive import Tally
from tallymark.lake.duck import merging
from tallymark.lake.keys import Found, Keys, KeyWriter
from tallymark.lake.landing import Landing, Layout
from tallymark.lake.merge import Merge
from tallymark.lake.overlay import REPLACES
from tallymark.lake.parquet import Footer, SnapshotFile, head
from tallymark.lake.values import Landed, Snapshot
from tallymark_tenants.ids import uuid7

_COMPARED = 2_000_000  # incoming rows whose hashes are held in memory; more are merged on disk


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a landing wrote into its folder: `files`, which come after those of the current snapshot that stay.

    No files where nothing changed. The first of them is the snapshot's, the second its key file.
    """

    landed: Landed
    files: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()


def write(landing: Landing, layout: Layout) -> Written:
    """Write a change file where that is right and enough, else the whole snapshot, sorted."""
    return _appended(landing, layout) or _rewritten(landing)


def changed(landed: Landed) -> bool:
    """Whether the landing changed any row."""
    return bool(landed.added + landed.updated + landed.removed)


@dataclass(kw_only=True)
class _Output:
    """Derives rows and writes them with their key file, counting."""

    landing: Landing
    file: SnapshotFile
    changes: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)

    def write(
        self, batches: Iterable[pa.RecordBatch], stored: Keys | None = None, into: Keys | None = None
    ) -> Path:
        """Write all rows, and return the key file.

        For a change file, `stored` are the keys of the current snapshot, and `into` those of the files that stay.
        """
        keys = KeyWriter(self.landing.folder, self.landing.hashed)
        self.file.write(self._derived(batches, keys, stored, into))
        return keys.close()

    def _derived(
        self, batches: Iterable[pa.RecordBatch], keys: KeyWriter, stored: Keys | None, into: Keys | None
    ) -> Iterator[pa.RecordBatch]:
        derivation = self.landing.derivation()
        for batch in batches:
            for entry in pc.value_counts(batch.column(CHANGE).drop_null()).to_pylist():
                self.changes[entry["values"]] += entry["counts"]
            derived, marks = derivation.apply(batch)
            keys.add(batch, marks)
            if stored is None or into is None:
                self.tally += Tally.of(marks)
                yield derived
                continue
            touched = batch.column(CHANGE).is_valid().to_numpy(zero_copy_only=False)
            before = _found(stored, batch)
            self.tally += Tally.of(marks[touched]) - Tally.of(before.marks[touched & before.known])
            place = before if into is stored else _found(into, batch)
            yield derived.append_column(REPLACES, pa.array(place.place, mask=~place.known))


def _found(keys: Keys, batch: pa.RecordBatch) -> Found:
    return keys.find(batch.column("_key").to_numpy(), batch.column("_key2").to_numpy())


def _rewritten(landing: Landing) -> Written:
    """Merge everything into one file."""
    out = _Output(landing=landing, file=SnapshotFile(landing.folder, landing.dataset.stored_schema))
    with merging(landing.folder, landing.tenant_folder) as duck:
        merge = Merge(
            duck=duck,
            dataset=landing.dataset,
            carried=landing.carried,
            incoming=landing.incoming,
            stored=landing.stored,
            replace=landing.replace,
        )
        arrivals = merge.compare()
        dates = money_dates(duck, landing.dataset, landing.dates())
        keys = out.write(merge.rows(dates, landing.now))
    footer = landing.footer(out.tally)
    out.file.close(footer)
    landed = _landed(out.file.rows, out.changes, arrivals, footer)
    if landing.current and not changed(landed) and _last_footer(landing.current).derived_alike(footer):
        return Written(landed=replace(landed, snapshot_id=landing.current.id), kept=landing.stored)
    return Written(landed=landed, files=(out.file.path, keys))


def _appended(landing: Landing, layout: Layout) -> Written | None:
    """Write a change file; None where the whole snapshot must be written."""
    current, incoming = landing.current, landing.incoming
    if current is None or incoming is None or head(incoming).num_rows > _COMPARED:
        return None
    if (keys := _appendable(landing, current, layout)) is None:
        return None
    compared = compare(incoming, keys, landing.hashed.names, replace=landing.replace)
    base, *since = [head(file).num_rows for file in current.files]
    room = int(layout.share * base) - sum(since) - len(compared.changed)
    if room < 0:
        return None
    fold = len(since) >= layout.files
    if not fold and is_plain(landing, compared):
        if not len(compared.changed):
            return _unchanged(landing, current, compared)
        return _change_file(landing, current, compared, plain_rows(landing, compared), keys, fold=False)
    with merging(landing.folder, landing.tenant_folder) as duck:
        append = Append(duck=duck, landing=landing)
        removed = append.prepare(compared)
        if removed > room:
            return None
        if not removed + len(compared.changed):
            return _unchanged(landing, current, compared)
        dates = money_dates(duck, landing.dataset, landing.dates())
        rows = append.rows(dates, landing.now, fold=fold)
        return _change_file(landing, current, compared, rows, keys, fold=fold)


def _appendable(landing: Landing, current: Snapshot, layout: Layout) -> Keys | None:
    """The key files, where the stored rows' columns and what was derived of them still hold as they are."""
    if current.row_count < layout.floor:
        return None
    if not _last_footer(current).derived_alike(landing.footer()):
        return None
    names = [name for name in head(current.files[-1]).schema.names if name != REPLACES]
    if names != landing.dataset.stored_schema.names:
        return None
    return Keys.open(current.files, landing.hashed)


def _change_file(
    landing: Landing,
    current: Snapshot,
    compared: Compared,
    rows: Iterable[pa.RecordBatch],
    keys: Keys,
    *,
    fold: bool,
) -> Written:
    schema = landing.dataset.stored_schema.append(pa.field(REPLACES, pa.int64()))
    out = _Output(landing=landing, file=SnapshotFile(landing.folder, schema))
    key_file = out.write(rows, keys, keys.only(0) if fold else keys)
    footer = landing.footer(_last_footer(current).tally + out.tally)
    out.file.close(footer)
    landed = _landed(current.row_count + out.changes["added"], out.changes, compared.arrivals, footer)
    kept = landing.stored[:1] if fold else landing.stored
    return Written(landed=landed, files=(out.file.path, key_file), kept=kept)


def _unchanged(landing: Landing, current: Snapshot, compared: Compared) -> Written:
    landed = _landed(current.row_count, Counter(), compared.arrivals, _last_footer(current))
    return Written(landed=replace(landed, snapshot_id=current.id), kept=landing.stored)


def _last_footer(snapshot: Snapshot) -> Footer:
    return Footer.read(snapshot.files[-1])


def _landed(rows: int, changes: Counter[str], arrivals: Arrivals, footer: Footer) -> Landed:
    return Landed(
        snapshot_id=uuid7(),
        rows=rows,
        added=changes["added"],
        updated=changes["updated"],
        unchanged=arrivals.keys - changes["added"] - changes["updated"],
        duplicates=arrivals.duplicates,
        duplicate_ids=arrivals.duplicate_ids,
        removed=changes["removed"],
        without_rate=footer.without_rate,
    )
