"""Remembers where the artist put the panels of the window, and which of them float."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from sora_studio.ui.docks import Docks

VERSION = 3
"""Raised when the window's parts change, so that an older layout is not forced on them."""


def system_layout() -> QSettings:
    """The artist's own layout file."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "sora-studio", "layout")


class LayoutStore:
    """Saves and restores a window, its docks and named switches."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def settings(self) -> QSettings:
        """Where it is kept."""
        return self._settings

    def restore(self, window: QMainWindow, docks: Docks) -> None:
        """Put back what was saved by this version; anything else is left as built."""
        if self._settings.value("version") not in (VERSION, str(VERSION)):
            return
        if isinstance(geometry := self._settings.value("geometry"), QByteArray):
            window.restoreGeometry(geometry)
        docks.restore({name: self._settings.value(f"docks/{name}") for name in ("places", "sizes")})

    def save(self, window: QMainWindow, docks: Docks, switches: dict[str, bool]) -> None:
        """Keep the window as it stands."""
        self._settings.setValue("version", VERSION)
        self._settings.setValue("geometry", window.saveGeometry())
        for name, value in docks.state().items():
            self._settings.setValue(f"docks/{name}", value)
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
