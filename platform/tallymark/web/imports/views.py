"""Routes of data: its history and what an import did."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tallymark.imports.service import rejected_file, reports_folder
from tallymark.imports.syncs import fail_dead
from tallymark.lake import Lake
from tallymark.web.access import here, permits
from tallymark.web.imports.history import (
    find_sync,
    list_connections,
    list_datasets,
    list_syncs,
    rows_in_snapshot,
)
from tallymark.web.scope import app_settings, keep_changes, scope
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Sync

imports = Blueprint("imports", __name__, template_folder="templates")


@imports.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """Datasets, connections and the history of loads."""
    session = scope().tenant()
    _settle()
    return render_template(
        "imports/index.html",
        datasets=list_datasets(session),
        connections=list_connections(session),
        syncs=list_syncs(session),
    )


@imports.get("/history/<uuid:sync_id>")
@permits(Permission.READ)
def sync(sync_id: UUID) -> ResponseReturnValue:
    """What one load did, with its rejected rows."""
    session = scope().tenant()
    _settle()
    found = find_sync(session, sync_id) or abort(404)
    return render_template(
        "imports/sync.html", sync=found, total=rows_in_snapshot(session, found.snapshot_id)
    )


@imports.get("/history/<uuid:sync_id>/rejected.csv")
@permits(Permission.READ)
def rejected(sync_id: UUID) -> Response:
    """All rejected rows as CSV."""
    found = find_sync(scope().tenant(), sync_id) or abort(404)
    path = rejected_file(Lake.of(app_settings()), here().profile.id, found.id)
    if not path.is_file():
        abort(404)
    return send_file(
        path, mimetype="text/csv", as_attachment=True, download_name=f"rejected-{found.dataset}.csv"
    )


def _settle() -> None:
    """Call failed what was killed, so that the history shows nothing as running that does not run."""
    session = scope().tenant()
    folder = reports_folder(Lake.of(app_settings()), here().profile.id)
    # Held until the response is made, so that a load which ends well meanwhile is not called failed after it.
    session.execute(select(Sync.id).where(Sync.status == "running").with_for_update())
    if fail_dead(session, folder):
        keep_changes()
