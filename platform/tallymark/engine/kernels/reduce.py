"""One fact's figures on an axis: every leaf, member and period that it is to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from tallymark.engine.expand import TOTAL
from tallymark.engine.facts.columns import Array
from tallymark.engine.facts.encode import HIGH
from tallymark.engine.facts.firsts import NEVER
from tallymark.engine.facts.groups import needs
from tallymark.engine.facts.store import Ready
from tallymark.engine.kernels import placing
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.kernels.figures import LeafFigures
from tallymark.engine.kernels.limbs import EXACT, whole
from tallymark.engine.kernels.ordered import Ordered, reduce
from tallymark.engine.kernels.placing import Slot
from tallymark.engine.kernels.tally import Counter, Rows, Tally
from tallymark.engine.plan import Leaf
from tallymark_sdk.formula import Stock
from tallymark_sdk.rows import DELETED

_BY_ROW = ("median", "min", "max")


def figures_of(
    ready: Ready, axis: Axis, slots: Sequence[Slot], periods: int, *, seen_before: int | None = None
) -> dict[Leaf, LeafFigures]:
    """The figures of every leaf that has a breakdown on the axis.

    Args:
        slots: the periods that are asked for, with their places among `periods` in the result.
        seen_before: of events, the day before which rows are looked for, to tell which members existed.
    """
    counter = Counter(ready, axis, periods)
    if not counter.leaves:
        return {}
    layers = placing.layers(slots)
    for layer in layers:
        if ready.group.kind == "stock":
            _add_stock(counter, layer)
        else:
            for chunk in range(len(ready.fact.chunks)):
                rows = _rows(ready, chunk, layer)
                counter.add(chunk, rows)
                _add_firsts(counter, chunk, rows, layer)
    found = _leaves(counter, counter.finish())
    for leaf in counter.leaves:
        if leaf.kernel in _BY_ROW:
            _put_ordered(found[leaf], leaf, counter, layers)
    if ready.group.kind == "flow":
        _without_a_period(ready, axis, found, seen_before)
    return found


def _rows(ready: Ready, chunk: int, layer: Sequence[Slot]) -> Rows:
    return (placing.placed if ready.group.kind == "placed" else placing.events)(ready, chunk, layer)


def _distinct_places(counter: Counter) -> Iterator[tuple[str, str]]:
    """(name, breakdown) of every distinct count that is asked for on the axis."""
    for leaf in counter.leaves:
        name = needs(leaf).distinct
        for dimension in counter.ready.wanted.leaves[leaf] if name is not None else ():
            if name is not None and counter.axis.block(dimension) is not None:
                yield name, dimension


def _add_firsts(counter: Counter, chunk: int, rows: Rows, layer: Sequence[Slot]) -> None:
    places = sorted(set(_distinct_places(counter)))
    if not places or not len(rows.period):
        return
    ready = counter.ready
    old: Array | int = 0  # how old the period is on the row's day
    if ready.group.kind == "flow":
        first = np.zeros(counter.periods, np.int64)
        first[[slot.place for slot in layer]] = [slot.span[0] for slot in layer]
        old = ready.column(chunk, "day")[rows.take] - first[rows.period]
    for name, dimension in places:
        take = np.flatnonzero(ready.column(chunk, f"first {name} {dimension}")[rows.take] > old)
        period = rows.period[take]
        _count_firsts(counter, chunk, (name, dimension), (rows.take, take), period, 1)


def _count_firsts(
    counter: Counter,
    chunk: int,
    place: tuple[str, str],
    take: tuple[slice | Array, Array],
    period: Array,
    sign: int,
) -> None:
    name, dimension = place
    if dimension == TOTAL:
        counter.add_first(name, dimension, period, sign)
        return
    block = counter.axis.block(dimension)
    member = counter.ready.column(chunk, f"by {dimension}")[take[0]][take[1]].astype(np.int64)
    assert block is not None  # noqa: S101  only dimensions of the axis are asked for
    if block.first or len(counter.axis.blocks) == 1:
        member = member - block.first
        own = (member >= 0) & (member < block.size)
        member, period = member[own], period[own]
    counter.add_first(name, dimension, member * counter.periods + period, sign)


def _add_stock(counter: Counter, layer: Sequence[Slot]) -> None:
    """Add rows where they begin to be valid and take them off where they cease; then what is there is the running sum."""
    ready = counter.ready
    stock = next(iter(ready.wanted.leaves)).formula
    assert isinstance(stock, Stock)  # noqa: S101  the group's kind says so
    moves = Counter(ready, counter.axis, len(layer) + 1)
    for chunk in range(len(ready.fact.chunks)):
        for rows in placing.runs(ready, chunk, layer, stock):
            moves.add(chunk, rows)
        for name, dimension in sorted(set(_distinct_places(moves))):
            starts = ready.column(chunk, f"first {name} {dimension}")
            begin, end = placing.valid(stock, layer, starts, ready.column(chunk, "end"))
            take = np.flatnonzero((begin < end) & (starts != NEVER))
            everything = slice(0, len(starts))
            _count_firsts(moves, chunk, (name, dimension), (everything, take), begin[take], 1)
            _count_firsts(moves, chunk, (name, dimension), (everything, take), end[take], -1)
    counter.put([slot.place for slot in layer], moves.tally)


def _leaves(counter: Counter, tally: Tally) -> dict[Leaf, LeafFigures]:
    counted = _by_condition(counter, tally.counts)
    found: dict[Leaf, LeafFigures] = {}
    for leaf in counter.leaves:
        need = needs(leaf)
        rows = counted[need.used]
        left_out = {
            reason: counts for reason, name in need.reasons.items() if (counts := counted[name]).any()
        }
        seen = rows > 0
        for reason, counts in left_out.items():
            if reason != DELETED:
                seen = seen | (counts > 0)
        figures = LeafFigures(values=rows, divisor=1, rows=rows, seen=seen, left_out=left_out)
        if need.distinct is not None:
            figures.values = tally.distincts.get(need.distinct, np.zeros_like(rows))
        elif leaf.kernel == "sum" and need.argument is not None:
            figures.values = _sum(counter, tally.sums.get(need.argument, {}), need.used, rows)
            figures.divisor = 10 ** counter.ready.fact.arguments[need.argument].scale
        found[leaf] = figures
    return found


def _by_condition(counter: Counter, counts: Array) -> dict[str, Array]:
    """Rows for which each condition holds, from rows by class."""
    names = list(counter.masks)
    shape = counts.shape[:2]
    if not names or not counts.shape[2]:
        return {name: np.zeros(shape, np.int64) for name in names}
    matrix = np.stack([counter.masks[name] for name in names], axis=1)
    found = (counts.reshape(-1, counts.shape[2]).astype(np.float64) @ matrix).astype(np.int64)
    columns = np.ascontiguousarray(found.T).reshape(len(names), *shape)
    return dict(zip(names, columns, strict=True))


def _sum(counter: Counter, parts: Mapping[int, Array], used: str, rows: Array) -> Array:
    mask = counter.masks[used]
    totals = {}
    for shift, by_class in parts.items():
        largest = int(np.abs(by_class).max()) if by_class.size else 0
        if largest * max(len(mask), 1) < EXACT:
            totals[shift] = (by_class.astype(np.float64) @ mask).astype(np.int64)
        else:
            totals[shift] = by_class @ mask.astype(np.int64)
    return whole(totals) if totals else np.zeros_like(rows)


def _put_ordered(
    figures: LeafFigures, leaf: Leaf, counter: Counter, layers: Sequence[Sequence[Slot]]
) -> None:
    """A leaf that needs its values in order, one breakdown after another."""
    need = needs(leaf)
    assert need.argument is not None  # noqa: S101  these kernels reduce a value
    figures.values, figures.has = np.zeros_like(figures.rows), np.zeros(figures.rows.shape, bool)
    for dimension in counter.ready.wanted.leaves[leaf]:
        block = counter.axis.block(dimension)
        if block is None or not block.size:
            continue
        codes, values = _in_cells(counter, leaf, dimension, layers)
        found: Ordered = reduce(leaf.kernel, codes, values, block.size * counter.periods)
        if found.values.dtype == object:
            figures.values = figures.values.astype(object)
        figures.values[block.slots] = found.values.reshape(block.size, counter.periods)
        figures.has[block.slots] = found.has.reshape(block.size, counter.periods)
        figures.divisor = found.divisor * 10 ** counter.ready.fact.arguments[need.argument].scale


def _in_cells(
    counter: Counter, leaf: Leaf, dimension: str, layers: Sequence[Sequence[Slot]]
) -> tuple[Array, Array]:
    """The rows that a leaf uses: each one's cell in the breakdown's block, and its value."""
    need, ready = needs(leaf), counter.ready
    uses = counter.masks[need.used].astype(bool)
    block = counter.axis.block(dimension)
    assert block is not None  # noqa: S101  the caller looked
    codes, values = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for layer, chunk in product(layers, range(len(ready.fact.chunks))):
        rows = _rows(ready, chunk, layer)
        take = np.flatnonzero(uses[ready.column(chunk, "class")[rows.take]])
        code, value = rows.period[take], _values(ready, chunk, f"value {need.argument}")[rows.take][take]
        if dimension != TOTAL:
            member = ready.column(chunk, f"by {dimension}")[rows.take][take].astype(np.int64) - block.first
            own = (member >= 0) & (member < block.size)
            code, value = (member * counter.periods + code)[own], value[own]
        codes.append(code)
        values.append(value)
    return np.concatenate(codes), np.concatenate(values)


def _values(ready: Ready, chunk: int, name: str) -> Array:
    low = ready.column(chunk, name)
    if (
        not ready.has(chunk, name + HIGH)
        or ready.fact.arguments[name.removeprefix("value ")].largest < 1 << 62
    ):
        return low
    high = ready.column(chunk, name + HIGH)
    return np.array(
        [(int(h) << 64) + (int(v) & ((1 << 64) - 1)) for v, h in zip(low, high, strict=True)], object
    )


def _without_a_period(
    ready: Ready, axis: Axis, found: Mapping[Leaf, LeafFigures], seen_before: int | None
) -> None:
    """Events without a day, told beside each period; and which members had rows before."""
    chunks = range(len(ready.fact.chunks))
    undated = [placing.undated(ready, chunk) for chunk in chunks]
    for leaf, figures in _counted(ready, axis, undated).items():
        found[leaf].undated = {reason: counts[:, 0] for reason, counts in figures.left_out.items()}
    if seen_before is not None:
        earlier = [placing.before(ready, chunk, seen_before) for chunk in chunks]
        for leaf, figures in _counted(ready, axis, earlier).items():
            found[leaf].before = figures.seen[:, 0]


def _counted(ready: Ready, axis: Axis, rows: Sequence[Rows]) -> dict[Leaf, LeafFigures]:
    """How often each condition holds for these rows, one item a chunk; nothing where there are none."""
    if not any(len(each.period) for each in rows):
        return {}
    counter = Counter(ready, axis, 1, counts_only=True)
    for chunk, each in enumerate(rows):
        counter.add(chunk, each)
    return _leaves(counter, counter.finish())
