"""What a medium shows, in the built-in model's words: made by CLIP where it is there, edited by the artist anywhere."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QToolButton

from sora_studio.core.media_item import MediaItem
from sora_studio.session.session import Notice, Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.controls import ElidedLabel, Fold, row

NOT_THERE = "Captions come with the CLIP weights, which are not installed. You can write them yourself."


class Description(QPlainTextEdit):
    """A few lines; `edited` when the artist leaves them."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("longCaption")
        self.setAccessibleName("Description of what it shows")
        self.setToolTip("A description of what it shows")
        self.setPlaceholderText("A description")
        self.setTabChangesFocus(True)
        self.setFixedHeight(76)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The words are final."""
        super().focusOutEvent(event)
        self.edited.emit()


class CaptionFold(Fold):
    """A sentence and a description of the one medium that is chosen, and a button that has them written anew."""

    def __init__(self, session: Session) -> None:
        super().__init__("What it shows", "captions")
        self._session = session
        self._item: MediaItem | None = None
        self.short = QLineEdit()
        self.short.setObjectName("shortCaption")
        self.short.setAccessibleName("What it shows, in one sentence")
        self.short.setToolTip("What it shows, in one sentence")
        self.short.setPlaceholderText("One sentence")
        self.long = Description()
        self.state = ElidedLabel("faint", "captionState")
        self.again = QToolButton()
        self.again.setObjectName("describe")
        self.again.setProperty("role", "link")
        self.again.setText("Describe")
        self.again.setAccessibleName("Describe what it shows")
        self.again.setToolTip("Look at it and write both captions anew")
        self.body.setSpacing(4)
        self.body.addWidget(self.short)
        self.body.addWidget(self.long)
        line = row(self.state, self.again, gap=4)
        line.setStretch(0, 1)
        self.body.addLayout(line)
        self.short.editingFinished.connect(self._keep)
        self.long.edited.connect(self._keep)
        self.again.clicked.connect(self._describe)
        session.captions.changed.connect(self._say)
        self.show_item(None)

    def show_item(self, item: MediaItem | None) -> None:
        """Show the captions of a medium; None or a sound hides them. What is being typed stays."""
        other = (item and item.id) != (self._item and self._item.id)
        if other:
            self._keep()
        self._item = item if item is not None and item.picture else None
        self.setVisible(self._item is not None)
        if self._item is None:
            return
        if other or not self.short.hasFocus():
            self.short.setText(self._item.short_caption)
            self.short.setCursorPosition(0)
            self.short.setModified(False)
        if (other or not self.long.hasFocus()) and self.long.toPlainText() != self._item.long_caption:
            self.long.setPlainText(self._item.long_caption)
            self.long.document().setModified(False)
        self._say()

    def _say(self) -> None:
        captions, item = self._session.captions, self._item
        if item is None:
            return
        busy = captions.busy(item.id)
        self.again.setEnabled(captions.known and not busy and self._session.media_path(item.id) is not None)
        self.state.say("Looking at it…" if busy else "" if captions.known else NOT_THERE)

    def _keep(self) -> None:
        """What was typed belongs to the medium that was shown, also when another one is chosen meanwhile."""
        now = self._session.project.media.get(self._item.id) if self._item else None
        said = (" ".join(self.short.text().split()), " ".join(self.long.toPlainText().split()))
        if now is not None and self._typed() and said != (now.short_caption, now.long_caption):
            self.short.setModified(False)
            self.long.document().setModified(False)
            self._session.set_captions(now.id, *said)

    def _typed(self) -> bool:
        """Whether the fields hold what the artist typed, not what was shown before something else was learned."""
        return self.short.isModified() or self.long.document().isModified()

    def _describe(self) -> None:
        item, session = self._item, self._session
        if item is not None:
            attempt(session, lambda: session.captions.describe(item.id, self._refused))

    def _refused(self, reason: str) -> None:
        self._session.noticed.emit(Notice("error", reason))
