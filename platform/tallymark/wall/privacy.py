"""Taking people's names out of a document, for walls that may not show them.

Rankings and breakdowns by sales person or by account are lists of people whatever their rows say, those of teams or
regions are not. Elsewhere a name is found by comparing with the names that are known, also with those of such lists, so a
sentence that names somebody is left out as a whole rather than mended.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.i18n import Formatter
from tallymark.i18n.isolation import bare
from tallymark.lake import Lake
from tallymark.lake.overlay import overlaid_table
from tallymark.scorecards.document import Breakdown, Document, Finding, Ranking, Section, Summary
from tallymark.wall.plan import People
from tallymark_tenants.models import User

_SHORTEST = 3  # a shorter name would be found inside other words
_OF_PEOPLE = frozenset({"rep", "account"})  # an account may be a private person


def names_of_people(session: Session, lake: Lake) -> frozenset[str]:
    """Everybody whose name could stand on a scorecard: sales people, those who left too, and members."""
    files = lake.files(session, "reps")
    reps = overlaid_table(files, ["name"]).column("name").to_pylist() if files else []
    members = session.scalars(select(User.name)).all()
    return frozenset(bare(name).strip() for name in (*reps, *members) if name and name.strip())


def without_people(
    document: Document, people: People, names: Collection[str], formatter: Formatter
) -> Document:
    """The document with nobody named: in rankings numbers stand for people, or there are none."""
    if people is People.NAMES:
        return document
    names = frozenset(names) | _listed(document, formatter)
    shown = (_section(section, people, names, formatter) for section in document.sections)
    return replace(
        document,
        cover=replace(document.cover, scope=None, prepared_by=_kept(document.cover.prepared_by, names)),
        summary=_summary(document.summary, names),
        sections=tuple(section for section in shown if section is not None),
    )


def named_in(text: str, names: Collection[str]) -> bool:
    """Whether the text holds one of the names."""
    found = bare(text).casefold()
    return any(len(name) >= _SHORTEST and name.casefold() in found for name in names)


def _section(
    section: Section, people: People, names: Collection[str], formatter: Formatter
) -> Section | None:
    rows = getattr(section, "rows", None)
    if rows is None or not all(hasattr(row, "name") for row in rows):
        return _notes(section, names)
    known = {name.casefold() for name in names}
    rest = formatter.texts.gettext("Unassigned")
    persons = [
        (_lists_people(section) and row.name != rest)
        or bare(row.name).strip().casefold() in known
        or named_in(row.name, names)
        for row in rows
    ]
    if any(persons):
        if people is People.HIDDEN:
            return None
        unnamed = tuple(
            replace(row, name=_number(section, place, formatter)) if person else row
            for place, (row, person) in enumerate(zip(rows, persons, strict=True), start=1)
        )
        section = _changed(section, {"rows": unnamed})
    return _notes(section, names)


def _lists_people(section: Section) -> bool:
    """Of an old document's ranking nobody can tell, so it does."""
    if isinstance(section, Ranking):
        return section.dimension in _OF_PEOPLE or not section.dimension
    return isinstance(section, Breakdown) and section.dimension in _OF_PEOPLE


def _listed(document: Document, formatter: Formatter) -> frozenset[str]:
    """Everybody on a list of people: also those whose name is all that the data has of them."""
    rest = formatter.texts.gettext("Unassigned")
    return frozenset(
        bare(row.name).strip()
        for section in document.sections
        if isinstance(section, Ranking | Breakdown) and _lists_people(section)
        for row in section.rows
        if row.name.strip() and row.name != rest
    )


def _number(section: Section, place: int, formatter: Formatter) -> str:
    """`Rep 1` for the first row."""
    member = getattr(section, "member", "") or formatter.texts.gettext("Person")
    return formatter.texts.gettext("%(member)s %(number)s", member=member, number=formatter.count(place))


def _notes(section: Section, names: Collection[str]) -> Section:
    """The section without remarks that name somebody."""
    changes: dict[str, Any] = {}
    for field in ("note", "explanation", "caption"):
        text = getattr(section, field, None)
        if text and named_in(text, names):
            changes[field] = None if field == "note" else ""
    for field in ("notes", "gates"):
        lines = getattr(section, field, ())
        kept = tuple(line for line in lines if not named_in(line, names))
        if len(kept) < len(lines):
            changes[field] = kept
    return _changed(section, changes) if changes else section


def _changed(section: Section, changes: dict[str, Any]) -> Section:
    return replace(section, **changes)


def _summary(summary: Summary, names: Collection[str]) -> Summary:
    headline: Finding | None = summary.headline
    if headline is not None and named_in(headline.text, names):
        headline = None
    findings = tuple(finding for finding in summary.findings if not named_in(finding.text, names))
    return replace(summary, headline=headline, findings=findings)


def _kept(text: str | None, names: Collection[str]) -> str | None:
    return None if text is not None and named_in(text, names) else text
