"""Search by words and by picture, and the ranking of takes, through a real assistant process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sora_studio.engines.weights import NO_CLIP
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.media.images import save_png
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.meaning import Found, Seen, Take
from sora_studio.session.session import Session
from tests.session.conftest import PATIENCE

RED, GREEN, BLUE = (220, 40, 40), (40, 200, 60), (40, 60, 220)


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    made = Assistant("tests.fakes.understanding:load")
    yield made
    made.close()


class Studio:
    def __init__(self, session: Session, loop: OwnerLoop) -> None:
        self.session, self.loop = session, loop
        self.found: list[object] = []
        self.said: list[str] = []

    def answer(self, count: int = 1) -> object:
        assert self.loop.run_until(lambda: len(self.found) + len(self.said) >= count, PATIENCE)
        assert not self.said, self.said
        return self.found[-1]


@pytest.fixture
def studio(home: Path, tmp_path: Path, queue: JobQueue, assistant: Assistant) -> Iterator[Studio]:
    loop = OwnerLoop()
    session = Session(queue, tmp_path / "film", loop.post, assistant=assistant)
    yield Studio(session, loop)
    session.close()


@pytest.fixture
def with_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model folder that says it has CLIP weights; the assistant of these tests sees colours by itself."""
    (tmp_path / "model" / "clip").mkdir(parents=True)
    (tmp_path / "model" / "clip" / "config.json").write_text("{}")
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(tmp_path / "model"))


def patch(path: Path, colour: tuple[int, int, int]) -> Path:
    return save_png(path, np.full((48, 64, 3), colour, np.uint8))


def shelf(folder: Path) -> list[Seen]:
    return [
        Seen("r", patch(folder / "one.png", RED), "one"),
        Seen("g", patch(folder / "two.png", GREEN), "two"),
        Seen("b", patch(folder / "three.png", BLUE), "three"),
        Seen("broken", folder / "gone.png", "grandmother's garden"),
        Seen("forming", None, "a boat that is being made"),
    ]


def best(found: object) -> list[str]:
    assert isinstance(found, list)
    return [one.id for one in found if isinstance(one, Found)]


@pytest.mark.usefixtures("with_clip")
def test_words_find_pictures_by_what_they_show_and_by_what_is_known_of_them(studio: Studio, tmp_path: Path) -> None:
    meaning, seen = studio.session.meaning, shelf(tmp_path)
    meaning.search("something blue", seen, studio.found.append, studio.said.append)
    assert best(studio.answer())[0] == "b"
    meaning.search("grandmother's garden", seen, studio.found.append, studio.said.append)
    assert best(studio.answer(2))[0] == "broken"
    assert sorted(best(studio.found[-1])) == sorted(one.id for one in seen), "nothing is left out"


@pytest.mark.usefixtures("with_clip")
def test_a_picture_finds_its_like(studio: Studio, tmp_path: Path) -> None:
    query = patch(tmp_path / "query.png", (120, 210, 130))
    studio.session.meaning.search(query, shelf(tmp_path), studio.found.append, studio.said.append)
    assert best(studio.answer())[0] == "g"


@pytest.mark.usefixtures("with_clip")
def test_takes_are_ranked_by_how_well_they_show_their_prompt(studio: Studio, tmp_path: Path) -> None:
    takes = [
        Take("wrong", patch(tmp_path / "a.png", BLUE), "a red wall"),
        Take("right", patch(tmp_path / "b.png", RED), "a red wall"),
    ]
    studio.session.meaning.rank_takes(takes, studio.found.append, studio.said.append)
    found = studio.answer()
    assert best(found) == ["right", "wrong"]
    assert isinstance(found, list)
    assert found[0].score > 0.9


@pytest.mark.usefixtures("with_clip")
def test_a_picture_that_was_changed_is_looked_at_again(studio: Studio, tmp_path: Path) -> None:
    meaning, path = studio.session.meaning, patch(tmp_path / "p.png", RED)
    meaning.embed_pictures([path], studio.found.append, studio.said.append)
    before = studio.answer()
    path.unlink()
    patch(path, BLUE)
    meaning.embed_pictures([path], studio.found.append, studio.said.append)
    after = studio.answer(2)
    assert isinstance(before, np.ndarray)
    assert isinstance(after, np.ndarray)
    assert before.shape == after.shape == (1, 3)
    assert float(before[0] @ after[0]) < 0.5


def test_without_clip_weights_words_still_find_words_and_pictures_say_what_is_missing(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bare").mkdir()
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(tmp_path / "bare"))
    meaning, seen = studio.session.meaning, shelf(tmp_path)
    assert not meaning.pictures_known
    meaning.search("a boat", seen, studio.found.append, studio.said.append)
    assert best(studio.answer())[0] == "forming"
    meaning.search(tmp_path / "one.png", seen, studio.found.append, studio.said.append)
    meaning.rank_takes([Take("a", tmp_path / "one.png", "red")], studio.found.append, studio.said.append)
    assert studio.loop.run_until(lambda: len(studio.said) == 2, PATIENCE)
    assert studio.said == [NO_CLIP, NO_CLIP]


def test_the_shelf_holds_the_project_with_its_words(studio: Studio, still: Path) -> None:
    media = studio.session.import_media(still)
    assert studio.session.shelf() == (Seen(media, still.absolute(), "still"),)


def test_a_cancelled_errand_stays_silent_and_the_next_is_answered(studio: Studio) -> None:
    meaning = studio.session.meaning
    gone = meaning.embed_texts(["slow words"], studio.found.append, studio.said.append, "words")
    studio.loop.run_pending()
    gone.cancel()
    meaning.embed_texts(["a", "b"], studio.found.append, studio.said.append, "words")
    found = studio.answer()
    assert isinstance(found, np.ndarray)
    assert len(found) == 2
    assert len(studio.found) == 1


def test_without_an_assistant_the_reason_is_said(home: Path, tmp_path: Path, queue: JobQueue) -> None:
    loop, said = OwnerLoop(), list[str]()
    session = Session(queue, tmp_path / "film", loop.post)
    session.meaning.embed_texts(["a"], lambda vectors: None, said.append)
    assert said == [], "never before the call returns"
    assert loop.run_until(lambda: bool(said), 10)
    assert "no assistant" in said[0]
    session.close()
