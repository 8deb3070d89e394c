"""The steps of the timeline that a hand repeats many times a second, for measuring them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF

from sora_studio.core.edits import Shift
from sora_studio.session.session import Session
from sora_studio.ui.timeline.panel import TimelinePanel
from sora_studio.ui.timeline.tools import Tool

LENGTH = 36
"""Timeline frames of a clip of the crowd."""


def crowd(session: Session, media_id: str, count: int) -> None:
    """Fill the timeline with `count` clips of a medium, in equal parts on its video tracks, a frame apart."""
    lanes = session.timeline.of_kind("video")
    for index in lanes:
        clip_id = session.place(media_id, index, 0)
        session.trim_tail(clip_id, LENGTH - session.timeline.find(clip_id)[1].length)
    columns, wanted = 1, -(-count // len(lanes))
    while columns < wanted:
        more = min(columns, wanted - columns)
        edge = more * (LENGTH + 1)
        chosen = [clip.id for _, clip in session.timeline.clips() if clip.start < edge]
        session.duplicate(chosen, Shift(columns * (LENGTH + 1)))
        columns += more
    session.select()


def exercises(panel: TimelinePanel) -> dict[str, Callable[[int], None]]:
    """Steps by name; each is called with 0, 1, 2, ... and does what one event of the pointer or the clock does.

    The caller lets the events be processed after each call and measures both together. The drags hold the first clip
    of the first track until `finish` is called, which follows each of them.
    """
    view, session = panel.view, panel.view.tracks.session
    clip = session.timeline.tracks[0].clips[0]
    high = view.tracks.metrics.y(0) - view.scene_at_origin().y() + 44

    def at(frame: float) -> QPointF:
        return QPointF(view.x_in_view(frame), high)

    def dragging(tool: Tool, frame: float) -> Callable[[int], None]:
        def drag(step: int) -> None:
            if not view.hand.busy:
                view.hand.take(tool)
                view.hand.press(at(frame))
            view.hand.move(at(frame) + QPointF(20 + step % 200, 0))

        return drag

    def scroll(step: int) -> None:
        view.horizontalScrollBar().setValue(step * 7 % 2000)

    def finish(_step: int) -> None:
        view.hand.cancel()
        view.hand.take(Tool.SELECT)
        view.horizontalScrollBar().setValue(0)

    def full(_step: int) -> None:
        view.viewport().update()

    middle = clip.start + clip.length / 2
    return {
        "playhead": lambda step: session.seek(step % max(1, session.timeline.length)),
        "drag": dragging(Tool.SELECT, middle),
        "finish drag": finish,
        "trim": dragging(Tool.SELECT, clip.stop - 2 / view.per_frame),
        "finish trim": finish,
        "slip": dragging(Tool.SLIP, middle),
        "finish slip": finish,
        "ripple": dragging(Tool.RIPPLE, clip.stop - 2 / view.per_frame),
        "finish ripple": finish,
        "hover": lambda step: view.hand.move(QPointF(100 + step * 5 % 800, high)),
        "scroll": scroll,
        "finish scroll": finish,
        "zoom": lambda step: view.zoom(2.0 * 1.02 ** (step % 60)),
        "full": full,
    }
