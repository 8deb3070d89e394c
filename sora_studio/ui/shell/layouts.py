"""Layouts for three kinds of work: which panels are seen and how the room is shared among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sora_studio.ui.window import MainWindow


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`shown` are panels by the command that shows them; `low` is the timeline's share of the window's height."""

    shown: frozenset[str]
    low: float


LAYOUTS = {
    "layout_edit": Arrangement(frozenset({"show_library", "show_create", "show_timeline"}), 0.40),
    "layout_generate": Arrangement(frozenset({"show_create", "show_storyboard", "show_timeline"}), 0.28),
    "layout_review": Arrangement(frozenset({"show_timeline"}), 0.26),
}


def arrange(window: MainWindow, name: str) -> None:
    """Put a window's panels into a layout."""
    wanted = LAYOUTS[name]
    for panel, widget in window.panels().items():
        widget.setVisible(panel in wanted.shown)
        window.actions_by_name[panel].setChecked(panel in wanted.shown)
    window.default_layout()
    height = window.height()
    low = max(window.timeline.minimumHeight(), round(height * wanted.low))
    board = window.docks.storyboard.sizeHint().height() if "show_storyboard" in wanted.shown else 0
    window.docks.down.setSizes([max(1, height - low - board), board, low])
