"""The folders of models: where the next download goes and how much room there is, with folders to add and take out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from sora_studio.core.language import tr
from sora_studio.core.open_model import gigabytes
from sora_studio.session.session import Session
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.controls import label, push_button, row, tool_button


class ModelFolders(QWidget):
    """`chosen` is the folder that downloads go into from now on."""

    chosen = Signal(Path)

    def __init__(self, session: Session, chooser: FileChooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelFolders")
        self._session, self._chooser = session, chooser
        self.box = QComboBox()
        self.box.setObjectName("modelFolder")
        self.box.setAccessibleName(tr("Folder for new models"))
        self.box.setToolTip(tr("The folder that new models are fetched into"))
        self.add = push_button("modelFolderAdd", "Add folder…", "folder-open")
        self.add.setToolTip(tr("A folder on another drive, a ComfyUI, or files of your own: used in place"))
        self.drop = tool_button("modelFolderDrop", "x", "Take this folder out of the list; nothing is deleted")
        title = label("Folder", "dim")
        title.setBuddy(self.box)
        line = row(title, self.box, self.drop, self.add)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.box.activated.connect(lambda _index: self._choose())
        self.add.clicked.connect(self._add)
        self.drop.clicked.connect(self._drop)
        self.fill()

    @property
    def folder(self) -> Path:
        """The folder that is chosen."""
        return Path(str(self.box.currentData()))

    def fill(self) -> None:
        """The folders as the settings name them now."""
        before = self.box.currentData()
        self.box.clear()
        for folder in self._session.models.folders():
            free = gigabytes(self._session.models.room(folder))
            self.box.addItem(tr("{folder}  ({free} free)", folder=folder, free=free), str(folder))
        self.box.setCurrentIndex(max(0, self.box.findData(before)))
        self._choose()

    def _choose(self) -> None:
        self.drop.setEnabled(self.box.currentIndex() > 0)
        self.chosen.emit(self.folder)

    def _add(self) -> None:
        folder = self._chooser.open_folder(self, tr("Folder with models"))
        if folder is not None and folder not in self._session.models.folders():
            models = self._session.settings.models
            self._change((*models.more, str(folder)))
            self.box.setCurrentIndex(self.box.count() - 1)
            self._choose()

    def _drop(self) -> None:
        gone = str(self.folder)
        self._change(tuple(one for one in self._session.settings.models.more if str(Path(one).expanduser()) != gone))

    def _change(self, more: tuple[str, ...]) -> None:
        settings = self._session.settings
        self._session.adjust(replace(settings, models=replace(settings.models, more=more)))
        self._session.engine_shelf.look_again()
        self.fill()
        self._session.models.look_around()
