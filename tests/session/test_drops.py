"""What a drop will do: every kind of thing over every kind of place has an answer in words."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.looks import shipped_looks, to_text
from sora_studio.core.media_item import Ready
from sora_studio.session import places
from sora_studio.session.carried import Clips, Files, LookCard, Media, Payload, Still, Words, kind_of_file, things_of
from sora_studio.session.drops import ON_OTHERS, Accept, Act, Offer, Refuse, offer
from sora_studio.session.session import Session
from tests.session.conftest import DRAFT, Studio
from tests.weights.tables import safetensors


class Board:
    """A project with two clips on V1, a gap, a third, and what can be dragged."""

    def __init__(self, session: Session, film: Path, photo: Path, folder: Path) -> None:
        self.session, self.folder = session, folder
        self.photo, self.film = photo, film
        self.footage, self.picture = session.import_media(film), session.import_media(photo)
        self.left = session.place(self.footage, 0, 0)
        self.right = session.place(self.footage, 0, 48)
        self.far = session.place(self.footage, 0, 144)
        self.cut = places.Cut(0, 48, self.left, self.right)
        self.hole = places.Hole(0, 96, 144, self.right, self.far)
        self.edge = places.Edge(0, 192, self.far, False)
        self.clip = places.OnClip(0, 20, self.left)
        self.row = places.Row(1, 10)

    def ask(self, payload: Payload, place: places.Place) -> Offer:
        return offer(payload, things_of(payload, self.session), place, self.session.project)

    def file(self, name: str, data: bytes = b"words") -> Files:
        (self.folder / name).write_bytes(data)
        return Files((self.folder / name,))

    @property
    def all_places(self) -> tuple[places.Place, ...]:
        slots = tuple(places.Slot(which) for which in ("first", "last", "video"))
        rest = (self.cut, self.hole, self.edge, self.clip, self.row, places.Lane(1.0), places.Screen())
        shelves = (places.MediaShelf(), places.SearchBox(), places.LooksPage(), places.OnLook("ink", "Ink"))
        return (places.Anywhere(), places.PromptBox(), *slots, *rest, *shelves, places.Board(0), places.OnCard("a"))


@pytest.fixture
def board(studio: Studio, moving: Path, still: Path, tmp_path: Path) -> Board:
    return Board(studio.session, moving, still, tmp_path)


def test_every_thing_over_every_place_has_an_answer_in_words(board: Board) -> None:
    look = board.file("ink.json", to_text(shipped_looks()[0]).encode())
    (board.folder / "empty").mkdir()
    payloads: tuple[Payload, ...] = (
        Files((board.photo,)),
        Files((board.film,)),
        Files((board.photo, board.film)),
        Files((board.folder / "empty",)),
        board.file("notes.txt"),
        board.file("broken.png"),
        board.file("song.wav"),
        board.file("ink.safetensors"),
        look,
        Media((board.footage,)),
        Media((board.picture,)),
        Media(("gone",)),
        Clips((board.left,)),
        Still(board.footage, 0.5),
        LookCard("ink", "Ink"),
        Words("a red boat"),
        Words("https://example.org/boat.png", link=True),
    )
    for payload, place in itertools.product(payloads, board.all_places):
        answer = board.ask(payload, place)
        assert answer.text, (payload, place)
        assert answer.text.endswith(".") == isinstance(answer, Refuse), (payload, place, answer)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (places.PromptBox(), "Animate this image"),
        (places.Screen(), "Animate this image"),
        (places.Slot("first"), "Use as first frame"),
        (places.Slot("last"), "Use as last frame"),
        (places.Lane(1.2), "Keep it at 1.2 s"),
        (places.Anywhere(), "Add to the timeline"),
        (places.SearchBox(), "Find what looks like this"),
        (places.LooksPage(), "Make a look of this picture"),
        (places.Board(1), "New card"),
    ],
)
def test_a_picture_says_what_it_will_be(board: Board, place: places.Place, text: str) -> None:
    assert board.ask(Files((board.photo,)), place).text == text


def test_several_pictures_become_ends_or_keyframes(board: Board) -> None:
    three = Files((board.photo,) * 3)
    assert board.ask(Files((board.photo,) * 2), places.Slot("first")) == Accept(Act.ENDS, "Use as first and last image")
    assert board.ask(three, places.PromptBox()) == Accept(Act.KEYFRAMES, "Animate through 3 images")
    assert board.ask(three, places.Lane(0)).text == "Keep 3 keyframes"
    assert board.ask(three, board.row).text == "Place 3 clips on V2"
    assert board.ask(three, places.MediaShelf()).text == "Add 3 files to the project"


def test_places_on_the_timeline_tell_themselves_apart(board: Board) -> None:
    photo, film = Files((board.photo,)), Files((board.film,))
    assert board.ask(film, board.row).text == "Place on V2"
    on_cut = board.ask(film, board.cut)
    assert isinstance(on_cut, Accept)
    assert [one.act for one in on_cut.choices] == [Act.INSERT, Act.WEAVE, Act.LEAD, Act.PLACE]
    assert on_cut.choices[0].act is on_cut.act
    several = board.ask(Files((board.film,) * 2), board.cut)
    assert several == Accept(Act.INSERT, "Insert 2 clips here")
    assert board.ask(film, board.hole).text == "Put it into the gap"
    assert board.ask(photo, board.edge).text == "Extend to this image"
    assert board.ask(film, board.edge).text == "Place on V1"
    assert board.ask(photo, places.Edge(0, 0, board.left, True)).text == "Lead up to here from this image"


def test_what_would_come_onto_clips_is_asked_about(board: Board) -> None:
    photo, film = Media((board.picture,)), Media((board.footage,))  # four seconds and two
    asked = Accept(Act.INSERT, "Insert or overwrite here", choices=ON_OTHERS)
    assert board.ask(film, board.clip) == asked
    assert board.ask(Files((board.film,)), board.clip) == asked
    assert board.ask(film, places.Edge(0, 144, board.far, True)) == asked
    assert board.ask(film, places.Row(0, 192)).text == "Place on V1"
    board.session.place(board.picture, 1, 100)
    assert board.ask(film, places.Row(1, 52)).text == "Place on V2"
    assert board.ask(film, places.Row(1, 53)) == asked
    assert board.ask(photo, places.Row(1, 10)) == asked  # the third second of it
    assert board.ask(photo, places.Row(1, 4)).text == "Place on V2"
    assert (
        board.ask(Media((board.footage, board.picture)), board.hole) == asked
    )  # one is put into a gap as far as it goes
    assert board.ask(Files((board.photo, board.film)), places.Row(1, 100 - 96)) == asked
    assert board.ask(Files((board.photo,)), places.Row(1, 100 - 96)).text == "Place on V2"


def test_sound_is_asked_about_where_other_sound_lies(board: Board) -> None:
    item = board.session.item(board.footage)
    board.session._keep(replace(item, id="song", sound=True, picture=False))
    board.session.place("song", 2, 50)
    song = Media(("song",))
    assert board.ask(song, places.Row(2, 98)).text == "Place on A1"
    assert board.ask(song, places.Row(2, 3)).text == "Insert or overwrite here"
    assert board.ask(song, board.clip).text == "Place on an audio track"  # where there is room


def test_words_and_looks_say_how_something_is_generated(board: Board) -> None:
    look, words = LookCard("ink", "Ink"), Words("at night")
    assert board.ask(words, board.cut).text == "Bridge these two with these words"
    assert board.ask(look, board.hole).text == "Bridge these two in “Ink”"
    assert board.ask(look, board.clip).text == "Restyle in “Ink”"
    assert board.ask(words, board.edge).text == "Extend from here with these words"
    assert board.ask(Clips((board.left,)), places.OnLook("ink", "Ink")).text == "Restyle in “Ink”"
    assert isinstance(board.ask(look, board.row), Refuse)


def test_a_locked_track_takes_nothing(board: Board) -> None:
    answer = board.ask(Files((board.film,)), places.Row(0, 0, locked=True))
    assert answer == Refuse("The track “V1” is locked. Unlock it first.")


def test_what_is_missing_or_being_made_says_so(studio: Studio, board: Board, tmp_path: Path) -> None:
    lost = tmp_path / "lost.mp4"
    shutil.copy(board.film, lost)
    media = board.session.import_media(lost)
    lost.unlink()
    assert "missing. Locate it" in board.ask(Media((media,)), places.PromptBox()).text
    board.session.generate(DRAFT)
    made = board.session.timeline.find(board.session.selection[0])[1].media
    assert "still being made" in board.ask(Media((made,)), places.Slot("video")).text
    studio.settled()
    assert isinstance(board.session.item(made).state, Ready)
    assert board.ask(Media((made,)), places.PromptBox()).text == "Use its prompt, seed and settings"
    path = board.session.media_path(made)
    assert path is not None
    assert board.ask(Files((path,)), places.PromptBox()).text == "Use its prompt, seed and settings"


def test_refusals_name_the_file_and_where_to_go(board: Board) -> None:
    assert "“notes.txt” is not a picture, video or sound" in board.ask(board.file("notes.txt"), board.row).text
    assert "First image instead" in board.ask(Files((board.photo,)), places.Slot("video")).text
    assert "web address" in board.ask(Words("https://x.org", link=True), places.Anywhere()).text
    assert board.ask(Media((board.footage,)), places.MediaShelf()).text == "It is in the library already."
    assert "broken.png" in board.ask(board.file("broken.png"), places.Anywhere()).text


def test_one_bad_file_among_good_ones_does_not_stop_them(board: Board) -> None:
    mixed = Files((*board.file("broken.png").paths, board.photo, board.film))
    assert board.ask(mixed, board.row).text == "Place 2 clips on V2"


def test_projects_looks_and_loras_are_known_by_what_they_are(board: Board, tmp_path: Path) -> None:
    assert kind_of_file(board.session._home) == "project"
    assert board.ask(Files((board.session._home,)), board.row).text == "Open this project"
    assert board.ask(board.file("ink.json"), places.PromptBox()).text == "Add this look"
    lora = safetensors(tmp_path / "ink.safetensors", ("blocks.0.attn.lora_A.weight", "blocks.0.attn.lora_B.weight"))
    assert board.ask(Files((lora,)), board.row).text == "Use this LoRA"
    assert board.ask(Files((lora, lora)), places.PromptBox()).text == "Use 2 LoRAs"
    assert board.ask(Files((lora,)), places.LooksPage()).text == "Make a look of this LoRA"
    assert "damaged" in board.ask(board.file("broken.safetensors"), board.row).text
    assert "is a pickle" in board.ask(board.file("ink.pt"), board.row).text
    (tmp_path / "shoot").mkdir()
    assert board.ask(Files((tmp_path / "shoot",)), places.Anywhere()).text == "Add the folder to the project"
