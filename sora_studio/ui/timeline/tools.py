"""The tools of the timeline: what a press on a clip means."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt


class Tool(Enum):
    """One at a time; the value is the name of its command."""

    SELECT = "select_tool"
    BLADE = "blade_tool"
    RIPPLE = "ripple_tool"
    ROLL = "roll_tool"
    SLIP = "slip_tool"
    SLIDE = "slide_tool"
    FORWARD = "forward_tool"

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer over a clip."""
        return _CURSORS.get(self, Qt.CursorShape.ArrowCursor)


_CURSORS = {
    Tool.BLADE: Qt.CursorShape.SplitHCursor,
    Tool.RIPPLE: Qt.CursorShape.SizeHorCursor,
    Tool.ROLL: Qt.CursorShape.SplitHCursor,
    Tool.SLIP: Qt.CursorShape.SizeHorCursor,
    Tool.SLIDE: Qt.CursorShape.SizeHorCursor,
    Tool.FORWARD: Qt.CursorShape.PointingHandCursor,
}
