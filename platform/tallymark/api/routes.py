"""The blueprint with the routes of every resource."""

from tallymark.api import alerts, bridge, explain, openapi, own_kpis
from tallymark.api.blueprint import api

__all__ = ["alerts", "api", "bridge", "explain", "openapi", "own_kpis"]
