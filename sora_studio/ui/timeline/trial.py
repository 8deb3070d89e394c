"""Drags that try an edit while they last: ripple, roll, slip, slide, and the ends of a dissolve.

The edit is a pure function of how far the pointer has gone; the scene shows what it gives, and the release makes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QPointF

from sora_studio.core import trims
from sora_studio.core.dissolves import add_dissolve
from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.core.trims import Edge
from sora_studio.ui.attempt import attempt
from sora_studio.ui.timeline.bubble import delta
from sora_studio.ui.timeline.clip_item import ClipItem
from sora_studio.ui.timeline.dissolve import DissolveItem
from sora_studio.ui.timeline.drag import THRESHOLD, snapper
from sora_studio.ui.timeline.faces import duration
from sora_studio.ui.timeline.scene import TimelineScene
from sora_studio.ui.timeline.tools import Tool


@dataclass(frozen=True, slots=True)
class Trial:
    """An edit to try: `edit` gives the timeline for a number of frames, `commit` makes it, `words` says what it does.

    `anchor` is the frame that follows the pointer and snaps, None where nothing on the track does.
    """

    clip: str
    edit: Callable[[int], Timeline]
    commit: Callable[[int], object]
    words: Callable[[Timeline], str]
    anchor: int | None = None


class TrialDrag:
    """Tries a Trial."""

    def __init__(self, scene: TimelineScene, at: QPointF, trial: Trial, *, snap: bool) -> None:
        self.line: int | None = None
        self.clips: tuple[str, ...] = (trial.clip,)
        self.moving = False
        self._scene, self._from, self._trial = scene, at, trial
        self._snapper = snapper(scene, (trial.clip,), active=snap and trial.anchor is not None)
        self._by, self._refusal = 0, ""

    def move(self, at: QPointF) -> None:
        """Show what the edit would give."""
        distance = at.x() - self._from.x()
        if not self.moving and abs(distance) < THRESHOLD:
            return
        first, self.moving = not self.moving, True
        by = self._scene.metrics.frame(distance)
        if self._trial.anchor is not None:
            snapped = self._snapper.edge(self._trial.anchor + by)
            by, self.line = snapped.frame - self._trial.anchor, snapped.line
        if by != self._by or first:
            self._by = by
            self._try()
        words = self._refusal or self._words
        self._scene.bubble.show_at(at, words, refused=bool(self._refusal))

    def release(self) -> None:
        """Make the edit."""
        moved, by = self.moving, self._by
        self.cancel()
        if moved and by and not self._refusal:
            attempt(self._scene.session, lambda: self._trial.commit(by))

    def cancel(self) -> None:
        """Show everything as it was."""
        self._scene.bubble.setVisible(False)
        self._scene.end_preview()
        self._scene.sync_selection()

    def _try(self) -> None:
        try:
            timeline = self._trial.edit(self._by)
        except StudioError as exc:
            self._refusal = re.split(r"\. |。", str(exc))[0]
            self._scene.end_preview()
            return
        self._refusal, self._words = "", self._trial.words(timeline)
        self._scene.preview(timeline)


def trial_of(scene: TimelineScene, item: ClipItem, at: QPointF, tool: Tool) -> Trial | None:
    """What a tool tries on a clip that is pressed at a scene position."""
    session, clip = scene.session, item.clip
    timeline, lengths = session.timeline, session.project.extent
    rate = timeline.rate
    edge: Edge = "head" if at.x() - item.pos().x() < item.width / 2 else "tail"

    def now(line: Timeline) -> Clip:
        return line.find(clip.id)[1]

    def length_words(line: Timeline) -> str:
        other = now(line)
        return f"{delta(rate, other.length - clip.length)}   {duration(rate.seconds(other.length))}"

    def cut_words(line: Timeline) -> str:
        other = now(line)
        return delta(rate, (other.start - clip.start) if edge == "head" else (other.stop - clip.stop))

    match tool:
        case Tool.RIPPLE:
            return Trial(
                clip.id,
                lambda by: trims.ripple_trim(timeline, clip.id, edge, by, lengths),
                lambda by: session.ripple_trim(clip.id, edge, by),
                length_words,
                clip.start if edge == "head" else clip.stop,
            )
        case Tool.ROLL:
            return Trial(
                clip.id,
                lambda by: trims.roll(timeline, clip.id, edge, by, lengths),
                lambda by: session.roll(clip.id, edge, by),
                cut_words,
                clip.start if edge == "head" else clip.stop,
            )
        case Tool.SLIP:
            # The pointer drags the picture along: to the right, earlier frames come in.
            return Trial(
                clip.id,
                lambda by: trims.slip(timeline, clip.id, -by if clip.speed > 0 else by, lengths),
                lambda by: session.slip(clip.id, -by if clip.speed > 0 else by),
                lambda line: _slip_words(clip, now(line), scene),
            )
        case Tool.SLIDE:
            return Trial(
                clip.id,
                lambda by: trims.slide(timeline, clip.id, by, lengths),
                lambda by: session.slide(clip.id, by),
                lambda line: delta(rate, now(line).start - clip.start),
                clip.start,
            )
        case _:
            return None


def dissolve_trial(scene: TimelineScene, item: DissolveItem, at: QPointF) -> Trial:
    """Makes a dissolve longer or shorter by one of its ends; the other end follows."""
    session, old = scene.session, item.dissolve
    timeline, lengths, rate = session.timeline, session.project.extent, session.timeline.rate
    sign = 1 if at.x() > scene.metrics.x(item.cut) else -1

    def wanted(by: int) -> int:
        return max(2, old.length + 2 * sign * by)

    def words(line: Timeline) -> str:
        found = [one.length for track in line.tracks for one in track.dissolves if one.right == old.right]
        return (
            tr("Dissolve {duration} · {value} frames", duration=duration(rate.seconds(found[0])), value=found[0])
            if found
            else tr("No dissolve")
        )

    return Trial(
        old.right,
        lambda by: add_dissolve(timeline, old.left, old.right, wanted(by), lengths),
        lambda by: session.dissolve(old.left, old.right, wanted(by)),
        words,
    )


def _slip_words(clip: Clip, slipped: Clip, scene: TimelineScene) -> str:
    """How far, and the first and last frame that are shown then."""
    rate = scene.session.timeline.rate
    by = round(Fraction(slipped.offset - clip.offset) / abs(clip.speed))
    first, last = int(slipped.offset), int(slipped.offset + slipped.span) - 1
    return f"{delta(rate, by)}   {rate.timecode(first)} – {rate.timecode(last)}"
