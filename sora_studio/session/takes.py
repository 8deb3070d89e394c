"""Verbs that make a clip another time, and the takes that come of it. Takes stay on their clip."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sora_studio.core import stale, takes
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.media_item import Lost, MediaItem
from sora_studio.core.recipe import Recipe
from sora_studio.core.request import Given, Request
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.engines.catalog import capabilities
from sora_studio.session import orders, pieces, store
from sora_studio.session.draft import Draft, nearest_size, new_seed
from sora_studio.session.keeping import Keeping
from sora_studio.session.orders import Order
from sora_studio.session.pieces import Fit, Piece
from sora_studio.session.works import Lay, Spot

SKETCH_KEPT = 0.5
"""How much of a sketch another engine keeps when it finalises it: places and motion, not the detail."""


class Takes(Keeping):
    """Takes of a clip. Each verb that generates shows its take at once and returns the job's id."""

    _stale_of: tuple[object, object, frozenset[str]] | None = None
    _files_of: tuple[object, dict[str, str]] | None = None

    def takes(self, clip_id: str) -> tuple[MediaItem, ...]:
        """The media a clip can show, in the order they were made."""
        known = takes.takes_of(self._clip(clip_id))
        return tuple(self._media[media] for media in known if media in self._media)

    def show_take(self, clip_id: str, media_id: str) -> None:
        """Show another take of a clip."""
        self.item(media_id)
        self._edit("Another take", takes.with_take(self.project, clip_id, media_id))

    def turn_take(self, clip_id: str, by: int) -> None:
        """Show the take that stands `by` places further; behind the last one comes the first."""
        known = [item.id for item in self.takes(clip_id)]
        shown = self._clip(clip_id).media
        if shown in known:
            self.show_take(clip_id, known[(known.index(shown) + by) % len(known)])

    def drop_take(self, clip_id: str, media_id: str) -> None:
        """Take a take from a clip; its file stays in the project, and undo brings it back."""
        self._edit("Delete take", takes.without_take(self.project, clip_id, media_id))

    # generating

    def vary(self, clip_id: str, count: int = 1) -> str:
        """Make a generated clip again with other seeds; the first of the new takes is shown. Returns its job."""
        order = self._repeated(clip_id, "Vary")
        made = [replace(order, request=order.request.again(new_seed())) for _ in range(max(1, count))]
        jobs = [self._start(one, self._take_spot(clip_id, "Vary", shown=not place)) for place, one in enumerate(made)]
        return jobs[0]

    def again(self, clip_id: str) -> str:
        """Make a generated clip again with the same seed."""
        return self._start(self._repeated(clip_id, "Again"), self._take_spot(clip_id, "Again"))

    def decode_again(self, clip_id: str) -> str:
        """Decode what a clip was made from once more, as another take: no step is made."""
        item = self.item(self._clip(clip_id).media)
        if isinstance(item.state, Lost):
            return self.go_on(item.id)
        order = self._repeated(clip_id, "Decode again")
        folder = self._decodable(item, order)
        if folder is None:
            raise BadInput("What “{name}” was decoded from is no longer kept. Make it again.", name=item.name)
        return self._start(order, self._take_spot(clip_id, "Decode again"), like=folder)

    def finalise(self, clip_id: str, engine: str | None = None) -> str:
        """Make a sketched clip for good, frame for frame: with all steps, or on another engine led by the sketch."""
        order = self._repeated(clip_id, "Finalise")
        caps = capabilities(engine or order.request.engine)
        if caps.engine != order.request.engine:
            order = self._led_by_sketch(order, caps, self._clip(clip_id))
        elif order.request.steps >= caps.steps and "stopped_after" not in self._recipe(clip_id):
            raise BadInput(
                "This clip has its {steps} steps already. Vary it, or choose another engine.", steps=order.request.steps
            )
        request = replace(order.request, steps=max(caps.steps, order.request.steps))
        return self._start(replace(order, request=request), self._take_spot(clip_id, "Finalise"))

    def restyle(self, clip_id: str, draft: Draft) -> str:
        """Tell a clip again in the words and look of the draft, as another take of it. A take that was told so itself
        is no source: another look is told from the same pictures."""
        clip, caps = self._picture(clip_id), capabilities(draft.engine)
        clip = takes.turned_to(self.project, clip, self.told_from(clip_id))
        order = orders.restyle(draft, caps, self._piece_of(clip))
        item = self.item(clip.media)
        begun = Fraction(0) if item.frames == 1 else int(self._seconds_of(clip)[0] * caps.rate.fps) / caps.rate.fps
        return self._start(order, Spot("Restyle", self._onto(clip_id), target=clip_id, origin=item.origin + begun))

    def upscale(self, clip_id: str, by: int) -> str:
        """Make a clip `by` times as wide and as high, as another take of it: all of a generated one, so that its ends
        can still be drawn out, and of footage what is shown.

        The take's recipe says that and of which file it was enlarged, and carries along what the pictures were
        generated from (`core.recipe.generated_from`). So it is upscaled again after a crash, and varied, finalised
        and refreshed as the clip itself."""
        clip = self._picture(clip_id)
        item, piece = self.item(clip.media), self._piece_of(clip)
        if item.generated_from is not None or item.frames == 1:
            piece = Piece(piece.path)
        start = int(piece.start * item.rate.fps) / item.rate.fps
        order = orders.upscale(piece, by, item.generated_from)
        order = replace(order, label=self._named(clip_id, "Upscale"))
        return self._start(order, Spot("Upscale", self._onto(clip_id), target=clip_id, origin=item.origin + start))

    def told_from(self, clip_id: str) -> str:
        """The medium that a restyle of a clip is told from: what it shows, or what that was told from in its turn."""
        clip = self._clip(clip_id)
        recipe = self.item(clip.media).generated_from or {}
        for given in recipe.get("given", ()) if recipe.get("result") == "fresh" else ():
            source = given.get("source") or {}
            before = self._medium_of(str(source["path"])) if source.get("path") else None
            if given.get("strength", 1.0) < 1.0 and before in takes.takes_of(clip) and before in self._media:
                return str(before)
        return clip.media

    def refresh(self, clip_id: str) -> str:
        """Make a stale clip again from what the clips upstream show now."""
        clip, recipe = self._clip(clip_id), self._recipe(clip_id)
        found = stale.changes(self.project, clip, self._medium_of)
        if not found:
            raise BadInput("Nothing this clip was made from has changed.")
        for change in found:
            self._piece(change.upstream.id)  # says so when it is not there yet
        recipe = stale.refreshed(self.project, recipe, found, lambda media: str(self.media_path(media)))
        order = orders.repeat(recipe, self._named(clip_id, "Refresh"), self._find)
        return self._start(order, self._take_spot(clip_id, "Refresh"))

    @property
    def stale(self) -> frozenset[str]:
        """The clips whose given frames are no longer what the clips upstream show."""
        timeline, media = self.timeline, self._media
        if self._stale_of is None or self._stale_of[0] is not timeline or self._stale_of[1] is not media:
            self._stale_of = timeline, media, stale.stale_clips(self.project, self._medium_of)
        return self._stale_of[2]

    # how

    def _recipe(self, clip_id: str) -> Recipe:
        recipe = self.item(self._clip(clip_id).media).generated_from
        if recipe is None:
            raise BadInput("This clip was not generated, so there is nothing to make again. Restyle it instead.")
        return recipe

    def _repeated(self, clip_id: str, verb: str) -> Order:
        recipe = self._recipe(clip_id)
        return orders.repeat(recipe, self._named(clip_id, verb), self._find)

    def _named(self, clip_id: str, verb: str) -> str:
        return tr("{verb}: {words}", verb=tr(verb), words=self.item(self._clip(clip_id).media).name)

    def _take_spot(self, clip_id: str, text: str, *, shown: bool = True) -> Spot:
        """A take in the place of the clip's own medium."""
        origin = self.item(self._clip(clip_id).media).origin
        return Spot(text, self._onto(clip_id, shown=shown), target=clip_id, origin=origin)

    def _onto(self, clip_id: str, *, shown: bool = True) -> Lay:
        """Gives a new medium to a clip as a take."""

        def lay(made: Clip) -> Timeline:
            return takes.with_take(self.project, clip_id, made.media, shown=shown)

        return lay

    def _led_by_sketch(self, order: Order, caps: Capabilities, clip: Clip) -> Order:
        """The same on another engine: at its size and rate, its frames led by the sketch where it can be."""
        request, piece = order.request, self._piece(clip.id)
        size, seconds = nearest_size(caps, request.size), request.seconds
        length = max(1, caps.rate.frames(seconds))
        given: tuple[Given, ...] = ()
        if caps.partial:
            fit = Fit(size, order.shape or size)
            sketch = pieces.whole(replace(piece, start=Fraction(0), stop=None), caps.rate, fit)
            given = (Given(0, sketch.frames[:length], SKETCH_KEPT, sketch.source),)
        made = Request(
            prompt=request.prompt,
            negative=request.negative,
            size=size,
            length=length,
            rate=caps.rate,
            given=given,
            wrap=request.wrap,
            seed=request.seed,
            steps=caps.steps,
            guidance=caps.guidance,
            engine=caps.engine,
            look=request.look,
            words=request.words,
        )
        return Order(made, order.label, "whole", order.shape)

    def _medium_of(self, path: str) -> str | None:
        """The medium whose file a recipe names; the project may have been moved since."""
        if self._files_of is None or self._files_of[0] is not self._media:
            self._files_of = self._media, store.files_of(self._home, self._media.values())
        return store.medium_of(self._files_of[1], path)
