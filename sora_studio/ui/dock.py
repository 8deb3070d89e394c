"""A panel that stands among others or floats in a window of its own, held by its grip with the pointer or with keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QHBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.actions import keeps
from sora_studio.ui.panels.controls import tool_button
from sora_studio.ui.panels.own_keys import claims
from sora_studio.ui.theme import colour, ui_font

GRIP, TITLE = 11, 34
"""Pixels above a panel: of the grip while it stands, of the title while it floats."""
STEP = 20
"""Pixels that an arrow key moves a floating panel."""

Side = Qt.DockWidgetArea
SIDES = {
    Qt.Key.Key_Left: Side.LeftDockWidgetArea,
    Qt.Key.Key_Right: Side.RightDockWidgetArea,
    Qt.Key.Key_Up: Side.TopDockWidgetArea,
    Qt.Key.Key_Down: Side.BottomDockWidgetArea,
}
_WAYS = {
    Qt.Key.Key_Left: QPoint(-STEP, 0),
    Qt.Key.Key_Right: QPoint(STEP, 0),
    Qt.Key.Key_Up: QPoint(0, -STEP),
    Qt.Key.Key_Down: QPoint(0, STEP),
}
_PRESS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Grip(QWidget):
    """The strip above a panel. What the pointer does there is the dock's: it is dragged, a double click floats it."""

    def __init__(self, dock: PanelDock) -> None:
        super().__init__(dock)
        self._dock = dock
        self._hot = False
        self.setObjectName(f"{dock.objectName()}_grip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(tr("Grip of “{panel}”", panel=dock.windowTitle()))
        self.setAccessibleDescription(tr("Enter floats it or puts it back, arrows move it, the menu key has more"))
        self.setToolTip(tr("{panel}: drag it elsewhere, double-click to float it", panel=dock.windowTitle()))
        self.back = tool_button(f"{dock.objectName()}_back", "picture-in-picture-2", "Put it back into the window")
        self.hide_it = tool_button(f"{dock.objectName()}_hide", "x", "Hide the panel")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 3, 6, 3)
        line.setSpacing(2)
        line.addStretch(1)
        for button, act in ((self.back, dock.turn), (self.hide_it, dock.hide)):
            line.addWidget(button)
            button.clicked.connect(lambda _on=False, act=act: act())
        self.follow()

    def follow(self) -> None:
        """Show a title with buttons while it floats."""
        for button in (self.back, self.hide_it):
            button.setVisible(self._dock.isFloating())
        self.setFixedHeight(TITLE if self._dock.isFloating() else GRIP)

    def event(self, event: QEvent) -> bool:
        """Its keys are its own while it has the focus."""
        return (self.hasFocus() and claims(event, (*_PRESS, *SIDES))) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter floats it or puts it back; arrows bring it to a side, or move the window (with Shift its far edges)."""
        key, dock = Qt.Key(event.key()), self._dock
        if key in _PRESS:
            dock.turn()
        elif key in SIDES and not dock.isFloating():
            dock.sent.emit(SIDES[key])
        elif key in SIDES and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            dock.resize(dock.size() + QSize(_WAYS[key].x(), _WAYS[key].y()))
        elif key in SIDES:
            dock.move(dock.pos() + _WAYS[key])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The commands of the panel."""
        self._dock.menu_asked.emit(self.mapToGlobal(event.pos()))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Answer the pointer."""
        self._light(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is gone."""
        self._light(False)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A bar to hold, or the title of the window."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.hasFocus()
        if self._dock.isFloating():
            painter.setFont(ui_font(12, QFont.Weight.DemiBold))
            painter.setPen(colour("text" if lit or self._dock.isActiveWindow() else "dim"))
            room = self.rect().adjusted(14, 0, -70, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._dock.windowTitle())
        else:
            middle = QRectF(self.rect()).center()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent2" if lit else "dim" if self._hot else "line2"))
            painter.drawRoundedRect(QRectF(middle.x() - 16, middle.y() - 0.5, 32, 3), 1.5, 1.5)
        if lit:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent2"), 1.2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(6.5, 1.5, -6.5, -0.5), 4, 4)
        painter.end()

    def _light(self, hot: bool) -> None:
        self._hot = hot
        self.update()


class PanelDock(QDockWidget):
    """Holds a panel; `card`: on a surface of its own."""

    sent = Signal(object)
    """A side of the window that it shall stand at."""
    menu_asked = Signal(QPoint)
    resized = Signal()
    turned = Signal()
    """It floats now, or stands again."""

    def __init__(self, name: str, title: str, panel: QWidget, parent: QWidget, *, card: bool = True) -> None:
        super().__init__(tr(title), parent)
        self.setObjectName(name)
        self._card = card
        self.grip = Grip(self)
        self.setTitleBarWidget(self.grip)
        self.setWidget(panel)
        self.topLevelChanged.connect(self._turned)

    @property
    def standing(self) -> bool:
        """Whether it is seen among the others."""
        return not self.isHidden() and not self.isFloating()

    def turn(self) -> None:
        """Float it, or put it back where it was; the keyboard stays where it is."""
        focus = QApplication.focusWidget()
        self.setFloating(not self.isFloating())
        self.bring()
        if focus is not None and self.isAncestorOf(focus):
            focus.setFocus()

    def bring(self) -> None:
        """Into sight, before others if it floats, with the keyboard in its window."""
        self.show()
        if self.isFloating():
            self.raise_()
        self.window().activateWindow()

    def event(self, event: QEvent) -> bool:
        """A floating panel is a window: let the focused control keep the keys it needs, as in the main window."""
        if keeps(event):
            return True
        if event.type() in (QEvent.Type.WindowActivate, QEvent.Type.WindowDeactivate):
            self.grip.update()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell of it."""
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card, or the ground of the window."""
        del event
        painter = QPainter(self)
        if self.isFloating():
            painter.fillRect(self.rect(), colour("panel" if self._card else "bg"))
            painter.setPen(QPen(colour("line2"), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        elif self._card:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour("line"), 1))
            painter.setBrush(colour("panel"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.end()

    def _turned(self, floating: bool) -> None:
        self.setAcceptDrops(floating)
        self.grip.follow()
        focus = QApplication.focusWidget()
        if floating and (focus is None or not self.isAncestorOf(focus)):
            self.widget().setFocus()  # else the window would begin with its grip
        self.turned.emit()
