"""The strip at the top: whose studio, which project, which engine, the menus and the way out."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenuBar

from sora_studio.core.language import tr
from sora_studio.core.resources import resource
from sora_studio.session.session import Session
from sora_studio.ui.panels.controls import label, push_button

HEIGHT = 48


def app_icon() -> QIcon:
    """The program's own mark."""
    return QIcon(str(resource("icons", "sora-studio.svg")))


class TopBar(QFrame):
    """Follows the project's name and state."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setFixedHeight(HEIGHT)
        self._session = session
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(QSize(22, 22), self.devicePixelRatioF()))
        # macOS has its menus at the top of the screen.
        self.menus = QMenuBar(None if sys.platform == "darwin" else self)
        self.menus.setObjectName("menus")
        self.menus.setFixedHeight(30)
        self.project = label("", "title", "projectName")
        self.project.setTextFormat(Qt.TextFormat.PlainText)
        self.saved = label("", "faint", "savedState")
        self.engine = label("", "badge", "engineBadge")
        self.export = push_button("export", "Export", "upload", role="primary")
        self.export.setToolTip(tr("Write the timeline to a file"))
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 0, 12, 0)
        line.setSpacing(8)
        line.addWidget(mark)
        line.addWidget(label("Sora Studio", "title"))
        line.addSpacing(6)
        if sys.platform != "darwin":
            line.addWidget(self.menus, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addStretch(1)
        line.addWidget(self.project)
        line.addWidget(self.saved)
        line.addStretch(1)
        line.addWidget(self.engine, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.export)
        session.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show name and saved state as they are now."""
        session = self._session
        self.project.setText(session.project.name)
        self.project.setToolTip(str(session.folder) if isinstance(session.folder, Path) else tr("Not in a folder yet"))
        self.saved.setText(tr("edited") if session.modified else tr("saved"))
        self.export.setEnabled(session.timeline.length > 0)

    def show_engine(self, title: str, description: str) -> None:
        """Name the engine in use."""
        self.engine.setText(title)
        self.engine.setToolTip(description)
        self.engine.setAccessibleName(tr("Engine: {title}", title=title))
