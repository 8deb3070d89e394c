"""What can be dragged out of the monitor and off the tracks: the picture that is shown, and the clips being moved."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from sora_studio.media.export import frame_at
from sora_studio.session.carried import Clips, Still
from sora_studio.session.session import Session
from sora_studio.ui.drag.carry import carry
from sora_studio.ui.drag.mime import to_mime
from sora_studio.ui.monitor.panel import MonitorPanel
from sora_studio.ui.timeline.panel import TimelinePanel

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BEYOND = 16
"""Pixels outside the timeline from which a clip that is moved is carried elsewhere."""


class StillSource(QObject):
    """The picture of the monitor is carried once the pointer has gone far enough from where it was pressed."""

    def __init__(self, session: Session, monitor: MonitorPanel) -> None:
        super().__init__(monitor)
        self._session, self._view = session, monitor.view
        self._pressed: QPointF | None = None
        self._view.installEventFilter(self)

    def still(self) -> Still | None:
        """The medium and moment that are shown; None while there is no picture of a file."""
        viewing, project = self._session.viewing, self._session.project
        if viewing.mode == "clip":
            item = project.media.get(viewing.medium or "")
            return Still(item.id, float(viewing.source.frame / item.rate.fps)) if item is not None else None
        found = frame_at(self._session.timeline, self._session.playhead)
        if found is None or self._session.media_path(found[0].media) is None:
            return None
        return Still(found[0].media, float(Fraction(found[1])))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press may become a drag; panning and the divider of a comparison come first."""
        del watched
        if isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseButtonPress and event.button() == LEFT:
                self._pressed = event.position()
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._pressed = None
            elif event.type() == QEvent.Type.MouseMove and self._far(event):
                return self._carry(event)
        return False

    def _far(self, event: QMouseEvent) -> bool:
        if self._pressed is None or not event.buttons() & LEFT or self._session.viewing.compare is not None:
            return False
        target = self._view.target()
        if target.width() > self._view.width() or target.height() > self._view.height():
            return False  # it pans
        return (event.position() - self._pressed).manhattanLength() >= 2 * QApplication.startDragDistance()

    def _carry(self, event: QMouseEvent) -> bool:
        still, image = self.still(), self._view.image
        self._pressed = None
        if still is None or image is None:
            return False
        let_go(self._view, event.position())
        carry(self._view, to_mime(still), image)
        return True


class ClipSource(QObject):
    """A clip that is moved past the edge of the timeline is carried to what lies there."""

    def __init__(self, timeline: TimelinePanel) -> None:
        super().__init__(timeline)
        self._panel, self._view = timeline, timeline.view
        self._view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch for a move that leaves the panel."""
        del watched
        if event.type() != QEvent.Type.MouseMove or not isinstance(event, QMouseEvent):
            return False
        clips = self._view.hand.carried
        if not clips or not event.buttons() & LEFT:
            return False
        place = self._panel.mapFromGlobal(event.globalPosition()).toPoint()
        if self._panel.rect().adjusted(-BEYOND, -BEYOND, BEYOND, BEYOND).contains(place):
            return False
        item = self._view.tracks.item(clips[0])
        image = QImage()
        if item is not None:
            area = self._view.mapFromScene(item.sceneBoundingRect()).boundingRect()
            image = self._view.viewport().grab(area.intersected(self._view.viewport().rect())).toImage()
        self._view.hand.cancel()
        carry(self._view, to_mime(Clips(clips)), image)
        return True


def let_go(widget: QWidget, at: QPointF) -> None:
    """A drag swallows the release of the button: say so to the widget that was pressed."""
    place = widget.mapToGlobal(at)
    release = QMouseEvent(QEvent.Type.MouseButtonRelease, at, place, LEFT, Qt.MouseButton.NoButton, NONE)
    QApplication.sendEvent(widget, release)
