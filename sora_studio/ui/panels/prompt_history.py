"""Below the prompt's field: phrases for camera, light, weather and style, wildcards, and the prompts that were sent."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QToolButton, QWidget

from sora_studio.core.language import tr
from sora_studio.core.phrases import KINDS, Phrases, with_phrase
from sora_studio.session.prompt_book import PromptBook
from sora_studio.session.session import Session
from sora_studio.session.wordlists import list_names, lists_folder
from sora_studio.ui.panels.controls import row
from sora_studio.ui.panels.draft_state import DraftState
from sora_studio.ui.panels.prompt_weights import STEP, change_weight
from sora_studio.ui.theme import icon

LISTED = 15
"""Prompts in the menu; the keys reach all of them."""
LONGEST = 70
"""Characters of a prompt in the menu."""


class PromptTools(QWidget):
    """Buttons with menus; Alt+Up and Alt+Down in the field go through the prompts that were sent."""

    def __init__(self, session: Session, draft: DraftState, editor: QPlainTextEdit) -> None:
        super().__init__()
        self.setObjectName("promptTools")
        self._session, self._draft, self._editor = session, draft, editor
        self.book = PromptBook()
        self._place = -1
        self._unsent = ""
        self._jobs = {job.id for job in session.jobs()}
        self.kinds = {kind.title: self._button(tr(kind.title), kind.icon) for kind in KINDS}
        self.wildcards = self._button(tr("Wildcards and weights"), "braces")
        self.history = self._button(tr("Prompts that were sent (Alt+Up, Alt+Down)"), "history")
        self.setLayout(row(*self.kinds.values(), None, self.wildcards, self.history, gap=2))
        for kind in KINDS:
            menu = self.kinds[kind.title].menu()
            menu.aboutToShow.connect(partial(self._fill_kind, menu, kind))
        self.wildcards.menu().aboutToShow.connect(self._fill_wildcards)
        self.history.menu().aboutToShow.connect(self._fill_history)
        editor.installEventFilter(self)
        session.jobs_changed.connect(self._note)
        draft.changed.connect(self._follow)
        self._follow()

    def _button(self, text: str, glyph: str) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"promptTool-{glyph}")
        made.setProperty("role", "chip")
        made.setIcon(icon(glyph, "dim", "accent2"))
        made.setIconSize(QSize(16, 16))
        made.setCheckable(True)
        made.setAccessibleName(text)
        made.setToolTip(text)
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(made)
        menu.setAccessibleName(text)
        menu.setToolTipsVisible(True)
        made.setMenu(menu)
        return made

    def write(self, prompt: str) -> None:
        """Another prompt in the field; its undo brings back the former one."""
        if prompt == self._editor.toPlainText():
            return
        cursor = self._editor.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(prompt)

    def older(self) -> None:
        """The prompt that was sent before."""
        if self._place < 0:
            self._unsent = self._editor.toPlainText()
        self._go(self._place + 1)

    def newer(self) -> None:
        """The prompt that was sent after; at last what was being written."""
        self._go(self._place - 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt with the arrows belongs to the field while it has the focus."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() in kinds and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain == Qt.KeyboardModifier.AltModifier and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    (self.older if event.key() == Qt.Key.Key_Up else self.newer)()
                return True
        return super().eventFilter(watched, event)

    def _go(self, place: int) -> None:
        prompts = self.book.prompts
        place = max(-1, min(place, len(prompts) - 1))
        if place != self._place:
            self._place = place
            self.write(self._unsent if place < 0 else prompts[place])

    def _note(self) -> None:
        """A new job: its prompt was sent."""
        jobs = {job.id for job in self._session.jobs()}
        if jobs - self._jobs:
            self.book.add(self._draft.value.prompt)
            self._place = -1
        self._jobs = jobs

    def _follow(self) -> None:
        prompt = self._draft.value.prompt
        for kind in KINDS:
            self.kinds[kind.title].setChecked(bool(kind.in_prompt(prompt)))
        if 0 <= self._place < len(self.book.prompts) and prompt != self.book.prompts[self._place]:
            self._place = -1  # it was changed by hand: a prompt of its own from now on

    def _fill_kind(self, menu: QMenu, kind: Phrases) -> None:
        menu.clear()
        present = kind.in_prompt(self._editor.toPlainText())
        for title, words in kind.choices:
            action = menu.addAction(title)
            action.setToolTip(words)
            action.setCheckable(True)
            action.setChecked(words == present)
            action.triggered.connect(lambda _on=False, words=words: self._phrase(kind, words))
        self._follow()

    def _phrase(self, kind: Phrases, words: str) -> None:
        self.write(with_phrase(self._editor.toPlainText(), kind, words))
        self._editor.setFocus()

    def _fill_wildcards(self) -> None:
        menu = self.wildcards.menu()
        menu.clear()
        self._insertion(menu, "One of several: {red|green|blue}", "{red|green|blue}")
        names = list_names()
        if names:
            menu.addSeparator()
        for name in names:
            self._insertion(menu, tr("A line of the list “{name}”", name=name), f"__{name}__")
        menu.addSeparator()
        for text, by in (("More weight for the words", STEP), ("Less weight for the words", -STEP)):
            menu.addAction(tr(text)).triggered.connect(lambda _on=False, by=by: change_weight(self._editor, by))
        menu.addSeparator()
        folder = QAction(tr("Open the folder of lists"), menu)
        folder.setToolTip(tr("A list is a text file with a choice a line: animals.txt is used as __animals__"))
        folder.triggered.connect(open_lists)
        menu.addAction(folder)
        self.wildcards.setChecked(False)

    def _insertion(self, menu: QMenu, text: str, words: str) -> None:
        menu.addAction(text).triggered.connect(lambda: self._insert(words))

    def _insert(self, words: str) -> None:
        self._editor.insertPlainText(words)
        self._editor.setFocus()

    def _fill_history(self) -> None:
        menu = self.history.menu()
        menu.clear()
        self.history.setChecked(False)
        if not self.book.prompts:
            menu.addAction(tr("Nothing was sent yet")).setEnabled(False)
        for prompt in self.book.prompts[:LISTED]:
            flat = " ".join(prompt.split()).replace("&", "&&")
            action = menu.addAction(flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…")
            action.setToolTip(prompt)
            action.triggered.connect(lambda _on=False, prompt=prompt: self.write(prompt))


def open_lists() -> None:
    """Show the folder of lists in the system's file browser."""
    folder = lists_folder()
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
