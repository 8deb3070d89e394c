"""The row of controls under the picture."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.monitor.actions import tool_button
from sora_studio.ui.monitor.commands import PlayCommands
from sora_studio.ui.monitor.player import Player
from sora_studio.ui.monitor.timecode import Timecode
from sora_studio.ui.theme import tabular

_PLAYBACK = ("mark_in", "to_start", "frame_back", "play", "frame_forward", "to_end", "mark_out", "loop")


class Transport(QWidget):
    """Timecode left, playback and marks in the middle, the whole screen right."""

    def __init__(self, commands: PlayCommands, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self.setObjectName("transport")
        self.setAccessibleName(tr("Playback"))
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 2, 10, 6)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        self.timecode = Timecode(self)
        self.speed = QLabel("", self)
        self.speed.setObjectName("shuttle_speed")
        self.speed.setFont(tabular(11))
        self.speed.setProperty("role", "dim")
        grid.addLayout(_row(self.timecode, self.speed, None), 0, 0)
        grid.addLayout(_row(*(tool_button(commands[name], self) for name in _PLAYBACK)), 0, 1)
        grid.addLayout(
            _row(None, tool_button(commands["mute"], self), tool_button(commands["full_screen"], self)), 0, 2
        )
        player.state_changed.connect(self._show_speed)

    def _show_speed(self) -> None:
        speed = self._player.speed
        self.speed.setText(f"{speed}×".replace("-", "−") if speed not in (0, 1) else "")


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None is a stretch."""
    row = QHBoxLayout()
    row.setSpacing(2)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row
