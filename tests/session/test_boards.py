"""A storyboard becomes one request with keyframes and prompts over time; every edit of it can be undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput
from sora_studio.core.media_item import Ready
from sora_studio.core.phrasing import Phrase
from sora_studio.core.project import from_data, to_data
from sora_studio.core.storyboard import Card
from sora_studio.media.footage import read_footage
from tests.session.conftest import DRAFT, Studio


def texts(studio: Studio) -> list[str]:
    return [card.text for card in studio.session.storyboard.cards]


def test_cards_are_edited_and_undone(studio: Studio, still: Path) -> None:
    session = studio.session
    for text in ("one", "two", "three"):
        session.add_card(Card(text))
    one, _, three = session.storyboard.cards
    session.move_card(three.id, 0)
    assert texts(studio) == ["three", "one", "two"]
    session.copy_card(one.id)
    assert texts(studio) == ["three", "one", "one", "two"]
    session.remove_card(three.id)
    session.change_card(replace(one, text="uno", seconds=4))
    assert texts(studio) == ["uno", "one", "two"]
    assert session.storyboard.seconds == 8
    for _ in range(4):
        session.undo()
    assert texts(studio) == ["one", "two", "three"]
    photo = session.add_media_card(session.import_media(still), 1)
    assert session.storyboard.cards[1].id == photo
    assert from_data(to_data(session.project)) == session.project
    with pytest.raises(BadInput, match="no longer"):
        session.remove_card("nobody")
    with pytest.raises(BadInput, match=r"from 0\.25 to 60"):
        session.add_card(Card(seconds=100))


def test_a_storyboard_becomes_one_clip(studio: Studio, still: Path, moving: Path) -> None:
    session = studio.session
    session.add_card(Card("a house", seconds=1))
    session.add_card(Card("a boat", session.import_media(still), 2))
    session.add_media_card(session.import_media(moving))
    session.add_card(Card("dusk", seconds=1))
    session.generate_storyboard(replace(DRAFT, prompt="", look="watercolour"))
    (clip,) = session.timeline.tracks[0].clips
    assert clip.length == 6 * 24
    recipe = session.item(clip.media).made_from
    assert recipe is not None
    assert "a house" in recipe["prompt"]
    assert "watercolour" in recipe["prompt"]
    assert [at for at, _ in recipe["prompts"]] == [8, 40]
    assert all("watercolour" in words for _, words in recipe["prompts"])
    assert [(given["at"], given["count"]) for given in recipe["given"]] == [(8, 1), (24, 16)]
    studio.settled()
    item = session.item(clip.media)
    assert isinstance(item.state, Ready)
    assert item.frames == 48
    path = session.media_path(clip.media)
    assert path is not None
    frames = read_footage(path).frames.astype(int)
    assert np.abs(frames[8].mean() - 30) < 6, "the picture stands where its card begins"
    assert frames[39].mean() - frames[24].mean() > 120, "the clip plays in its card"
    session.vary(clip.id)
    studio.settled()
    again = session.item(session.timeline.tracks[0].clips[0].media)
    assert isinstance(again.state, Ready)
    assert (again.made_from or {})["prompts"] == recipe["prompts"]


def test_what_is_missing_is_said(studio: Studio) -> None:
    session = studio.session
    with pytest.raises(BadInput, match="no cards yet"):
        session.generate_storyboard(DRAFT)
    session.add_card()
    with pytest.raises(BadInput, match="say nothing"):
        session.generate_storyboard(replace(DRAFT, prompt=""))
    session.generate(DRAFT)
    session.add_media_card(session.timeline.tracks[0].clips[0].media)
    with pytest.raises(BadInput, match="card 2 is not there"):
        session.generate_storyboard(DRAFT)
    studio.settled()
    session.generate_storyboard(DRAFT)
    studio.settled()
    assert session.item(session.timeline.tracks[0].clips[1].media).frames == 24


def test_clips_become_cards(studio: Studio, moving: Path) -> None:
    session = studio.session
    first = session.place(session.import_media(moving), 0, 0)
    session.seek(48)
    session.generate(DRAFT)
    second = session.selection[0]
    session.generate(replace(DRAFT, look="watercolour", phrases=(Phrase("place", "over green hills"),)))
    third = session.selection[0]
    session.cards_of_clips(second, third, first)
    assert [(card.text, card.seconds) for card in session.storyboard.cards] == [
        ("", 2.0),
        ("a red balloon", 1.0),
        ("a red balloon", 1.0),
    ]
    cards = session.storyboard.cards
    sent = session.sent_of_card(cards[2])
    assert "a red balloon over green hills" in sent
    assert "watercolour" in sent
    assert [session.sent_of_card(card) for card in (*cards[:2], replace(cards[2], text="dusk"))] == ["", "", ""]


def test_phrases_found_for_other_words_are_not_put_behind_those_of_a_card(studio: Studio) -> None:
    session = studio.session
    session.add_card(Card("", seconds=1))
    session.add_card(Card("a boat", seconds=1))
    session.generate_storyboard(replace(DRAFT, phrases=(Phrase("place", "over green hills"),)))
    recipe = session.item(session.timeline.tracks[0].clips[0].media).made_from or {}
    assert recipe["prompt"] == "a red balloon over green hills"
    assert recipe["prompts"] == [[8, "a boat"]]
