"""Asks at the pointer what shall be made of something that was dropped: a short list that the keyboard works, too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QVBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.session.drops import Accept, Act
from sora_studio.ui.theme import colour, icon, ui_font

HIGH = 46
LEFT = 42
"""Pixels before the words."""
_GLYPHS = {Act.INSERT: "between-vertical-start", Act.WEAVE: "dissolve", Act.LEAD: "git-merge", Act.PLACE: "layers"}


class ChoiceRow(QAbstractButton):
    """One answer: what is done, and what comes of it."""

    def __init__(self, accept: Accept, parent: QWidget) -> None:
        super().__init__(parent)
        self.accept = accept
        self.setText(tr(accept.text))
        self.setObjectName(f"choice_{accept.act.name.lower()}")
        self.setAccessibleName(tr(accept.text))
        self.setAccessibleDescription(tr(accept.detail))
        self.setToolTip(tr(accept.detail))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """As wide as the words."""
        words = (QFontMetrics(_name_font()), self.text()), (QFontMetrics(_detail_font()), tr(self.accept.detail))
        return QSize(LEFT + 16 + max(metrics.horizontalAdvance(text) for metrics, text in words), HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground where the keyboard is, icon, two lines."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.isDown():
            painter.setPen(QPen(colour("accent"), 1))
            painter.setBrush(colour("accent_soft"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        glyph = icon(_GLYPHS.get(self.accept.act, "import"), "accent2")
        glyph.paint(painter, 13, (self.height() - 18) // 2, 18, 18)
        wide = self.width() - LEFT - 8
        painter.setFont(_name_font())
        painter.setPen(colour("text"))
        painter.drawText(QRect(LEFT, 5, wide, 19), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setFont(_detail_font())
        painter.setPen(colour("dim"))
        painter.drawText(QRect(LEFT, 23, wide, 18), Qt.AlignmentFlag.AlignVCenter, tr(self.accept.detail))
        painter.end()

    def mouseMoveEvent(self, event: object) -> None:
        """The pointer takes the mark along."""
        del event
        self.setFocus(Qt.FocusReason.MouseFocusReason)


class ChoiceList(QFrame):
    """The answers, one below the other. Up and Down go through them, Enter takes one, Escape none."""

    def __init__(self, choices: tuple[Accept, ...], chosen: Callable[[Accept], None], window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("choiceList")
        self.setAccessibleName(tr("What shall be done here?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(2)
        self.rows = [ChoiceRow(one, self) for one in choices]
        for one in self.rows:
            column.addWidget(one)
            one.clicked.connect(lambda _on=False, accept=one.accept: self._take(accept, chosen))

    def _take(self, accept: Accept, chosen: Callable[[Accept], None]) -> None:
        self.close()
        chosen(accept)

    def show_at(self, at: QPoint, window: QWidget) -> None:
        """Open at a place of the screen, inside the window."""
        self.adjustSize()
        corner = window.mapFromGlobal(at)
        x = max(4, min(corner.x(), window.width() - self.width() - 4))
        y = max(4, min(corner.y(), window.height() - self.height() - 4))
        self.move(window.mapToGlobal(QPoint(x, y)))
        self.show()
        self.rows[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the answers."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        at = next((place for place, one in enumerate(self.rows) if one.hasFocus()), 0)
        if step:
            self.rows[(at + step) % len(self.rows)].setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.rows[at].click()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised card."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("raised"))
        painter.setPen(QPen(colour("line2"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class Chooser(QObject):
    """Opens the list over a window; `list` is the open one."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.list: ChoiceList | None = None

    def ask(self, at: QPoint, choices: tuple[Accept, ...], chosen: Callable[[Accept], None]) -> None:
        """Let the artist choose at a place of the screen, once the drag has let go of the pointer."""
        QTimer.singleShot(0, self, lambda: self._open(at, choices, chosen))

    def _open(self, at: QPoint, choices: tuple[Accept, ...], chosen: Callable[[Accept], None]) -> None:
        window = QApplication.topLevelAt(at) or self._window  # the place may lie in a floating panel
        window.activateWindow()
        self.list = ChoiceList(choices, chosen, window)
        self.list.destroyed.connect(self._gone)
        self.list.show_at(at, window)

    def _gone(self) -> None:
        self.list = None


def _name_font() -> QFont:
    return ui_font(12, QFont.Weight.DemiBold)


def _detail_font() -> QFont:
    return ui_font(11)
