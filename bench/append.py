"""What a small sync of a large dataset costs: a change file, a whole rewrite, and plain Parquet beside them.

Lands opportunities, then lands 1 % of them changed several times in each way, and reads them plain and overlaid, with a
PostgreSQL of its own. Each line has the median of the time passed and that of the processor time of this process, which
other work on the machine hardly touches. "Reading the rows" is what every landing does with the incoming rows before
it looks at what is stored; the other lines of a landing are without it.

Usage: python bench/append.py [ROWS] [REPEATS]
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tallymark.lake import Lake, Landed
from tallymark.lake.landing import Layout
from tallymark.lake.overlay import overlaid
from tallymark.lake.staging import stage, staging
from tallymark.services import running
from tallymark.settings import Settings
from tallymark_sdk.model import dataset
from tallymark_tenants.db import Database
from tallymark_tenants.models import Tenant
from tallymark_tenants.profile import TenantProfile

DEALS = dataset("opportunities")
QUERY = "select count(*), sum(amount_base), max(closed_on), count(distinct rep_id) from deals where status = 'won'"
_MADE = """
select 'crm' as source_id, printf('006%012d', n) as id, 'Deal ' || n as name, 'a' || (hash(n) % 9999) as account_id,
    'r' || (hash(n, 1) % 99) as rep_id, (['open', 'won', 'lost'])[(1 + hash(n) % 3)::bigint] as status,
    ((hash(n, 2 + {version}) % 900000) / 100)::decimal(18, 4) as amount, 'EUR' as currency,
    timestamptz '2020-01-01' + interval (hash(n, 3) % 100000000) second as opened_at,
    timestamptz '2020-01-01' + interval (hash(n, 4) % 100000000) second as closed_at,
    timestamptz '2024-01-01' + interval {version} hour as updated_at, '{{"x": ' || hash(n, 5) % 1000 || '}}' as custom
from range({rows}) t(n) where hash(n, 100 + {version}) % {one_in} = 0
"""


def made(rows: int, version: int, one_in: int) -> list[pa.RecordBatch]:
    """Opportunities in the import schema: of all `rows`, every so manieth, scattered over the ids."""
    with duckdb.connect() as duck:
        duck.execute("set timezone = 'UTC'")
        table = duck.sql(_MADE.format(rows=rows, version=version, one_in=one_in)).to_arrow_table()
    wanted = pa.schema([DEALS.import_schema.field(name) for name in table.column_names])
    batches: list[pa.RecordBatch] = table.cast(wanted).to_batches(65_536)
    return batches


class Bench:
    """One tenant's opportunities, landed and measured."""

    def __init__(self, database: Database, folder: Path, rows: int) -> None:
        """Opens the lake in that folder."""
        self.database, self.root, self.rows = database, folder / "lake", rows
        with database.auth() as session:
            row = Tenant(slug=f"bench-{uuid4().hex}", name="Bench", currency="EUR", timezone="Asia/Tehran")
            session.add(row)
            session.flush()
            session.refresh(row)
            self.profile = TenantProfile.of(row)

    def land(self, batches: list[pa.RecordBatch], layout: Layout | None = None) -> Landed:
        """Land them, committed."""
        with self.database.tenant(self.profile.id) as session:
            return Lake(self.root, layout=layout).land(session, self.profile, DEALS.name, batches)

    def files(self) -> list[Path]:
        """The current snapshot's."""
        with self.database.tenant(self.profile.id) as session:
            return Lake(self.root).files(session, DEALS.name)

    def stage(self, batches: list[pa.RecordBatch]) -> None:
        """What a landing does with incoming rows before it looks at what is stored."""
        with staging(self.root, self.profile.id) as folder:
            stage(folder, DEALS, batches)


Times = list[tuple[float, float]]


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long it takes, and how long processors worked on it."""
    started, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - worked


def middle(times: Times, without: Times = ()) -> tuple[float, float]:
    """The medians, less those of `without`."""
    both = [median(part) for part in zip(*times, strict=True)]
    less = [median(part) for part in zip(*without, strict=True)] if without else [0.0, 0.0]
    return both[0] - less[0], both[1] - less[1]


def asked(files: list[Path]) -> list[tuple[object, ...]]:
    """An aggregation over the snapshot of these files, in a connection of its own."""
    with duckdb.connect() as duck:
        duck.execute("set threads = 2")
        overlaid(duck, files).create_view("deals")
        found: list[tuple[object, ...]] = duck.sql(QUERY).fetchall()
        return found


def measured(bench: Bench, repeats: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Each line's name and times."""
    staged: Times = []
    appended: Times = []
    rewritten: Times = []
    base = bench.files()
    for version in range(1, repeats + 1):
        part = made(bench.rows, version, 100)
        staged.append(seconds(lambda rows=part: bench.stage(rows)))
        appended.append(seconds(lambda rows=part: bench.land(rows)))
    files = bench.files()
    yield f"reading the rows of 1 % ({sum(each.num_rows for each in part):,})", middle(staged)
    yield "appending them as a change file, without reading them", middle(appended, staged)
    overlay = [seconds(lambda: asked(files)) for _ in range(repeats)]
    plain = [seconds(lambda: asked(base)) for _ in range(repeats)]
    whole = Layout(share=0)
    for version in range(repeats + 1, 2 * repeats + 1):
        part = made(bench.rows, version, 100)
        rewritten.append(seconds(lambda rows=part: bench.land(rows, whole)))
    yield "rewriting everything instead", middle(rewritten, staged)
    table = pq.read_table(bench.files()[0])
    few, target = table.slice(0, bench.rows // 100), bench.root / "plain.parquet"
    for name, rows in (("1 %", few), ("all rows", table)):
        written = [
            seconds(lambda t=rows: pq.write_table(t, target, compression="zstd")) for _ in range(repeats)
        ]
        yield f"plain Parquet of {name} alone", middle(written)
    yield "reading plain: an aggregation over four columns", middle(plain)
    yield f"reading overlaid: base and {len(files) - 1} change file(s)", middle(overlay)


def main() -> None:
    """Run it and print a table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        with running(Settings(data_dir=folder), redis=False) as settings:
            database = Database(settings.urls)
            bench = Bench(database, folder, rows)
            first, _ = seconds(lambda: bench.land(made(rows, 0, 1)))
            size = bench.files()[0].stat().st_size / 1e6
            print(f"first landing of {rows:,} rows: {first:.2f} s, {size:.0f} MB\n   passed  processor")
            for line, (passed, worked) in measured(bench, repeats):
                print(f"{passed * 1000:6.0f} ms {worked * 1000:7.0f} ms  {line}")
            database.close()


if __name__ == "__main__":
    main()
