"""The row of tools over the timeline."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
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


NARROWEST = 360
"""Pixels of a strip that still has its tools."""


class ToolStrip(QWidget):
    """Buttons of the commands, and the zoom. Where there is no room groups go, the last ones first: every command has
    its key and its place in the menus."""

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
        groups: list[list[QWidget]] = []
        for place, group in enumerate(_LEFT):
            groups.append([_Rule(self)] if place else [])
            groups[-1] += [tool_button(commands[name], self, 17) for name in group]
            for part in groups[-1]:
                row.addWidget(part)
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
        self._yielding: tuple[list[QWidget], ...] = ([self.slider], *reversed(groups[1:]))
        self._row = row
        self.setMinimumWidth(NARROWEST)
        self.slider.valueChanged.connect(lambda value: view.zoom(_zoom_of(value)))
        view.zoom_changed.connect(self._show_zoom)
        self._show_zoom(view.per_frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many groups as there is room for."""
        super().resizeEvent(event)
        for part in (part for group in self._yielding for part in group):
            part.setVisible(True)
        room = self.width() - self._row.sizeHint().width()
        for group in self._yielding:
            if room >= 0:
                break
            room += sum(part.sizeHint().width() + self._row.spacing() for part in group)
            for part in group:
                part.setVisible(False)

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
