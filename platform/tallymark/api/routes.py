"""The blueprint with the routes of every resource."""

from tallymark.api import openapi, own_kpis
from tallymark.api.blueprint import api

__all__ = ["api", "openapi", "own_kpis"]
