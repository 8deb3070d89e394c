"""A room of docks that stand side by side: what the room gains is the first one's, the others keep their size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from sora_studio.ui.dock import PanelDock

GUTTER = 8
"""Pixels between docks."""

_H, _V = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class DockRoom(QMainWindow):
    """Qt would share what is gained in proportion. `all` are the docks; the first of them that stands takes it."""

    all: tuple[PanelDock, ...] = ()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(None, Qt.WindowType.Widget)
        self.setParent(parent)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks)
        self._whole = QSize()
        self._sizes = dict[PanelDock, QSize]()
        """Of the docks that stand, as the artist left them."""
        self._known = dict[frozenset[PanelDock], Mapping[PanelDock, QSize]]()
        """The same of other casts."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is gained or lost is the first panel's."""
        super().resizeEvent(event)
        if self.isVisible():
            self._keep(self._sizes)
        self._whole = self.size()
        self._sizes = self._now()

    def event(self, event: QEvent) -> bool:
        """So it is when a panel comes or goes."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self._sizes.keys() != self._now().keys():
            self._recast()
        return done

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The walls between panels have no menu."""
        event.accept()

    def size_docks(self, docks: Sequence[PanelDock], sizes: Sequence[int], way: Qt.Orientation) -> None:
        """Give panels these sizes along a way, as far as the others leave room, at once."""
        self.resizeDocks(list(docks), list(sizes), way)
        self._settle()

    def _settle(self) -> None:
        """Let the panels have the places now that they would have a moment later."""
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()

    def _recast(self) -> None:
        """Other panels stand now: those that stood before keep their size, the others have what they had then."""
        before = self._sizes
        self._settle()
        now = self._now()
        self._known[frozenset(before)] = before
        known = self._known.get(frozenset(now), {})
        # Without the first panel the others shared its room: such sizes do not count when it is back.
        self._keep({**known, **before} if next(iter(now), None) in before else known)
        self._sizes = self._now()

    def _now(self) -> dict[PanelDock, QSize]:
        """The sizes of the panels that stand; those that float or are not seen have none."""
        return {dock: dock.size() for dock in self.all if dock.standing}

    def _note(self) -> None:
        """Remember sizes that the artist has made: not those of another window, or with other panels."""
        now = self._now()
        if self.size() == self._whole and now.keys() == self._sizes.keys():
            self._sizes = now

    def _keep(self, before: Mapping[PanelDock, QSize]) -> None:
        """Give the panels beside the first one that stands the sizes that they had, and that one the rest."""
        first = next((dock for dock in self.all if dock.standing), None)
        if first is None or first not in before:
            return
        for way in (_H, _V):
            beside = [dock for dock in self.all if dock.standing and dock is not first and _beside(dock, first, way)]
            wanted = {dock: _along(before.get(dock, dock.size()), way) for dock in beside}
            if all(_along(dock.size(), way) == size for dock, size in wanted.items()):
                continue
            # Panels one above the other are one column, which takes its pixels once.
            columns = {_start(dock, way): size + GUTTER for dock, size in wanted.items()}
            row = [first, *beside]
            whole = max(_start(dock, way) + _along(dock.size(), way) for dock in row)
            rest = whole - min(_start(dock, way) for dock in row) - sum(columns.values())
            self.size_docks([*wanted, first], [*wanted.values(), max(1, rest)], way)


def _along(size: QSize, way: Qt.Orientation) -> int:
    return size.width() if way is _H else size.height()


def _start(dock: PanelDock, way: Qt.Orientation) -> int:
    return dock.x() if way is _H else dock.y()


def _beside(dock: PanelDock, other: PanelDock, way: Qt.Orientation) -> bool:
    """Whether two panels lie next to each other along a way: they share some of the other one."""
    one, two = dock.geometry(), other.geometry()
    if way is _H:
        return one.top() <= two.bottom() and two.top() <= one.bottom()
    return one.left() <= two.right() and two.left() <= one.right()
