"""The blueprint with the routes of every resource."""

from tallymark.api import alerts, bridge, cells, delivery, editions, explain, openapi, own_kpis
from tallymark.api.blueprint import api

__all__ = ["alerts", "api", "bridge", "cells", "delivery", "editions", "explain", "openapi", "own_kpis"]
