"""Verbs between clips and inside them: bridges over cuts and gaps, loops, retakes of a range."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

from sora_studio.core import edits, takes
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.naming import short_name
from sora_studio.core.recipe import own_words
from sora_studio.core.time import FrameRange
from sora_studio.core.timeline import Clip, Gap, Timeline
from sora_studio.engines.catalog import capabilities
from sora_studio.session import orders
from sora_studio.session.draft import Draft
from sora_studio.session.maker import Maker
from sora_studio.session.orders import Order
from sora_studio.session.works import Spot


class Seams(Maker):
    """What joins clips. Each verb returns the job's id."""

    def bridge(self, left_id: str, right_id: str, seconds: float, draft: Draft, *, overlap: bool = False) -> str:
        """Make the passage between two neighbours. A gap between them is filled, whatever `seconds` says; at a cut the
        passage is inserted, or, with `overlap`, takes the place of the clips' ends, half of it on either side."""
        left, right = self._neighbours(left_id, right_id)
        if right.start > left.stop:
            return self.fill(Gap(self.timeline.find(left_id)[0], left.stop, right.start), draft)
        caps = capabilities(draft.engine)
        if not overlap:
            order = orders.bridge(draft, caps, (self._piece(left_id), self._piece(right_id)), seconds)
            return self._start(order, Spot("Bridge", partial(self._behind, left_id), ripple=True))
        length = max(2, self.timeline.rate.frames(seconds))
        before, after = length // 2, length - length // 2
        if left.length <= before or right.length <= after:
            raise BadInput("The clips are shorter than the passage. Make it shorter, or insert it between them.")
        hole = FrameRange(right.start - before, right.start + after)
        order = self._between(draft, caps, (left.part(left.start, hole.start), right.part(hole.stop, right.stop)), hole)
        return self._start(order, Spot("Bridge", partial(self._instead, left_id, hole), length=length))

    def fill(self, gap: Gap, draft: Draft, *, alone: bool = False) -> str:
        """Fill a gap to the frame, led by the clips on both sides; `alone`: from the prompt, as if they were not there.
        A gap before the first clip leads to that one."""
        caps, hole = capabilities(draft.engine), FrameRange(gap.start, gap.stop)
        track = self.timeline.tracks[gap.track]
        before = next((clip for clip in track.clips if clip.stop == gap.start), None)
        after = next((clip for clip in track.clips if clip.start == gap.stop), None)
        order = self._between(draft, caps, (None, None) if alone else (before, after), hole)

        def lay(clip: Clip) -> Timeline:
            return edits.place(self.timeline, gap.track, replace(clip, start=gap.start))

        return self._start(order, Spot("Fill gap", lay, length=len(hole)))

    def loop(self, clip_id: str, seconds: float, draft: Draft) -> str:
        """Make the way from a clip's end back to its start, behind it."""
        draft = self._worded(clip_id, draft)
        order = orders.loop(draft, capabilities(draft.engine), self._piece(clip_id), seconds)
        return self._start(order, Spot("Loop", partial(self._behind, clip_id), ripple=True))

    def longer(self, clip_id: str, seconds: float, draft: Draft) -> str:
        """Extend a clip until it lasts `seconds`, in parts that follow each other and keep the first one's colours."""
        has = self.timeline.rate.seconds(self._clip(clip_id).length)
        if seconds <= has:
            raise BadInput("The clip lasts {has:.1f} s already. Ask for more than that.", has=has)
        draft = self._worded(clip_id, draft)
        order = orders.extend(draft, capabilities(draft.engine), self._piece(clip_id), seconds - has)
        return self._start(order, Spot("Longer", partial(self._behind, clip_id), ripple=True))

    def retake(self, draft: Draft, clip_id: str | None = None, span: FrameRange | None = None) -> str:
        """Make a range of one clip again, met on both sides by what stays. None: the selected clip (else the one that
        is seen there), and the range between the marks. Without a prompt the clip's own words are used."""
        span = span or self.marked
        if span is None or not len(span):
            raise BadInput("Mark the range to make again first: I at its first frame, O at its last.")
        clip = self._clip(clip_id) if clip_id else self._marked_clip(span)
        span = span.clamped(clip.start, clip.stop)
        if not len(span):
            raise BadInput("The marked range lies beside the clip. Mark a range inside it.")
        recipe = self.item(clip.media).made_from
        own = own_words(recipe) if recipe is not None and not draft.prompt.strip() else None
        if recipe is not None and own is not None:
            draft = replace(draft, prompt=str(recipe.get("prompt", "")), phrases=(), look="")
        track = self.timeline.tracks[self.timeline.find(clip.id)[0]]
        before = clip.part(clip.start, span.start) if span.start > clip.start else None
        after = clip.part(span.stop, clip.stop) if span.stop < clip.stop else None
        before = before or next((one for one in track.clips if one.stop == clip.start), None)
        after = after or next((one for one in track.clips if one.start == clip.stop), None)
        order = self._between(draft, capabilities(draft.engine), (before, after), span)
        request = order.request if own is None else replace(order.request, words=own)
        label = tr("{verb}: {words}", verb=tr("Retake"), words=short_name(request.words or request.prompt))
        order = replace(order, request=request, label=label)
        timeline, ids = self._cut_out(clip, span)
        middle = timeline.find(ids[1])[1]
        origin = self.item(clip.media).origin + self._seconds_of(middle)[0]

        def lay(made: Clip) -> Timeline:
            return takes.with_take(replace(self.project, timeline=timeline), middle.id, made.media)

        spot = Spot("Retake", lay, length=len(span), target=middle.id, origin=origin, pieces=tuple(filter(None, ids)))
        return self._start(order, spot)

    @property
    def marked(self) -> FrameRange | None:
        """The frames of the timeline between the marks."""
        return self.timeline.marked

    # how

    def _neighbours(self, left_id: str, right_id: str) -> tuple[Clip, Clip]:
        left, right = self._clip(left_id), self._clip(right_id)
        if self.timeline.neighbours(left_id)[1] != right:
            raise BadInput("A bridge joins two neighbours on one track, the earlier one first. Choose two such clips.")
        return left, right

    def _between(
        self, draft: Draft, caps: Capabilities, ends: tuple[Clip | None, Clip | None], hole: FrameRange
    ) -> Order:
        """What leads from one clip to another over a hole, to the frame; either may be missing."""
        fps = caps.rate.fps
        seconds = float(math.ceil(len(hole) / self.timeline.rate.fps * fps) / fps)
        before, after = (self._piece_of(clip) if clip else None for clip in ends)
        if before is not None and after is not None:
            return orders.bridge(draft, caps, (before, after), seconds)
        if before is not None:
            return orders.extend(draft, caps, before, seconds)
        if after is not None:
            return orders.extend(draft, caps, after, seconds, before=True)
        return orders.new_clip(replace(draft, seconds=seconds), caps)

    def _instead(self, left_id: str, hole: FrameRange, clip: Clip) -> Timeline:
        """`clip` in a hole, over what lies there."""
        index, _ = self.timeline.find(left_id)
        return edits.place(self.timeline, index, replace(clip, start=hole.start))

    def _marked_clip(self, span: FrameRange) -> Clip:
        chosen = [self._clip(one) for one in self.selection]
        inside = [clip for clip in chosen if clip.start < span.stop and clip.stop > span.start]
        if len(inside) == 1:
            return inside[0]
        seen = self.timeline.top(span.start)
        if seen is None:
            raise BadInput("There is no clip at the marked range. Select the clip to make a part of again.")
        return seen

    def _cut_out(self, clip: Clip, span: FrameRange) -> tuple[Timeline, tuple[str, str, str]]:
        """The timeline with a clip cut at both ends of a range; its sound stays whole. The pieces' identities, empty
        where there is none."""
        timeline, first, last = self.timeline, "", ""
        middle = clip.id
        track = timeline.find(clip.id)[0]
        if span.start > clip.start:
            timeline = edits.split(timeline, clip.id, span.start, linked=False)
            found = timeline.at(track, span.start)
            assert found is not None
            first, middle = clip.id, found.id
        if span.stop < clip.stop:
            timeline = edits.split(timeline, middle, span.stop, linked=False)
            found = timeline.at(track, span.stop)
            assert found is not None
            last = found.id
        return timeline, (first, middle, last)
