"""Routes of data: its history and what an import did."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, send_file
from flask.typing import ResponseReturnValue

from tallymark.imports.service import rejected_file
from tallymark.lake import Lake
from tallymark.web.access import here, permits
from tallymark.web.imports.history import (
    find_sync,
    list_connections,
    list_datasets,
    list_syncs,
    rows_in_snapshot,
)
from tallymark.web.scope import app_settings, scope
from tallymark_tenants.accounts import Permission

imports = Blueprint("imports", __name__, template_folder="templates")


@imports.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """Datasets, connections and the history of loads."""
    session = scope().tenant()
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
    found = find_sync(session, sync_id) or abort(404)
    return render_template(
        "imports/sync.html", sync=found, total=rows_in_snapshot(session, found.snapshot_id)
    )


@imports.get("/history/<uuid:sync_id>/rejected.csv")
@permits(Permission.READ)
def rejected(sync_id: UUID) -> Response:
    """All rejected rows as CSV."""
    found = find_sync(scope().tenant(), sync_id) or abort(404)
    path = rejected_file(Lake(app_settings().lake_dir), here().profile.id, found.id)
    if not path.is_file():
        abort(404)
    return send_file(
        path, mimetype="text/csv", as_attachment=True, download_name=f"rejected-{found.dataset}.csv"
    )
