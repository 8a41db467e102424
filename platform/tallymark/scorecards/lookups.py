"""What a scorecard reads from the data besides figures: the stages in their order, and who is on a team."""

from __future__ import annotations

from tallymark.engine import TenantData
from tallymark.engine.session import confined
from tallymark.scorecards.compose import Stage
from tallymark.scorecards.scope import Scope

_STAGES = """
    select id, coalesce(name, id), coalesce(pipeline_id, ''), coalesce(position, 0), coalesce(kind, 'open')
    from stages where deleted_at is null order by all
"""
_COLUMN = {"team": "team_id", "region": "region_id", "department": "department"}


def stages(data: TenantData) -> tuple[Stage, ...]:
    """Every stage of every pipeline; none where the company has no stages loaded."""
    if not data.is_connected("stages"):
        return ()
    with confined(data, threads=1, only={"stages"}) as connection:
        rows = connection.execute(_STAGES).fetchall()
    return tuple(
        Stage(id=identity, name=name, pipeline=pipeline, position=int(position), kind=kind)
        for identity, name, pipeline, position, kind in rows
    )


def reps_within(data: TenantData, scope: Scope) -> frozenset[str]:
    """The representatives of the scope's team, region or department as they are now; of a representative, itself."""
    if scope.dimension == "rep":
        return frozenset({scope.member})
    column = _COLUMN.get(scope.dimension)
    if column is None or not data.is_connected("reps"):
        return frozenset()
    with confined(data, threads=1, only={"reps"}) as connection:
        query = f"select id from reps where {column} = ? and deleted_at is null"  # noqa: S608  a column of ours
        return frozenset(row[0] for row in connection.execute(query, [scope.member]).fetchall())
