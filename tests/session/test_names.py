"""Projects and files with names that are long, foreign, or no text at all."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.time import Rate, Size
from sora_studio.jobs.queue import JobQueue
from sora_studio.media.encode import VideoWriter
from sora_studio.media.images import save_png
from sora_studio.media.probe import probe
from sora_studio.session import lock, store, unsaved
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from tests.session.conftest import ramp

NAMES = [
    "Größe 雨 🎈",
    "Cafe\u0301 عربي",
    "x" * 255,
    "雨" * 85,
    "CON",
    "what is it. ",
    "100%20 #1 & 'more' $HOME; ~",
    "-rf",
    "line\nbreak\ttab",
    'C:\\films\\"quoted"?*|',
    pytest.param("caf\udce9", id="latin-1"),  # as Linux hands on a name in another encoding
]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse some of these")


def named(folder: Path, name: str, suffix: str) -> Path:
    """A file in a new folder, of a name as long as can be."""
    folder.mkdir(parents=True, exist_ok=True)
    while len(os.fsencode(name + suffix)) > 255:
        name = name[:-1]
    return folder / f"{name}{suffix}"


@pytest.mark.parametrize("name", NAMES)
def test_a_project_of_any_name_with_media_of_any_name(
    home: Path, tmp_path: Path, queue: JobQueue, moving: Path, name: str
) -> None:
    loop, film = OwnerLoop(), tmp_path / "films" / name
    session = Session(queue, film, loop.post)
    outside = named(tmp_path / "footage", name, ".mp4")
    inside = named(film / "own footage", name, ".mp4")
    for path in (outside, inside):
        shutil.copy(moving, path)
        session.place(session.import_media(path), 0, session.timeline.length)
    assert session._autosave.settle()
    (kept,) = unsaved.found(film, store.digest_of(film))
    assert kept.project == session.project
    session.save()
    assert session.versions()
    session.close()
    again = Session(queue, film, loop.post)
    assert again.project == session.project
    assert again.missing_media() == ()
    copied = tmp_path / "copies" / name
    again.save_as(copied)
    assert again.missing_media() == ()
    assert named(copied / "own footage", name, ".mp4").is_file()
    assert (copied / lock.FILE).exists()
    again.close()
    film.rename(tmp_path / "moved")
    assert store.load(tmp_path / "moved").timeline == session.timeline


@pytest.mark.parametrize("name", NAMES)
def test_files_of_any_name_are_written(tmp_path: Path, name: str) -> None:
    film = named(tmp_path / "out", name, ".mp4")
    with VideoWriter(film, Size(64, 48), Rate(24)) as writer:
        writer.write(ramp(4, Size(64, 48)))
    assert probe(film).frames == 4
    picture = save_png(named(tmp_path / "out", name, ".png"), np.zeros((8, 8, 3), np.uint8))
    assert probe(picture).size == Size(8, 8)
    assert sorted(path.suffix for path in film.parent.iterdir()) == [".mp4", ".png"]
