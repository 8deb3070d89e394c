"""What stands on the disk of a job that makes a medium: enough to make it, and to show it, in the next studio."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sora_studio.core.errors import BadInput
from sora_studio.core.media_item import Lost, MediaItem
from sora_studio.core.recipe import Recipe
from sora_studio.core.setup import Setup, setup_data, setup_from
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import MediaTime
from sora_studio.session.works import Lay, Spot, Work


@dataclass(frozen=True, slots=True)
class Memo:
    """A row's data. `item` is the medium as it is while nothing is there of it; `shape` that of its frames, None as
    they are made; `spot` all of a Spot but how it is laid."""

    item: MediaItem
    shape: Size | None
    setup: Setup | None
    spot: dict[str, Any]

    @property
    def recipe(self) -> Recipe:
        """What it is made from."""
        return self.item.made_from or {}

    def laid(self, lay: Lay) -> Spot:
        """Where it goes, to be laid so if it has to be laid anew."""
        said = self.spot
        return Spot(
            str(said["text"]),
            lay,
            ripple=bool(said["ripple"]),
            length=None if said["length"] is None else int(said["length"]),
            offset=_exact(said["offset"]),
            target=str(said["target"]),
            origin=Fraction(said["origin"]),
            pieces=tuple(map(str, said["pieces"])),
        )


def memo_data(item: MediaItem, work: Work) -> str:
    """A medium and how it is made as JSON."""
    spot, shape = work.spot, work.order.shape
    return json.dumps(
        {
            "name": item.name,
            "frames": item.frames,
            "rate": [item.rate.num, item.rate.den],
            "size": [item.size.width, item.size.height],
            "recipe": work.order.recipe(),
            "shape": shape and [shape.width, shape.height],
            "setup": work.leg.setup and setup_data(work.leg.setup),
            "spot": {
                "text": spot.text,
                "ripple": spot.ripple,
                "length": spot.length,
                "offset": str(Fraction(spot.offset)),
                "target": spot.target,
                "origin": str(spot.origin),
                "pieces": list(spot.pieces),
            },
        },
        ensure_ascii=False,
    )


def memo_of(media: str, data: str) -> Memo:
    """What `memo_data` wrote. Raises BadInput for anything else."""
    try:
        said = json.loads(data)
        spot = dict(said["spot"])
        item = MediaItem(
            media,
            str(said["name"]),
            Lost(""),
            int(said["frames"]),
            Rate(*map(int, said["rate"])),
            Size(*map(int, said["size"])),
            dict(said["recipe"]),
            origin=Fraction(spot["origin"]),
        )
        shape = Size(*map(int, said["shape"])) if said["shape"] else None
        memo = Memo(item, shape, setup_from(said["setup"]), spot)
        memo.laid(_nowhere)
    except (ValueError, KeyError, TypeError, ZeroDivisionError, RecursionError) as exc:
        raise BadInput("A job of the last time is damaged. Generate its clip anew.") from exc
    return memo


def _exact(text: str) -> MediaTime:
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value


def _nowhere(clip: object) -> Any:
    raise NotImplementedError(clip)
