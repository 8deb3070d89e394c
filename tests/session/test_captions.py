"""Footage that comes in is described, through a real assistant process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.errors import BadInput
from sora_studio.core.library import chosen
from sora_studio.core.project import from_data, to_data
from sora_studio.engines.weights import NO_CLIP
from sora_studio.jobs.assistant import Assistant
from sora_studio.jobs.queue import JobQueue
from sora_studio.media.images import save_png
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from sora_studio.session.workers import ASSISTANT
from tests.session.conftest import PATIENCE
from tests.tiny_model import build_tiny_pipeline

pytestmark = pytest.mark.slow
"""An assistant that loads torch: test_prompting.py has one in the default run, ui/test_library_captions.py a fake."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_pipeline(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def assistant(model: Path) -> Iterator[Assistant]:
    """The real side of language on a tiny CLIP: what it says is chance, but always the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SORA_STUDIO_MODEL", str(model))
        made = Assistant(ASSISTANT)
        yield made
        made.close()


class Studio:
    def __init__(self, folder: Path, queue: JobQueue, assistant: Assistant) -> None:
        self.loop = OwnerLoop()
        self.session = Session(queue, folder, self.loop.post, assistant=assistant)

    def settle(self, media: str) -> None:
        assert self.loop.run_until(lambda: not self.session.captions.busy(media), PATIENCE)


@pytest.fixture
def studio(
    home: Path, tmp_path: Path, queue: JobQueue, assistant: Assistant, model: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(model))
    made = Studio(tmp_path / "film", queue, assistant)
    yield made
    made.session.close()


def test_footage_is_described_when_it_comes_in(studio: Studio, moving: Path, still: Path) -> None:
    session = studio.session
    film, photo = session.import_media(moving), session.import_media(still)
    assert session.captions.busy(film)
    studio.settle(film)
    studio.settle(photo)
    item = session.item(film)
    assert item.short_caption
    assert item.long_caption.endswith(".")
    assert "camera" not in session.item(photo).long_caption, "a still has none"
    again = from_data(to_data(session.project))
    assert again.media[film] == item, "captions are kept in the project"
    word = item.long_caption.split()[1]
    assert item in chosen(session.project.media.values(), words=word), "and it is found by them"


def test_the_same_footage_gets_the_same_captions(studio: Studio, moving: Path) -> None:
    session = studio.session
    film = session.import_media(moving)
    studio.settle(film)
    first = session.item(film)
    session.set_captions(film, "my own", "My own words.")
    assert session.item(film).short_caption == "my own"
    session.captions.came([film])
    assert not session.captions.busy(film), "the artist's captions are not overwritten"
    session.captions.describe(film, pytest.fail)
    studio.settle(film)
    assert session.item(film) == first


def test_what_is_not_wished_or_not_there_is_not_described(studio: Studio, moving: Path, tmp_path: Path) -> None:
    session, said = studio.session, list[str]()
    settings = session.settings
    session.adjust(replace(settings, prompting=replace(settings.prompting, captions=False)))
    film = session.import_media(moving)
    assert not session.captions.busy(film)
    photo = save_png(tmp_path / "photo.png", np.full((48, 64, 3), 90, np.uint8))
    media = session.import_media(photo)
    photo.write_bytes(b"no picture any more")
    session.captions.describe(media, said.append)
    studio.settle(media)
    assert len(said) == 1
    assert "cannot be read" in said[0]
    photo.unlink()
    with pytest.raises(BadInput, match="has no file"):
        session.captions.describe(media, said.append)


def test_without_clip_weights_nothing_happens_by_itself_and_asking_says_why(
    studio: Studio, moving: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bare").mkdir()
    monkeypatch.setenv("SORA_STUDIO_MODEL", str(tmp_path / "bare"))
    session, said = studio.session, list[str]()
    film = session.import_media(moving)
    assert not session.captions.known
    assert not session.captions.busy(film)
    session.captions.describe(film, said.append)
    studio.settle(film)
    assert said == [NO_CLIP]


def test_a_project_that_is_left_is_described_no_further(studio: Studio, moving: Path, tmp_path: Path) -> None:
    film = studio.session.import_media(moving)
    studio.session.new(tmp_path / "other")
    assert not studio.session.captions.busy(film)
    studio.loop.run_until(lambda: False, 0.5)
    assert studio.session.project.media == {}
