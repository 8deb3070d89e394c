"""The tiles: as many in a row as fit, with keys of their own and a picture under the pointer while they are dragged."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from sora_studio.core.language import tr
from sora_studio.ui.drag.carry import carry
from sora_studio.ui.library.tile import TileDelegate

NARROWEST = 118
"""Pixels a tile needs at least."""


class LibraryView(QListView):
    """A grid of tiles that are all of one size, so that thousands are laid out in no time."""

    menu_asked = Signal(QPoint)
    holds = Signal(int)
    """So many tiles are seen at once, in parts too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("libraryView")
        self.setAccessibleName(tr("Media of the project"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)

    def tiles(self) -> TileDelegate | None:
        """The painter of the tiles."""
        delegate = self.itemDelegate()
        return delegate if isinstance(delegate, TileDelegate) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many tiles in a row as fit, as wide as there is room."""
        tiles = self.tiles()
        if tiles is not None:
            room = self.viewport().width() - 2  # the list view wraps one pixel early
            columns = max(1, room // NARROWEST)
            tiles.set_width(room // columns)
            self.setGridSize(tiles.tile)
            self.holds.emit(columns * (self.viewport().height() // tiles.tile.height() + 2))
            self.verticalScrollBar().setSingleStep(tiles.tile.height() // 2)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the library's commands; the rest moves through the tiles."""
        if self.state() == QAbstractItemView.State.EditingState:
            return  # Return has ended the field and comes here as well
        pressed = QKeySequence(event.keyCombination())
        for action in self.actions():
            if action.isEnabled() and pressed in action.shortcuts():
                action.trigger()
                event.accept()
                return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is chosen."""
        if self.indexAt(event.pos()).isValid() or event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_asked.emit(event.globalPos())
        event.accept()

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Carry the chosen media; the first one's picture goes with the pointer."""
        del supported
        chosen = self.selectedIndexes()
        model = self.model()
        if not chosen or model is None:
            return
        seen = self.viewport().grab(
            self.visualRect(self.currentIndex() if self.currentIndex() in chosen else chosen[0])
        )
        carry(self, model.mimeData(chosen), seen.toImage())
