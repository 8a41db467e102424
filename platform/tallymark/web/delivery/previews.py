"""The preview: what each recipient would get now, before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tallymark.delivery import service
from tallymark.delivery.composing import About, scorecard_message, subject_of
from tallymark.delivery.gate import Verdict
from tallymark.delivery.occasions import period_of
from tallymark.delivery.sending import judged
from tallymark.delivery.whom import addressees
from tallymark.scorecards.codec import BadDocument, from_json
from tallymark.scorecards.scope import Scope
from tallymark.web.access import here, permits
from tallymark.web.delivery.finding import lake, recipient_of, schedule_of
from tallymark.web.delivery.forms import attach_names, kind_names
from tallymark.web.delivery.shown import RecipientLine, finding_words, recipient_lines, scope_names
from tallymark.web.delivery.views import delivery
from tallymark.web.localisation import LANGUAGES, formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import scope
from tallymark.web.security import CONTENT_SECURITY_POLICY
from tallymark_sdk.calendars import Period
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Edition, Schedule, Scorecard

# The e-mail's styles stand on its elements; it is shown in a frame that can do nothing.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What one recipient would get; without an edition it is still being made."""

    line: RecipientLine
    language: str
    attached: str
    edition: Edition | None
    subject: str
    act: str
    findings: tuple[tuple[str, str, str], ...]


@delivery.post("/<uuid:schedule_id>/preview")
@permits(Permission.ANALYSE)
def make_preview(schedule_id: UUID) -> ResponseReturnValue:
    """Have made what would be sent now, and show it."""
    schedule = schedule_of(schedule_id)
    service.preview(scope().tenant(), lake(), here().profile, schedule, datetime.now(UTC))
    return redirect(url_for("delivery.preview", schedule_id=schedule.id))


@delivery.get("/<uuid:schedule_id>/preview")
@permits(Permission.ANALYSE)
def preview(schedule_id: UUID) -> ResponseReturnValue:
    """What each recipient would get now."""
    schedule, session, profile = schedule_of(schedule_id), scope().tenant(), here().profile
    period = _period(schedule)
    lines = recipient_lines(session, profile, schedule, scope_names(session, lake(), profile))
    previews = [_preview(schedule, period, line) for line in lines]
    page = render_template(
        "delivery/preview.html",
        schedule=schedule,
        name=schedule.name or session.get_one(Scorecard, (profile.id, schedule.scorecard_id)).name,
        period=formatter().period(period),
        previews=previews,
        kinds=kind_names(),
        waiting=any(each.edition is None and not each.line.addressee.problem for each in previews),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


@delivery.get("/recipients/<uuid:recipient_id>/mail.html")
@permits(Permission.ANALYSE)
def mail(recipient_id: UUID) -> Response:
    """The e-mail's page as this recipient would get it, for a frame of the preview."""
    recipient, session, profile = recipient_of(recipient_id), scope().tenant(), here().profile
    schedule = schedule_of(recipient.schedule_id)
    (addressee,) = addressees(session, profile, [recipient])
    edition = _edition(schedule, _period(schedule), addressee.locale, addressee.scope) or abort(404)
    verdict = judged(session, profile, schedule, edition)
    message = scorecard_message(
        from_json(edition.document),
        About(
            key="preview",
            profile=profile,
            edition_id=edition.id,
            link=url_for("scorecards.edition", edition_id=edition.id, _external=True),
            banner=verdict.banner,
        ),
    )
    response = make_response(message.html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _preview(schedule: Schedule, period: Period, line: RecipientLine) -> Preview:
    addressee = line.addressee
    edition = _edition(schedule, period, addressee.locale, addressee.scope)
    verdict = judged(scope().tenant(), here().profile, schedule, edition) if edition else None
    return Preview(
        line=line,
        language=LANGUAGES.get(addressee.locale, addressee.locale),
        attached=attach_names()[addressee.attach]
        if addressee.kind == "email"
        else _("main figures and a link"),
        edition=edition,
        subject=subject_of(from_json(edition.document)) if edition else "",
        act=verdict.act if isinstance(verdict, Verdict) else "",
        findings=finding_words(verdict),
    )


def _period(schedule: Schedule) -> Period:
    profile = here().profile
    scorecard = scope().tenant().get_one(Scorecard, (profile.id, schedule.scorecard_id))
    today = datetime.now(UTC).astimezone(ZoneInfo(profile.timezone)).date()
    return period_of(profile, scorecard.grain, schedule.covers, today)


def _edition(schedule: Schedule, period: Period, locale: str, whose: Scope) -> Edition | None:
    """The newest edition that answers the question and that this version can read."""
    query = (
        select(Edition)
        .where(
            Edition.scorecard_id == schedule.scorecard_id,
            Edition.period_start == period.start,
            Edition.locale == locale,
            Edition.scope == whose.stored(),
        )
        .order_by(Edition.created_at.desc())
        .limit(1)
    )
    found = scope().tenant().scalar(query)
    try:
        return found if found is not None and from_json(found.document) else None
    except BadDocument:
        return None
