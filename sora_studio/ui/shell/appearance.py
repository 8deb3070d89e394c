"""Puts the settings of the interface into force while the window is open: theme and motion."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QGraphicsView

from sora_studio.settings.sections import Interface
from sora_studio.ui import theme
from sora_studio.ui.calm import set_calm
from sora_studio.ui.shell.system_hints import less_motion, prefers_light


class Appearance(QObject):
    """Follows what it is told, and the system where that is wished."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wished = Interface()
        self._busy = False
        application().styleHints().colorSchemeChanged.connect(self._system_changed)

    def follow(self, wished: Interface) -> None:
        """Wear the theme and keep the motion that the settings name."""
        self._wished = wished
        set_calm(wished.calm_previews or wished.motion == "reduced" or (wished.motion == "system" and less_motion()))
        self._dress()

    def _system_changed(self) -> None:
        if self._wished.theme == "system" and not self._busy:
            self._dress()

    def _dress(self) -> None:
        self._busy = True
        if self._wished.theme == "system":
            application().styleHints().unsetColorScheme()
        light = self._wished.theme == "light" or (self._wished.theme == "system" and prefers_light())
        chosen = theme.LIGHT if light else theme.DARK
        if theme.tokens() != chosen:
            theme.apply(application(), chosen)
            _repaint()
        if self._wished.theme == "system":
            application().styleHints().unsetColorScheme()
        self._busy = False


def application() -> QApplication:
    """The one application."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("The window needs a QApplication.")
    return app


def _repaint() -> None:
    """Everything again in other colours, what views keep in caches too."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, QGraphicsView) and widget.scene() is not None:
            widget.resetCachedContent()
            for item in widget.scene().items():
                item.update()
        widget.update()
