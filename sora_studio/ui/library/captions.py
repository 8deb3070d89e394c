"""What a medium shows, in the built-in model's words: made by CLIP where it is there, edited by the artist anywhere."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from sora_studio.core.language import mark, tr
from sora_studio.core.media_item import MediaItem
from sora_studio.session.session import Notice, Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.controls import ElidedLabel, label, push_button, row, tool_button

NOT_THERE = mark("Captions come with the CLIP weights, which are not installed. You can write them yourself.")
NOT_YET = mark("Not described yet")
LOOKING = mark("Looking at it…")


class Description(QPlainTextEdit):
    """A few lines; `edited` when the artist leaves them."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("longCaption")
        self.setAccessibleName(tr("Description of what it shows"))
        self.setToolTip(tr("A description of what it shows"))
        self.setPlaceholderText(tr("A description"))
        self.setTabChangesFocus(True)
        self.setMinimumHeight(92)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The words are final."""
        super().focusOutEvent(event)
        self.edited.emit()


class CaptionEditor(QDialog):
    """A sentence and a description of a medium, and a button that has them written anew. Stays open beside the work."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("captionEditor")
        self.resize(420, 260)
        self._session = session
        self._item: MediaItem | None = None
        self.short = QLineEdit()
        self.short.setObjectName("shortCaption")
        self.short.setAccessibleName(tr("What it shows, in one sentence"))
        self.short.setToolTip(tr("What it shows, in one sentence"))
        self.short.setPlaceholderText(tr("One sentence"))
        self.long = Description()
        self.state = label("", "faint", "captionState")
        self.state.setWordWrap(True)
        self.again = push_button("describe", "Describe", "sparkles")
        self.again.setToolTip(tr("Look at it and write both captions anew"))
        self.again.setAutoDefault(False)
        close = push_button("captionsClose", "Close")
        close.setToolTip(tr("Keep the captions and close"))
        close.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(label("In one sentence", "dim"))
        column.addWidget(self.short)
        column.addWidget(label("As a description", "dim"))
        column.addWidget(self.long, 1)
        column.addWidget(self.state)
        column.addLayout(row(self.again, None, close))
        self.short.editingFinished.connect(self.keep)
        self.long.edited.connect(self.keep)
        self.again.clicked.connect(self._describe)
        close.clicked.connect(self.close)
        self.finished.connect(self.keep)

    def show_item(self, item: MediaItem | None) -> None:
        """Show the captions of another medium; what was typed goes to the former one. What is being typed stays."""
        other = (item and item.id) != (self._item and self._item.id)
        if other:
            self.keep()
        self._item = item
        if item is None:
            self.hide()
            return
        self.setWindowTitle(tr("What “{name}” shows", name=item.name))
        if other or not self.short.isModified():
            self.short.setText(item.short_caption)
            self.short.setCursorPosition(0)
            self.short.setModified(False)
        if (other or not self.long.document().isModified()) and self.long.toPlainText() != item.long_caption:
            self.long.setPlainText(item.long_caption)
            self.long.document().setModified(False)
        captions = self._session.captions
        busy = captions.busy(item.id)
        self.again.setEnabled(captions.known and not busy and self._session.media_path(item.id) is not None)
        self.state.setText(tr(LOOKING if busy else "" if captions.known else NOT_THERE))

    def keep(self) -> None:
        """What was typed belongs to the medium that was shown, also when another one is chosen meanwhile."""
        now = self._session.project.media.get(self._item.id) if self._item else None
        said = (" ".join(self.short.text().split()), " ".join(self.long.toPlainText().split()))
        typed = self.short.isModified() or self.long.document().isModified()
        if now is not None and typed and said != (now.short_caption, now.long_caption):
            self.short.setModified(False)
            self.long.document().setModified(False)
            self._session.set_captions(now.id, *said)

    def _describe(self) -> None:
        item, session = self._item, self._session
        if item is not None:
            attempt(session, lambda: session.captions.describe(item.id, self._refused))

    def _refused(self, reason: str) -> None:
        self._session.noticed.emit(Notice("error", reason))


class CaptionLine(QWidget):
    """The sentence about the one medium that is chosen, and the way to its editor."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("captionLine")
        self._session = session
        self._item: MediaItem | None = None
        self.words = ElidedLabel("faint", "captionWords")
        self.edit = tool_button("captionEdit", "pencil", "Edit what it shows", size=14)
        self.editor = CaptionEditor(session, self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(self.words, 1)
        line.addWidget(self.edit)
        self.edit.clicked.connect(self._open)
        session.captions.changed.connect(self._say)
        self.show_item(None)

    def show_item(self, item: MediaItem | None) -> None:
        """Show the caption of a medium; None or a sound hides it."""
        self._item = item if item is not None and item.picture else None
        self.setVisible(self._item is not None)
        self._say()

    def _say(self) -> None:
        item = self._item
        self.editor.show_item(item)
        if item is not None:
            busy = self._session.captions.busy(item.id)
            self.words.say(tr(LOOKING) if busy else item.short_caption or tr(NOT_YET))

    def _open(self) -> None:
        self.editor.show()
        self.editor.raise_()
        self.editor.activateWindow()
