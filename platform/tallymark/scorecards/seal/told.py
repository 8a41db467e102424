"""Restatements in the reader's language, as the section that page, PDF and e-mail draw."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tallymark.calendars import calendar_of
from tallymark.i18n import Formatter
from tallymark.plugins.wording import Wording
from tallymark.scorecards.document import Figure, Restatement, RestatementCause, Restatements
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.seal.basis import known_to
from tallymark.scorecards.seal.figures import digits
from tallymark.scorecards.seal.restatement import Cause, Found, Restated
from tallymark_sdk.calendars import Period
from tallymark_tenants.profile import TenantProfile

UNASSIGNED = "unassigned"


def restatements_section(
    found: Found, formatter: Formatter, wording: Wording, profile: TenantProfile
) -> Restatements | None:
    """The section, or None where nothing was restated."""
    if not found.rows:
        return None
    texts = formatter.texts
    note = None
    if found.omitted:
        note = texts.ngettext(
            "%(count)s further figure has changed.",
            "%(count)s further figures have changed.",
            found.omitted,
            count=formatter.number(found.omitted),
        )
    return Restatements(
        title=texts.gettext("Restated since"),
        subtitle=texts.gettext("Figures of earlier periods that were sent otherwise, and why"),
        rows=tuple(_row(each, formatter, wording, profile) for each in found.rows),
        omitted=found.omitted,
        note=note,
    )


def said_in(found: Found, basis: Basis, locale: str) -> Restatements | None:
    """The same for a scorecard of this basis in a language."""
    own = basis.profile
    formatter = Formatter.of(
        locale, own.currency, own.calendar, own.timezone, money_display=own.money_display
    )
    return restatements_section(found, formatter, Wording(known_to(basis), locale), own)


def _row(each: Restated, formatter: Formatter, wording: Wording, profile: TenantProfile) -> Restatement:
    period = formatter.period(_period(each, profile))
    name = wording.name(each.metric)
    if each.member:
        member = (
            formatter.texts.gettext("Unassigned")
            if each.member == UNASSIGNED
            else formatter.name(each.member_name or each.member)
        )
        name = formatter.texts.gettext("%(metric)s of %(member)s", metric=name, member=member)
    was, now = (_figure(value, each.unit, formatter) for value in (each.was, each.now))
    return Restatement(
        metric=each.metric,
        name=name,
        period=period,
        was=was,
        now=now,
        sentence=_sentence(each, name, period, was, now, formatter),
        causes=tuple(_cause(cause, each, formatter, wording) for cause in each.causes),
    )


def _period(each: Restated, profile: TenantProfile) -> Period:
    return calendar_of(profile).period(each.grain, each.start)


def _figure(value: Decimal | None, unit: str, formatter: Formatter) -> Figure | None:
    if value is None:
        return None
    return Figure(
        exact=digits(value),
        text=formatter.value(value, unit),
        full=formatter.value(value, unit, compact=False),
        unit=unit,
    )


def _sentence(
    each: Restated, name: str, period: str, was: Figure | None, now: Figure | None, formatter: Formatter
) -> str:
    """What was told and what is. Where rounding hides the difference, every digit is written."""
    gettext = formatter.texts.gettext
    places = {"name": name, "period": period, "date": formatter.date(formatter.local(each.told_at).date())}
    hidden = was is not None and now is not None and was.text == now.text
    written = [side and (side.full if hidden else side.text) for side in (was, now)]
    if written[0] is None:
        return gettext(
            "%(name)s for %(period)s had no value when sent on %(date)s and is %(now)s now.",
            now=written[1],
            **places,
        )
    if written[1] is None:
        return gettext(
            "%(name)s for %(period)s was %(was)s when sent on %(date)s and has no value now.",
            was=written[0],
            **places,
        )
    return gettext(
        "%(name)s for %(period)s was %(was)s when sent on %(date)s and is %(now)s now.",
        was=written[0], now=written[1], **places,
    )  # fmt: skip


def _cause(cause: Cause, each: Restated, formatter: Formatter, wording: Wording) -> RestatementCause:
    gettext = formatter.texts.gettext
    text = _SETTINGS[cause.kind](cause, formatter) if cause.kind in _SETTINGS else _of_rows(cause, formatter)
    if cause.dataset:
        text = gettext("%(dataset)s: %(what)s", dataset=wording.word(each.metric, cause.dataset), what=text)
    if cause.side:
        side = gettext("numerator") if cause.side == "over" else gettext("denominator")
        text = gettext("%(cause)s (%(side)s)", cause=text, side=side)
    if cause.named:
        names = [formatter.name(name) for name in cause.named]
        more = cause.rows - len(names)
        if more > 0:
            names.append(
                formatter.texts.ngettext(
                    "%(count)s more", "%(count)s more", more, count=formatter.number(more)
                )
            )
        text = gettext("%(cause)s – %(rows)s", cause=text, rows=formatter.listing(names))
    unit = "count" if cause.side else each.unit
    change = None
    if cause.change is not None:
        change = Figure(
            exact=digits(cause.change),
            text=_signed(cause.change, unit, formatter, compact=True),
            full=_signed(cause.change, unit, formatter, compact=False),
            unit=unit,
        )
    rows = None
    if cause.rows:
        count = formatter.number(cause.rows)
        rows = Figure(exact=str(cause.rows), text=count, full=count, unit="count")
    return RestatementCause(text=text, rows=rows, change=change)


def _signed(value: Decimal, unit: str, formatter: Formatter, *, compact: bool) -> str:
    if unit == "ratio":
        return formatter.signed(value, points=True)
    return formatter.with_sign(value, unit, compact=compact)


def _of_rows(cause: Cause, formatter: Formatter) -> str:
    """What happened to how many rows."""
    ngettext, rows = formatter.texts.ngettext, cause.rows
    given = {"count": formatter.number(rows)}
    match cause.kind:
        case "deleted":
            return ngettext("%(count)s row deleted", "%(count)s rows deleted", rows, **given)
        case "redated":
            return ngettext(
                "%(count)s row with another date", "%(count)s rows with another date",
                rows, **given,
            )  # fmt: skip
        case "reowned":
            return ngettext(
                "%(count)s row with another owner now", "%(count)s rows with another owner now", rows, **given
            )
        case "changed":
            return ngettext(
                "%(count)s row with another amount", "%(count)s rows with another amount", rows, **given
            )
        case "rate":
            return ngettext(
                "%(count)s row at another exchange rate",
                "%(count)s rows at another exchange rate",
                rows,
                **given,
            )
        case "dropped":
            return ngettext(
                "%(count)s row that no longer counts", "%(count)s rows that no longer count", rows, **given
            )
        case "counted":
            return ngettext(
                "%(count)s row that counts only now", "%(count)s rows that count only now", rows, **given
            )
        case _:
            return ngettext("%(count)s row added later", "%(count)s rows added later", rows, **given)


def _definition(cause: Cause, formatter: Formatter) -> str:
    return formatter.texts.gettext(
        "Changed definition: version %(before)s then, version %(after)s now",
        before=formatter.name(cause.before),
        after=formatter.name(cause.after),
    )


_SETTINGS: dict[str, Callable[[Cause, Formatter], str]] = {
    "definition": _definition,
    "target": lambda _cause, formatter: formatter.texts.gettext("Changed target"),
    "calendar": lambda _cause, formatter: formatter.texts.gettext("Changed calendar or working days"),
    "attribution": lambda _cause, formatter: formatter.texts.gettext(
        "Rows count for another owner by the company's settings"
    ),
    "unknown": lambda _cause, formatter: formatter.texts.gettext(
        "The cause can't be told: its data isn't kept any more"
    ),
}
"""The causes that don't lie in single rows."""
