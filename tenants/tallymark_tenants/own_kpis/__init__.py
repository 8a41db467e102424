"""Own KPIs as a tenant keeps them: made, changed, removed, listed, with what they were before."""

from tallymark_tenants.own_kpis.errors import OwnKpiInUse, OwnKpiRefused, OwnKpiUnknown
from tallymark_tenants.own_kpis.history import Change, history_of
from tallymark_tenants.own_kpis.service import change, create, drafted, remove
from tallymark_tenants.own_kpis.stored import StoredKpi, definitions, find, find_by_key, list_own

__all__ = [
    "Change",
    "OwnKpiInUse",
    "OwnKpiRefused",
    "OwnKpiUnknown",
    "StoredKpi",
    "change",
    "create",
    "definitions",
    "drafted",
    "find",
    "find_by_key",
    "history_of",
    "list_own",
    "remove",
]
