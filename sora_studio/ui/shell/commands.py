"""The commands around the panels and what they do: palette, shortcuts, preferences, theme, layouts, help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sora_studio.settings.keys import load_key_map
from sora_studio.ui.actions import Command, make_actions
from sora_studio.ui.shell.key_maps import resolved
from sora_studio.ui.shell.palette import CommandPalette
from sora_studio.ui.shell.shortcuts import ShortcutsDialog

if TYPE_CHECKING:
    from sora_studio.ui.window import MainWindow

COMMANDS: tuple[Command, ...] = (
    Command("command_palette", "Command palette…", ("Ctrl+Shift+P",), "Help", "search"),
    Command("shortcuts", "Keyboard shortcuts…", ("Ctrl+Alt+K",), "Help", "keyboard"),
)


class Shell(QObject):
    """Makes the actions; dialogs are made when they are first asked for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._palette: CommandPalette | None = None
        self.actions = make_actions(window, self._acts(), COMMANDS)

    def _acts(self) -> dict[str, Callable[[], object]]:
        return {"command_palette": self.palette, "shortcuts": self.shortcuts}

    def begin(self) -> None:
        """Once all commands are registered: the artist's keys."""
        registry = self._window.registry
        registry.use_keys(resolved(registry, load_key_map()))

    def palette(self) -> CommandPalette:
        """Ask for a command."""
        if self._palette is None:
            self._palette = CommandPalette(self._window.registry, self._window.layout_store.settings, self._window)
        self._palette.ask()
        return self._palette

    def shortcuts(self) -> ShortcutsDialog:
        """Edit the keys."""
        window = self._window
        dialog = ShortcutsDialog(window.registry, load_key_map(), window.chooser, window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog
