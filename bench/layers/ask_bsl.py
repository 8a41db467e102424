"""boring-semantic-layer through its models: one query a model and grouping, for all KPIs of that model at once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import ibis
from boring_semantic_layer import to_semantic_table
from serving import GROUPINGS, Rows, connect, serve

_MEASURES: dict[tuple[str, str], dict[str, Callable[[Any], Any]]] = {
    ("deals", "closed_on"): {
        "bookings": lambda t: t.amount_base.sum(where=t.status == "won"),
        "won_priced": lambda t: t.amount_base.count(where=t.status == "won"),
        "won": lambda t: (t.status == "won").sum(),
        "decided": lambda t: t.status.isin(["won", "lost"]).sum(),
        "close_ratio": lambda t: t.won / t.decided,
        "average_deal_size": lambda t: t.bookings / t.won_priced,
    },
    ("deals", "created_on"): {
        "opportunities": lambda t: t.count(),
        "opportunities_won": lambda t: (t.status == "won").sum(),
        "conversion_rate": lambda t: t.opportunities_won / t.opportunities,
    },
    ("sold_lines", "ordered_on"): {"revenue": lambda t: t.amount_base.sum()},
    ("new_leads", "created_on"): {
        "incoming_leads": lambda t: t.count(),
        "qualified": lambda t: t.is_qualified.sum(),
        "qualification_rate": lambda t: t.qualified / t.incoming_leads,
    },
}
_ASKED = {
    ("deals", "closed_on"): ["bookings", "close_ratio", "average_deal_size"],
    ("deals", "created_on"): ["opportunities", "conversion_rate"],
    ("sold_lines", "ordered_on"): ["revenue"],
    ("new_leads", "created_on"): ["incoming_leads", "qualification_rate"],
}


def make(config: dict[str, Any]) -> Any:
    """The models, and what asks each every grouping."""
    backend = ibis.duckdb.from_connection(connect(config))
    first, beyond = date.fromisoformat(config["first"]), date.fromisoformat(config["beyond"])
    models = {key: _model(backend, *key, measures) for key, measures in _MEASURES.items()}

    def ask() -> Rows:
        rows: Rows = []
        for (table, day), model in models.items():
            for grouping in GROUPINGS:
                found = model.query(
                    dimensions=["month", *([grouping] if grouping else [])],
                    measures=_ASKED[table, day],
                    filters=[lambda t, day=day: (t[day] >= first) & (t[day] < beyond)],
                ).execute()
                rows += [(grouping, row) for row in found.to_dict("records")]
        return rows

    return ask


def _model(backend: Any, table: str, day: str, measures: dict[str, Callable[[Any], Any]]) -> Any:
    dimensions = {name: (lambda t, name=name: t[name]) for name in GROUPINGS if name}
    return (
        to_semantic_table(backend.table(table), name=f"{table}_{day}")
        .with_dimensions(month=lambda t: t[day].truncate("M"), **{day: lambda t: t[day]}, **dimensions)
        .with_measures(**measures)
    )


if __name__ == "__main__":
    serve(make)
