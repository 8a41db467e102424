"""Finding the rows behind a scorecard's figures, for its workbook: the same rows that an explanation shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tallymark.explain.basis import Basis, Place
from tallymark.explain.fetching import Found, reading
from tallymark.explain.lineage import referring as referred_by
from tallymark.explain.picking import USED, Picked, pick
from tallymark.explain.tree import Taking
from tallymark.i18n import catalogue
from tallymark.plugins.wording import Wording
from tallymark.scorecards.exports.references import CAP, MeasureRows, RowRef, RowRefs
from tallymark_sdk import Metric
from tallymark_sdk.calendars import Period
from tallymark_sdk.errors import TallymarkError
from tallymark_sdk.model import DATASETS
from tallymark_sdk.rows import grain
from tallymark_sdk.text import FormulaWords


def references(
    basis: Basis,
    keys: Iterable[str],
    period: Period,
    *,
    locale: str,
    dimension: str = "",
    member: str = "",
    cap: int = CAP,
) -> dict[str, RowRefs]:
    """Metric → the rows that its figure of the period stands on, `cap` of each measure and the number of all.

    Only rows that the figure uses; those left out are counted in its passport. A metric whose rows can't be told, such
    as one computed by a function, says why instead.

    Args:
        basis: what the figures were computed from.
        locale: the language of the measures' words.
        dimension, member: whose figures; both "" for everybody's.
    """
    wording = Wording(basis.registry, locale)
    found: dict[str, RowRefs | list[Picked]] = {}
    for key in keys:
        place = Place(metric=basis.registry[key], period=period, dimension=dimension, member=member)
        found[key] = _picked(basis, place, wording)
    chosen = [
        (key, each, _first(each, cap))
        for key, all_ in found.items()
        if isinstance(all_, list)
        for each in all_
    ]
    rows = _read(basis, [(each, keys_of) for _, each, keys_of in chosen])
    listed: dict[str, list[MeasureRows]] = {}
    for key, each, wanted in chosen:
        listed.setdefault(key, []).append(_measure(each, wanted, rows, _words(basis.registry[key], wording)))
    return {
        key: RowRefs(measures=tuple(listed[key])) if isinstance(each, list) else each
        for key, each in found.items()
    }


def _picked(basis: Basis, place: Place, wording: Wording) -> RowRefs | list[Picked]:
    """The measures' rows, by their numbers; or why there are none."""
    try:
        taking = Taking(basis, place)
        taking.whole()
        picked, _ = pick(basis, place, taking.measures)
    except TallymarkError as error:
        return RowRefs(reason=str(error))
    if not picked:
        texts = catalogue(wording.locale)
        return RowRefs(reason=texts.gettext("This figure is computed as a whole, not row by row."))
    return picked


def _dataset(picked: Picked) -> str:
    return grain(picked.measure.leaf.formula.dataset)


def _first(picked: Picked, cap: int) -> list[int]:
    """The keys of the first rows."""
    return [
        int(key)
        for _, part in picked.slice((USED,), 0, cap)
        for key in part.ready.column(part.chunk, "key")[part.rows]
    ]


def _read(basis: Basis, chosen: Sequence[tuple[Picked, list[int]]]) -> dict[str, Found]:
    """Dataset → its rows by key: each dataset is read once for all figures."""
    wanted: dict[str, set[int]] = {}
    referring: dict[str, dict[tuple[str, str], None]] = {}
    for picked, keys in chosen:
        wanted.setdefault(_dataset(picked), set()).update(keys)
        referring.setdefault(_dataset(picked), {}).update(dict.fromkeys(referred_by(picked.measure)))
    found: dict[str, Found] = {}
    with reading(basis.data, wanted, "") as reader:
        for dataset, needed in wanted.items():
            label = DATASETS[dataset].label
            found[dataset] = reader.rows(
                dataset, [label] if label else [], sorted(needed), referring=referring[dataset]
            )
    return found


def _measure(
    picked: Picked, keys: Sequence[int], rows: Mapping[str, Found], words: FormulaWords
) -> MeasureRows:
    dataset = _dataset(picked)
    label = DATASETS[dataset].label
    return MeasureRows(
        measure=words.operand(picked.measure.leaf.formula),
        dataset=dataset,
        rows=picked.count(USED),
        refs=tuple(
            RowRef(
                source=str(row["source_id"]),
                id=str(row["id"]),
                name=str((row.get(label) if label else "") or ""),
            )
            for key in keys
            for row in rows[dataset].get(key, ())[:1]
        ),
    )


def _words(metric: Metric, wording: Wording) -> FormulaWords:
    return FormulaWords(wording.translate(metric.key), name_of=wording.name)
