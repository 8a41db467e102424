"""Charts that a pack offers: which of its figures belong together, and how they are best seen.

A pack says what is shown, never how it is drawn: the platform draws it like its own sections, on pages and in PDFs, in
the reader's language and direction. A consultant puts the chart into a scorecard by its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from tallymark_sdk.errors import did_you_mean

ChartKind: TypeAlias = Literal["trend", "bars", "ranking", "table", "funnel"]

KINDS: Final[tuple[str, ...]] = get_args(ChartKind)
MOST_METRICS: Final = 9
_BROKEN_DOWN: Final = ("bars", "ranking", "table")
_OF_SEVERAL: Final = ("ranking", "funnel")


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A section that a scorecard may have.

    Attributes:
        key: "family.name", unlike that of any other chart; metrics have keys of their own. Stable for ever.
        name: English title; a msgid of the pack's own catalogue.
        kind: `trend` shows a metric over the last periods against its target; `bars` and `table` its value by the
            members of a breakdown; `ranking` the members in order of the first metric, with the others beside it;
            `funnel` how one count leads to the next.
        metrics: keys of metrics, of this pack or another.
        by: the breakdown of bars, rankings and tables; every metric of the chart offers it.
    """

    key: str
    name: str
    kind: ChartKind = "trend"
    metrics: tuple[str, ...]
    by: str = ""


def problem(chart: object, family: str) -> str | None:
    """What is wrong with a declaration by itself, as a sentence that says what to change; None where nothing is."""
    if type(chart) is not Chart:
        return f"tallymark_charts() gave {type(chart).__name__}, not a Chart"
    if type(chart.key) is not str or not chart.key.startswith(f"{family}.") or chart.key == f"{family}.":
        return f'{chart.key}: the key must start with the entry point\'s name, "{family}."'
    if type(chart.name) is not str or not chart.name.strip():
        return f"{chart.key}: a chart needs a name"
    if chart.kind not in KINDS:
        return f'{chart.key}: there is no kind "{chart.kind}"; use {", ".join(KINDS)}.{did_you_mean(chart.kind, KINDS)}'
    if type(chart.metrics) is not tuple or not all(type(key) is str for key in chart.metrics):
        return f'{chart.key}: metrics is a tuple of keys, such as ("{family}.name",)'
    return _of_kind(chart)


def _of_kind(chart: Chart) -> str | None:
    many = len(chart.metrics)
    if len(set(chart.metrics)) != many:
        return f"{chart.key}: a metric stands twice in it; name it once"
    least, most = (2 if chart.kind == "funnel" else 1), (MOST_METRICS if chart.kind in _OF_SEVERAL else 1)
    if not least <= many <= most:
        wanted = f"{least} to {most} metrics" if most > 1 else "exactly one metric"
        return f"{chart.key}: a chart of kind {chart.kind} shows {wanted}, not {many}"
    if chart.kind in _BROKEN_DOWN and not chart.by:
        return f'{chart.key}: a chart of kind {chart.kind} needs by, such as by="rep"'
    if chart.kind not in _BROKEN_DOWN and chart.by:
        return f"{chart.key}: a chart of kind {chart.kind} has no breakdown; leave by out"
    return None
