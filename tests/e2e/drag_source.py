"""A small window from which a file can be dragged, as from a file manager: python drag_source.py FILE X Y.

Says so on standard output when it is seen.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel


class FileIcon(QLabel):
    """Shows a file and gives it away."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        picture = QPixmap(path)
        if picture.isNull():
            self.setText(path.rpartition("/")[2])
        else:
            self.setPixmap(picture.scaled(160, 90, Qt.AspectRatioMode.KeepAspectRatio))
        self.setFixedSize(160, 90)
        self.setWindowTitle("Pictures")
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self._path)])
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


if __name__ == "__main__":
    app = QApplication([])
    icon = FileIcon(sys.argv[1])
    icon.move(int(sys.argv[2]), int(sys.argv[3]))
    icon.show()
    QTest.qWaitForWindowExposed(icon)
    print("seen", flush=True)
    sys.exit(app.exec())
