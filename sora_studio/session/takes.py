"""Verbs that make a clip another time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sora_studio.core.errors import BadInput
from sora_studio.session import orders
from sora_studio.session.draft import new_seed
from sora_studio.session.maker import Maker
from sora_studio.session.works import Spot


class Takes(Maker):
    """Takes of a clip. Each verb that generates returns the job's id."""

    def vary(self, clip_id: str) -> str:
        """Make a generated clip again with another seed: a take on the track above."""
        clip = self._clip(clip_id)
        item = self.item(clip.media)
        if item.made_from is None:
            raise BadInput("This clip was not generated, so there is nothing to vary. Restyle it instead.")
        order = orders.repeat(item.made_from, f"Vary: {item.name}", self._find)
        order = replace(order, request=order.request.again(new_seed()))
        spot = Spot("Vary", partial(self._above, clip_id), length=clip.length, offset=clip.offset)
        return self._start(order, spot)
