"""What a run is called on a page, and where its result is."""

from flask import url_for

from tallymark.web.localisation import gettext as _
from tallymark_tenants.models import Run


def run_title(run: Run) -> str:
    """A title for people; the name of a kind nobody named is shown as it is."""
    titles = {
        "import": _("Importing a file"),
        "scorecard": _("Making a scorecard"),
        "sample": _("Making the sample company's data"),
        "prepare_facts": _("Preparing figures"),
        "alerts": _("Checking alerts"),
        "alert_messages": _("Sending alerts"),
        "sweep": _("Tidying up"),
        "delivery": _("Sending a scorecard"),
        "message": _("Sending a message"),
        "wall": _("Looking for won deals"),
        "wall_document": _("Renewing a wall screen"),
    }
    return titles.get(run.kind, run.kind.replace("_", " ").capitalize())


def result_url(run: Run) -> str:
    """The page that shows what a finished run made."""
    result = run.result or {}
    if run.kind == "import" and result.get("sync"):
        return url_for("imports.sync", sync_id=result["sync"])
    if run.kind == "scorecard" and result.get("edition_id"):
        return url_for("scorecards.edition", edition_id=result["edition_id"])
    if run.kind == "delivery" and result.get("schedule_id"):
        return url_for("delivery.show", schedule_id=result["schedule_id"])
    if run.kind == "sample":
        return url_for("scorecards.index")
    return start_url(run)


def start_url(run: Run) -> str:
    """The page where a run of this kind is asked for."""
    pages = {"import": "imports.index", "scorecard": "scorecards.index"}
    return url_for(pages.get(run.kind, "home.show"))
