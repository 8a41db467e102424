"""How far a company has come on the way to its first scorecard."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tallymark.web.localisation import gettext as _
from tallymark.web.runs.titles import run_title
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Dataset, Edition, KpiSet, Run


@dataclass(frozen=True, kw_only=True)
class Step:
    """A line of the checklist; `next` marks the one to do now."""

    title: str
    text: str
    action: str
    endpoint: str
    permission: Permission
    done: bool
    next: bool


@dataclass(frozen=True, kw_only=True)
class RunLine:
    """A run that is waiting or at work."""

    id: UUID
    title: str
    status: str
    step: str


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the start page shows; `latest` is the newest edition."""

    has_data: bool
    finished: bool
    latest: UUID | None
    steps: tuple[Step, ...]
    running: tuple[RunLine, ...]


def read_overview(session: Session) -> Overview:
    """Look at the tenant's own rows."""
    has_data = session.scalar(select(exists().where(Dataset.current_snapshot_id.is_not(None)))) or False
    has_set = session.scalar(select(exists().where(KpiSet.id.is_not(None)))) or False
    latest = session.scalar(select(Edition.id).order_by(Edition.created_at.desc()).limit(1))
    active = session.scalars(
        select(Run).where(Run.status.in_(("queued", "running"))).order_by(Run.created_at.desc()).limit(5)
    )
    return Overview(
        has_data=has_data,
        finished=has_data and has_set and latest is not None,
        latest=latest,
        steps=_steps(has_data=has_data, has_set=has_set, has_edition=latest is not None),
        running=tuple(
            RunLine(id=run.id, title=run_title(run), status=run.status, step=run.step) for run in active
        ),
    )


def _steps(*, has_data: bool, has_set: bool, has_edition: bool) -> tuple[Step, ...]:
    done = (has_data, has_set, has_edition)
    first = done.index(False) if False in done else -1
    words = (
        (
            _("Bring your data"),
            _("Upload an export: opportunities, orders, accounts or activities."),
            _("Import more") if has_data else _("Import data"),
            "imports.index" if has_data else "uploads.upload",
            Permission.IMPORT,
        ),
        (
            _("Choose KPIs"),
            _("Take a KPI set as it is, or pick what you would ask about in a Monday meeting."),
            _("See KPIs") if has_set else _("Choose KPIs"),
            "kpis.index",
            Permission.ANALYSE,
        ),
        (
            _("Make a scorecard"),
            _("A page to explore and a PDF to send, for any month of your data."),
            _("Open scorecards"),
            "scorecards.index",
            Permission.READ,
        ),
    )
    return tuple(
        Step(
            title=title, text=text, action=action, endpoint=endpoint, permission=permission,
            done=done[index], next=index == first,
        )
        for index, (title, text, action, endpoint, permission) in enumerate(words)
    )  # fmt: skip
