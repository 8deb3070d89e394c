"""Where the panels stand: library, monitor and timeline on the left, the inspector over the whole height on the right.

The one place that puts them together. Walls between them can be moved, panels can be hidden; LayoutStore remembers.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from sora_studio.ui.panels.controls import Segments

GUTTER = 8
LEFT, RIGHT = (272, 336), (304, 340)
"""Pixels of the library and of the inspector, in small and in large windows."""


def framed(panel: QWidget) -> QFrame:
    """A panel on a card of its own, a hair inside the border so that its corners stay round."""
    card = QFrame()
    card.setObjectName(f"{panel.objectName()}_card")
    card.setProperty("role", "card")
    inside = QVBoxLayout(card)
    inside.setContentsMargins(3, 3, 3, 3)
    inside.addWidget(panel)
    return card


class Shelves(QFrame):
    """The left dock: media and looks, one of which is seen."""

    def __init__(self, media: QWidget, looks: QWidget) -> None:
        super().__init__()
        self.setObjectName("shelves")
        self.setProperty("role", "card")
        self.setMinimumWidth(LEFT[0])
        self.choice = Segments("shelf", "Library", [("Media", "images"), ("Looks", "swatch-book")])
        self.pages = QStackedWidget()
        for page in (media, looks):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 3, 3, 3)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(7, 6, 7, 0)
        head.addWidget(self.choice)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        self.choice.chosen.connect(self.pages.setCurrentIndex)

    def bring(self, page: QWidget) -> None:
        """Show the page of a panel."""
        index = self.pages.indexOf(page)
        self.pages.setCurrentIndex(index)
        self.choice.select(index)


class Docks:
    """The walls of the window; `across` stands between work and inspector, `upper` between library and monitor, `down`
    between them, the storyboard and the timeline."""

    def __init__(
        self, shelves: Shelves, monitor: QWidget, storyboard: QWidget, timeline: QWidget, inspector: QWidget
    ) -> None:
        self.shelves, self.inspector = shelves, inspector
        self.storyboard = framed(storyboard)
        self.timeline = framed(timeline)
        self.mirrored = False
        self.monitor = framed(monitor)
        self.upper = _splitter("upperSplitter", Qt.Orientation.Horizontal, shelves, self.monitor)
        self.upper.setStretchFactor(1, 1)
        self.down = _splitter("downSplitter", Qt.Orientation.Vertical, self.upper, self.storyboard, self.timeline)
        self.down.setStretchFactor(0, 1)
        self.across = _splitter("acrossSplitter", Qt.Orientation.Horizontal, self.down, inspector)
        self.across.setStretchFactor(0, 1)

    def walls(self) -> tuple[QSplitter, ...]:
        """The walls to remember."""
        return self.across, self.down, self.upper

    def centre(self, top: QWidget, queue: QWidget) -> QWidget:
        """Everything in the window: the bar at the top, the panels, the queue."""
        middle = QVBoxLayout()
        middle.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        middle.addWidget(self.across)
        central = QWidget()
        central.setObjectName("central")
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addLayout(middle, 1)
        column.addWidget(queue)
        return central

    def mirror(self, on: bool) -> None:
        """The inspector to the left and the library to the right, or as built."""
        self.across.insertWidget(0 if on else 1, self.inspector)
        self.upper.insertWidget(1 if on else 0, self.shelves)
        for splitter, work in ((self.across, self.down), (self.upper, self.monitor)):
            for place in range(splitter.count()):
                splitter.setStretchFactor(place, int(splitter.widget(place) is work))
        self.mirrored = on

    def as_built(self, width: int, height: int) -> None:
        """The walls as built, in proportion to a window."""
        left, right = (max(least, min(most, width // 5)) for least, most in (LEFT, RIGHT))
        turn = -1 if self.mirrored else 1
        self.across.setSizes([width - right, right][::turn])
        self.upper.setSizes([left, width - left - right][::turn])
        low = max(250, min(340, height * 33 // 100))
        board = self.storyboard.sizeHint().height()
        self.down.setSizes([height - low - board, board, low])


def _splitter(name: str, orientation: Qt.Orientation, *parts: QWidget) -> QSplitter:
    made = QSplitter(orientation)
    made.setObjectName(name)
    made.setHandleWidth(GUTTER)
    for part in parts:
        made.addWidget(part)
    made.setChildrenCollapsible(False)
    return made
