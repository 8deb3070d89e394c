"""Verbs between clips: bridges over cuts and gaps, loops."""

from __future__ import annotations

import math
from functools import partial

from sora_studio.core.errors import BadInput
from sora_studio.engines.catalog import capabilities
from sora_studio.session import orders
from sora_studio.session.draft import Draft
from sora_studio.session.maker import Maker
from sora_studio.session.works import Spot


class Seams(Maker):
    """What joins clips. Each verb returns the job's id."""

    def bridge(self, left_id: str, right_id: str, seconds: float, draft: Draft) -> str:
        """Make the passage between two neighbours. A gap between them is filled, whatever `seconds` says; at a cut the
        passage is inserted."""
        left, right = self._clip(left_id), self._clip(right_id)
        if self.timeline.neighbours(left_id)[1] != right:
            raise BadInput("A bridge joins two neighbours on one track, the earlier one first. Choose two such clips.")
        caps = capabilities(draft.engine)
        gap = right.start - left.stop
        if gap:
            fps = caps.rate.fps
            seconds = float(math.ceil(gap / self.timeline.rate.fps * fps) / fps)
        order = orders.bridge(draft, caps, (self._piece(left_id), self._piece(right_id)), seconds)
        lay = partial(self._behind, left_id)
        return self._start(order, Spot("Bridge", lay, ripple=not gap, length=gap or None))

    def loop(self, clip_id: str, seconds: float, draft: Draft) -> str:
        """Make the way from a clip's end back to its start, behind it."""
        order = orders.loop(draft, capabilities(draft.engine), self._piece(clip_id), seconds)
        return self._start(order, Spot("Loop", partial(self._behind, clip_id), ripple=True))
