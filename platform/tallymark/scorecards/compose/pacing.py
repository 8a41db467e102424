"""How a running period stands, in words."""

from decimal import Decimal

from tallymark.i18n import mark
from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.inputs import MetricFacts, Pace
from tallymark.scorecards.compose.status import is_early

_EARLY = mark("No status yet: on working day %(day)s of %(days)s too little is due to judge by.")
_USUAL = mark("Pace %(pace)s: as of working day %(day)s of %(days)s, usually %(share)s is reached by now.")
_USUAL_NEEDED = mark(
    "Pace %(pace)s: as of working day %(day)s of %(days)s, usually %(share)s is reached by now. "
    "%(needed)s a working day is needed."
)
_PLAIN = mark("Pace %(pace)s: as of working day %(day)s of %(days)s, %(share)s is due by now.")
_PLAIN_NEEDED = mark(
    "Pace %(pace)s: as of working day %(day)s of %(days)s, %(share)s is due by now. "
    "%(needed)s a working day is needed."
)


def pace_in_words(metric: MetricFacts, book: Book) -> str | None:
    """Pace, what it is measured by, and what each working day that is left must bring; None where there is no pace."""
    found = book.paces.get(metric.key)
    if found is None or found.share is None:
        return None
    texts, write = book.texts, book.format
    days = {"day": write.number(Decimal(found.day)), "days": write.number(Decimal(found.days))}
    if is_early(found):
        return texts.gettext(_EARLY, **days)
    if found.pace is None:
        return None
    needed = None if found.needed is None else write.value(found.needed, metric.unit)
    return texts.gettext(
        _sentence(found),
        pace=write.percent(found.pace, 0),
        share=write.percent(found.share, 0),
        **days,
        **({} if needed is None else {"needed": needed}),
    )


def _sentence(found: Pace) -> str:
    if found.learned:
        return _USUAL if found.needed is None else _USUAL_NEEDED
    return _PLAIN if found.needed is None else _PLAIN_NEEDED
