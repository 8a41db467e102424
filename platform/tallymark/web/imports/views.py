"""Routes of data: its history and what an import did."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from tallymark.web.access import permits
from tallymark.web.imports.history import (
    find_sync,
    list_connections,
    list_datasets,
    list_syncs,
    rows_in_snapshot,
)
from tallymark.web.imports.report import rejected_csv
from tallymark.web.scope import scope
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
    """The rejected rows as CSV."""
    found = find_sync(scope().tenant(), sync_id) or abort(404)
    response = Response(rejected_csv(found.rejected), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="rejected-{found.dataset}.csv"'
    return response
