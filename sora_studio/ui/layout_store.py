"""Remembers where the artist put the walls of the window."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

VERSION = 2
"""Raised when the window's parts change, so that an older layout is not forced on them."""


def system_layout() -> QSettings:
    """The artist's own layout file."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "sora-studio", "layout")


class LayoutStore:
    """Saves and restores a window, its splitters and named switches."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def settings(self) -> QSettings:
        """Where it is kept."""
        return self._settings

    def restore(self, window: QMainWindow, splitters: tuple[QSplitter, ...]) -> None:
        """Put back what was saved by this version; anything else is left as built."""
        if self._settings.value("version") not in (VERSION, str(VERSION)):
            return
        if isinstance(geometry := self._settings.value("geometry"), QByteArray):
            window.restoreGeometry(geometry)
        for splitter in splitters:
            if isinstance(state := self._settings.value(splitter.objectName()), QByteArray):
                splitter.restoreState(state)

    def save(self, window: QMainWindow, splitters: tuple[QSplitter, ...], switches: dict[str, bool]) -> None:
        """Keep the window as it stands."""
        self._settings.setValue("version", VERSION)
        self._settings.setValue("geometry", window.saveGeometry())
        for splitter in splitters:
            self._settings.setValue(splitter.objectName(), splitter.saveState())
        for name, on in switches.items():
            self._settings.setValue(f"on/{name}", int(on))
        self._settings.sync()

    def switch(self, name: str, otherwise: bool) -> bool:
        """Whether a named switch was on."""
        return str(self._settings.value(f"on/{name}", int(otherwise))) == "1"

    def set_switch(self, name: str, on: bool) -> None:
        """Remember a named switch."""
        self._settings.setValue(f"on/{name}", int(on))

    def forget(self) -> None:
        """Start from the layout as built the next time."""
        self._settings.clear()
