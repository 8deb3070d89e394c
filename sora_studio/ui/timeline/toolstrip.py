"""The row of tools over the timeline."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.monitor.actions import tool_button
from sora_studio.ui.theme import colour
from sora_studio.ui.timeline.commands import Commands
from sora_studio.ui.timeline.metrics import LARGEST, SMALLEST
from sora_studio.ui.timeline.view import TimelineView

_LEFT = (
    ("select_tool", "forward_tool", "blade_tool", "ripple_tool", "roll_tool", "slip_tool", "slide_tool"),
    ("undo", "redo"),
    ("split", "delete", "ripple_delete"),
    ("dissolve", "speed", "marker"),
    ("extend_end", "snap"),
)


class ToolStrip(QWidget):
    """Buttons of the commands, and the zoom."""

    def __init__(self, commands: Commands, view: TimelineView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.setObjectName("timeline_tools")
        self.setAccessibleName(tr("Timeline tools"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 10, 4)
        row.setSpacing(2)
        title = QLabel(tr("TIMELINE"), self)
        title.setObjectName("timeline_title")
        title.setProperty("role", "caption")
        row.addWidget(title)
        row.addSpacing(10)
        for place, group in enumerate(_LEFT):
            if place:
                row.addWidget(_Rule(self))
            for name in group:
                row.addWidget(tool_button(commands[name], self, 17))
        row.addStretch(1)
        row.addWidget(tool_button(commands["zoom_out"], self, 17))
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("timeline_zoom")
        self.slider.setAccessibleName(tr("Timeline zoom"))
        self.slider.setToolTip(tr("Zoom (Ctrl+wheel over the tracks)"))
        self.slider.setRange(0, 1000)
        self.slider.setFixedWidth(120)
        row.addWidget(self.slider)
        row.addWidget(tool_button(commands["zoom_in"], self, 17))
        row.addWidget(tool_button(commands["fit"], self, 17))
        self.slider.valueChanged.connect(lambda value: view.zoom(_zoom_of(value)))
        view.zoom_changed.connect(self._show_zoom)
        self._show_zoom(view.per_frame)

    def _show_zoom(self, per_frame: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(1000 * math.log(per_frame / SMALLEST) / math.log(LARGEST / SMALLEST)))
        self.slider.blockSignals(False)


def _zoom_of(value: int) -> float:
    return SMALLEST * math.exp(value / 1000 * math.log(LARGEST / SMALLEST))


class _Rule(QWidget):
    """A short upright line between groups of tools."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(13, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line."""
        del event
        QPainter(self).fillRect(6, 0, 1, self.height(), colour("line2"))
