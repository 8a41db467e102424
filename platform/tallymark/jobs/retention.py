"""How long runs that ended are remembered."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

DAYS = 90
BACKGROUND_DAYS = 7
"""For the runs that nobody asked for: one or more a day for each tenant."""
BACKGROUND = ("sweep", "prepare_facts", "alerts", "alert_messages", "wall", "wall_document")

_FORGET = text("""
    delete from runs
    where tenant_id = :tenant and status not in ('queued', 'running')
      and finished_at < now() - make_interval(days => case when kind = any(:background) then :few else :many end)
      and not exists (select 1 from editions e where e.tenant_id = runs.tenant_id and e.run_id = runs.id)
    returning id
""")


def forget_old_runs(session: Session) -> int:
    """Remove the tenant's runs that ended long ago, except those that made an edition; returns how many."""
    names = {
        "tenant": session.info["tenant"],
        "background": list(BACKGROUND),
        "few": BACKGROUND_DAYS,
        "many": DAYS,
    }
    return len(session.execute(_FORGET, names).all())
