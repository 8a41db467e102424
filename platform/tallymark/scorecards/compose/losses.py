"""Why deals were lost."""

from decimal import Decimal

from tallymark.i18n.formatter import exact
from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.members import valued
from tallymark.scorecards.composition import SectionChoice
from tallymark.scorecards.document import BarRow, Bars, Figure

LOSSES, REASON = "conversion.stage_loss", "loss_reason"
MOST_REASONS = 8


def losses(book: Book, choice: SectionChoice) -> Bars | None:
    """Each reason's share of the deals lost in the period, with the money lost; None where no reasons are known."""
    metric = book.metrics.get(LOSSES)
    if metric is None:
        return None
    texts = book.texts
    found = valued(LOSSES, REASON, book)
    if not found and book.cell(LOSSES, book.timeline.current) is None:
        return None
    longest = max((value for _, value in found), default=Decimal(0))
    kept = found[: choice.rows or MOST_REASONS]
    return Bars(
        metric=LOSSES,
        title=texts.gettext("Why deals were lost"),
        subtitle=texts.gettext(
            "Share of the deals lost in %(period)s", period=book.format.period(book.timeline.current)
        ),
        member=texts.gettext("Reason"),
        measure=texts.gettext("Share"),
        rows=tuple(
            BarRow(
                name=book.member_name(REASON, member),
                value=book.known(value, "ratio"),
                bar=round(float(value / longest), 4) if longest > 0 else 0.0,
                beside=_amount(member, book),
            )
            for member, value in kept
        ),
        omitted=len(found) - len(kept),
        reason=None if found else texts.gettext("No deal was lost in this period."),
    )


def _amount(member: str, book: Book) -> Figure | None:
    cell = book.cell(LOSSES, book.timeline.current, dimension=REASON, member=member, part="amount")
    return None if cell is None or cell.value is None else book.known(exact(cell.value), "money")
