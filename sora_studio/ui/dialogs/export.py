"""Export: choose how a film is written, watch it being written, go on working meanwhile."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.core.time import FrameRange
from sora_studio.media.export import ExportSettings
from sora_studio.session.session import Session
from sora_studio.ui.dialogs import export_plan as plan
from sora_studio.ui.dialogs.depths import Depths
from sora_studio.ui.dialogs.export_form import ExportForm
from sora_studio.ui.dialogs.export_queue import ExportQueue
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.controls import ElidedLabel, ProgressBar, label, push_button, row, tool_button


class ExportDialog(QDialog):
    """Stays beside the window. Closing it lets the exports go on; Cancel ends the running one and leaves nothing of
    it behind. While one runs, others can be put behind it."""

    finished_file = Signal(Path)

    def __init__(self, session: Session, chooser: FileChooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle(tr("Export"))
        self.setModal(False)
        self.setMinimumWidth(480)
        self._session = session
        self._written: Path | None = None
        self.form = ExportForm(session, chooser, self)
        self.exports = ExportQueue(session, self)
        self._depths = Depths(session, self)
        # The fields by short names, for those who fill the form in.
        self.preset, self.size_box, self.rate = self.form.preset, self.form.size_box, self.form.rate
        self.quality, self.path = self.form.quality, self.form.path
        self._make_controls()
        self._lay_out()
        self._wire()
        self._follow()

    def _make_controls(self) -> None:
        self.forecast = label("", "dim", "forecast")
        self.message = label("", "dim", "exportMessage")
        self.message.setWordWrap(True)
        self.progress = ProgressBar()
        self.progress.setObjectName("exportProgress")
        self.progress.setAccessibleName(tr("Export progress"))
        self.progress.setTextVisible(False)
        self.start = push_button("startExport", tr("Export"), "upload", role="primary")
        self.cancel = push_button("cancelExport", tr("Cancel"))
        self.reveal = push_button("reveal", tr("Show in folder"), "folder-open")
        self.start.setDefault(True)
        self.queue = QWidget()
        self.queue.setObjectName("exportQueue")
        self.queue.setAccessibleName(tr("Waiting exports"))
        self._rows = QVBoxLayout(self.queue)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(14)
        column.addWidget(label(tr("Export the timeline"), "heading"))
        column.addWidget(self.form)
        column.addWidget(self.forecast)
        column.addWidget(self.progress)
        column.addWidget(self.message)
        column.addWidget(self.queue)
        column.addLayout(row(self.reveal, None, self.cancel, self.start))

    def _wire(self) -> None:
        self.form.changed.connect(self._follow)
        self.start.clicked.connect(self.run)
        self.cancel.clicked.connect(self._cancel_or_close)
        self.reveal.clicked.connect(self.show_in_folder)
        self.exports.changed.connect(self._show_queue)
        self.exports.progressed.connect(self._show_progress)
        self.exports.ended.connect(self._ended)
        self.exports.written.connect(self._show_written)
        self._depths.learned.connect(self._follow)
        self._session.changed.connect(self._follow)
        self._session.adjusted.connect(self._follow)

    @property
    def is_running(self) -> bool:
        """Whether a file is being written."""
        return self.exports.running is not None

    def settings(self) -> ExportSettings:
        """What is asked for now."""
        return self.form.settings()

    def run(self) -> None:
        """Write the film, or put it behind those that are being written."""
        if not self.start.isEnabled():
            return
        if not self.is_running:
            self.message.setText(tr("Writing…"))
            self.progress.setRange(0, 0)
        try:
            self.exports.add(self.settings())
        except StudioError as exc:
            self.message.setText(str(exc))
        self._follow()

    def _show_progress(self, done: int, total: int) -> None:
        running = self.exports.running
        if running is not None:
            self.progress.setRange(0, total)
            self.progress.setValue(done)
            self.message.setText(tr("{file}: frame {done} of {total}", file=running.name, done=done, total=total))

    def _ended(self, words: str) -> None:
        self.progress.setRange(0, 1)
        self.progress.setValue(0)
        self.message.setText(words)
        self._follow()

    def _show_written(self, path: Path) -> None:
        self._written = path
        self._follow()
        self.finished_file.emit(path)

    def _show_queue(self) -> None:
        while (old := self._rows.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        for index, path in enumerate(self.exports.waiting):
            self._rows.addWidget(self._waiting_row(index, path))
        self._follow()

    def _waiting_row(self, index: int, path: Path) -> QWidget:
        made = QWidget()
        name = ElidedLabel("dim", f"waiting{index}")
        name.say(tr("Waiting: {file}", file=path.name))
        remove = tool_button(f"dropExport{index}", "x", tr("Do not write {file}", file=path.name))
        remove.clicked.connect(lambda: self.exports.drop(path))
        line = row(name, remove, gap=6)
        line.setStretch(0, 1)
        made.setLayout(line)
        return made

    def _cancel_or_close(self) -> None:
        if self.is_running:
            self.exports.stop()
            self.message.setText(tr("Stopping…"))
        else:
            self.close()

    def show_in_folder(self) -> None:
        """Open the folder of the written file."""
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def _follow(self) -> None:
        self.form.follow()
        timeline, settings = self._session.timeline, self.settings()
        span = settings.range or FrameRange(0, timeline.length)
        deep = self._depths.share(span) if plan.larger_when_deep(settings.preset) else 0.0
        self.forecast.setText(plan.forecast(timeline, settings, self.quality.index, deep))
        self.start.setEnabled(timeline.length > 0 and bool(self.path.text().strip()))
        self.start.setText(f"\u2009\u2009{tr('Add to the queue') if self.is_running else tr('Export')}")
        self.progress.setVisible(self.is_running)
        self.queue.setVisible(bool(self.exports.waiting))
        self.message.setVisible(bool(self.message.text()))
        self.reveal.setVisible(self._written is not None)
        self.cancel.setText(tr("Cancel") if self.is_running else tr("Close"))
        self.cancel.setAccessibleName(self.cancel.text())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only the dialog goes; the exports go on."""
        event.accept()
