"""How rectangles divide a room: from their places to the rows and columns that they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt


@dataclass(frozen=True, slots=True)
class Split:
    """Parts side by side (horizontal) or one above the other: names, or splits again."""

    way: Qt.Orientation
    parts: tuple[Split | str, ...]


Part = Split | str


def first_of(part: Part) -> str:
    """The name at the upper left of a part."""
    return first_of(part.parts[0]) if isinstance(part, Split) else part


def names_of(part: Part) -> tuple[str, ...]:
    """All names, from the upper left on."""
    return tuple(name for one in part.parts for name in names_of(one)) if isinstance(part, Split) else (part,)


def above(part: Part, name: str, other: str) -> Part:
    """A part with one more name directly above another."""
    if isinstance(part, Split):
        return Split(part.way, tuple(above(one, name, other) for one in part.parts))
    return Split(Qt.Orientation.Vertical, (name, part)) if part == other else part


def sliced(places: Mapping[str, QRect]) -> Part:
    """The rows and columns of one or more rectangles that can be cut apart; those that cannot become one row."""
    if len(places) == 1:
        return next(iter(places))
    for way in (Qt.Orientation.Horizontal, Qt.Orientation.Vertical):
        groups = _groups(places, way)
        if len(groups) > 1:
            return Split(way, tuple(map(sliced, groups)))
    row = sorted((place.left(), name) for name, place in places.items())
    return Split(Qt.Orientation.Horizontal, tuple(name for _, name in row))


def _groups(places: Mapping[str, QRect], way: Qt.Orientation) -> list[dict[str, QRect]]:
    """What lies between cuts that go through nothing."""
    groups: list[dict[str, QRect]] = []
    reach = -1
    for (start, end), name in sorted((_span(place, way), name) for name, place in places.items()):
        if start > reach:
            groups.append({})
        groups[-1][name] = places[name]
        reach = max(reach, end)
    return groups


def _span(place: QRect, way: Qt.Orientation) -> tuple[int, int]:
    if way is Qt.Orientation.Horizontal:
        return place.left(), place.right()
    return place.top(), place.bottom()
