"""Which KPIs of a large set are drawn as tiles: the weightiest; the others are rows of a table.

Forty equal tiles say nothing. Up to twelve are a page that can be taken in at a glance.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tallymark.scorecards.document import Tile, TileGroup, Tiles

MOST_TILES = 12
_LEFT_IN_A_LARGE_SET = {3: 9, 4: 8}
"""By tiles a row. Where some must give way anyway, whole rows are kept that fit the first page."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A set of KPIs in two parts, each in the set's order and grouping; no group is empty."""

    large: tuple[TileGroup, ...]
    small: tuple[TileGroup, ...]


def chosen(section: Tiles, *, width: int, most: int = MOST_TILES) -> Chosen:
    """The tiles that are drawn large, `width` a row, and the others."""
    tiles = [tile for group in section.groups for tile in group.tiles]
    keep = len(tiles) if len(tiles) <= most else min(most, _LEFT_IN_A_LARGE_SET.get(width, most))
    places = weightiest(tiles, keep)
    large: list[TileGroup] = []
    small: list[TileGroup] = []
    place = 0
    for group in section.groups:
        parts: tuple[list[Tile], list[Tile]] = ([], [])
        for tile in group.tiles:
            parts[place not in places].append(tile)
            place += 1
        for into, part in ((large, parts[0]), (small, parts[1])):
            if part:
                into.append(TileGroup(name=group.name, tiles=tuple(part)))
    return Chosen(large=tuple(large), small=tuple(small))


def weightiest(tiles: list[Tile], count: int) -> frozenset[int]:
    """The places of the `count` weightiest tiles; of equals, one with a value goes first, then the earlier one."""
    order = sorted(
        range(len(tiles)), key=lambda place: (-_weight(tiles[place]), tiles[place].value is None, place)
    )
    return frozenset(order[:count])


def _weight(tile: Tile) -> Decimal:
    try:
        return Decimal(tile.weight)
    except InvalidOperation:
        return Decimal(1)
