"""Routes that show how far a run is."""

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tallymark import jobs
from tallymark.web.access import here, permits, user
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.runs.titles import result_url, run_title, start_url
from tallymark.web.scope import scope
from tallymark_tenants.accounts import Permission, audit
from tallymark_tenants.models import Run

runs = Blueprint("runs", __name__, template_folder="templates")


PAGE = 50


@runs.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """The newest runs, and a link to older ones; what has not ended can be cancelled."""
    before = request.args.get("before", type=UUID)
    # A run's id grows with the time it was asked for, and the key begins with the tenant.
    newest = select(Run).order_by(Run.tenant_id.desc(), Run.id.desc()).limit(PAGE + 1)
    found = scope().tenant().scalars(newest.where(Run.id < before) if before else newest).all()
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template("runs/index.html", runs=found[:PAGE], older=older, run_title=run_title)


@runs.get("/<uuid:run_id>")
@permits(Permission.READ)
def show(run_id: UUID) -> ResponseReturnValue:
    """A progress bar that follows the run, or why it failed; a finished one leads to its result."""
    run = _find(run_id)
    if run.status == "done":
        return redirect(result_url(run))
    return render_template("runs/show.html", run=run, title=run_title(run), back=start_url(run))


@runs.get("/<uuid:run_id>/state")
@permits(Permission.READ)
def state(run_id: UUID) -> Response:
    """The run's progress as JSON; with the ETag of an unchanged state, 304."""
    run = _find(run_id)
    ended = run.status in ("done", "failed", "cancelled")
    response = jsonify(
        status=run.status,
        progress=run.progress,
        share=formatter().percent(run.progress, 0),
        step=say(run.step) if run.step else _("Waiting for a worker"),
        next=url_for("runs.show", run_id=run.id) if ended else None,
    )
    response.headers["Cache-Control"] = "no-cache, private"
    response.set_etag(sha256(response.get_data()).hexdigest()[:24])
    response.make_conditional(request)
    return response


@runs.post("/<uuid:run_id>/again")
@permits(Permission.ANALYSE)
def again(run_id: UUID) -> ResponseReturnValue:
    """Give a failed or cancelled run fresh attempts; any other is left as it is."""
    run = _find(run_id)
    jobs.try_again(scope().tenant(), here().profile.id, run.id)
    return redirect(url_for("runs.show", run_id=run.id))


@runs.post("/<uuid:run_id>/cancel")
@permits(Permission.ANALYSE)
def cancel(run_id: UUID) -> ResponseReturnValue:
    """End a run that waits or is at work; one that has ended is left as it is."""
    run = _find(run_id)
    session = scope().tenant()
    if jobs.cancel(session, here().profile.id, run.id, user().name):
        audit(session, "run cancelled", object_kind="run", object_id=run.id, kind=run.kind)
    return redirect(url_for("runs.show", run_id=run.id))


def _find(run_id: UUID) -> Run:
    return scope().tenant().scalar(select(Run).where(Run.id == run_id)) or abort(404)
