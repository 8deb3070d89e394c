"""One card of the storyboard: its picture, words and seconds; grabbed by its head to go elsewhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout

from sora_studio.core.emphasis import plain
from sora_studio.core.language import tr
from sora_studio.core.storyboard import LONGEST, SHORTEST, Card
from sora_studio.ui.async_jobs import spawn
from sora_studio.ui.panels.controls import ElidedLabel, label, row, seconds_box, tool_button
from sora_studio.ui.panels.own_keys import claims
from sora_studio.ui.panels.prompt_weights import WeightTint
from sora_studio.ui.pictures import cover, picture_of
from sora_studio.ui.theme import colour, icon, tabular

LEAST_WIDTH = 268
"""Pixels of a short card."""
PER_SECOND = 88
"""Pixels of a second of a longer one."""
HEIGHT = 106
_GRAB = 6
_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class CardPicture(QPushButton):
    """What the card begins with. Click chooses a file, Delete empties it."""

    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cardPicture")
        self.setFixedSize(QSize(100, 62))
        self.setProperty("takesDelete", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._path: Path | None = None
        self._image: QImage | None = None
        self.show_file(None, "")

    def show_file(self, path: Path | None, name: str) -> None:
        """Show the first frame of a file, read in the background."""
        held = tr("Begins with {name}. Delete removes it", name=name) if name else tr("Begins with nothing given")
        self.setAccessibleName(tr("Picture of the card"))
        self.setAccessibleDescription(held)
        self.setToolTip(tr("{held}. Click to choose a picture or clip, or drop one on the card", held=held))
        if path == self._path:
            return
        self._path, self._image = path, None
        self.update()
        if path is not None:
            spawn(self._read(path), lambda _error: None)

    async def _read(self, path: Path) -> None:
        image = await asyncio.to_thread(picture_of, path, 200)
        if path == self._path:
            self._image = image
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace empty it."""
        if self._path and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, or an invitation."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(colour("bg"))
        painter.setPen(QPen(colour("line2"), 1, Qt.PenStyle.DashLine if self._image is None else Qt.PenStyle.SolidLine))
        painter.drawRoundedRect(frame, 6, 6)
        if self._image is not None:
            cover(painter, frame, self._image, 6)
        else:
            middle = self.rect().center()
            icon("image-plus", "faint").paint(painter, middle.x() - 8, middle.y() - 8, 17, 17)
        if self.hasFocus() or self.underMouse():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent2"), 1.5))
            painter.drawRoundedRect(frame, 6, 6)
        painter.end()


class CardWords(QPlainTextEdit):
    """The words of a card; `left` when the cursor goes elsewhere."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cardWords")
        self.setAccessibleName(tr("Words of the card"))
        self.setPlaceholderText(tr("What this part shows"))
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # it would take a third of a short card
        self.viewport().setAcceptDrops(False)
        WeightTint(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was written counts now, and is seen from its beginning."""
        super().focusOutEvent(event)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.left.emit()


class StoryCard(QFrame):
    """Shows a Card and asks for changes; it changes nothing itself."""

    changed = Signal(object)
    """The card as it should be."""
    moved = Signal(str, int)
    """Identity, and places to go (-1 is one to the left)."""
    copied = Signal(str)
    removed = Signal(str)
    picture_asked = Signal(str)
    grabbed = Signal(str, QPoint)
    """Identity and where the drag begins, in global pixels."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.setObjectName("storyCard")
        self.setProperty("role", "tile")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        self.card = card
        self._hot = False
        self._press: QPointF | None = None
        self.place = label("", "dim", "cardPlace")
        self.place.setFont(tabular(11))
        self.place.setCursor(Qt.CursorShape.OpenHandCursor)
        self.copy = tool_button("cardCopy", "copy", "Copy this card", size=13)
        self.remove = tool_button("cardRemove", "x", "Delete this card", size=13)
        self.picture = CardPicture()
        self.seconds = seconds_box("cardSeconds", "Seconds of the card", LONGEST)
        self.seconds.setMinimum(SHORTEST)
        self.seconds.setDecimals(2)
        self.seconds.setFixedWidth(78)
        self.words = CardWords()
        self.sent = ElidedLabel("faint", "cardSent")
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        said = QVBoxLayout()
        said.setSpacing(1)
        said.addWidget(self.words, 1)
        said.addWidget(self.sent)
        body.addLayout(said, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 5, 7, 7)
        column.setSpacing(4)
        column.addLayout(row(self.place, None, self.seconds, self.copy, self.remove, gap=2))
        column.addLayout(body, 1)

    def _wire(self) -> None:
        self.words.left.connect(self.write)
        self.seconds.editingFinished.connect(self.write)
        self.seconds.valueChanged.connect(lambda: None if self.seconds.hasFocus() else self.write())
        self.copy.clicked.connect(lambda: self.copied.emit(self.card.id))
        self.remove.clicked.connect(lambda: self.removed.emit(self.card.id))
        self.picture.clicked.connect(lambda: self.picture_asked.emit(self.card.id))
        self.picture.cleared.connect(lambda: self.changed.emit(replace(self._written(), media="")))

    def show_sent(self, sent: str) -> None:
        """Show what was sent for the clip it was made from; nothing hides the line."""
        self.sent.say(tr("Was sent: “{prompt}”", prompt=sent) if sent else "")
        self.sent.setVisible(bool(sent))

    def show_card(self, card: Card, number: int, start: float, file: tuple[Path | None, str]) -> None:
        """Follow a card: its number from 1, the second it begins at, its file and that one's name."""
        self.card = card
        self.place.setText(
            tr(
                "<b>{number}</b>&nbsp;&nbsp;{start:g}–{value:g} s",
                number=number,
                start=start,
                value=start + card.seconds,
            )
        )
        self.setAccessibleName(
            tr(
                "Card {number}, {start:g} to {value:g} seconds: {value2}",
                number=number,
                start=start,
                value=start + card.seconds,
                value2=plain(card.text) or tr("no words"),
            )
        )
        self.setToolTip(tr("Drag by its head to another place, or Alt+Left and Alt+Right"))
        if not self.words.hasFocus() and self.words.toPlainText() != card.text:
            self.words.setPlainText(card.text)
        self.words.setPlaceholderText(tr("What this part shows") if number == 1 else tr("The words before go on"))
        self.seconds.blockSignals(True)
        self.seconds.setValue(card.seconds)
        self.seconds.blockSignals(False)
        self.picture.show_file(*file)
        self.setFixedWidth(max(LEAST_WIDTH, round(PER_SECOND * min(card.seconds, 12))))

    def write(self) -> None:
        """Ask for what the fields say."""
        if self._written() != self.card:
            self.changed.emit(self._written())

    def _written(self) -> Card:
        return replace(self.card, text=self.words.toPlainText().strip(), seconds=round(self.seconds.value(), 2))

    def event(self, event: QEvent) -> bool:
        """Its keys are its own while it has the focus."""
        return (self.hasFocus() and claims(event, _KEYS, _ARROWS)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """On the card itself: Delete takes it away, Alt with arrows moves it, Enter writes."""
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        match event.key():
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit(self.card.id)
            case Qt.Key.Key_Left if alt:
                self.moved.emit(self.card.id, -1)
            case Qt.Key.Key_Right if alt:
                self.moved.emit(self.card.id, 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.words.setFocus()
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the controls may become a drag."""
        self._press = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        self.setFocus()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough from the press, the card is in the hand."""
        if self._press is not None and (event.position() - self._press).manhattanLength() > _GRAB:
            self._press = None
            self.grabbed.emit(self.card.id, event.globalPosition().toPoint())

    def light(self, hot: bool) -> None:
        """Answer a drag."""
        self._hot = hot
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface, and a lit border under a drag or with the focus."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self._hot or self.hasFocus()
        painter.setBrush(colour("accent_soft" if self._hot else "raised"))
        painter.setPen(QPen(colour("accent2" if lit else "line"), 1.5 if lit else 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()
