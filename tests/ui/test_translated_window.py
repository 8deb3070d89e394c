"""The window in Chinese: no text of a control, tooltip or spoken name is left in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from sora_studio.core import language
from sora_studio.jobs.queue import JobQueue
from tests.ui.conftest import Room

NAMES = re.compile(
    r"Sora( Studio)?|OpenAI|film|photo|project|mp4|MP4|MOV|WebM|GIF|WebP|PNG|JPEG|H\.26\d|AV1|VP9|ProRes|HQ|LoRA|"
    r"\b(Ctrl|Alt|Shift|Return|Enter|Esc|Del|Backspace|Delete|Space|Home|End|Left|Right|Up|Down|F\d+)\b|fps|px|kB|MB|"
    r"https?\S+|<[^>]*>|&nbsp;|tmp\S*|/\S+|English|Premiere Pro|DaVinci Resolve|Media Composer|GGUF|gguf|llm|none|sora|"
    r"(LGPL|GPL|BSD|Apache|ISC|SIL|OFL|Clause)\S*|toml|Qt|PySide6|PyTorch|diffusers|transformers|PyAV|FFmpeg|x26\d|"
    r"OpenCV|WordNet|all-MiniLM\S*|Inter|Lucide|\{prompt\}.*"
)
"""Names, units, keys and paths, which stay as they are."""


def said(widget: QWidget) -> Iterator[str]:
    """Everything a widget shows or speaks."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle())
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit() | QPlainTextEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(index) for index in range(widget.count()))
        case QTreeWidget():
            yield from (widget.headerItem().text(column) for column in range(widget.columnCount()))
    for action in widget.actions():
        if isinstance(action, QAction):
            yield from (action.text(), action.toolTip())


def plain(text: str) -> str:
    """A text without markup, names and what is in the list of licences."""
    return NAMES.sub("", re.sub(r"<[^>]*>", " ", text))


def _never_seen(part: QWidget) -> bool:
    """Qt's own buttons of a dock, in whose place the grip stands."""
    return part.objectName().startswith("qt_dockwidget_") and part.isHidden()


def english(widget: QWidget) -> set[str]:
    """What is left in English in a widget and all it holds."""
    parts = [part for part in widget.findChildren(QWidget) if not _never_seen(part)]
    texts = {text for part in (widget, *parts) for text in said(part)}
    foreign = {text for text in texts if not re.search(r"[一-鿿]", text)}
    return {text for text in foreign if re.search(r"[A-Za-z]{3,}", plain(text))}


@pytest.fixture
def chinese(qtbot: QtBot, tmp_path: Path, queue: JobQueue) -> Iterator[Room]:
    language.use("zh_TW")
    room = Room(qtbot, tmp_path, queue)
    yield room
    room.close()
    language.use("en")


def test_the_window_speaks_chinese(chinese: Room) -> None:
    room = chinese
    room.film()
    room.film("film2.mp4")
    room.write(steps=4, seconds=1.0, prompt="")
    for name in ("show_storyboard", "show_library", "show_create"):
        action = room.window.actions_by_name[name]
        if not action.isChecked():
            action.trigger()
    QApplication.processEvents()
    left = english(room.window)
    clips = room.desk.timeline.tracks[0].clips
    for chosen in ((clips[0].id,), (clips[0].id, clips[1].id)):
        room.desk.select(*chosen)
        QApplication.processEvents()
        left |= english(room.window)
    assert sorted(left) == []


def test_dialogs_speak_chinese(chinese: Room) -> None:
    chinese.film()
    for name in ("shortcuts", "preferences", "about", "command_palette", "export", "tour"):
        chinese.window.actions_by_name[name].trigger()
        QApplication.processEvents()
        widgets = QApplication.topLevelWidgets()
        shown = [widget for widget in widgets if widget.isVisible() and widget is not chinese.window]
        left = set().union(*(english(widget) for widget in shown)) if shown else set()
        assert sorted(left) == [], name
        for widget in shown:
            widget.close()
