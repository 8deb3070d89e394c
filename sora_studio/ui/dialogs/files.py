"""Choosing files and folders, behind a small face that tests can answer for."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QWidget

from sora_studio.settings.folders import data_folder


class FileChooser(Protocol):
    """Asks the artist for a path; None means they changed their mind."""

    def open_file(self, parent: QWidget, title: str, kinds: str) -> Path | None:
        """A file that exists."""
        ...

    def open_files(self, parent: QWidget, title: str, kinds: str) -> list[Path]:
        """Files that exist; none when they changed their mind."""
        ...

    def open_folder(self, parent: QWidget, title: str) -> Path | None:
        """A folder that exists or may be made."""
        ...

    def save_file(self, parent: QWidget, title: str, suggested: Path, kinds: str) -> Path | None:
        """A file to write."""
        ...


class SystemChooser:
    """The file dialogs of the system; it remembers the last folder."""

    def __init__(self, *, native: bool = True) -> None:
        self._options = QFileDialog.Option(0) if native else QFileDialog.Option.DontUseNativeDialog
        projects = data_folder() / "projects"  # where projects lie that were never saved elsewhere
        self._last = str(projects if projects.is_dir() else Path.home())

    def open_file(self, parent: QWidget, title: str, kinds: str) -> Path | None:
        """A file that exists."""
        text, _ = QFileDialog.getOpenFileName(parent, title, self._last, kinds, options=self._options)
        return self._kept(text)

    def open_files(self, parent: QWidget, title: str, kinds: str) -> list[Path]:
        """Files that exist."""
        texts, _ = QFileDialog.getOpenFileNames(parent, title, self._last, kinds, options=self._options)
        return [path for path in map(self._kept, texts) if path is not None]

    def open_folder(self, parent: QWidget, title: str) -> Path | None:
        """A folder that exists or may be made."""
        options = self._options | QFileDialog.Option.ShowDirsOnly
        return self._kept(QFileDialog.getExistingDirectory(parent, title, self._last, options=options))

    def save_file(self, parent: QWidget, title: str, suggested: Path, kinds: str) -> Path | None:
        """A file to write; an existing one is asked about."""
        text, _ = QFileDialog.getSaveFileName(parent, title, str(suggested), kinds, options=self._options)
        return self._kept(text)

    def _kept(self, text: str) -> Path | None:
        if not text:
            return None
        path = Path(text)
        self._last = str(path.parent)
        return path
