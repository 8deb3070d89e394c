"""A disk that is really full, a small one in memory: what was saved stays, and what was not is saved elsewhere."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.errors import ProjectError
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.time import Rate, Size
from sora_studio.jobs.queue import JobQueue
from sora_studio.session import lock, store
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from sora_studio.session.views import Notice
from tests.session.test_store import project

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root mounts a file system in memory"
)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    place = tmp_path / "small disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this machine does not let root mount")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> None:
    with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"0" * 1024)


def test_a_full_disk_is_said_and_nothing_is_lost(small: Path, tmp_path: Path, home: Path, queue: JobQueue) -> None:
    loop, notices, film = OwnerLoop(), list[Notice](), small / "film"
    store.save(project(), film)
    session = Session(queue, film, loop.post)
    session.noticed.connect(notices.append)
    fill(small)
    saved = (film / store.FILE).read_bytes()
    for number in range(30):  # edits that need room
        session._keep(MediaItem(f"n{number}", "x" * 5000, Ready("media/m1.mp4"), 17, Rate(8), Size(192, 112)))
        session._touched()
    (told,) = [notice.text for notice in notices if notice.kind == "error"]
    assert told.startswith("Unsaved changes cannot be kept.")
    assert "(the disk is full). Save it elsewhere." in told
    with pytest.raises(ProjectError, match="the disk is full"):
        session.save()
    assert session.modified
    assert (film / store.FILE).read_bytes() == saved
    assert sorted(path.name for path in film.iterdir() if path.name.startswith(".")) == [], "no halves are left"
    session.save_as(tmp_path / "roomy")
    assert not session.modified
    assert store.load(tmp_path / "roomy") == replace(session.project, name="roomy")
    session.close()


def test_saving_as_on_a_full_disk_leaves_the_project_where_it_is(
    small: Path, tmp_path: Path, home: Path, queue: JobQueue
) -> None:
    store.save(project(), tmp_path / "film")
    (tmp_path / "film" / "media" / "m1.mp4").write_bytes(b"0" * 300_000)
    session = Session(queue, tmp_path / "film", OwnerLoop().post)
    with pytest.raises(ProjectError, match=r"“m1.mp4” cannot be copied to .* \(the disk is full\)"):
        session.save_as(small / "film")
    assert session.folder == tmp_path / "film"
    assert not store.has_project(small / "film")
    assert not (small / "film" / lock.FILE).exists()
    session.save()
    session.close()


def test_there_is_no_room_for_a_lock(small: Path) -> None:
    fill(small)
    lock.take(small)
    assert not (small / lock.FILE).exists() or (small / lock.FILE).stat().st_size > 0
