"""What to write and how: format, shape, size, rate, quality, range, sound and file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from sora_studio.core.filenames import portable
from sora_studio.core.language import mark, tr
from sora_studio.core.time import Rate, Size
from sora_studio.media.credentials import NOT_INSTALLED, Credentials, installed
from sora_studio.media.export import ExportSettings
from sora_studio.media.geometry import Fit
from sora_studio.media.presets import DEFAULT, PRESETS, Preset
from sora_studio.session.session import Session
from sora_studio.settings.folders import credentials_folder
from sora_studio.ui.dialogs import export_plan as plan
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.controls import Segments, label, row, tool_button

FITS: tuple[Fit, ...] = ("contain", "cover")


class ExportForm(QWidget):
    """The fields. `settings` is what they say now."""

    changed = Signal()

    def __init__(self, session: Session, chooser: FileChooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportForm")
        self._session, self._chooser = session, chooser
        self._make_controls()
        self._lay_out()
        self._fill()
        self._wire()

    def _make_controls(self) -> None:
        self.preset, self.size_box, self.rate = (
            _combo(name, tr(text))
            for name, text in (("preset", mark("Format")), ("exportSize", mark("Size")), ("exportRate", mark("Rate")))
        )
        self.shape = Segments("exportShape", tr("Shape"), [(tr(name), None) for name in plan.SHAPES])
        self.fit = Segments("exportFit", tr("Fit"), [(tr("Whole picture"), None), (tr("Fill"), None)])
        self.quality = Segments("quality", tr("Quality"), [(tr(grade), None) for grade in plan.GRADES])
        self.quality.select(1)
        self.range = Segments("exportRange", tr("Range"), [(tr("All"), None), (tr("In to out"), None)])
        self.sound = QCheckBox()
        self.sound.setObjectName("exportSound")
        self.sound.setAccessibleName(tr("Sound"))
        self.sound.setToolTip(tr("Write what the audio tracks play"))
        self.sound.setChecked(True)
        self.credentials = QCheckBox()
        self.credentials.setObjectName("exportCredentials")
        self.credentials.setAccessibleName(tr("Content credentials"))
        self.path = QLineEdit()
        self.path.setObjectName("exportPath")
        self.path.setAccessibleName(tr("File"))
        self.path.setToolTip(tr("Where the film goes"))
        self.browse = tool_button("browse", "folder-open", tr("Choose the file"))
        self.about = label("", "faint", "presetAbout")

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.setColumnMinimumWidth(0, 64)
        grid.setColumnStretch(1, 1)
        lines: tuple[tuple[str, QWidget], ...] = (
            (mark("Format"), self.preset),
            ("", self.about),
            (mark("Shape"), self.shape),
            (mark("Size"), self.size_box),
            ("Fit", self.fit),
            (mark("Rate"), self.rate),
            ("Quality", self.quality),
            ("Range", self.range),
            ("Sound", self.sound),
            (mark("Credentials"), self.credentials),
        )
        for index, (text, control) in enumerate(lines):
            name = label(tr(text), "dim")
            name.setBuddy(control)
            grid.addWidget(name, index, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(control, index, 1)
        name = label(tr("File"), "dim")
        name.setBuddy(self.path)
        grid.addWidget(name, len(lines), 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addLayout(row(self.path, self.browse, gap=4), len(lines), 1)

    def _fill(self) -> None:
        for name, preset in PRESETS.items():
            self.preset.addItem(tr(preset.title), name)
        self.preset.setCurrentIndex(self.preset.findData(DEFAULT))
        self._fill_sizes()
        for rate in plan.rate_choices(self._session.timeline):
            self.rate.addItem(rate.text, rate.value)
        folder = self._session.folder if isinstance(self._session.folder, Path) else Path.home()
        self.path.setText(
            str(plan.file_for(folder / portable(self._session.project.name, tr("Untitled")), PRESETS[DEFAULT]))
        )

    def _fill_sizes(self) -> None:
        self.size_box.blockSignals(True)
        self.size_box.clear()
        for size in plan.size_choices(self._session.timeline, plan.SHAPES[self.shape_name]):
            self.size_box.addItem(size.text, size.value)
        self.size_box.blockSignals(False)

    def _wire(self) -> None:
        self.preset.currentIndexChanged.connect(self._changed_preset)
        self.shape.chosen.connect(self._changed_shape)
        for box in (self.size_box, self.rate):
            box.currentIndexChanged.connect(self.changed)
        for segments in (self.fit, self.quality, self.range):
            segments.chosen.connect(self.changed)
        self.sound.toggled.connect(self.changed)
        self.credentials.clicked.connect(self._remember)
        self.path.textChanged.connect(self.changed)
        self.browse.clicked.connect(self._browse)

    @property
    def shape_name(self) -> str:
        """The chosen shape."""
        return tuple(plan.SHAPES)[self.shape.index]

    def settings(self) -> ExportSettings:
        """What is asked for now."""
        name = str(self.preset.currentData())
        size, rate = self.size_box.currentData(), self.rate.currentData()
        marked = self._session.timeline.marked
        return ExportSettings(
            Path(self.path.text().strip()).expanduser(),
            preset=name,
            size=size if isinstance(size, Size) else None,
            rate=rate if isinstance(rate, Rate) else None,
            quality=plan.quality_of_grade(PRESETS[name], self.quality.index),
            range=marked if self.range.index == 1 and marked else None,
            fit=FITS[self.fit.index],
            sound=self.sound.isChecked(),
            credentials=Credentials(credentials_folder()) if self.credentials.isChecked() else None,
        )

    def follow(self) -> None:
        """Offer what the timeline and the format allow."""
        preset, timeline = PRESETS[str(self.preset.currentData())], self._session.timeline
        self.about.setText(tr(preset.description))
        self.quality.setEnabled(bool(preset.quality_option))
        marked = timeline.marked is not None and len(timeline.marked) > 0
        self.range.setEnabled(marked)
        self.range.setToolTip("" if marked else tr("Mark a range with I and O to export only that"))
        if not marked:
            self.range.select(0)
        heard = any(timeline.tracks[index].clips for index in timeline.of_kind("audio"))
        self.sound.setEnabled(bool(preset.sound) and heard)
        self.sound.setText(
            tr("No sound on the timeline")
            if not heard
            else tr(plan.SOUNDS[preset.sound])
            if preset.sound
            else tr("This format holds no sound")
        )
        self._follow_credentials(preset)

    def _follow_credentials(self, preset: Preset) -> None:
        there = installed()
        can = there and bool(preset.credentials)
        self.credentials.setEnabled(can)
        self.credentials.setChecked(can and self._session.settings.general.credentials)
        self.credentials.setToolTip(
            tr("The film says how it was made, with prompts, seeds and models, and whether it was changed since")
            if there
            else tr(NOT_INSTALLED)
        )
        self.credentials.setText(
            tr("Not installed: pip install c2pa-python")
            if not there
            else tr("Signed by this installation")
            if preset.credentials
            else tr("This format holds no credentials")
        )

    def _remember(self, on: bool) -> None:
        settings = self._session.settings
        self._session.adjust(replace(settings, general=replace(settings.general, credentials=on)))
        self.changed.emit()

    def _changed_preset(self) -> None:
        preset = PRESETS[str(self.preset.currentData())]
        if text := self.path.text().strip():
            self.path.setText(str(plan.file_for(Path(text), preset)))
        self.changed.emit()

    def _changed_shape(self) -> None:
        self._fill_sizes()
        self.changed.emit()

    def _browse(self) -> None:
        preset = PRESETS[str(self.preset.currentData())]
        kinds = f"{tr(preset.title)} (*{preset.suffix})"
        if path := self._chooser.save_file(self, tr("Export to"), Path(self.path.text()), kinds):
            self.path.setText(str(plan.file_for(path, preset)))


def _combo(name: str, text: str) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setToolTip(text)
    return made
