"""Which sections stand side by side: a funnel beside its losses, as neither needs the whole width."""

from collections.abc import Sequence

from tallymark.scorecards.document import Bars, Funnel, Section

_MOST_STEPS = 9
_MOST_BARS = 9


def bands(sections: Sequence[Section]) -> list[tuple[Section, ...]]:
    """The sections in their order, one or two a band. Only neighbours are put together, and only where both are short."""
    found: list[tuple[Section, ...]] = []
    rest = list(sections)
    while rest:
        section = rest.pop(0)
        if rest and _fit(section, rest[0]):
            found.append((section, rest.pop(0)))
        else:
            found.append((section,))
    return found


def layout(band: tuple[Section, ...]) -> str:
    """The band's class: how wide its columns are."""
    if len(band) == 1:
        return "one"
    first, second = band
    if isinstance(first, Funnel):
        return "wide-narrow"
    return "narrow-wide" if isinstance(second, Funnel) else "halves"


def _fit(first: Section, second: Section) -> bool:
    if not _is_short(first) or not _is_short(second):
        return False
    return not (isinstance(first, Funnel) and isinstance(second, Funnel))


def _is_short(section: Section) -> bool:
    if isinstance(section, Funnel):
        return len(section.steps) <= _MOST_STEPS
    return isinstance(section, Bars) and len(section.rows) <= _MOST_BARS
