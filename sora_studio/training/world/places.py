"""The ten places by name: their layers from far to near and where actors stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from sora_studio.training.world import countryside, shores, wonders
from sora_studio.training.world.terrain import Land, Layer

Build: TypeAlias = Callable[[Land, float], list[Layer]]


@dataclass(frozen=True, slots=True)
class Place:
    """`build(land, aspect)` gives the layers from far to near; `ground` is the y on which actors stand;
    shadows fall at `shadow` of their usual strength (none in water or in space)."""

    build: Build
    ground: float = 0.86
    shadow: float = 1.0


PLACES: Final[dict[str, Place]] = {
    "green hills": Place(countryside.green_hills),
    "desert": Place(countryside.desert),
    "beach": Place(shores.beach, 0.88),
    "city": Place(wonders.city, 0.88),
    "forest": Place(countryside.forest),
    "snowy mountains": Place(countryside.snowy_mountains),
    "sea": Place(shores.sea, 0.84, 0.4),
    "meadow": Place(countryside.meadow),
    "underwater": Place(shores.underwater, 0.86, 0.5),
    "space": Place(wonders.space, 0.86, 0.9),
}
