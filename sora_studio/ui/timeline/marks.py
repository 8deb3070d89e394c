"""Markers and the marked range on the ruler: what lies under the pointer, where a drag leads, how they look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from sora_studio.core.timeline import Timeline
from sora_studio.core.tracks import mark_in, mark_out, put_marker
from sora_studio.ui.theme import colour, tabular
from sora_studio.ui.timeline.dialogs import MARKER_COLOURS
from sora_studio.ui.timeline.metrics import RULER_HEIGHT

REACH = 6.0
"""Pixels within which a marker or an end of the range is taken hold of."""
MARKER_HIGH = 14
"""Pixels from the top that belong to markers."""

ToX = Callable[[float], float]
"""The x of a frame on the ruler."""


@dataclass(frozen=True, slots=True)
class Held:
    """A marker (by identity) or an end of the range ("in", "out"), and the frame it would go to."""

    name: str
    frame: int
    moved: bool = False

    def applied(self, timeline: Timeline) -> Timeline:
        """The timeline with it there."""
        if self.name == "in":
            return mark_in(timeline, self.frame)
        if self.name == "out":
            return mark_out(timeline, self.frame)
        marker = next((one for one in timeline.markers if one.id == self.name), None)
        return timeline if marker is None else put_marker(timeline, replace(marker, frame=self.frame))


def under(timeline: Timeline, at: QPointF, to_x: ToX) -> Held | None:
    """What lies under the pointer: markers in the upper part, ends of the range in the lower part."""
    if at.y() < MARKER_HIGH:
        places = [(one.id, one.frame) for one in timeline.markers]
    else:
        ends = (("in", timeline.mark_in), ("out", timeline.mark_out))
        places = [(name, frame) for name, frame in ends if frame is not None]
    near = [(abs(to_x(frame) - at.x()), name, frame) for name, frame in places]
    far, name, frame = min(near, default=(REACH + 1.0, "", 0))
    return Held(name, frame) if far <= REACH else None


def paint_range(painter: QPainter, timeline: Timeline, to_x: ToX) -> None:
    """The marked range, with its two ends."""
    marked = timeline.marked
    if marked is None:
        return
    left, right = to_x(marked.start), to_x(marked.stop)
    box = QRectF(left, MARKER_HIGH, right - left, RULER_HEIGHT - 1 - MARKER_HIGH)
    painter.fillRect(box, colour("accent", 0.30))
    for frame, x, is_in in ((timeline.mark_in, left, True), (timeline.mark_out, right, False)):
        if frame is None:
            continue
        painter.fillRect(QRectF(x if is_in else x - 2, box.top(), 2, box.height()), colour("accent2"))
        for y in (box.top(), box.bottom() - 2):
            painter.fillRect(QRectF(x if is_in else x - 6, y, 6, 2), colour("accent2"))


def paint_markers(painter: QPainter, timeline: Timeline, to_x: ToX, width: int) -> None:
    """Small flags at the top, with their names where there is room."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = tabular(10, QFont.Weight.Medium)
    # The last one has room to the end; without any there is nothing to do.
    following = [to_x(one.frame) for one in timeline.markers[1:]] + [width + 400.0]
    for marker, after in zip(timeline.markers, following, strict=False):
        x = round(to_x(marker.frame)) + 0.5
        if not -200 <= x <= width + 10:
            continue
        flag = QPolygonF([QPointF(x + dx, dy) for dx, dy in ((-5, 1), (5, 1), (5, 8), (0, 13), (-5, 8))])
        room = int(min(after - x - 14, 160))
        if marker.name and room > 24:
            painter.setFont(font)
            text = QFontMetrics(font).elidedText(marker.name, Qt.TextElideMode.ElideRight, room)
            wide = QFontMetrics(font).horizontalAdvance(text)
            painter.fillRect(QRectF(x + 6, 0, wide + 5, MARKER_HIGH), colour("panel", 0.92))
            painter.setPen(colour("text"))
            painter.drawText(QPointF(x + 8, 10.5), text)
        painter.setPen(QPen(QColor(0, 0, 0, 120), 1))
        painter.setBrush(QColor(MARKER_COLOURS[marker.colour]))
        painter.drawPolygon(flag)
