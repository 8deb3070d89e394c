"""The shortcut editor: every command with its keys, searched by words or keys; presets, conflicts, files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.settings.keys import KeyMap, keys_file, read_key_map, write_key_map
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.menus import menu_keys
from sora_studio.ui.panels.controls import label, push_button, row
from sora_studio.ui.registry import Keys, Known, Registry, shown_keys
from sora_studio.ui.shell.key_maps import PRESETS, TITLES, conflict, resolved
from sora_studio.ui.shell.words import group_title

_ID = Qt.ItemDataRole.UserRole


class ShortcutsDialog(QDialog):
    """Edits a key map; every change works at once and is kept."""

    def __init__(self, registry: Registry, key_map: KeyMap, chooser: FileChooser, parent: QWidget) -> None:
        super().__init__(parent)
        self._registry, self._chooser = registry, chooser
        self.key_map = key_map
        space = QPixmap(16, 16)
        space.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(space)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(680, 600)
        self._make_fields()
        self._lay_out()
        self._wire()
        self._fill()

    def _make_fields(self) -> None:
        self.search = QLineEdit()
        self.search.setObjectName("shortcutSearch")
        self.search.setAccessibleName(tr("Search commands and keys"))
        self.search.setPlaceholderText(tr("Search a command or a key, such as “split” or “Ctrl+B”"))
        self.search.setClearButtonEnabled(True)
        self.preset = QComboBox()
        self.preset.setObjectName("shortcutPreset")
        self.preset.setAccessibleName(tr("Preset"))
        self.preset.setToolTip(tr("Keys as another editor has them"))
        for name, title in TITLES.items():
            self.preset.addItem(tr(title), name)
        self.tree = QTreeWidget()
        self.tree.setObjectName("shortcutTree")
        self.tree.setAccessibleName(tr("Commands and their keys"))
        self.tree.setHeaderLabels([tr("Command"), tr("Keys")])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.keys = QKeySequenceEdit()
        self.keys.setObjectName("shortcutKeys")
        self.keys.setAccessibleName(tr("New key for the chosen command"))
        self.keys.setMaximumSequenceLength(1)
        self.keys.setClearButtonEnabled(True)
        for inner in self.keys.findChildren(QLineEdit):
            inner.setPlaceholderText(tr("Press a key"))
            inner.setAccessibleName(tr("New key for the chosen command"))
        self.note = label("", "dim", "shortcutNote")
        self.note.setWordWrap(True)
        self.add = push_button("shortcutAdd", tr("Add key"), role="primary")
        self.remove = push_button("shortcutRemove", tr("Remove keys"))
        self.default = push_button("shortcutDefault", tr("As in the preset"))
        self.reset = push_button("shortcutReset", tr("Reset all"))
        self.export = push_button("shortcutExport", tr("Export…"))
        self.load = push_button("shortcutImport", tr("Import…"))
        self.close_button = push_button("shortcutClose", tr("Close"))
        self._none = label("No command has these words or keys. Search for fewer.", "dim", "shortcutNone")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        top = row(self.search, label(tr("Preset"), "dim"), self.preset)
        top.setStretch(0, 1)
        column.addLayout(top)
        column.addWidget(self.tree, 1)
        column.addWidget(self._none)
        edit = row(self.keys, self.add, self.remove, self.default)
        edit.setStretch(0, 1)
        column.addLayout(edit)
        column.addWidget(self.note)
        column.addLayout(row(self.load, self.export, self.reset, None, self.close_button))

    def _wire(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.preset.activated.connect(lambda _index: self._use(KeyMap(self.preset.currentData(), self.key_map.own)))
        self.tree.currentItemChanged.connect(lambda *_: self._follow())
        self.keys.keySequenceChanged.connect(lambda _keys: self._check())
        self.add.clicked.connect(self.give)
        self.remove.clicked.connect(lambda: self._set(()))
        self.default.clicked.connect(lambda: self._set(None))
        self.reset.clicked.connect(lambda: self._use(KeyMap()))
        self.export.clicked.connect(self.save_as)
        self.load.clicked.connect(self.read)
        self.close_button.clicked.connect(self.accept)

    # what the artist does

    def choose(self, name: str) -> None:
        """Go to a command."""
        for item in self._items():
            if item.data(0, _ID) == name:
                self.tree.setCurrentItem(item)

    def chosen(self) -> Known | None:
        """The command whose keys are edited."""
        item = self.tree.currentItem()
        return None if item is None else self._registry[str(item.data(0, _ID))]

    def give(self) -> None:
        """Add the pressed key to the chosen command; another command that has it loses it."""
        known, key = self.chosen(), self._pressed()
        if known is None or not key or key in menu_keys():
            return
        now = resolved(self._registry, self.key_map)
        own = dict(self.key_map.own)
        other = conflict(self._registry, now, known.id, key)
        if other is not None:
            own[other.id] = tuple(one for one in now[other.id] if one != key)
        own[known.id] = (*(one for one in now[known.id] if one != key), key)
        self.keys.clear()
        self._use(KeyMap(self.key_map.preset, own))

    def save_as(self) -> None:
        """Write the key map into a file of choice."""
        kinds = tr("Key maps (*.toml)")
        path = self._chooser.save_file(self, tr("Export the key map"), Path("sora-keys.toml"), kinds)
        if path is not None:
            self._attempt_write(path)

    def read(self) -> None:
        """Take a key map from a file of choice."""
        path = self._chooser.open_file(self, tr("Import a key map"), tr("Key maps (*.toml)"))
        if path is None:
            return
        try:
            self._use(read_key_map(path))
        except StudioError as exc:
            self._say(str(exc), wrong=True)

    # inside

    def _set(self, keys: Keys | None) -> None:
        known = self.chosen()
        if known is not None:
            own = {name: kept for name, kept in self.key_map.own.items() if name != known.id}
            if keys is not None:
                own[known.id] = keys
            self._use(KeyMap(self.key_map.preset, own))

    def _use(self, key_map: KeyMap) -> None:
        """Make a key map hold, now and at the next start."""
        self.key_map = key_map if key_map.preset in PRESETS else KeyMap(own=key_map.own)
        self._registry.use_keys(resolved(self._registry, self.key_map))
        self._say("")
        self._attempt_write(keys_file())
        known = self.chosen()
        self._fill()
        if known is not None:
            self.choose(known.id)

    def _attempt_write(self, path: Path) -> None:
        try:
            write_key_map(self.key_map, path)
        except StudioError as exc:
            self._say(str(exc), wrong=True)

    def _fill(self) -> None:
        self.preset.setCurrentIndex(max(0, self.preset.findData(self.key_map.preset)))
        now = resolved(self._registry, self.key_map)
        self.tree.clear()
        for known in self._registry.all():
            item = QTreeWidgetItem([f"{group_title(known.group)}: {known.text}", shown_keys(now[known.id])])
            item.setIcon(0, known.action.icon() if not known.action.icon().isNull() else self._blank)
            item.setSizeHint(0, QSize(0, 26))
            item.setData(0, _ID, known.id)
            if known.id in self.key_map.own:
                font = item.font(1)
                font.setBold(True)
                item.setFont(1, font)
                item.setToolTip(1, tr("Your own choice"))
            self.tree.addTopLevelItem(item)
        self._filter()
        self._follow()

    def _items(self) -> list[QTreeWidgetItem]:
        every = (self.tree.topLevelItem(index) for index in range(self.tree.topLevelItemCount()))
        return [item for item in every if item is not None]

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        for item in self._items():
            known = self._registry[str(item.data(0, _ID))]
            text = f"{item.text(0)} {item.text(1)} {known.id.replace('_', ' ')}".casefold()
            item.setHidden(not all(word in text for word in words))
        self._none.setVisible(all(item.isHidden() for item in self._items()))

    def _follow(self) -> None:
        known = self.chosen()
        for part in (self.keys, self.remove, self.default):
            part.setEnabled(known is not None)
        self.default.setEnabled(known is not None and known.id in self.key_map.own)
        self._check()

    def _pressed(self) -> str:
        return self.keys.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _check(self) -> None:
        """Say before it happens whose key would be taken."""
        known, key = self.chosen(), self._pressed()
        menus = menu_keys()
        self.add.setEnabled(known is not None and bool(key) and key not in menus)
        if known is None:
            self._say(tr("Choose a command, then press the key it shall have."))
        elif not key:
            self._say(tr("Keys without Ctrl or Alt stay silent while you write in a field."))
        elif key in menus:
            said = tr("{key} opens the menu “{menu}”. Press another key.", key=shown_keys((key,)), menu=menus[key])
            self._say(said, wrong=True)
        else:
            other = conflict(self._registry, resolved(self._registry, self.key_map), known.id, key)
            shown = shown_keys((key,))
            if other is None:
                self._say(tr("{key} is free.", key=shown))
            else:
                self._say(
                    tr("{key} belongs to “{other}”, which would lose it.", key=shown, other=other.text), wrong=True
                )

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.note.setText(f"⚠ {text}" if wrong and text else text)
        self.note.setProperty("role", "error" if wrong else "dim")
        self.note.style().polish(self.note)
