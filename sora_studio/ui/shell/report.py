"""What an artist can send on when something went wrong, and what they are told after a crash of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from sora_studio.core.language import tr
from sora_studio.session.findings import Finding, findings
from sora_studio.session.report import make_report
from sora_studio.session.session import Notice, Session
from sora_studio.ui.dialogs.opening import open_project
from sora_studio.ui.panels.controls import label, push_button, row


def copy_report(session: Session) -> None:
    """Put the report on the clipboard and say so."""
    found = [*findings(session.fitting.machine), Finding("window", QGuiApplication.platformName())]
    QGuiApplication.clipboard().setText(make_report(found, session.settings))
    text = tr(
        "The report is on the clipboard: paste it where you ask for help. Names, places and prompts are left out."
    )
    session.noticed.emit(Notice("info", text))


class CrashDialog(QDialog):
    """Offers the project that was open, as it was, and the report."""

    def __init__(self, session: Session, left: tuple[Path, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self.setWindowTitle(tr("The studio did not end properly"))
        self.setFixedWidth(480)
        self._session = session
        self._home = next((home for home in reversed(left) if home != session.home), None)
        if self._home is None:
            said = tr("The last time the studio ended by itself. Your project is open as it was.")
        else:
            said = tr(
                "The last time the studio ended by itself. “{name}” is kept as it was: open it to go on.",
                name=self._home.name,
            )
        self.text = label(said, "", "crashText")
        self.text.setWordWrap(True)
        self.recover = push_button("crashOpen", tr("Open what was recovered"))
        self.recover.setVisible(self._home is not None)
        self.recover.clicked.connect(self._open)
        self.report = push_button("crashReport", tr("Copy report"))
        self.report.clicked.connect(lambda: copy_report(session))
        close = push_button("crashClose", tr("Close"))
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(14)
        column.addWidget(self.text)
        column.addLayout(row(self.report, None, close, self.recover))
        (close if self._home is None else self.recover).setDefault(True)

    def _open(self) -> None:
        home = self._home
        if home is not None and open_project(self._session, home):
            self.accept()
