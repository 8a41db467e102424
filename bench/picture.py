"""The growth curve as an SVG: seconds over the tenant's deals, both logarithmic, with the slope of linear growth."""

from __future__ import annotations

from math import ceil, floor, log10
from statistics import median

from bench.results import Result

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 24, 48
COLOURS = {"warm": "#1d6fb8", "preparing": "#b8601d", "compiled": "#6b7280"}
NAMES = {"warm": "asked", "preparing": "facts made and asked", "compiled": "fused SQL over raw files"}

Points = list[tuple[float, float]]


def growth_curve(results: list[Result]) -> str:
    """The picture, or nothing where growth wasn't measured."""
    lines = _lines(results)
    points = [point for line in lines.values() for point in line]
    if not points:
        return ""
    plot = _Plot([x for x, _ in points], [y for _, y in points])
    parts = [*plot.grid(), *(plot.line(kind, line) for kind, line in lines.items())]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img">\n'
        "<title>Seconds for the whole catalogue over the number of opportunities, both axes logarithmic</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _lines(results: list[Result]) -> dict[str, Points]:
    found: dict[str, Points] = {}
    sizes: dict[str, float] = {}
    for each in results:
        if each.section == "growth":
            deals = float(each.notes["deals"])
            sizes[each.name.partition(",")[0]] = deals
            found.setdefault(str(each.notes["state"]), []).append((deals, median(each.wall)))
    for each in results:
        if each.section == "catalogue" and each.name.startswith("compiled") and each.size in sizes:
            found.setdefault("compiled", []).append((sizes[each.size], median(each.wall)))
    return {kind: sorted(line) for kind, line in found.items()}


class _Plot:
    """Where values come to lie, in decades."""

    def __init__(self, xs: list[float], ys: list[float]) -> None:
        self.x0, self.x1 = log10(min(xs)), max(log10(max(xs)), log10(min(xs)) + 1)
        self.y0, self.y1 = floor(log10(min(ys))), ceil(log10(max(ys)))

    def x(self, value: float) -> float:
        """From the left, in the picture's units."""
        return LEFT + (log10(value) - self.x0) / (self.x1 - self.x0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """From the top."""
        return HEIGHT - BOTTOM - (log10(value) - self.y0) / (self.y1 - self.y0) * (HEIGHT - TOP - BOTTOM)

    def grid(self) -> list[str]:
        """A line a decade, and a dashed one for growth in step with the deals."""
        parts = []
        for power in range(self.y0, self.y1 + 1):
            y = self.y(10**power)
            label = f"{10**power:g} s"
            parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e5e7eb"/>')
            parts.append(
                f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#374151">{label}</text>'
            )
        for power in range(ceil(self.x0), floor(self.x1) + 1):
            x = self.x(10**power)
            parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e5e7eb"/>')
            label = f"{10**power:,}"
            y = HEIGHT - BOTTOM + 18
            parts.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle" fill="#374151">{label}</text>')
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(
            f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle" fill="#374151">opportunities</text>'
        )
        return parts

    def line(self, kind: str, points: Points) -> str:
        """A contestant's line with its name at its end, and how growth in step would go on from its first point."""
        colour, (first_x, first_y) = COLOURS[kind], points[0]
        path = "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)
        dots = "".join(
            f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3.5" fill="{colour}"/>' for x, y in points
        )
        last_x, last_y = points[-1]
        far = min(last_x, first_x * 10**self.y1 / first_y)
        step = (
            f"M{self.x(first_x):.1f} {self.y(first_y):.1f}"
            f"L{self.x(far):.1f} {self.y(first_y * far / first_x):.1f}"
        )
        return (
            f'<path d="{step}" fill="none" stroke="{colour}" stroke-dasharray="3 4" opacity="0.5"/>'
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
            f'<text x="{self.x(last_x) + 8:.1f}" y="{self.y(last_y) + 4:.1f}" fill="{colour}">{NAMES[kind]}</text>'
        )
