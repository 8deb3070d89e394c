"""A disk that is really full, a small one in memory: what was saved stays, and what was not is saved elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.errors import ProjectError
from sora_studio.core.media_item import MediaItem, Ready
from sora_studio.core.time import Rate, Size
from sora_studio.jobs.queue import JobQueue
from sora_studio.session import lock, opening, store, unsaved, versions
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from sora_studio.session.views import Notice
from tests.session.mounts import MOUNTS, mounted
from tests.session.test_store import project

pytestmark = MOUNTS


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    with mounted(tmp_path / "small disk", "-t", "tmpfs", "-o", "size=256k", "tmpfs") as place:
        yield place


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
        assert session._autosave.settle()
    loop.run_pending()
    (told,) = [notice for notice in notices if notice.kind == "error"]
    assert told.text.startswith(
        "“film” cannot be written now (the disk is full). Your changes are kept on this computer"
    )
    assert told.elsewhere
    with pytest.raises(ProjectError, match="the disk is full"):
        session.save()
    assert session.modified
    assert (film / store.FILE).read_bytes() == saved
    assert sorted(path.name for path in film.iterdir() if path.name.startswith(".")) == [], "no halves are left"
    assert unsaved.left_aside() == (film,)
    changed = session.project
    session.close()
    again = Session(queue, film, loop.post)
    assert again.project == changed, "what did not fit is back"
    again.save_as(tmp_path / "roomy")
    assert not again.modified
    assert store.load(tmp_path / "roomy") == replace(again.project, name="roomy")
    assert unsaved.left_aside() == ()
    again.close()


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


def test_changes_that_do_not_fit_among_the_versions_stay_where_they_are(small: Path, home: Path) -> None:
    film = small / "film"
    store.save(project(), film)
    spot = unsaved.Spot(film, store.digest_of(film))
    store.save(replace(project(), name="theirs"), film)
    mine = project().with_media(replace(project().media["m1"], caption="x" * 20_000))
    unsaved.keep(mine, spot, spot.aside, 1)
    fill(small)
    assert opening.set_aside(film, opening.read(film)) == ()
    assert [one.project for one in unsaved.found(film, "")] == [mine]
    (small / "filler").unlink()
    opening.set_aside(film, opening.read(film))
    assert unsaved.found(film, "") == ()
    assert mine in [store.load_version(version.path, film) for version in versions.versions(film)]


def test_there_is_no_room_for_a_lock(small: Path) -> None:
    fill(small)
    lock.take(small)
    assert not (small / lock.FILE).exists() or (small / lock.FILE).stat().st_size > 0
