"""Where the panels stand: docks around one another, which can be moved by their grips, float, and be hidden.

As built, library, monitor and timeline stand on the left, the inspector over the whole height on the right. LayoutStore
remembers what the artist makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QStackedWidget, QVBoxLayout, QWidget

from sora_studio.core.language import mark
from sora_studio.ui.dock import PanelDock, Side
from sora_studio.ui.dock_room import GUTTER, DockRoom
from sora_studio.ui.panels.controls import Segments
from sora_studio.ui.slicing import Part, Split, above, first_of, names_of, sliced

LEFT, RIGHT = (272, 336), (304, 340)
"""Pixels of the library and of the inspector, in small and in large windows."""
LOW = (250, 340)
"""The same of the timeline's height."""
VERSION = 1
"""Of what Qt writes about docks; raised when there are others."""

_H, _V = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


def inset(panel: QWidget) -> QFrame:
    """A panel a hair inside the border of its card, so that its corners stay round."""
    made = QFrame()
    made.setObjectName(f"{panel.objectName()}_inset")
    inside = QVBoxLayout(made)
    inside.setContentsMargins(3, 0, 3, 3)
    inside.addWidget(panel)
    return made


class Shelves(QFrame):
    """Media and looks, one of which is seen."""

    def __init__(self, media: QWidget, looks: QWidget) -> None:
        super().__init__()
        self.setObjectName("shelves")
        self.setMinimumWidth(LEFT[0])
        self.choice = Segments("shelf", "Library", [("Media", "images"), ("Looks", "swatch-book")])
        self.pages = QStackedWidget()
        self.pages.setMinimumHeight(170)  # in a small window the pages are cut rather than what stands below them
        for page in (media, looks):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 0, 3, 3)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(7, 3, 7, 0)
        head.addWidget(self.choice)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        self.choice.chosen.connect(self.pages.setCurrentIndex)

    def bring(self, page: QWidget) -> None:
        """Show the page of a panel."""
        index = self.pages.indexOf(page)
        self.pages.setCurrentIndex(index)
        self.choice.select(index)


class Docks(DockRoom):
    """The room between the bar at the top and the queue, whose first dock is the monitor. `current` is the panel that
    had the keyboard last: what a command about a panel means."""

    current_changed = Signal()

    def __init__(
        self,
        central: QWidget,
        shelves: Shelves,
        monitor: QWidget,
        storyboard: QWidget,
        timeline: QWidget,
        inspector: QWidget,
    ) -> None:
        super().__init__(central)
        self.setObjectName("docks")
        self.shelves = shelves
        self.library = PanelDock("libraryDock", mark("Library"), shelves, self)
        self.monitor = PanelDock("monitorDock", mark("Monitor"), inset(monitor), self)
        self.storyboard = PanelDock("storyboardDock", mark("Storyboard"), inset(storyboard), self)
        self.timeline = PanelDock("timelineDock", mark("Timeline"), inset(timeline), self)
        self.inspector = PanelDock("inspectorDock", mark("Inspector"), inspector, self, card=False)
        self.all = (self.monitor, self.timeline, self.library, self.storyboard, self.inspector)
        """Every panel; the first one that is seen takes what the window gains."""
        self.current = self.monitor
        self.menu_actions: list[QAction] = []
        """What the grip of a panel offers."""
        self.mirrored = False
        self._built: tuple[int, int] | None = None
        self._kept: Mapping[PanelDock, QSize] = {}
        for dock in self.all:
            self.addDockWidget(Side.LeftDockWidgetArea, dock)
            dock.sent.connect(lambda side, dock=dock: self.send(dock, side))
            dock.menu_asked.connect(lambda at, dock=dock: self._ask(dock, at))
            dock.resized.connect(self._note)
            dock.turned.connect(self.current_changed)
        self.place()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)

    def place(self) -> None:
        """Every panel where it stands as built; which are seen stays as it is."""
        hidden = [dock for dock in self.all if dock.isHidden()]
        self._known.clear()
        upper = Split(_H, self._sided("libraryDock", "monitorDock"))
        work = Split(_V, (upper, "storyboardDock", "timelineDock"))
        with _focus_kept(self):
            for dock in self.all:
                dock.setFloating(False)
            self._build(Split(_H, self._sided(work, "inspectorDock")))
            for dock in hidden:
                dock.hide()

    def _sided(self, one: Part, other: Part) -> tuple[Part, Part]:
        return (other, one) if self.mirrored else (one, other)

    def _build(self, plan: Part) -> None:
        """Let the panels of a plan stand so."""
        docks = {dock.objectName(): dock for dock in self.all}

        def divide(part: Part) -> None:
            if isinstance(part, Split):
                for one, following in pairwise(part.parts):
                    self.splitDockWidget(docks[first_of(one)], docks[first_of(following)], part.way)
                for one in part.parts:
                    divide(one)

        built = [docks[name] for name in names_of(plan)]
        for dock in built:
            self.removeDockWidget(dock)
        self.addDockWidget(Side.LeftDockWidgetArea, docks[first_of(plan)])
        divide(plan)
        for dock in built:
            dock.show()

    def as_built(self, width: int, height: int) -> None:
        """The sizes as built, in proportion to a window; before the panels are on the screen it waits for that."""
        if not self.isVisible():
            self._built = (width, height)
            return
        left, right = (max(least, min(most, width // 5)) for least, most in (LEFT, RIGHT))
        self._give([(self.library, left), (self.inspector, right)], _H, self.width())
        self.share(max(LOW[0], min(LOW[1], height * 33 // 100)))

    def share(self, low: int) -> None:
        """`low` pixels for the timeline, what it needs for the storyboard, and the rest for what stands above them."""
        board = self.storyboard.sizeHint().height()
        self._give([(self.storyboard, board), (self.timeline, low)], _V, self.height())

    def mirror(self, on: bool) -> None:
        """The inspector to the left and the library to the right, or as built."""
        self.mirrored = on
        sizes = {dock: dock.width() for dock in (self.library, self.inspector)}
        low = self.timeline.height()
        self.place()
        if self.isVisible():
            self._give(list(sizes.items()), _H, self.width())
            self.share(low)

    def send(self, dock: PanelDock, side: Side) -> None:
        """Let a panel stand at a side of the window, over its whole width or height; the others move together."""
        before, hidden = self._now(), [one for one in self.all if one.isHidden() and one is not dock]
        others = {one.objectName(): one.geometry() for one in before if one is not dock}
        with _focus_kept(self):
            dock.setFloating(False)
            if others:
                self._build(self._beside_all(dock, sliced(others), side))
            for one in hidden:
                one.hide()
            dock.show()
        wide, high = max(RIGHT[1], self.width() // 4), max(dock.minimumSizeHint().height(), self.height() // 3)
        self._keep({**before, dock: QSize(wide, high)})
        self._sizes = self._now()

    def _beside_all(self, dock: PanelDock, others: Part, side: Side) -> Part:
        """A plan with a panel at a side; a folded storyboard has its place above the timeline."""
        name = dock.objectName()
        way = _V if side in (Side.TopDockWidgetArea, Side.BottomDockWidgetArea) else _H
        ahead = side in (Side.TopDockWidgetArea, Side.LeftDockWidgetArea)
        plan = Split(way, (name, others) if ahead else (others, name))
        folded = self.storyboard.isHidden() and dock is not self.storyboard
        return above(plan, self.storyboard.objectName(), self.timeline.objectName()) if folded else plan

    def state(self) -> dict[str, object]:
        """Where the panels stand and float, and how large those are that stand."""
        sizes = {dock.objectName(): [size.width(), size.height()] for dock, size in self._sizes.items()}
        return {"places": self.saveState(VERSION), "sizes": json.dumps(sizes)}

    def restore(self, state: Mapping[str, object]) -> None:
        """Put back what `state` of an earlier window says, as far as it can be read."""
        places = state.get("places")
        if not isinstance(places, QByteArray) or not self.restoreState(places, VERSION):
            return
        self._built = None
        try:
            sizes = {
                name: QSize(int(wide), int(high)) for name, (wide, high) in json.loads(str(state["sizes"])).items()
            }
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        # Qt shares a window of another size in proportion; once it is seen, those that keep their size get it back.
        self._kept = {dock: sizes[dock.objectName()] for dock in self.all if dock.objectName() in sizes}

    def showEvent(self, event: QShowEvent) -> None:
        """Now there is a size to be shared."""
        super().showEvent(event)
        if self._built is not None:
            built, self._built = self._built, None
            self.as_built(*built)
        elif self._kept:
            self._settle()
            self._keep(self._kept)
            self._kept = {}

    def _give(self, wanted: Sequence[tuple[PanelDock, int]], way: Qt.Orientation, whole: int) -> None:
        """Sizes for panels of a row, and the rest of it for the monitor (the library where it is not seen)."""
        seen = [(dock, size) for dock, size in wanted if dock.standing]
        rest = next((dock for dock in (self.monitor, self.library) if dock.standing and dock not in dict(seen)), None)
        if rest is not None:
            seen.append((rest, max(1, whole - sum(size + GUTTER for _, size in seen))))
        if seen:
            self.size_docks([dock for dock, _ in seen], [size for _, size in seen], way)

    def _ask(self, dock: PanelDock, at: QPoint) -> None:
        self._turn_to(dock)
        menu = QMenu(self)
        menu.setObjectName("panelMenu")
        menu.addActions(self.menu_actions)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        dock = next((dock for dock in self.all if now is not None and dock.isAncestorOf(now)), None)
        if dock is not None:
            self._turn_to(dock)

    def _turn_to(self, dock: PanelDock) -> None:
        if dock is not self.current:
            self.current = dock
            self.current_changed.emit()

    def lay_out(self, central: QWidget, top: QWidget, queue: QWidget) -> None:
        """Everything in the window: the bar at the top, the panels, the queue."""
        middle = QVBoxLayout()
        middle.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        middle.addWidget(self)
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addLayout(middle, 1)
        column.addWidget(queue)


@contextmanager
def _focus_kept(docks: QWidget) -> Iterator[None]:
    """Panels that are taken out and put back lose the keyboard; afterwards it is where it was."""
    focus = QApplication.focusWidget()
    yield
    if focus is not None and docks.isAncestorOf(focus) and focus.isVisible():
        focus.setFocus()
