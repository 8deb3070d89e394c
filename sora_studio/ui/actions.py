"""Every command of the window with its words, key and place in the menus, declared once.

Single-letter keys and keys without modifiers belong to whatever has the focus first: `keeps_key` says when a field,
button or slider needs the key for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from sora_studio.ui.theme import icon


@dataclass(frozen=True, slots=True)
class Command:
    """A command: `keys` in Qt's portable writing, `menu` where it is listed, `rule` for a line above it."""

    name: str
    text: str
    keys: tuple[str, ...]
    menu: str
    glyph: str = ""
    rule: bool = False
    checkable: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("new", "New project…", ("Ctrl+N",), "File", "file-plus"),
    Command("open", "Open project…", ("Ctrl+O",), "File", "folder-open"),
    Command("save", "Save", ("Ctrl+S",), "File", "save", rule=True),
    Command("save_as", "Save as…", ("Ctrl+Shift+S",), "File"),
    Command("import", "Import media…", ("Ctrl+I",), "File", "import", rule=True),
    Command("export", "Export…", ("Ctrl+E",), "File", "upload"),
    Command("quit", "Quit", ("Ctrl+Q",), "File", "log-out", rule=True),
    Command("select_none", "Select nothing", ("Esc",), "Edit"),
    Command("generate", "Generate", ("Ctrl+Return", "Ctrl+Enter"), "Clip", "sparkles"),
    Command("try_seeds", "Four seeds, continue the best…", ("Ctrl+Shift+Return",), "Clip", "layout-grid"),
    Command("generate_storyboard", "Generate the storyboard", ("Ctrl+Alt+Return",), "Clip", "gallery-horizontal-end"),
    Command("restyle", "Restyle", ("Ctrl+R",), "Clip", "brush", rule=True),
    Command("loop", "Close into a loop", ("Ctrl+Shift+L",), "Clip", "repeat"),
    Command("vary", "Vary", ("Ctrl+D",), "Clip", "shuffle"),
    Command("show_library", "Library", ("Ctrl+1",), "View", "panel-left", checkable=True),
    Command("show_create", "Inspector", ("Ctrl+2",), "View", "panel-right", checkable=True),
    Command("show_timeline", "Timeline", ("Ctrl+3",), "View", "panel-bottom", checkable=True),
    Command("show_storyboard", "Storyboard", ("Ctrl+5",), "View", "gallery-horizontal-end", checkable=True),
    Command("show_queue", "Unfold the queue", ("Ctrl+4",), "View", "list-video", checkable=True),
    Command("focus_prompt", "Write the prompt", ("Ctrl+P",), "View", rule=True),
    Command("reset_layout", "Reset the layout", (), "View"),
)


def make_actions(owner: QWidget, acts: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """An action for every command, with its key alive in the whole window. `acts` says what each does."""
    made: dict[str, QAction] = {}
    for command in COMMANDS:
        action = QAction(command.text, owner)
        action.setObjectName(f"action-{command.name}")
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(command.checkable)
        if command.glyph:
            action.setIcon(icon(command.glyph, "dim"))
        _connect(action, acts[command.name])
        owner.addAction(action)
        made[command.name] = action
    return made


def _connect(action: QAction, act: Callable[[], object]) -> None:
    action.triggered.connect(lambda _checked: act())


_EDIT = "undo redo | split trim_start trim_end delete ripple_delete | select_all select_next select_previous"
_CLIP = "extend_end extend_start bridge_cut | nudge_left nudge_right track_up track_down"
_PLAY = (
    "play loop | frame_back frame_forward second_back second_forward | to_start to_end cut_back cut_forward type_time"
)
_MARKS = "| mark_in mark_out go_in go_out clear_in clear_out clear_marks"
_SHUTTLE = "| shuttle_back shuttle_stop shuttle_forward"
_TOOLS = "| select_tool blade_tool snap | zoom_in zoom_out fit"
_PICTURE = (
    "| view_timeline view_clip view_live | compare compare_side compare_swap divider_left divider_right "
    "| fit picture_closer picture_farther guides resolution mute full_screen"
)
"""Commands of the timeline and the monitor in the order of the menus; | is a line."""

Find = Callable[[str], QAction]


def fill_menus(bar: QMenuBar, own: Mapping[str, QAction], timeline: Find, monitor: Find) -> None:
    """The menus: the window's commands and, among them, those that `timeline` and `monitor` find by name."""
    menus = {name: bar.addMenu(f"&{name}") for name in ("File", "Edit", "Clip", "Play", "View")}
    for name, menu in menus.items():
        menu.setObjectName(f"menu{name}")
    _list(menus["Edit"], timeline, _EDIT)
    for command in COMMANDS:
        if command.rule:
            menus[command.menu].addSeparator()
        menus[command.menu].addAction(own[command.name])
    _list(menus["Clip"], timeline, f"| {_CLIP}")
    _list(menus["Play"], monitor, f"{_PLAY} {_MARKS} {_SHUTTLE}")
    _list(menus["View"], timeline, _TOOLS)
    _list(menus["View"], monitor, _PICTURE)


def _list(menu: QMenu, find: Find, names: str) -> None:
    for name in names.split():
        if name == "|":
            menu.addSeparator()
        else:
            menu.addAction(find(name))


_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_PRESS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select)
_TRAVEL = (*_ARROWS, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def keeps_key(focus: QWidget | None, event: QKeyEvent) -> bool:
    """Whether the focused control needs this key, so that the window's command must stay silent."""
    plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    if plain != Qt.KeyboardModifier.NoModifier:
        return False
    key = Qt.Key(event.key())
    match focus:
        case QLineEdit() | QPlainTextEdit() | QTextEdit() | QAbstractSpinBox():
            return key != Qt.Key.Key_Escape
        case QComboBox() | QAbstractItemView():
            return key != Qt.Key.Key_Escape
        case QAbstractSlider():
            return key in _TRAVEL
        case QAbstractButton():
            grouped = focus.group() is not None or focus.autoExclusive()
            emptied = bool(focus.property("takesDelete")) and key in _DELETES
            return key in _PRESS or (grouped and key in _ARROWS) or emptied
        case _:
            return False


_DELETES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
