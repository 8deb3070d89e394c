"""Export: choose a format, watch it being written, go on working meanwhile."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from sora_studio.core.errors import Cancelled, StudioError
from sora_studio.core.language import tr
from sora_studio.core.time import Rate, Size
from sora_studio.media.export import ExportSettings
from sora_studio.media.presets import DEFAULT, PRESETS
from sora_studio.session.session import Session
from sora_studio.ui.async_jobs import spawn
from sora_studio.ui.dialogs import export_plan as plan
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.controls import Segments, label, push_button, row, tool_button


class ExportDialog(QDialog):
    """Stays beside the window. Closing it lets a running export go on; Cancel ends it and leaves nothing behind."""

    finished_file = Signal(Path)
    _progressed = Signal(int, int)

    def __init__(self, session: Session, chooser: FileChooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle(tr("Export"))
        self.setModal(False)
        self.setMinimumWidth(460)
        self._session, self._chooser = session, chooser
        self._stop = threading.Event()
        self._running = False
        self._written: Path | None = None
        self._make_controls()
        self._lay_out()
        self._fill()
        self._wire()
        self._follow()

    def _make_controls(self) -> None:
        self.preset, self.size_box, self.rate = (
            _combo(name, text) for name, text in (("preset", "Format"), ("exportSize", "Size"), ("exportRate", "Rate"))
        )
        self.quality = Segments("quality", "Quality", [(grade, None) for grade in plan.GRADES])
        self.quality.select(1)
        self.path = QLineEdit()
        self.path.setObjectName("exportPath")
        self.path.setAccessibleName(tr("File"))
        self.browse = tool_button("browse", "folder-open", "Choose the file")
        self.about = label("", "faint", "presetAbout")
        self.forecast = label("", "dim", "forecast")
        self.message = label("", "dim", "exportMessage")
        self.message.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setObjectName("exportProgress")
        self.progress.setAccessibleName(tr("Export progress"))
        self.progress.setTextVisible(False)
        self.start = push_button("startExport", "Export", "upload", role="primary")
        self.cancel = push_button("cancelExport", "Cancel")
        self.reveal = push_button("reveal", "Show in folder", "folder-open")
        self.start.setDefault(True)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.setColumnMinimumWidth(0, 64)
        grid.setColumnStretch(1, 1)
        lines: tuple[tuple[str, QWidget], ...] = (
            ("Format", self.preset),
            ("", self.about),
            ("Size", self.size_box),
            ("Rate", self.rate),
            ("Quality", self.quality),
        )
        for index, (text, control) in enumerate(lines):
            name = label(text, "dim")
            name.setBuddy(control)
            grid.addWidget(name, index, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(control, index, 1)
        name = label("File", "dim")
        name.setBuddy(self.path)
        grid.addWidget(name, len(lines), 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addLayout(row(self.path, self.browse, gap=4), len(lines), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(14)
        column.addWidget(label("Export the timeline", "heading"))
        column.addLayout(grid)
        column.addWidget(self.forecast)
        column.addWidget(self.progress)
        column.addWidget(self.message)
        column.addLayout(row(self.reveal, None, self.cancel, self.start))

    def _fill(self) -> None:
        timeline = self._session.timeline
        for name, preset in PRESETS.items():
            self.preset.addItem(preset.title, name)
        self.preset.setCurrentIndex(self.preset.findData(DEFAULT))
        for size in plan.size_choices(timeline):
            self.size_box.addItem(size.text, size.value)
        for rate in plan.rate_choices(timeline):
            self.rate.addItem(rate.text, rate.value)
        folder = self._session.folder if isinstance(self._session.folder, Path) else Path.home()
        self.path.setText(str(plan.file_for(folder / self._session.project.name, PRESETS[DEFAULT])))

    def _wire(self) -> None:
        self.preset.currentIndexChanged.connect(self._changed_preset)
        self.size_box.currentIndexChanged.connect(self._follow)
        self.rate.currentIndexChanged.connect(self._follow)
        self.quality.chosen.connect(self._follow)
        self.path.textChanged.connect(self._follow)
        self.browse.clicked.connect(self._browse)
        self.start.clicked.connect(self.run)
        self.cancel.clicked.connect(self._cancel_or_close)
        self.reveal.clicked.connect(self.show_in_folder)
        # Frames are counted on the thread that writes; the signal brings the count here.
        self._progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        self._session.changed.connect(self._follow)

    @property
    def is_running(self) -> bool:
        """Whether a file is being written."""
        return self._running

    def settings(self) -> ExportSettings:
        """What is asked for now."""
        name = str(self.preset.currentData())
        size, rate = self.size_box.currentData(), self.rate.currentData()
        return ExportSettings(
            Path(self.path.text().strip()).expanduser(),
            preset=name,
            size=size if isinstance(size, Size) else None,
            rate=rate if isinstance(rate, Rate) else None,
            quality=plan.quality_of_grade(PRESETS[name], self.quality.index),
        )

    def run(self) -> None:
        """Start writing."""
        if self._running or not self.start.isEnabled():
            return
        self._stop.clear()
        self._running, self._written = True, None
        self.message.setText(tr("Writing…"))
        self.progress.setRange(0, 0)
        self._follow()
        spawn(self._export(self.settings()), self._failed)

    async def _export(self, settings: ExportSettings) -> None:
        try:
            written = await asyncio.to_thread(self._session.export, settings, self._progressed.emit, self._stop.is_set)
        except asyncio.CancelledError:
            self._stop.set()  # the thread ends within a frame and removes what it wrote
            raise
        self._ended("")
        self._written = written
        self.message.setText(tr("Written to {written}", written=written))
        self._follow()
        self.finished_file.emit(written)

    def _failed(self, error: BaseException) -> None:
        match error:
            case Cancelled():
                self._ended("Cancelled. Nothing was written.")
            case StudioError():
                self._ended(str(error))
            case _:
                self._ended("The export failed for a reason that is not known. Try another format or folder.")
                raise error

    def _ended(self, text: str) -> None:
        self._running = False
        self.progress.setRange(0, 1)
        self.progress.setValue(0)
        self.message.setText(text)
        self._follow()

    def _show_progress(self, done: int, total: int) -> None:
        if self._running:
            self.progress.setRange(0, total)
            self.progress.setValue(done)
            self.message.setText(tr("Writing frame {done} of {total}", done=done, total=total))

    def _cancel_or_close(self) -> None:
        if self._running:
            self._stop.set()
            self.message.setText(tr("Stopping…"))
        else:
            self.close()

    def _changed_preset(self) -> None:
        preset = PRESETS[str(self.preset.currentData())]
        if text := self.path.text().strip():
            self.path.setText(str(plan.file_for(Path(text), preset)))
        self._follow()

    def _browse(self) -> None:
        preset = PRESETS[str(self.preset.currentData())]
        kinds = f"{preset.title} (*{preset.suffix})"
        if path := self._chooser.save_file(self, "Export to", Path(self.path.text()), kinds):
            self.path.setText(str(plan.file_for(path, preset)))

    def show_in_folder(self) -> None:
        """Open the folder of the written file."""
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def _follow(self) -> None:
        preset = PRESETS[str(self.preset.currentData())]
        timeline = self._session.timeline
        self.about.setText(preset.description)
        self.forecast.setText(plan.forecast(timeline, self.settings(), self.quality.index))
        for control in (self.preset, self.size_box, self.rate, self.path, self.browse):
            control.setEnabled(not self._running)
        self.quality.setEnabled(not self._running and bool(preset.quality_option))
        self.start.setEnabled(not self._running and timeline.length > 0 and bool(self.path.text().strip()))
        self.progress.setVisible(self._running)
        self.message.setVisible(bool(self.message.text()))
        self.reveal.setVisible(self._written is not None)
        self.cancel.setText(tr("Cancel") if self._running else tr("Close"))
        self.cancel.setAccessibleName(self.cancel.text())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only the dialog goes; the export goes on."""
        event.accept()


def _combo(name: str, text: str) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(text)
    return made
