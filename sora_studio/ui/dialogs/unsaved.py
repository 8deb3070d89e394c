"""Asked when the window is closed and the project cannot be saved."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.session.session import Session
from sora_studio.ui.panels.controls import label, push_button, row


class UnsavedDialog(QDialog):
    """Says why, and what becomes of the changes."""

    elsewhere = Signal()
    """Save in another folder, then go."""
    quit = Signal()
    """Go as it is."""

    def __init__(self, session: Session, why: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("unsavedDialog")
        self.setWindowTitle(tr("The project is not saved"))
        self.setFixedWidth(480)
        kept = session.keeps_changes
        then = (
            tr("Your changes are kept on this computer and come back when you open the project again.")
            if kept
            else tr("Your changes are lost if you quit now.")
        )
        self.text = label(f"{why}\n\n{then}", "", "unsavedText")
        self.text.setWordWrap(True)
        self.save_as = push_button("unsavedSaveAs", tr("Save as…"))
        self.leave = push_button("unsavedQuit", tr("Quit") if kept else tr("Quit without saving"))
        back = push_button("unsavedBack", tr("Cancel"))
        for button, signal in ((self.save_as, self.elsewhere), (self.leave, self.quit)):
            button.clicked.connect(self.accept)
            button.clicked.connect(signal.emit)
        back.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(14)
        column.addWidget(self.text)
        column.addLayout(row(self.leave, None, back, self.save_as))
        self.save_as.setDefault(True)
