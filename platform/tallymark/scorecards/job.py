"""The background job that makes one edition of a scorecard."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark import jobs
from tallymark.branding import assets_of, dressed
from tallymark.engine.compute import warm as warm_engine
from tallymark.engine.runs import SECONDS_FOR_ALL
from tallymark.jobs.context import JobContext
from tallymark.jobs.errors import GiveUp
from tallymark.jobs.registry import DEFAULT_TIMEOUT, handles
from tallymark.jobs.weights import SCORECARD_SECONDS_PER_MILLION_ROWS
from tallymark.lake import Lake
from tallymark.plugins.registry import registry
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.document import Document
from tallymark.scorecards.errors import RenderError
from tallymark.scorecards.exports.standing import rows_behind
from tallymark.scorecards.gather import Basis, gather
from tallymark.scorecards.produce import produce
from tallymark.scorecards.render.ordering import keep_warm
from tallymark.scorecards.render.pdf import Rendered, render_pdf
from tallymark.scorecards.scope import EVERYBODY, Scope
from tallymark.scorecards.seal.filing import seal_edition
from tallymark.scorecards.seal.restating import restatements
from tallymark.scorecards.seal.told import said_in
from tallymark_tenants.branding import Branding, branding_of
from tallymark_tenants.models import Edition, Scorecard
from tallymark_tenants.profile import TenantProfile

KIND = "scorecard"


def request_edition(
    session: Session,
    profile: TenantProfile,
    scorecard: Scorecard,
    lake: Lake,
    *,
    day: date,
    locale: str | None = None,
    scope: Scope = EVERYBODY,
    priority: jobs.Priority = jobs.Priority.ASKED,
) -> UUID:
    """Ask for the edition of a scorecard for the period that holds `day`, in a language, of a scope's rows; the run's id.

    The run's input version is all that the edition stands on, so asking again while nothing has changed is the same
    run and gives the same edition.
    """
    language = locale or scorecard.locale
    basis = gather(
        session, lake, scorecard.kpi_set_id, grain=scorecard.grain, day=day, scope=scope, scorecard=scorecard
    )
    return jobs.request(
        session,
        profile.id,
        KIND,
        key=":".join(
            (str(scorecard.id), day.isoformat(), scorecard.grain, language, *scope.stored().values())
        ),
        input_version=_version_of(basis, scorecard.name, branding_of(session)),
        params={
            "scorecard_id": str(scorecard.id),
            "period_start": day.isoformat(),
            "grain": scorecard.grain,
            "locale": language,
            "scope": scope.stored(),
        },
        priority=priority,
        seconds_per_million_rows=SCORECARD_SECONDS_PER_MILLION_ROWS,
    )


def _version_of(basis: Basis, title: str, branding: Branding) -> str:
    """A fingerprint of everything an edition is made from."""
    parts = (
        version("tallymark"),
        title,
        basis.profile,
        basis.kpis,
        basis.targets.targets,
        sorted(basis.targets.spreads.items()),
        sorted(str(snapshot.id) for snapshot in basis.snapshots.values()),
        sorted(f"{metric.key}:{metric.version}" for metric in registry()),
        basis.own_kpis,
        basis.composition,
        basis.actions,
        basis.remarks,
        branding,
        sorted((key, sorted(values.items())) for key, values in basis.parameters.items()),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def warm() -> None:
    """Load the packs, find out what their metrics stand on, and start what draws; no DuckDB is opened."""
    warm_engine(registry())
    keep_warm()


# As long as all metrics in Python may take together, and then the usual time of a job.
# Back to back: it reads the tenant's own snapshots through a connection that it closes, and draws in another process.
@handles(KIND, timeout=int(SECONDS_FOR_ALL) + DEFAULT_TIMEOUT, warm=warm, back_to_back=True)
def make_edition(job: JobContext) -> Mapping[str, Any]:
    """Compute, compose, render and store one edition. A second attempt finds the first one's edition."""
    if (done := _existing(job)) is not None:
        return _result(done)
    lake = Lake.of(job.settings)
    with job.database.tenant(job.tenant_id) as session:
        scorecard = session.get(Scorecard, (job.tenant_id, UUID(job.params["scorecard_id"])))
        if scorecard is None:
            raise GiveUp("The scorecard was deleted before it could be made.")
        day = date.fromisoformat(job.params["period_start"])
        scope = Scope.read(job.params.get("scope"))
        basis = gather(
            session,
            lake,
            scorecard.kpi_set_id,
            grain=job.params["grain"],
            day=day,
            scope=scope,
            scorecard=scorecard,
        )
        found = restatements(session, lake, basis, scorecard.id)
        branding = branding_of(session)
    document = produce(
        basis,
        lake,
        title=scorecard.name,
        locale=job.params["locale"],
        progress=job.progress,
        restatements=said_in(found, basis, job.params["locale"]),
    )
    document = dressed(document, branding)
    rows = rows_behind(basis, lake, document.locale)
    with job.database.tenant(job.tenant_id) as session:
        assets = assets_of(session, document)
    job.progress(0.6, "Rendering the PDF")
    try:
        rendered = render_pdf(
            document, assets=assets, rows=rows, font_cache=job.settings.data_dir / "fontcache"
        )
    except RenderError as error:
        raise GiveUp(str(error)) from error
    folder = job.settings.editions_dir / str(job.tenant_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The fence in the name: an attempt that lost its run can't overwrite the file that was sealed.
    path = store_pdf(rendered, folder / f"{job.run_id}-{job.fence}.pdf")
    job.progress(0.95, "Filing the edition")
    edition = _edition(job, basis, document, scorecard.id, path, rendered)
    seal_edition(
        edition,
        basis,
        lake,
        title=scorecard.name,
        branding=branding,
        restated=found.rows,
        secret=job.settings.secret_key,
    )
    with job.transaction() as session:
        session.add(edition)
    return _result(edition)


def store_pdf(rendered: Rendered, path: Path) -> Path:
    """Write the PDF so that it is either whole or not there, for nobody else on the machine to read."""
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(rendered.pdf)
    unfinished.replace(path)
    return path


def _existing(job: JobContext) -> Edition | None:
    with job.database.tenant(job.tenant_id) as session:
        return session.scalar(select(Edition).where(Edition.run_id == job.run_id))


def _edition(job: JobContext, basis: Basis, document: Document, scorecard_id: UUID, path: Path,
             rendered: Rendered) -> Edition:  # fmt: skip
    current = basis.timeline.current
    return Edition(
        run_id=job.run_id,
        scorecard_id=scorecard_id,
        period_start=current.start,
        period_end=current.end,
        grain=current.grain,
        locale=document.locale,
        scope=Scope.read(job.params.get("scope")).stored(),
        document=to_json(document),
        snapshots={name: str(snapshot.id) for name, snapshot in basis.snapshots.items()},
        pdf_path=path.relative_to(job.settings.editions_dir).as_posix(),
        sha256=hashlib.sha256(rendered.pdf).hexdigest(),
    )


def _result(edition: Edition) -> dict[str, Any]:
    return {"edition_id": str(edition.id), "pdf_path": edition.pdf_path}
