"""Widgets side by side that wrap into further lines, as words do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Flow(QWidget):
    """Places its widgets in lines as wide as it is, and is as high as they need."""

    def __init__(self, name: str, gap: int = 4) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._gap = gap
        self._items: list[QWidget] = []

    def show_items(self, items: Sequence[QWidget]) -> None:
        """Hold these widgets and no others; the ones before are deleted."""
        for old in self._items:
            old.hide()
            old.deleteLater()
        self._items = list(items)
        for item in self._items:
            item.setParent(self)
            item.show()
        self._arrange()

    def sizeHint(self) -> QSize:
        """As high as its lines; the width is what there is."""
        return QSize(120, self.height() if self._items else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines in another width."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """A widget inside wants another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        x = y = line = 0
        for item in self._items:
            item.ensurePolished()
            wanted = item.sizeHint()
            width = min(wanted.width(), self.width())
            if x and x + width > self.width():
                x, y = 0, y + line + self._gap
                line = 0
            item.setGeometry(x, y, width, wanted.height())
            x += width + self._gap
            line = max(line, wanted.height())
        self.setFixedHeight(y + line)
