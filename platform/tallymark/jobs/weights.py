"""How long a run is expected to take: measured when one ends, looked up when the next is asked for.

A heavy run goes to workers of its own, so that light ones never wait behind it. The figure is one row a tenant
and kind: the seconds that runs took lately and the rows that the tenant's datasets had then. What a run will
take is that time, scaled by how the datasets have grown since. A kind that never ran is guessed from the rows.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

LIGHT, HEAVY = "default", "heavy"
"""The classes of workers that runs are shared out to when the caller names none."""

HEAVY_SECONDS = 20.0
"""A run that is expected to take as long or longer is heavy: several times what a small company's scorecard takes with its
PDF, so that a busy machine does not make all of them heavy."""

SCORECARD_SECONDS_PER_MILLION_ROWS = 1.0
"""The first guess for a tenant's scorecards: rows of all its datasets together."""

MOST_GROWTH = 20.0
"""Datasets that grew more are no ground for a forecast: the next measurement is."""

_ROWS = """
    select coalesce(sum(s.row_count), 0)::bigint as row_count
    from datasets d join snapshots s on s.tenant_id = d.tenant_id and s.id = d.current_snapshot_id
    where d.tenant_id = :tenant
"""
_EXPECTED = text(f"""
    select coalesce(
        w.seconds * least(:growth, greatest(1, n.row_count) / greatest(1, w.row_count)::float),
        n.row_count * :per_row
    )
    from ({_ROWS}) n left join run_weights w on w.tenant_id = :tenant and w.kind = :kind
""")  # noqa: S608  a constant of this module
_RECORD = text(f"""
    insert into run_weights (tenant_id, id, kind, seconds, row_count, measured_at)
    select :tenant, uuidv7(), :kind, :seconds, n.row_count, now() from ({_ROWS}) n
    on conflict (tenant_id, kind) do update
    set seconds = case when excluded.seconds > run_weights.seconds then excluded.seconds
                       else (run_weights.seconds + excluded.seconds) / 2 end,
        row_count = excluded.row_count, measured_at = excluded.measured_at
""")  # noqa: S608  a constant of this module


def expected(session: Session, tenant_id: UUID, kind: str, seconds_per_million_rows: float) -> float:
    """Seconds that a run of `kind` will take this tenant.

    `seconds_per_million_rows` is the first guess, for a kind that the tenant never ran; 0 where rows say nothing.
    """
    names = {
        "tenant": tenant_id,
        "kind": kind,
        "growth": MOST_GROWTH,
        "per_row": seconds_per_million_rows / 1e6,
    }
    return float(session.execute(_EXPECTED, names).scalar_one())


def record(session: Session, tenant_id: UUID, kind: str, seconds: float) -> None:
    """Note what a run took. A longer time counts at once, a shorter one by half: a mistake to the light side costs more."""
    session.execute(_RECORD, {"tenant": tenant_id, "kind": kind, "seconds": seconds})


def class_for(seconds: float) -> str:
    """The class of workers that a run of this weight belongs to."""
    return HEAVY if seconds >= HEAVY_SECONDS else LIGHT
