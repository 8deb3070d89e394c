"""The prompt: what the artist types first, and the button that makes it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Signal
from PySide6.QtGui import QKeySequence, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from sora_studio.core.emphasis import COST, groups, plain
from sora_studio.core.language import tr, trn
from sora_studio.session.session import Session
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.panels.controls import Card, aired, label, push_button
from sora_studio.ui.panels.draft_state import DraftState
from sora_studio.ui.panels.prompt_aid import PromptAid
from sora_studio.ui.panels.prompt_help import PromptHelp
from sora_studio.ui.panels.prompt_weights import WeightTint
from sora_studio.ui.theme import ui_font

GENERATE_KEY = QKeySequence("Ctrl+Return")
_TOKENS_PER_WORD = 1.35  # of English prose in CLIP-like vocabularies


class PromptEditor(QPlainTextEdit):
    """Plain words. Files dropped on it are left to the window, which knows what to do with them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("prompt")
        self.setAccessibleName(tr("Prompt"))
        self.setAccessibleDescription(tr("What the clip shows, in your words"))
        self.setPlaceholderText(tr("A red balloon rises over green hills at sunset…"))
        self.setTabChangesFocus(True)
        self.setFont(ui_font(13))
        self.setFixedHeight(104)
        WeightTint(self)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Words yes, files no."""
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste as plain words."""
        if self.canInsertFromMimeData(source):
            super().insertFromMimeData(source)

    def sizeHint(self) -> QSize:
        """Narrow on its own: the column decides."""
        return QSize(200, 104)


class PromptPanel(Card):
    """Prompt, word count against what the engine reads, Generate."""

    generate = Signal()

    def __init__(self, session: Session, draft: DraftState, chooser: FileChooser | None = None) -> None:
        self._count = label("", "faint", "promptCount")
        super().__init__("Prompt", "promptPanel", self._count)
        self._draft = draft
        self._words = _words_read(session, draft)
        self.editor = PromptEditor()
        self.button = push_button("generate", "Generate", "sparkles", role="primary")
        self.offer(room=True)
        self.button.setMinimumHeight(36)
        self.body.addWidget(self.editor)
        self.body.addWidget(self.button)
        self.aid = PromptAid(session, draft, self)
        self.help = PromptHelp(session, draft, self.aid, chooser)
        # Below the button, so that what comes and goes a moment after typing does not move it under the hand.
        self.body.addWidget(self.help)
        self.help.keep.connect(self._take_in)
        self.aid.rewritten.connect(self._rewritten)
        self.aid.changed.connect(self._say_count)
        self.editor.textChanged.connect(lambda: draft.update(prompt=self.editor.toPlainText()))
        self.button.clicked.connect(self.generate.emit)
        draft.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        prompt = self._draft.value.prompt
        if prompt != self.editor.toPlainText():
            self.editor.setPlainText(prompt)
            self.editor.moveCursor(QTextCursor.MoveOperation.End)
        self._say_count()
        self.button.setEnabled(bool(prompt.strip()) or self._draft.value.first is not None)

    def offer(self, *, room: bool) -> None:
        """Generate, or try it although there seems to be no room for it."""
        key = GENERATE_KEY.toString(QKeySequence.SequenceFormat.NativeText).replace("Return", "↵")
        words = tr("Generate   {key}", key=key) if room else tr("Try anyway   {key}", key=key)
        self.button.setText(aired(words))
        self.button.setAccessibleName(tr("Generate") if room else tr("Try anyway"))
        self.button.setToolTip(
            tr("Make a new clip from the prompt")
            if room
            else tr("Make the clip although it seems to need more than there is: what is made until then is kept")
        )

    def _say_count(self) -> None:
        """Words; and once the assistant has counted, pieces of words against what the engine reads."""
        prompt, known = self._draft.value.prompt, self.aid.fresh
        count = len(plain(prompt).split())
        if known is not None:
            over = known.named and known.tokens > known.limit
            text = (
                tr("{tokens} of {limit} word pieces: the end is cut", tokens=known.tokens, limit=known.limit)
                if over
                else _counted(count)
            )
            about = tr(
                "{tokens} of the {limit} pieces of words that the built-in model reads",
                tokens=known.tokens,
                limit=known.limit,
            )
            about = about if known.named else ""
        else:
            over = bool(self._words) and count > self._words
            text = (
                tr("{count} words · about {words} are read", count=count, words=self._words)
                if over
                else _counted(count)
            )
            about = tr("The engine reads the beginning of a long prompt only") if over else ""
        weighted = len({group.start for group in groups(prompt) if group.weight != 1})
        if weighted:
            text = " · ".join(
                filter(None, (text, trn("{count} weighted phrase", "{count} weighted phrases", weighted)))
            )
            cost = tr("Each weighted phrase makes the clip take about {percent} % longer", percent=round(100 * COST))
            about = "\n".join(filter(None, (about, cost)))
        self._count.setText(text)
        self._count.setToolTip(about)
        self._count.setProperty("role", "warning" if over else "faint")
        self._count.style().polish(self._count)

    def _take_in(self, phrase: str) -> None:
        """A phrase becomes words of the artist's own."""
        cursor = self.editor.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(f"{'' if self.editor.toPlainText().endswith((' ', ',')) else ', '}{phrase}")
        self.editor.setTextCursor(cursor)
        self.editor.setFocus()

    def _rewritten(self, text: str) -> None:
        """The prompt in other words; undo brings back the former ones."""
        cursor = self.editor.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)


def _counted(words: int) -> str:
    return trn("{count} word", "{count} words", words) if words else ""


def _words_read(session: Session, draft: DraftState) -> int:
    """About how many words the engine reads; 0 when it does not say."""
    for engine in session.engines():
        if engine.engine == draft.value.engine:
            return int(engine.prompt_tokens / _TOKENS_PER_WORD)
    return 0
