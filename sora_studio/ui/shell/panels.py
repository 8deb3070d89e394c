"""Commands about one panel: the one that had the keyboard last floats, goes back or comes to a side of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from sora_studio.core.language import tr
from sora_studio.ui.actions import COMMANDS
from sora_studio.ui.dock import Side
from sora_studio.ui.docks import Docks

SIDES = {
    "panel_left": Side.LeftDockWidgetArea,
    "panel_right": Side.RightDockWidgetArea,
    "panel_top": Side.TopDockWidgetArea,
    "panel_bottom": Side.BottomDockWidgetArea,
}
FLOAT = "float_panel"


class PanelCommands(QObject):
    """What they do, and what they are called now."""

    def __init__(self, docks: Docks, parent: QObject) -> None:
        super().__init__(parent)
        self._docks = docks
        self._actions: Mapping[str, QAction] = {}

    def acts(self) -> dict[str, Callable[[], object]]:
        """By command."""
        sent: dict[str, Callable[[], object]] = {name: partial(self._send, side) for name, side in SIDES.items()}
        return sent | {FLOAT: lambda: self._docks.current.turn()}

    def lead(self, actions: Mapping[str, QAction]) -> None:
        """Name the panel in the actions from now on, and offer them at its grip."""
        self._actions = actions
        self._docks.menu_actions = [actions[name] for name in (FLOAT, *SIDES, "reset_layout")]
        self._docks.current_changed.connect(self._follow)
        self._follow()

    def _send(self, side: Side) -> None:
        self._docks.send(self._docks.current, side)

    def _follow(self) -> None:
        dock, said = self._docks.current, {command.name: command.text for command in COMMANDS}
        for name in (FLOAT, *SIDES):
            self._actions[name].setText(tr(said[name], panel=dock.windowTitle()))
        if dock.isFloating():
            self._actions[FLOAT].setText(tr("Put “{panel}” back into the window", panel=dock.windowTitle()))
