"""The storyboard: cards in a row that become one clip, each with its words, its length and what it begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sora_studio.core.language import tr, trn
from sora_studio.core.storyboard import Card
from sora_studio.session.carried import Clips, Files, Media, Payload, Words
from sora_studio.session.draft import Draft
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.files import FileChooser
from sora_studio.ui.drag.mime import from_mime
from sora_studio.ui.panels.controls import label, push_button, row
from sora_studio.ui.panels.drop_zone import IMAGES, VIDEOS
from sora_studio.ui.panels.storyboard_card import HEIGHT, StoryCard
from sora_studio.ui.theme import colour

CARD_MIME = "application/x-sora-studio-card"
GAP = 8


class Strip(QWidget):
    """The row of cards; shows where a dragged one would stand."""

    def __init__(self, panel: StoryboardPanel) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._panel = panel
        self._line: int | None = None
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(10, 2, 10, 6)
        self.row.setSpacing(GAP)
        self.row.addStretch(1)

    def place_at(self, x: int) -> int:
        """The place a drop at `x` means: before the first card whose middle lies behind it."""
        cards = self._panel.cards
        return next((place for place, card in enumerate(cards) if x < card.geometry().center().x()), len(cards))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Cards and what becomes one are welcome."""
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show the place."""
        if event.mimeData().hasFormat(CARD_MIME) or from_mime(event.mimeData()) is not None:
            self.show_line(self.place_at(event.position().toPoint().x()))
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the place."""
        del event
        self.show_line(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Move the card there, or make one of what fell."""
        self.show_line(None)
        place, data = self.place_at(event.position().toPoint().x()), event.mimeData()
        event.acceptProposedAction()
        if data.hasFormat(CARD_MIME):
            self._panel.settle(bytes(data.data(CARD_MIME).data()).decode(), place)
        elif (payload := from_mime(data)) is not None:
            self._panel.take(payload, place)

    def show_line(self, place: int | None) -> None:
        """Show where a drop would go; None forgets it."""
        self._line = place
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A bright line where the card would stand."""
        super().paintEvent(event)
        if self._line is None:
            return
        cards = self._panel.cards
        if self._line < len(cards):
            x = cards[self._line].x() - GAP / 2
        else:
            x = cards[-1].geometry().right() + GAP / 2 if cards else 12.0
        painter = QPainter(self)
        painter.fillRect(QRectF(x - 1.5, 4, 3, HEIGHT), colour("accent2"))
        painter.end()


class StoryboardPanel(QFrame):
    """Follows the session's storyboard. `draft` is what its clip is made with besides the cards."""

    def __init__(self, session: Session, draft: Callable[[], Draft], chooser: FileChooser) -> None:
        super().__init__()
        self.setObjectName("storyboard")
        self.setAccessibleName(tr("Storyboard"))
        self._session, self._draft, self._chooser = session, draft, chooser
        self.cards: list[StoryCard] = []
        self.card_made: Callable[[StoryCard], None] = lambda _card: None
        """Told of every new card."""
        self.total = label("", "dim", "storyboardTotal")
        self.add = push_button("addCard", "Card", "plus")
        self.add.setToolTip(tr("Add an empty card at the end"))
        self.from_clips = push_button("cardsOfClips", "From selected clips", "film")
        self.from_clips.setToolTip(tr("Add a card for each selected clip"))
        self.make = push_button("makeStoryboard", "Generate", "sparkles", role="primary")
        self.make.setToolTip(tr("Make one clip of all cards"))
        invitation = tr("Cards become one clip: write what each part shows, drop a picture or clip it begins with.")
        self.empty = label(invitation, "dim")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.strip = Strip(self)
        self._area = QScrollArea()
        self._area.setObjectName("storyboardArea")
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.strip)
        self._area.setMinimumHeight(HEIGHT + 16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 2)
        column.setSpacing(4)
        head = row(label("STORYBOARD", "caption"), self.total, None, self.from_clips, self.add, self.make)
        head.setContentsMargins(12, 2, 10, 0)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        self.strip.row.insertWidget(0, self.empty, 1)
        self.add.clicked.connect(self.add_card)
        self.from_clips.clicked.connect(lambda: self._do(partial(session.cards_of_clips, *session.selection)))
        self.make.clicked.connect(self.generate)
        session.changed.connect(self.follow)
        session.selection_changed.connect(self._follow_selection)
        self.follow()

    def sizeHint(self) -> QSize:
        """As high as a card."""
        return QSize(600, HEIGHT + 60)

    def minimumSizeHint(self) -> QSize:
        """The same: a card is never cut."""
        return QSize(240, HEIGHT + 60)

    def generate(self) -> None:
        """Make one clip of all cards, those being written included."""
        for card in self.cards:
            card.write()
        self._do(lambda: self._session.generate_storyboard(self._draft()))

    def add_card(self) -> None:
        """An empty card at the end, with the cursor in it."""
        if self._do(self._session.add_card):
            self.cards[-1].words.setFocus()
            self._area.ensureWidgetVisible(self.cards[-1])

    def settle(self, card_id: str, place: int) -> None:
        """A card was dropped before the one that stood at `place`."""
        now = next((at for at, card in enumerate(self.cards) if card.card.id == card_id), None)
        if now is not None:
            self._do(lambda: self._session.move_card(card_id, place - 1 if place > now else place))

    def take(self, payload: Payload, place: int) -> None:
        """Make cards of what was dropped, from `place` on."""
        match payload:
            case Files(paths):
                for at, path in enumerate(paths, place):
                    self._do(partial(self._add_file, path, at))
            case Media(ids):
                for at, media in enumerate(ids, place):
                    self._do(partial(self._session.add_media_card, media, at))
            case Clips(ids):
                self._do(partial(self._session.cards_of_clips, *ids))
            case Words(text):
                self._do(lambda: self._session.add_card(Card(text.strip()), place))
            case _:
                pass

    def _add_file(self, path: Path, place: int) -> None:
        self._session.add_media_card(self._session.import_media(path), place)

    def begin(self, card_id: str, payload: Payload) -> None:
        """Let a card begin with a medium, or say words."""
        card = next((one.card for one in self.cards if one.card.id == card_id), None)
        if card is None:
            return
        match payload:
            case Files(paths):
                self._do(lambda: self._begin_with(card, self._session.import_media(paths[0])))
            case Media(ids):
                self._do(lambda: self._begin_with(card, ids[0]))
            case Clips(ids):
                self._do(lambda: self._begin_with(card, self._session.timeline.find(ids[0])[1].media))
            case Words(text):
                self._do(lambda: self._session.change_card(replace(card, text=text.strip())))
            case _:
                pass

    def _begin_with(self, card: Card, media: str) -> None:
        self._session.change_card(replace(card, media=media))

    def _choose(self, card_id: str) -> None:
        kinds = " ".join(f"*{kind}" for kind in (*IMAGES, *VIDEOS))
        if path := self._chooser.open_file(
            self, tr("What the card begins with"), tr("Pictures and videos ({kinds})", kinds=kinds)
        ):
            self.begin(card_id, Files((path,)))

    def _grab(self, card_id: str, at: QPoint) -> None:
        card = next(one for one in self.cards if one.card.id == card_id)
        data = QMimeData()
        data.setData(CARD_MIME, card_id.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(card.grab())
        drag.setHotSpot(card.mapFromGlobal(at))
        drag.exec(Qt.DropAction.MoveAction)

    def _move(self, card_id: str, by: int) -> None:
        place = self._session.storyboard.find(card_id) + by
        if 0 <= place < len(self.cards):
            self._do(lambda: self._session.move_card(card_id, place))
            self.cards[place].setFocus()

    def follow(self) -> None:
        """Bring the cards in line with the storyboard."""
        board = self._session.storyboard
        known = {card.card.id: card for card in self.cards}
        self.cards = [known.pop(card.id) if card.id in known else self._made(card) for card in board.cards]
        for gone in known.values():
            self.strip.row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        start = 0.0
        for place, (widget, card) in enumerate(zip(self.cards, board.cards, strict=True)):
            if self.strip.row.indexOf(widget) != place:
                self.strip.row.insertWidget(place, widget)
            widget.show_card(card, place + 1, start, self._file(card))
            widget.show_sent(self._session.sent_of_card(card))
            start += card.seconds
        self.empty.setVisible(not board.cards)
        self.strip.row.setStretch(self.strip.row.count() - 1, 1 if board.cards else 0)
        count = len(board.cards)
        words = trn(
            "{count} card  ·  {seconds} s", "{count} cards  ·  {seconds} s", count, seconds=f"{board.seconds:g}"
        )
        self.total.setText(words if count else "")
        self.make.setEnabled(bool(count))
        self._follow_selection()

    def _follow_selection(self) -> None:
        self.from_clips.setEnabled(bool(self._session.selection))

    def _file(self, card: Card) -> tuple[Path | None, str]:
        item = self._session.project.media.get(card.media)
        return (self._session.media_path(card.media), item.name) if item else (None, "")

    def _made(self, card: Card) -> StoryCard:
        made, session = StoryCard(card), self._session
        made.changed.connect(lambda after: self._do(lambda: session.change_card(after)))
        made.moved.connect(self._move)
        made.copied.connect(lambda one: self._do(lambda: session.copy_card(one)))
        made.removed.connect(lambda one: self._do(lambda: session.remove_card(one)))
        made.picture_asked.connect(self._choose)
        made.grabbed.connect(self._grab)
        self.card_made(made)
        return made

    def _do(self, act: Callable[[], object]) -> bool:
        return attempt(self._session, act)
