"""The command palette: every command of the window found by a few letters, with its keys; greyed ones say why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSettings, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from sora_studio.core.language import tr
from sora_studio.ui.panels.controls import label
from sora_studio.ui.registry import Known, Registry, keys_of, shown_keys
from sora_studio.ui.shell.words import group_title
from sora_studio.ui.theme import colour, ui_font

RECENT = 8
ROW = 34
WIDTH, HEIGHT = 600, 420


def score(query: str, text: str) -> float | None:
    """How well letters fit a text, higher is better; None when they do not stand in it in this order. Runs of letters
    and beginnings of words count most."""
    query, text = query.casefold().replace(" ", ""), text.casefold()
    total, at, last = 0.0, 0, -2
    for letter in query:
        found = text.find(letter, at)
        if found < 0:
            return None
        starts = found == 0 or not text[found - 1].isalnum()
        total += 1 + (4 if found == last + 1 else 0) + (3 if starts else 0) - min(found - at, 10) * 0.1
        at, last = found + 1, found
    return total - len(text) * 0.01


def found(query: str, commands: Sequence[Known], recent: Sequence[str]) -> list[Known]:
    """The commands that fit, best first. Without a query: the recent ones, then all in their order."""
    if not query.strip():
        places = {name: place for place, name in enumerate(recent)}
        return sorted(commands, key=lambda known: places.get(known.id, RECENT))
    rated: list[tuple[float, int, Known]] = []
    for place, known in enumerate(commands):
        direct = score(query, known.text)
        around = score(query, f"{group_title(known.group)} {known.text} {known.id.replace('_', ' ')}")
        best = max(
            (value for value in (direct, None if around is None else around - 6) if value is not None), default=None
        )
        if best is not None:
            rated.append((-best, place, known))
    return [known for _, _, known in sorted(rated, key=lambda one: one[:2])]


class CommandPalette(QDialog):
    """A field over a list; Enter does what is chosen, Escape leaves all as it was."""

    def __init__(self, registry: Registry, store: QSettings, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._registry, self._store = registry, store
        self.setObjectName("commandPalette")
        self.setAccessibleName(tr("Command palette"))
        self.setFixedSize(WIDTH, HEIGHT)
        self.field = QLineEdit()
        self.field.setObjectName("paletteField")
        self.field.setAccessibleName(tr("Search commands"))
        self.field.setPlaceholderText(tr("What would you like to do?"))
        self.field.setFont(ui_font(14))
        self.list = QListWidget()
        self.list.setObjectName("paletteList")
        self.list.setAccessibleName(tr("Commands"))
        self.list.setItemDelegate(_Row(self))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hint = label("", "faint", "paletteHint")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 8)
        column.setSpacing(8)
        for part in (self.field, self.list, self.hint):
            column.addWidget(part)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self.run)
        self.list.itemClicked.connect(lambda _item: self.run())
        self.list.currentItemChanged.connect(lambda *_: self._explain())

    def ask(self) -> None:
        """Show it over the window, empty."""
        self.field.clear()
        self._fill()
        window = self.parentWidget()
        if window is not None:
            corner = window.mapToGlobal(window.rect().topLeft())
            self.move(corner.x() + (window.width() - WIDTH) // 2, corner.y() + 72)
        self.show()
        self.field.setFocus()

    @property
    def recent(self) -> list[str]:
        """Ids of what was done from here last, newest first."""
        kept = self._store.value("recent_commands", "")
        return [name for name in str(kept or "").split(" ") if name in self._registry]

    def current(self) -> Known | None:
        """The chosen command."""
        item = self.list.item(self.list.currentRow()) if self.list.currentRow() >= 0 else None
        return None if item is None else self._registry[str(item.data(Qt.ItemDataRole.UserRole))]

    def run(self) -> None:
        """Do what is chosen and close; a greyed command stays and says why."""
        known = self.current()
        if known is None or not known.action.isEnabled():
            return
        kept = [known.id, *(name for name in self.recent if name != known.id)][:RECENT]
        self._store.setValue("recent_commands", " ".join(kept))
        self.accept()
        known.action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move in the list while the field keeps the letters."""
        del watched
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
            step = steps.get(Qt.Key(event.key()))
            if step is not None:
                last = self.list.count() - 1
                self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
                return True
        return False

    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        self.list.blockSignals(False)
        for known in found(self.field.text(), self._registry.all(), self.recent):
            item = QListWidgetItem(known.action.icon(), known.text)
            item.setData(Qt.ItemDataRole.UserRole, known.id)
            keys = shown_keys(keys_of(known.action))
            reason = "" if known.action.isEnabled() else known.needs
            spoken = ", ".join(part for part in (known.text, group_title(known.group), keys, reason) if part)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._explain()

    def _explain(self) -> None:
        known = self.current()
        if known is None:
            self.hint.setText(tr("No command fits these letters."))
        elif known.action.isEnabled():
            self.hint.setText(tr("Enter does it, Escape closes"))
        else:
            self.hint.setText(known.needs)

    def known_at(self, index: QModelIndex | QPersistentModelIndex) -> Known:
        """The command of a row."""
        return self._registry[str(index.data(Qt.ItemDataRole.UserRole))]


class _Row(QStyledItemDelegate):
    """Icon, words, where it belongs, and its keys; when greyed, the reason instead of the keys."""

    def __init__(self, palette: CommandPalette) -> None:
        super().__init__(palette)
        self._palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """One line."""
        del option, index
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: Any, index: QModelIndex | QPersistentModelIndex) -> None:
        """One command."""
        known = self._palette.known_at(index)
        enabled = known.action.isEnabled()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        area: QRect = option.rect.adjusted(2, 1, -2, -1)
        painter.save()
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent_fill" if enabled else "raised2"))
            painter.drawRoundedRect(area, 6, 6)
        ink = "on_accent" if chosen and enabled else "text" if enabled else "faint"
        side = 16
        known.action.icon().paint(painter, area.x() + 10, area.center().y() - side // 2 + 1, side, side)
        painter.setFont(ui_font(13))
        painter.setPen(colour(ink))
        words = area.adjusted(36, 0, -12, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, known.text)
        used = painter.fontMetrics().horizontalAdvance(known.text)
        painter.setFont(ui_font(11))
        painter.setPen(colour(ink if chosen else "dim" if enabled else "faint"))
        aside = shown_keys(keys_of(known.action)) if enabled else known.needs
        room = words.adjusted(used + 12, 0, 0, 0)
        wide = painter.fontMetrics().horizontalAdvance(aside)
        left = painter.fontMetrics().elidedText(aside, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, left)
        group = group_title(known.group)
        if room.width() - wide > painter.fontMetrics().horizontalAdvance(group) + 20:
            painter.setPen(colour(ink if chosen else "faint"))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, group)
        painter.restore()
