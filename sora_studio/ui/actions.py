"""Every command of the window with its words, key and place in the menus, declared once.

Single-letter keys and keys without modifiers belong to whatever has the focus first: `keeps_key` says when a field,
button or slider needs the key for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from sora_studio.core.language import tr
from sora_studio.ui.theme import icon


@dataclass(frozen=True, slots=True)
class Command:
    """A command: `keys` in Qt's portable writing, `menu` where it is listed, `rule` for a line above it, `needs` a
    sentence that says why it may be greyed out."""

    name: str
    text: str
    keys: tuple[str, ...]
    menu: str
    glyph: str = ""
    rule: bool = False
    checkable: bool = False
    needs: str = ""


COMMANDS: tuple[Command, ...] = (
    Command("new", "New project…", ("Ctrl+N",), "File", "file-plus"),
    Command("open", "Open project…", ("Ctrl+O",), "File", "folder-open"),
    Command("save", "Save", ("Ctrl+S",), "File", "save", rule=True),
    Command("save_as", "Save as…", ("Ctrl+Shift+S",), "File"),
    Command("restore", "Restore an earlier version…", (), "File", "history"),
    Command("import", "Import media…", ("Ctrl+I",), "File", "import", rule=True),
    Command("import_timeline", "Import timeline…", ("Ctrl+Alt+I",), "File", "file-input"),
    Command("export", "Export…", ("Ctrl+E",), "File", "upload", rule=True),
    Command("export_timeline", "Export timeline for other programs…", ("Ctrl+Alt+E",), "File", "file-output"),
    Command("models", "Models…", ("Ctrl+Alt+M",), "File", "layers", rule=True),
    Command("quit", "Quit", ("Ctrl+Q",), "File", "log-out", rule=True),
    Command("select_none", "Select nothing", ("Esc",), "Edit"),
    Command("weigh_more", "More weight for the words", ("Ctrl+Up",), "Edit", "chevron-up", rule=True),
    Command("weigh_less", "Less weight for the words", ("Ctrl+Down",), "Edit", "chevron-down"),
    Command("generate", "Generate", ("Ctrl+Return", "Ctrl+Enter"), "Clip", "sparkles"),
    Command("try_seeds", "Four seeds, continue the best…", ("Ctrl+Shift+Return",), "Clip", "layout-grid"),
    Command("generate_storyboard", "Generate the storyboard", ("Ctrl+Alt+Return",), "Clip", "gallery-horizontal-end"),
    Command("restyle", "Restyle", ("Ctrl+T",), "Clip", "brush", rule=True),
    Command("loop", "Close into a loop", ("Ctrl+Shift+L",), "Clip", "repeat"),
    Command("vary", "Vary", ("Ctrl+Alt+V",), "Clip", "shuffle"),
    Command("again", "Make it again with the same seed", (), "Clip", "rotate-ccw"),
    Command("finalise", "Finalise", (), "Clip", "wand-sparkles"),
    Command("retake", "Retake the marked range", ("Alt+Shift+R",), "Clip", "scissors"),
    Command("upscale_2", "Upscale 2×", ("Ctrl+Alt+U",), "Clip", "image-upscale"),
    Command("upscale_4", "Upscale 4×", ("Ctrl+Alt+Shift+U",), "Clip", "image-upscale"),
    Command("longer", "Make it longer", (), "Clip", "move-horizontal"),
    Command("refresh", "Refresh it from its sources", (), "Clip", "refresh-cw"),
    Command("decode_again", "Decode again", (), "Clip", "film"),
    Command("take_prompt", "Use its prompt", (), "Clip", "copy"),
    Command("finish_now", "Finish now", (), "Clip", "flag"),
    Command("other_seed", "Start again with another seed", (), "Clip", "dices"),
    Command("stop_clip", "Stop the clip", (), "Clip", "pause"),
    Command("go_on", "Go on with the clip", (), "Clip", "play"),
    Command("show_library", "Library", ("Ctrl+1",), "View", "panel-left", checkable=True),
    Command("show_create", "Inspector", ("Ctrl+2",), "View", "panel-right", checkable=True),
    Command("show_timeline", "Timeline", ("Ctrl+3",), "View", "panel-bottom", checkable=True),
    Command("show_storyboard", "Storyboard", ("Ctrl+5",), "View", "gallery-horizontal-end", checkable=True),
    Command("show_monitor", "Monitor", ("Ctrl+6",), "View", "video", checkable=True),
    Command("show_queue", "Unfold the queue", ("Ctrl+4",), "View", "list-video", checkable=True),
    Command(
        "look_inside",
        "Look inside the clip…",
        ("Ctrl+Shift+I",),
        "View",
        "eye",
        needs="Select a clip that the built-in model made first.",
    ),
    Command("focus_prompt", "Write the prompt", ("Ctrl+P",), "View", rule=True),
    Command("float_panel", "Float “{panel}”", ("Ctrl+Alt+F",), "View", "picture-in-picture-2"),
    Command("panel_left", "“{panel}” to the left side", (), "View"),
    Command("panel_right", "“{panel}” to the right side", (), "View"),
    Command("panel_top", "“{panel}” to the top", (), "View"),
    Command("panel_bottom", "“{panel}” to the bottom", (), "View"),
    Command("reset_layout", "Reset the layout", (), "View"),
)


def make_actions(
    owner: QWidget, acts: Mapping[str, Callable[[], object]], commands: tuple[Command, ...] = COMMANDS
) -> dict[str, QAction]:
    """An action for every command, with its key alive in the whole window. `acts` says what each does."""
    made: dict[str, QAction] = {}
    for command in commands:
        action = QAction(tr(command.text), owner)
        action.setObjectName(f"action-{command.name}")
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(command.checkable)
        action.setProperty("group", command.menu)
        action.setProperty("rule", command.rule)
        action.setProperty("needs", command.needs)
        if command.glyph:
            action.setIcon(icon(command.glyph, "dim"))
        _connect(action, acts[command.name])
        owner.addAction(action)
        made[command.name] = action
    return made


def _connect(action: QAction, act: Callable[[], object]) -> None:
    action.triggered.connect(lambda _checked: act())


_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_PRESS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select)
_TRAVEL = (*_ARROWS, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def keeps(event: QEvent) -> bool:
    """Let the focused control keep the key that it needs: what a window asks in `event`. True when that is so."""
    kept = (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and keeps_key(QApplication.focusWidget(), event)
    )
    if kept:
        event.accept()
    return kept


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
