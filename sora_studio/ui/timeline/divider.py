"""The line between pictures and sound: dragged, it gives height from one side to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

if TYPE_CHECKING:
    from sora_studio.ui.timeline.view import TimelineView


class DividerDrag:
    """Shares the height anew while it lasts."""

    def __init__(self, view: TimelineView, at: QPointF) -> None:
        self.line: int | None = None
        self.clips: tuple[str, ...] = ()
        self.moving = True
        self._view, self._last, self._gone = view, at.y(), 0.0

    def move(self, at: QPointF) -> None:
        """Follow the pointer as far as the tracks allow."""
        by = at.y() - self._last
        if round(by):
            self._share(by)

    def release(self) -> None:
        """It stays."""

    def cancel(self) -> None:
        """As it was."""
        self._share(-self._gone)

    def _share(self, by: float) -> None:
        before = self._view.tracks.metrics.divider or 0.0
        self._view.tracks.move_divider(by)
        after = self._view.tracks.metrics.divider or 0.0
        self._last += after - before
        self._gone += after - before
        self._view.relaid()
