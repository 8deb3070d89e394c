"""The storyboard in the window: cards are written, filled by drops, put in order by keys and made into one clip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sora_studio.core.storyboard import Card
from sora_studio.session.carried import Clips
from sora_studio.ui.drag.mime import to_mime
from sora_studio.ui.panels.storyboard import CARD_MIME, StoryboardPanel
from tests.ui.conftest import Room


def shown(room: Room) -> StoryboardPanel:
    room.window.actions_by_name["show_storyboard"].trigger()
    assert room.window.storyboard.isVisible()
    QApplication.processEvents()
    return room.window.storyboard


def texts(room: Room) -> list[str]:
    return [card.text for card in room.desk.storyboard.cards]


def test_it_is_folded_away_until_asked_for(room: Room) -> None:
    assert not room.window.storyboard.isVisible()
    panel = shown(room)
    assert panel.empty.isVisible()
    assert not panel.make.isEnabled()
    room.window.commands.reset_layout()
    assert not panel.isVisible()


def test_cards_are_written_and_become_one_clip(room: Room, qtbot: QtBot) -> None:
    panel = shown(room)
    for text in ("a house", "a boat"):
        qtbot.mouseClick(panel.add, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(panel.cards[-1].words.hasFocus)
        qtbot.keyClicks(panel.cards[-1].words, text)
    panel.cards[0].seconds.setFocus()
    assert texts(room) == ["a house", "a boat"]
    panel.cards[0].seconds.setValue(1)
    qtbot.keyClick(panel.cards[0].seconds, Qt.Key.Key_Return)
    assert room.desk.storyboard.seconds == 3
    assert "2 cards" in panel.total.text()
    assert panel.cards[1].accessibleName() == "Card 2, 1 to 3 seconds: a boat"
    room.write(steps=1)
    qtbot.mouseClick(panel.make, Qt.MouseButton.LeftButton)
    room.idle()
    (clip,) = room.desk.timeline.tracks[0].clips
    recipe = room.desk.item(clip.media).made_from
    assert recipe is not None
    assert (recipe["prompt"], recipe["prompts"]) == ("a house", [[8, "a boat"]])


def test_a_card_of_a_clip_says_the_artists_own_words_and_shows_what_was_sent(room: Room, qtbot: QtBot) -> None:
    panel = shown(room)
    room.write(steps=1, prompt="a boat", look="watercolour")
    room.desk.generate(room.draft)
    room.idle()
    qtbot.mouseClick(panel.from_clips, Qt.MouseButton.LeftButton)
    (card,) = panel.cards
    sent = (room.desk.item(card.card.media).made_from or {})["prompt"]
    assert card.words.toPlainText() == "a boat" != sent
    qtbot.waitUntil(card.sent.isVisible)
    assert card.sent.toolTip() == f"Was sent: “{sent}”"
    card.words.setFocus()
    card.words.setPlainText("a boat at dusk")
    panel.add.setFocus()
    assert texts(room) == ["a boat at dusk"]
    assert not card.sent.isVisible()
    room.desk.undo()
    assert card.sent.isVisible()


def test_keys_move_copy_and_delete_cards_and_undo_brings_them_back(room: Room, qtbot: QtBot) -> None:
    panel = shown(room)
    for text in ("one", "two", "three"):
        room.desk.add_card(Card(text))
    QApplication.processEvents()
    panel.cards[0].setFocus()
    qtbot.keyClick(panel.cards[0], Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert texts(room) == ["two", "one", "three"]
    assert panel.cards[1].hasFocus(), "the card keeps the focus where it goes"
    qtbot.mouseClick(panel.cards[1].copy, Qt.MouseButton.LeftButton)
    assert texts(room) == ["two", "one", "one", "three"]
    clip = room.film()
    room.desk.select(clip)
    panel.cards[0].setFocus()
    qtbot.keyClick(panel.cards[0], Qt.Key.Key_Delete)
    assert texts(room) == ["one", "one", "three"]
    assert room.desk.timeline.has(clip), "the key is the card's, not the timeline's"
    room.desk.undo()
    assert [card.words.toPlainText() for card in panel.cards] == ["two", "one", "one", "three"]


def test_drops_fill_a_card_or_make_new_ones(room: Room, drop: Callable[..., bool]) -> None:
    panel = shown(room)
    room.desk.add_card(Card("one"))
    assert drop(panel.cards[0], room.picture())
    media = room.desk.storyboard.cards[0].media
    assert room.desk.item(media).name == "photo"
    assert "photo" in panel.cards[0].picture.accessibleDescription()
    assert drop(panel.strip, room.picture("other.png"))
    assert len(panel.cards) == 2
    clip = room.film()
    data = to_mime(Clips((clip,)))
    assert fall(panel, data, 2000)
    assert room.desk.storyboard.cards[2].seconds == 1
    (room.folder / "notes.txt").write_text("words")
    assert drop(panel.cards[0], room.folder / "notes.txt")
    assert room.desk.notices, "what cannot be a card is refused with the reason"


def test_a_card_is_dragged_to_another_place(room: Room) -> None:
    panel = shown(room)
    for text in ("one", "two", "three"):
        room.desk.add_card(Card(text))
    QApplication.processEvents()
    data = QMimeData()
    data.setData(CARD_MIME, panel.cards[0].card.id.encode())
    assert fall(panel, data, panel.cards[2].geometry().center().x() + 4)
    assert texts(room) == ["two", "three", "one"]
    assert fall(panel, data, 0)
    assert texts(room) == ["one", "two", "three"]


def fall(panel: StoryboardPanel, data: QMimeData, x: int) -> bool:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(panel.strip, QDragEnterEvent(QPoint(x, 40), Qt.DropAction.MoveAction, data, buttons, keys))
    event = QDropEvent(QPointF(x, 40), Qt.DropAction.MoveAction, data, buttons, keys)
    QApplication.sendEvent(panel.strip, event)
    return event.isAccepted()


def test_words_are_seen_from_their_beginning_once_the_cursor_leaves(room: Room, qtbot: QtBot) -> None:
    panel = shown(room)
    qtbot.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    words = panel.cards[-1].words
    qtbot.waitUntil(words.hasFocus)
    qtbot.keyClicks(words, "a small boat on a calm blue lake between high mountains at dawn " * 3)
    QApplication.processEvents()
    bar = words.verticalScrollBar()
    words.ensureCursorVisible()
    assert bar.value() > 0
    panel.cards[-1].seconds.setFocus()
    assert bar.value() == 0
