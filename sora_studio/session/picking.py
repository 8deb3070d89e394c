"""The gap or cut the artist has picked: like a selected clip, but between clips."""

from __future__ import annotations

from sora_studio.core.spots import Spot, gap_at, spot_at, stands
from sora_studio.core.timeline import Gap
from sora_studio.session.maker import Maker


class Picking(Maker):
    """A picked place counts while no clip is selected and it is there; without one, what lies under the playhead."""

    _picked: Spot | None = None

    @property
    def picked(self) -> Spot | None:
        """The gap or cut that verbs are offered for."""
        if self.selection:
            return None
        if self._picked is not None and stands(self.timeline, self._picked):
            return self._picked
        return spot_at(self.timeline, self.playhead)

    @property
    def gap_at_hand(self) -> Gap | None:
        """The gap that is meant without pointing at one: the picked one, else the one under the playhead on the track
        of a selected clip, else the one in which nothing is seen."""
        spots: list[Spot | None] = [self.picked]
        tracks = dict.fromkeys(self.timeline.find(clip)[0] for clip in self.selection)
        spots += [gap_at(self.timeline, track, self.playhead) for track in tracks]
        spots.append(spot_at(self.timeline, self.playhead))
        return next((spot for spot in spots if isinstance(spot, Gap)), None)

    def pick(self, spot: Spot | None) -> None:
        """Pick a gap or a cut and let go of clips; None lets go of it."""
        self._picked = spot
        if self.selection:
            self.select()
        else:
            self.selection_changed.emit()

    def select(self, *clip_ids: str) -> None:
        """Select these clips and no others; a picked place is let go for them."""
        if clip_ids:
            self._picked = None
        super().select(*clip_ids)
