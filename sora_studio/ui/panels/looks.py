"""Look cards: the manner in which the words are told. One holds at a time, "None" among them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy

from sora_studio.core.errors import StudioError
from sora_studio.core.looks import Look
from sora_studio.core.resources import resource
from sora_studio.session.session import Session
from sora_studio.ui.panels.controls import Card, label
from sora_studio.ui.panels.draft_state import DraftState
from sora_studio.ui.panels.look_art import landscape
from sora_studio.ui.pictures import cover
from sora_studio.ui.theme import colour, ui_font

COLUMNS = 3


class LookCard(QAbstractButton):
    """A picture with a name under it and a frame when it is chosen."""

    def __init__(self, name: str, title: str, image: QImage) -> None:
        super().__init__()
        self.look = name
        self._image = image
        self.setObjectName(f"look-{name or 'none'}")
        self.setText(title)
        self.setAccessibleName(f"Look: {title}")
        self.setToolTip(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A card of a picture in 16:9 and a line of words."""
        return QSize(84, 74)

    def minimumSizeHint(self) -> QSize:
        """Narrow columns squeeze the picture."""
        return QSize(64, 74)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, picture, name, frame."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent_soft" if self.isChecked() else "raised"))
            painter.drawRoundedRect(frame, 8, 8)
        cover(painter, QRectF(4, 4, self.width() - 8, self.height() - 26), self._image, 5)
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(colour("accent2" if self.hasFocus() else "accent"), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, 8, 8)
        painter.setFont(ui_font(11))
        painter.setPen(colour("text" if self.isChecked() else "dim"))
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, self.height() - 21, self.width(), 18), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


class LooksPanel(Card):
    """The grid of cards; what is chosen is the draft's look."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        self._chosen = label("", "faint", "lookName")
        super().__init__("Look", "looksPanel", self._chosen)
        self._draft = draft
        self._group = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(4)
        self.cards = [LookCard("", "None", landscape(""))]
        self.cards += [LookCard(look.name, look.title, _picture(look)) for look in session.looks()]
        for index, card in enumerate(self.cards):
            self._group.addButton(card, index)
            grid.addWidget(card, index // COLUMNS, index % COLUMNS)
        self.body.addLayout(grid)
        self._group.idToggled.connect(self._toggled)
        draft.changed.connect(self._follow)
        self._follow()

    def _toggled(self, index: int, on: bool) -> None:
        if on:
            self._draft.update(look=self.cards[index].look)

    def _follow(self) -> None:
        for card in self.cards:
            if card.look == self._draft.value.look:
                card.setChecked(True)
                self._chosen.setText("the words alone" if not card.look else "added to the prompt")


def _picture(look: Look) -> QImage:
    """The look's own thumbnail where it has one."""
    if look.thumbnail:
        try:
            image = QImage(str(resource("looks", look.thumbnail)))
        except StudioError:
            return landscape(look.name)
        if not image.isNull():
            return image
    return landscape(look.name)
