"""How old the data on a wall is, and how that is said."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tallymark.i18n import Formatter

_DAYS_FROM = timedelta(hours=48)


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """`at` is when the shown data was last known to be the source's; None where nothing is known of it."""

    at: datetime | None
    stale_hours: int

    def is_stale(self, now: datetime) -> bool:
        """Whether the wall has to say that its data is old."""
        return self.at is not None and now - self.at > timedelta(hours=self.stale_hours)

    @property
    def stale_from(self) -> datetime | None:
        """When the data becomes too old."""
        return None if self.at is None else self.at + timedelta(hours=self.stale_hours)

    def as_of(self, formatter: Formatter) -> str:
        """`Data as of November 3, 2026, 06:00`."""
        if self.at is None:
            return ""
        return formatter.texts.gettext("Data as of %(moment)s", moment=formatter.moment(self.at))

    def stale_words(self, formatter: Formatter, now: datetime) -> str:
        """`Data of November 3, 2026, 06:00 – 2 days old`."""
        if self.at is None:
            return ""
        age, texts = now - self.at, formatter.texts
        moment = formatter.moment(self.at)
        if age >= _DAYS_FROM:
            return texts.ngettext(
                "Data of %(moment)s – %(count)s day old",
                "Data of %(moment)s – %(count)s days old",
                age.days,
                moment=moment,
                count=formatter.number(age.days),
            )
        hours = max(0, int(age.total_seconds() // 3600))
        return texts.ngettext(
            "Data of %(moment)s – %(count)s hour old",
            "Data of %(moment)s – %(count)s hours old",
            hours,
            moment=moment,
            count=formatter.number(hours),
        )

    def overdue_words(self, formatter: Formatter) -> str:
        """The same for a page that can't ask how old its data is by now."""
        if self.at is None:
            return ""
        return formatter.texts.ngettext(
            "Data of %(moment)s – more than %(count)s hour old",
            "Data of %(moment)s – more than %(count)s hours old",
            self.stale_hours,
            moment=formatter.moment(self.at),
            count=formatter.number(self.stale_hours),
        )
