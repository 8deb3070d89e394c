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
    "layout_edit": Arrangement(frozenset({"show_library", "show_monitor", "show_create", "show_timeline"}), 0.40),
    "layout_generate": Arrangement(
        frozenset({"show_monitor", "show_create", "show_storyboard", "show_timeline"}), 0.28
    ),
    "layout_review": Arrangement(frozenset({"show_monitor", "show_timeline"}), 0.26),
}


def arrange(window: MainWindow, name: str) -> None:
    """Put a window's panels into a layout."""
    wanted = LAYOUTS[name]
    for panel, dock in window.panels().items():
        dock.setVisible(panel in wanted.shown)
    window.default_layout()
    window.docks.share(max(window.timeline.minimumHeight(), round(window.height() * wanted.low)))
