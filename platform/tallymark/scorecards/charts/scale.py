"""From values to places."""

from collections.abc import Iterable
from decimal import Decimal

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_FROM_ZERO_BELOW = Decimal("0.4")


def axis_ticks(values: Iterable[Decimal], intervals: int = 5) -> tuple[Decimal, ...]:
    """Round axis values that enclose `values`, at most `intervals` steps.

    The axis starts at zero unless all values lie in the upper part of it, where a zero would flatten the line.
    """
    known = list(values)
    low, high = min(known, default=Decimal(0)), max(known, default=Decimal(1))
    if low >= 0 and low < high * _FROM_ZERO_BELOW:
        low = Decimal(0)
    if low == high:
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if low else (Decimal(0), Decimal(1))
    magnitude = Decimal(1).scaleb(((high - low) / intervals).adjusted())
    for step in (magnitude * factor for factor in (*_STEPS, Decimal(20))):
        first, last = (
            (low / step).to_integral_value("ROUND_FLOOR"),
            (high / step).to_integral_value("ROUND_CEILING"),
        )
        if last - first <= intervals:
            break
    return tuple(step * (first + index) for index in range(int(last - first) + 1))


def runs(points: Iterable[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Unbroken stretches of known points."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            stretches[-1].append(point)
        elif stretches[-1]:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def path(points: Iterable[tuple[float, float]]) -> str:
    """The `points` attribute of a polyline."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
