"""All tables. Importing this module fills `Base.metadata`."""

from tallymark_tenants.models.alerts import Alert, AlertRead, AlertRule
from tallymark_tenants.models.audit import AuditEntry
from tallymark_tenants.models.base import Base, TenantRow
from tallymark_tenants.models.branding import BrandingRow, Logo
from tallymark_tenants.models.data import Connection, Dataset, Snapshot, Sync
from tallymark_tenants.models.delivery import Delivery, DeliveryChannel, Recipient
from tallymark_tenants.models.jobs import Outbox, Run, RunWeight
from tallymark_tenants.models.kpis import Kpi, KpiSet, Target, TargetSpread
from tallymark_tenants.models.own_kpis import OwnKpiRow
from tallymark_tenants.models.scorecards import (
    Edition,
    Schedule,
    Scorecard,
    ScorecardAction,
    ScorecardRemark,
)
from tallymark_tenants.models.tenancy import Invitation, Membership, Tenant
from tallymark_tenants.models.users import User, UserSession
from tallymark_tenants.models.wall import Wall, WallWin

__all__ = [
    "Alert",
    "AlertRead",
    "AlertRule",
    "AuditEntry",
    "Base",
    "BrandingRow",
    "Connection",
    "Dataset",
    "Delivery",
    "DeliveryChannel",
    "Edition",
    "Invitation",
    "Kpi",
    "KpiSet",
    "Logo",
    "Membership",
    "Outbox",
    "OwnKpiRow",
    "Recipient",
    "Run",
    "RunWeight",
    "Schedule",
    "Scorecard",
    "ScorecardAction",
    "ScorecardRemark",
    "Snapshot",
    "Sync",
    "Target",
    "TargetSpread",
    "Tenant",
    "TenantRow",
    "User",
    "UserSession",
    "Wall",
    "WallWin",
]
