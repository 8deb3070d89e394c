"""The picture on the whole screen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sora_studio.core.language import tr


class FullScreen(QWidget):
    """A window of its own that borrows the picture (the first of `parts`) and its controls; Escape gives them back."""

    closed = Signal()

    def __init__(self, parts: tuple[QWidget, ...], actions: list[QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("full_screen")
        self.setAccessibleName(tr("Full screen"))
        self.setWindowTitle(tr("Sora Studio"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for index, part in enumerate(parts):
            column.addWidget(part, 0 if index else 1)
        self.addActions(actions)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the picture back."""
        self.closed.emit()
        event.accept()
