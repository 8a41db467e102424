"""Tenants, their pointers, schedules and history, written by the server itself from sequences."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg

# The administrator writes, who is bound by no policy; foreign keys are true by construction and not looked up.
STEPS = {
    "tenants": """
        insert into tenants (id, slug, name, currency, timezone, calendar, locale)
        select uuidv7(), 'tenant-' || n, 'Tenant ' || n, 'USD',
               (array['Asia/Ho_Chi_Minh', 'Asia/Tehran', 'Asia/Taipei', 'Europe/Berlin', 'America/New_York'])[1 + n % 5],
               case when n % 5 = 1 then 'jalali' else 'gregorian' end, 'en'
        from generate_series(1, {tenants}) n""",
    "kpi_sets": "insert into kpi_sets (tenant_id, id, name, is_default) select id, uuidv7(), 'Sales', true from tenants",
    "scorecards": """
        insert into scorecards (tenant_id, id, kpi_set_id, name)
        select tenant_id, uuidv7(), id, 'Monthly' from kpi_sets""",
    "schedules": """
        insert into schedules (tenant_id, id, scorecard_id, rule, next_at)
        select tenant_id, uuidv7(), id, '{{"every": "day", "at": "06:00"}}', now() + interval '1 day' from scorecards""",
    "snapshots": """
        insert into snapshots (tenant_id, id, dataset, files, row_count, schema_version, created_at)
        select t.id, uuidv7(make_interval(days => -age)), dataset, '[]', 100 + (random() ^ 8 * 200000)::int, '1.0.0',
               now() - make_interval(days => age)
        from tenants t,
             unnest(array['accounts', 'activities', 'opportunities', 'orders', 'order_lines', 'products', 'reps', 'stages'])
             as dataset, generate_series(0, {versions} - 1) as age""",
    "datasets": """
        insert into datasets (tenant_id, id, name, current_snapshot_id)
        select distinct on (tenant_id, dataset) tenant_id, uuidv7(), dataset, id
        from snapshots order by tenant_id, dataset, created_at desc""",
    "run_weights": """
        insert into run_weights (tenant_id, id, kind, seconds, row_count)
        select t.id, uuidv7(), kind, case when random() < 0.01 then 20 + random() * 100 else 0.3 + random() end, 20000
        from tenants t, unnest(array['scorecard', 'prepare_facts', 'sweep']) as kind""",
    "runs": """
        insert into runs (tenant_id, id, kind, key, input_version, params, status, attempts, fence, progress, result,
                          created_at, started_at, finished_at)
        select t.id, uuidv7(make_interval(days => -day)), run_kind, 'k', day::text, '{{}}', 'done', 1, 1, 1, '{{}}',
               now() - make_interval(days => day), now() - make_interval(days => day), now() - make_interval(days => day)
        from generate_series({days}, 1, -1) as day, tenants t, unnest(array['scorecard', 'prepare_facts', 'sweep']) as run_kind""",
    "editions": """
        insert into editions (tenant_id, id, run_id, scorecard_id, period_start, period_end, grain, locale, document,
                              snapshots, created_at)
        select r.tenant_id, r.id, r.id, s.id, '2026-01-01', '2026-02-01', 'month', 'en', '{{}}', '{{}}', r.created_at
        from runs r join scorecards s on s.tenant_id = r.tenant_id where r.kind = 'scorecard'""",
}
NIGHT = {
    "runs": """
        insert into runs (tenant_id, id, kind, key, input_version, params, status, attempts, fence, progress, created_at)
        select id, uuidv7(), 'scorecard', 'tonight', '1', '{}', 'queued', 0, 1, 0, now() from tenants""",
    "outbox": """
        insert into outbox (tenant_id, id, run_id, worker_class, priority, weight, due_at)
        select r.tenant_id, uuidv7(), r.id, case when w.seconds >= 20 then 'heavy' else 'default' end, 1, w.seconds, now()
        from runs r join run_weights w on w.tenant_id = r.tenant_id and w.kind = 'scorecard'
        where r.key = 'tonight'""",
}
"""What the night's tick leaves when every scorecard is due at once: the worst the dispatcher can meet."""


def fill(admin: str, database: str, sizes: dict[str, int], tell: Callable[[str], None]) -> None:
    """Write everything but the night, and look the statistics over as the server's own upkeep would."""
    for name, statement in STEPS.items():
        tell(f"{name:<12} {_run(admin, database, statement.format(**sizes))}")
    settle(admin, database)


def begin_night(admin: str, database: str, tell: Callable[[str], None]) -> None:
    """Make every tenant's scorecard due."""
    for name, statement in NIGHT.items():
        tell(f"tonight's {name:<7} {_run(admin, database, statement)}")
    settle(admin, database)


def settle(admin: str, database: str) -> None:
    """Vacuum and analyse."""
    with psycopg.connect(admin, dbname=database, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def _run(admin: str, database: str, statement: str) -> str:
    began = time.perf_counter()
    with psycopg.connect(admin, dbname=database) as connection:
        connection.execute("set session_replication_role = replica")
        rows = connection.execute(statement.encode()).rowcount
    return f"{rows:>10,} rows in {time.perf_counter() - began:6.1f} s"
