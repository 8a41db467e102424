"""What people wrote beside the numbers: agreed actions and remarks."""

from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.inputs import Agreed
from tallymark.scorecards.composition import SectionChoice
from tallymark.scorecards.document import Action, Actions, Remarks

MOST_ACTIONS = 20
MOST_PARAGRAPHS = 12


def actions(book: Book, choice: SectionChoice) -> Actions | None:
    """What was agreed, the open ones first by date; None where nothing was."""
    agreed = sorted(book.further.actions, key=lambda each: (each.done_on is not None, each.due_on is None,
                                                            each.due_on or book.today))  # fmt: skip
    if not agreed:
        return None
    kept = agreed[: choice.rows or MOST_ACTIONS]
    return Actions(
        title=book.texts.gettext("Agreed actions"),
        subtitle="",
        rows=tuple(_action(each, book) for each in kept),
        omitted=len(agreed) - len(kept),
    )


def _action(each: Agreed, book: Book) -> Action:
    texts = book.texts
    due = book.format.date(each.due_on) if each.due_on else texts.gettext("No date")
    if each.done_on is not None:
        said = texts.gettext("Done on %(date)s", date=book.format.date(each.done_on))
        return Action(text=each.text, owner=each.owner, due=due, state="done", state_text=said)
    if each.due_on is not None and each.due_on < book.today:
        return Action(
            text=each.text, owner=each.owner, due=due, state="overdue", state_text=texts.gettext("Overdue")
        )
    return Action(text=each.text, owner=each.owner, due=due, state="open", state_text=texts.gettext("Open"))


def remarks(book: Book, _choice: SectionChoice) -> Remarks | None:
    """The paragraphs that were written about the period; None where there are none."""
    paragraphs = [part.strip() for part in book.further.remarks.split("\n\n") if part.strip()]
    if not paragraphs:
        return None
    return Remarks(title=book.texts.gettext("Remarks"), paragraphs=tuple(paragraphs[:MOST_PARAGRAPHS]))
