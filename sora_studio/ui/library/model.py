"""The rows of the library: a mirror of the session's media, as far as filter and search let them through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from sora_studio.core.media_item import MediaItem
from sora_studio.ui.drag.mime import media_data

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class LibraryModel(QAbstractListModel):
    """Rows change as little as possible, so that selection and place in the list stay."""

    renamed = Signal(str, str)
    """Medium and the name that was typed for it."""

    def __init__(self, describe: Callable[[MediaItem], str], parent: QObject | None = None) -> None:
        """`describe` gives the words of a tile for tooltip and screen reader."""
        super().__init__(parent)
        self._items: tuple[MediaItem, ...] = ()
        self._rows: dict[str, int] = {}
        self._describe = describe
        self.drag: Callable[[Sequence[MediaItem]], QMimeData] = media_data

    def show(self, items: tuple[MediaItem, ...]) -> None:
        """Bring the rows to these media."""
        before, after = [item.id for item in self._items], [item.id for item in items]
        if before == after:
            changed = [row for row, (old, new) in enumerate(zip(self._items, items, strict=True)) if old != new]
            self._items = items
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
            return
        fresh = len(after) - len(before)
        if fresh > 0 and after[fresh:] == before and self._items == items[fresh:]:
            self.beginInsertRows(_ROOT, 0, fresh - 1)  # the newest stand first
            self._take(items)
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._take(items)
            self.endResetModel()

    def item(self, index: Index) -> MediaItem:
        """The medium of a row."""
        return self._items[index.row()]

    def items(self) -> tuple[MediaItem, ...]:
        """All media that are shown."""
        return self._items

    def row_of(self, media_id: str) -> QModelIndex:
        """The row of a medium; invalid when it is not shown."""
        row = self._rows.get(media_id)
        return QModelIndex() if row is None else self.index(row)

    def refresh(self, media_id: str) -> None:
        """A medium looks different."""
        index = self.row_of(media_id)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many media are shown."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, and the description for tooltip and screen reader; the picture is the delegate's business."""
        if not index.isValid() or index.row() >= len(self._items):
            return None
        item = self._items[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return item.name
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._describe(item)
            case _:
                return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A name that was typed; the session decides about it."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        item = self._items[index.row()]
        if str(value) != item.name:
            self.renamed.emit(item.id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every medium can be chosen, dragged and renamed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def supportedDragActions(self) -> Qt.DropAction:
        """A medium stays when it is dragged somewhere."""
        return Qt.DropAction.CopyAction

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """What the rows carry when they are dragged."""
        return self.drag([self.item(index) for index in sorted(indexes, key=lambda index: index.row())])

    def _take(self, items: tuple[MediaItem, ...]) -> None:
        self._items = items
        self._rows = {item.id: row for row, item in enumerate(items)}
