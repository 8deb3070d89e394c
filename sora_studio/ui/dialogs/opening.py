"""Opens a project without the window standing still: while a drive does not answer it is said, and can be given up."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QProgressBar, QVBoxLayout, QWidget

from sora_studio.core.errors import ProjectError
from sora_studio.core.language import tr
from sora_studio.session.session import Session
from sora_studio.ui.attempt import tell
from sora_studio.ui.panels.controls import label, push_button, row


def open_project(session: Session, folder: Path, *, copy: bool = False) -> bool:
    """Open the project of a folder, or a copy of it, soon; what cannot be opened becomes a notice. False when that is
    known already."""
    dialogs: list[OpeningDialog] = []
    failed: list[ProjectError] = []

    def told(error: ProjectError | None) -> None:
        for dialog in dialogs:
            dialog.accept()
        if error is not None:
            failed.append(error)
            tell(session, error)

    reaching = session.open_soon(folder, told, copy=copy)
    if not reaching.is_over:
        dialogs.append(OpeningDialog(reaching.folder.name, QApplication.activeWindow()))
        dialogs[0].rejected.connect(reaching.give_up)
        dialogs[0].open()
    return not failed


class OpeningDialog(QDialog):
    """Says what is waited for."""

    def __init__(self, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("openingDialog")
        self.setWindowTitle(tr("Opening a project"))
        self.setFixedWidth(420)
        text = label(tr("“{name}” is being opened. Its drive has not answered yet.", name=name), "", "openingText")
        text.setWordWrap(True)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        cancel = push_button("openingCancel", tr("Cancel"))
        cancel.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(14)
        column.addWidget(text)
        column.addWidget(bar)
        column.addLayout(row(None, cancel))
        self.finished.connect(self.deleteLater)
