"""The steps of the timeline that a hand repeats many times a second, for measuring them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF

from sora_studio.session.session import Session
from sora_studio.ui.timeline.panel import TimelinePanel

LENGTH = 36
"""Timeline frames of a clip of the crowd."""


def crowd(session: Session, media_id: str, count: int) -> None:
    """Fill the timeline with `count` clips of a medium, in equal parts on its video tracks."""
    tracks = len(session.timeline.of_kind("video"))
    for index in range(count):
        clip_id = session.place(media_id, index % tracks, index // tracks * (LENGTH + 1))
        session.trim_tail(clip_id, LENGTH - session.timeline.find(clip_id)[1].length)


def exercises(panel: TimelinePanel) -> dict[str, Callable[[int], None]]:
    """Steps by name; each is called with 0, 1, 2, ... and does what one event of the pointer or the clock does.

    The caller lets the events be processed after each call and measures both together. "drag" holds the first clip
    until `finish` is called.
    """
    view, session = panel.view, panel.view.tracks.session
    clip = session.timeline.tracks[0].clips[0]
    start = QPointF(view.x_in_view(clip.start + clip.length / 2), view.tracks.metrics.y(0) + 44)

    def drag(step: int) -> None:
        if not view.hand.busy:
            view.hand.press(start, adding=False)
        view.hand.move(start + QPointF(20 + step % 200, 0))

    def scroll(step: int) -> None:
        view.horizontalScrollBar().setValue(step * 7 % 2000)

    def finish(_step: int) -> None:
        view.hand.cancel()

    def full(_step: int) -> None:
        view.viewport().update()

    return {
        "playhead": lambda step: session.seek(step % max(1, session.timeline.length)),
        "drag": drag,
        "finish": finish,
        "hover": lambda step: view.hand.move(QPointF(100 + step * 5 % 800, start.y())),
        "scroll": scroll,
        "zoom": lambda step: view.zoom(2.0 * 1.02 ** (step % 60)),
        "full": full,
    }
