"""The head of one track."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from sora_studio.core.language import mark, tr
from sora_studio.core.timeline import Track
from sora_studio.core.tracks import Switches
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.theme import colour, icon
from sora_studio.ui.timeline.ground import label_font

if TYPE_CHECKING:
    from sora_studio.ui.timeline.view import TimelineView

GRIP = 5
"""Pixels at the lower edge that change the height."""


LOCK = (mark("Lock track {name}"), mark("Unlock track {name}"))
HIDE = (mark("Hide track {name}"), mark("Show track {name}"))
MUTE = (mark("Mute track {name}"), mark("Unmute track {name}"))
SOLO = (mark("Solo track {name}"), mark("End solo of track {name}"))
"""What a click on a switch does, while it is off and while it is on."""


class TrackHeader(QWidget):
    """Name and switches. A double click on the name renames, a drag of the lower edge changes the height."""

    def __init__(self, session: Session, view: TimelineView, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._view, self.index = session, view, index
        self._track = Track("")
        self._drag: tuple[float, int] | None = None
        self.setObjectName(f"track_header_{index}")
        self.setMouseTracking(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(0)
        row.addStretch(1)
        self.lock = self._switch(f"track_lock_{index}", lambda on: Switches(locked=on))
        self.hide_button = self._switch(f"track_hide_{index}", lambda on: Switches(hidden=on))
        self.mute = self._switch(f"track_mute_{index}", lambda on: Switches(muted=on))
        self.solo = self._switch(f"track_solo_{index}", lambda on: Switches(solo=on))
        for button in (self.mute, self.solo, self.hide_button, self.lock):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.editor = QLineEdit(self)
        self.editor.setObjectName(f"track_name_{index}")
        self.editor.setAccessibleName(tr("Track name"))
        self.editor.setMaxLength(40)
        self.editor.hide()
        self.editor.editingFinished.connect(self._renamed)
        self.editor.installEventFilter(self)

    def show_track(self, track: Track) -> None:
        """Take over the session's state."""
        self._track = track
        sound = track.kind == "audio"
        self.setAccessibleName(tr("Track {name}", name=track.name))
        self.setToolTip(
            tr("{name}: double-click to rename, right-click for more, drag the lower edge for height", name=track.name)
        )
        self.hide_button.setVisible(not sound)
        self.mute.setVisible(sound)
        self.solo.setVisible(sound)
        for button, on, glyphs, words in (
            (self.lock, track.locked, ("lock", "lock-open"), LOCK),
            (self.hide_button, track.hidden, ("eye-off", "eye"), HIDE),
            (self.mute, track.muted, ("volume-x", "volume-2"), MUTE),
            (self.solo, track.solo, ("headphones", "headphones"), SOLO),
        ):
            _show(button, on, glyphs[not on], tr(words[on], name=track.name))
        self.update()

    def rename(self) -> None:
        """Write another name."""
        self.editor.setGeometry(4, max(0, (self.height() - 24) // 2), self.width() - 8, min(24, self.height()))
        self.editor.setText(self._track.name)
        self.editor.selectAll()
        self.editor.show()
        self.editor.raise_()
        self.editor.setFocus()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Escape leaves the name as it is."""
        if watched is self.editor and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        escape = event.type() == QEvent.Type.KeyPress and getattr(event, "key", lambda: None)() == Qt.Key.Key_Escape
        if watched is self.editor and escape:
            self.editor.setText(self._track.name)
            self.editor.hide()
            self._view.setFocus()
            return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card and the name."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("raised"))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, 6, 6)
        tone = "clip3" if self._track.kind == "audio" else "clip"
        painter.setBrush(colour(tone))
        painter.drawRoundedRect(QRectF(0, 0, 4, box.height()), 2, 2)
        painter.setFont(label_font())
        painter.setPen(colour("faint" if self._track.locked or self._off() else "text"))
        room = self._room()
        text = QFontMetrics(label_font()).elidedText(self._track.name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the lower edge."""
        if event.button() == Qt.MouseButton.LeftButton and self._on_grip(event.position()):
            self._drag = (event.globalPosition().y(), self.height())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Change the height, or show that one could."""
        if self._drag is not None:
            from_y, high = self._drag
            self._view.tracks.set_height(self.index, high + round(event.globalPosition().y() - from_y))
            self._view.relaid()
        on = self._drag is not None or self._on_grip(event.position())
        self.setCursor(Qt.CursorShape.SizeVerCursor if on else Qt.CursorShape.ArrowCursor)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It stays."""
        self._drag = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Rename."""
        if not self._on_grip(event.position()):
            self.rename()
        event.accept()

    def _off(self) -> bool:
        return self._track.muted if self._track.kind == "audio" else self._track.hidden

    def _room(self) -> QRectF:
        """Where the name may stand."""
        buttons = (self.mute, self.solo, self.hide_button, self.lock)
        left = min((button.x() for button in buttons if button.isVisibleTo(self)), default=self.width())
        return QRectF(11, 0, max(0, left - 13), self.height())

    def _on_grip(self, at: QPointF) -> bool:
        return at.y() >= self.height() - GRIP

    def _renamed(self) -> None:
        if self.editor.isHidden():
            return
        self.editor.hide()
        name = self.editor.text()
        attempt(self._session, lambda: self._session.rename_track(self.index, name))

    def _switch(self, name: str, switches: Callable[[bool], Switches]) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(24, 22)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(
            lambda on: attempt(self._session, lambda: self._session.switch_track(self.index, switches(on)))
        )
        return button


def _show(button: QToolButton, on: bool, glyph: str, words: str) -> None:
    """A switch in its state, with the words of what a click does."""
    button.setChecked(on)
    button.setIcon(icon(glyph, None if on else "faint", "warn" if on else None))
    button.setAccessibleName(words)
    button.setToolTip(words)
