"""Routes of an import: upload, match columns, preview, run."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from tallymark.web.access import here, permits
from tallymark.web.forms import Form, options
from tallymark.web.imports.answers import answered, unconfirmed
from tallymark.web.imports.draft import column_lines, described
from tallymark.web.imports.preview import Preview
from tallymark.web.imports.preview import preview as read_preview
from tallymark.web.imports.sniffs import sniffed_of
from tallymark.web.imports.start import connection_names, remembered, request_import
from tallymark.web.imports.uploads import Upload, UploadMissing, UploadRefused
from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark.web.scope import app_settings, scope
from tallymark.web.settings import MEGABYTE
from tallymark_connectors.csv_xlsx.currencies import with_currency
from tallymark_connectors.csv_xlsx.errors import ImportProblem, UnreadableFile
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.mapping_file import mapping_from_json, mapping_to_json
from tallymark_connectors.csv_xlsx.proposing import guess_dataset, propose
from tallymark_connectors.csv_xlsx.sniffing import Sniffed
from tallymark_sdk.model import DATASETS
from tallymark_tenants.accounts import Permission

uploads = Blueprint("uploads", __name__, template_folder="templates")


class UploadForm(Form):
    """A file, and the connection it belongs to."""

    file = FileField(_("File"), validators=[FileRequired(_("Choose a file first."))])
    connection = SelectField(_("Connection"), default="")


@uploads.route("/new", methods=["GET", "POST"])
@permits(Permission.IMPORT)
def upload() -> ResponseReturnValue:
    """Take a file and look at it."""
    form = UploadForm()
    known = connection_names(scope().tenant())
    form.connection.choices = options(
        [("", _("A new one, called like the file")), *((name, name) for name in known)]
    )
    if form.validate_on_submit():
        try:
            facts = {"connection": form.connection.data or None}
            kept = Upload.store(app_settings().uploads_dir, here().profile.id, form.file.data, facts=facts)
            sniffed_of(kept)
        except (UploadRefused, UnreadableFile) as error:
            form.file.errors = [say(error)]
        else:
            return redirect(url_for("uploads.match", upload_id=kept.id))
    megabytes = (request.max_content_length or 0) // MEGABYTE
    page = render_template("imports/upload.html", form=form, megabytes=megabytes)
    return page, 422 if form.is_submitted() else 200


@uploads.get("/<uuid:upload_id>/columns")
@permits(Permission.IMPORT)
def match(upload_id: UUID) -> ResponseReturnValue:
    """Show which column fills what; `dataset` chooses what the file holds."""
    kept = _find(upload_id)
    sniffed = sniffed_of(kept)
    wanted = request.args.get("dataset")
    if wanted is not None and wanted not in DATASETS:
        abort(404)
    mapping = _draft(kept, sniffed, wanted)
    return _match_page(kept, sniffed, mapping)


@uploads.post("/<uuid:upload_id>/columns")
@permits(Permission.IMPORT)
def confirm(upload_id: UUID) -> ResponseReturnValue:
    """Take the answers; lead on to the preview, or ask again."""
    kept = _find(upload_id)
    sniffed = sniffed_of(kept)
    wanted = request.form.get("dataset")
    if wanted not in DATASETS:
        abort(400)
    before = _draft(kept, sniffed, wanted)
    try:
        mapping = answered(before, sniffed, request.form)
    except ImportProblem as error:
        return _match_page(kept, sniffed, before, say(error)), 422
    kept.write_text("mapping", mapping_to_json(mapping))
    if unconfirmed(mapping):
        return _match_page(kept, sniffed, mapping, _("Look over the values below, then go on.")), 422
    try:
        _preview(kept, mapping)
    except ImportProblem as error:
        return _match_page(kept, sniffed, mapping, say(error)), 422
    return redirect(url_for("uploads.preview", upload_id=kept.id))


@uploads.get("/<uuid:upload_id>/preview")
@permits(Permission.IMPORT)
def preview(upload_id: UUID) -> ResponseReturnValue:
    """Five rows as they would land."""
    kept = _find(upload_id)
    mapping = _confirmed(kept)
    if mapping is None:
        return redirect(url_for("uploads.match", upload_id=kept.id))
    try:
        found = _preview(kept, mapping)
    except ImportProblem as error:
        flash(say(error), "bad")
        return redirect(url_for("uploads.match", upload_id=kept.id))
    return render_template(
        "imports/preview.html", upload=kept, mapping=mapping, preview=found, rows=sniffed_of(kept).rows
    )


@uploads.post("/<uuid:upload_id>/run")
@permits(Permission.IMPORT)
def run(upload_id: UUID) -> ResponseReturnValue:
    """Ask for the import and show its progress."""
    kept = _find(upload_id)
    mapping = _confirmed(kept)
    if mapping is None:
        return redirect(url_for("uploads.match", upload_id=kept.id))
    run_id = request_import(scope().tenant(), here().profile.id, kept, mapping, _connection(kept))
    return redirect(url_for("runs.show", run_id=run_id))


def _preview(kept: Upload, mapping: Mapping) -> Preview:
    profile = here().profile
    return read_preview(kept.path, mapping, timezone=profile.timezone, currency=profile.currency)


def _find(upload_id: UUID) -> Upload:
    try:
        return Upload.find(app_settings().uploads_dir, here().profile.id, upload_id)
    except UploadMissing:
        abort(404)


def _connection(kept: Upload) -> str | None:
    return (kept.read("facts") or {}).get("connection")


def _confirmed(kept: Upload) -> Mapping | None:
    known = kept.read_text("mapping")
    return mapping_from_json(known) if known else None


def _draft(kept: Upload, sniffed: Sniffed, wanted: str | None) -> Mapping:
    """The mapping as answered so far, as remembered, or as proposed."""
    known = _confirmed(kept)
    if known is not None and wanted in (None, known.dataset):
        return known
    kept_before = remembered(scope().tenant(), _connection(kept), wanted)
    if kept_before is not None:
        return kept_before
    guesses = guess_dataset(sniffed)
    dataset = wanted or (guesses[0].dataset if guesses else "opportunities")
    proposed = propose(sniffed, dataset)
    money = proposed.model.has_money and "currency" not in proposed.columns
    return replace(proposed, currency=here().profile.currency) if money else proposed


def _match_page(kept: Upload, sniffed: Sniffed, mapping: Mapping, problem: str = "") -> str:
    lines = column_lines(mapping.model, mapping, with_currency(sniffed, mapping, here().profile.currency))
    likely = [guess.dataset for guess in guess_dataset(sniffed)[:3]]
    return render_template(
        "imports/columns.html",
        upload=kept,
        sniffed=sniffed,
        mapping=mapping,
        lines=[line for line in lines if line.chosen or line.name == "id"],
        others=[line for line in lines if not line.chosen and line.name != "id"],
        likely=likely,
        rest=[name for name in DATASETS if name not in likely],
        problem=problem,
        described=described,
    )
