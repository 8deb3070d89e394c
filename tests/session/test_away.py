"""Folders that go away, are moved, cannot be written or do not answer while a project in them is open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.errors import InUse, ProjectError, Unanswered
from sora_studio.core.media_item import Ready
from sora_studio.core.project import Project
from sora_studio.core.timeline import Marker
from sora_studio.core.tracks import put_marker
from sora_studio.media.fingerprint import fingerprint
from sora_studio.session import autosave, folders, lock, opening, store, unsaved, versions
from sora_studio.session.folders import Folders
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.media_pool import MediaPool
from sora_studio.session.views import Notice
from sora_studio.settings.sections import Settings
from tests.session.conftest import DRAFT, PATIENCE, Studio
from tests.session.mounts import MOUNTS, connect, mounted, protect, pull
from tests.session.test_full_disk import fill
from tests.session.test_lock import window
from tests.session.test_store import keep_unsaved, project


class Window:
    """A project that is open, and what was said."""

    def __init__(self, folder: Path) -> None:
        self.loop, self.notices = OwnerLoop(), list[Notice]()
        self.open = Folders(folder, self.loop.post, Settings())
        self.open.noticed.connect(self.notices.append)

    def mark(self, name: str) -> None:
        """An edit, kept wherever it can be."""
        self.open._edit("Add a marker", put_marker(self.open.timeline, Marker(ord(name), name)))
        assert self.open._autosave.settle()

    def said(self) -> list[str]:
        self.loop.run_pending()
        return [notice.text for notice in self.notices]

    def until(self, words: str) -> None:
        assert self.loop.run_until(lambda: any(words in notice.text for notice in self.notices), PATIENCE), self.said()

    def close(self) -> None:
        self.open._leave()
        self.open._autosave.close()


@pytest.fixture(autouse=True)
def own_home(home: Path) -> None:
    """Nothing of the artist who runs the tests."""


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Path]:
    """A drive with a project on it; the same files come back with `back`."""
    store.save(project(), tmp_path / "behind" / "film")
    with mounted(tmp_path / "drive", "--bind", str(tmp_path / "behind")) as place:
        yield place


def back(drive: Path) -> None:
    connect(drive, "--bind", str(drive.with_name("behind")))


def names(project: Project) -> list[str]:
    return sorted(marker.name for marker in project.timeline.markers)


@MOUNTS
def test_a_drive_that_is_pulled_out_and_comes_back(drive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "RETRY", 0.2)
    film = drive / "film"
    window = Window(film)
    window.mark("a")
    pull(drive)
    window.mark("b")
    assert window.said()[-1].startswith("“film” cannot be written now (its folder is gone). Your changes are kept")
    with pytest.raises(ProjectError, match="is gone"):
        window.open.save()
    assert list(drive.iterdir()) == [], "nothing is made where the drive was"
    window.mark("c")
    back(drive)
    window.until("“film” can be written again. Save to keep your changes.")
    assert unsaved.left_aside() == ()
    window.open.save()
    assert names(store.load(film)) == ["a", "b", "c"]
    window.close()


@MOUNTS
def test_what_was_done_without_the_drive_comes_back_with_it_at_another_start(drive: Path) -> None:
    film = drive / "film"
    window = Window(film)
    window.mark("a")
    pull(drive)
    window.mark("b")
    window.close()
    assert unsaved.left_aside() == (film,)
    other = Window(drive.parent / "other")
    other.open.open_left(film)  # it is not there yet
    assert names(other.open.project) == ["a", "b"]
    assert other.open.folder is None
    assert other.open.media_path("m1") is None
    back(drive)
    (film / "media" / "m1.mp4").write_bytes(b"frames")
    assert other.open.media_path("m1") == film / "media" / "m1.mp4"
    other.open.open_left(film)
    assert other.open.folder == film
    assert names(other.open.project) == ["a", "b"]
    assert any("are back" in said for said in other.said())
    other.open.save()
    assert unsaved.left_aside() == ()
    other.close()


@MOUNTS
def test_a_clip_that_is_made_without_the_drive_comes_home_with_it(
    studio: Studio, drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "RETRY", 0.2)
    session, film = studio.session, drive / "film"
    session.open(film)
    pull(drive)
    session.star("m1", on=False)
    studio.until(lambda: session._away)
    session.generate(DRAFT)
    studio.settled()
    made = session.timeline.find(session.selection[0])[1].media
    path = session.media_path(made)
    assert path is not None
    assert path.is_relative_to(unsaved.aside(film))
    back(drive)
    studio.until(lambda: not session._away)
    session.save()
    assert session.media_path(made) == film / "media" / path.name
    assert session.item(made).state == Ready(f"media/{path.name}")
    assert store.load(film).media[made] == session.item(made)
    assert not path.exists()


def made_aside(session: Folders) -> list[Path]:
    """Two clips that were made while the project's folder could not be written, and are kept."""
    place = unsaved.aside(session.home) / store.MEDIA
    place.mkdir(parents=True)
    paths = [place / "one.mp4", place / "two.mp4"]
    for path in paths:
        path.write_bytes(path.stem.encode())
        session._keep(replace(session.project.media["m1"], id=path.stem, state=Ready(str(path)), fingerprint=""))
    session._touched()
    assert session._autosave.settle()
    return paths


def without_file(folder: Path) -> list[str]:
    """Those of them that the next studio would not find."""
    media = opening.read(folder).project.media
    return [key for key in ("one", "two") if store.media_path(folder, media[key]) is None]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_kill_at_any_moment_while_clips_come_home_loses_none(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    session, film, other = studio.session, tmp_path / "film", tmp_path / "other"
    store.save(project(), film)
    session.open(film)
    paths = made_aside(session)
    lost, really = list[list[str]](), os.replace

    def look() -> None:
        lost.append(without_file(other if store.has_project(other) else film))

    def looked_at(source: str, target: str) -> None:
        look()
        really(source, target)
        look()

    with monkeypatch.context() as watched:
        watched.setattr(os, "replace", looked_at)
        if elsewhere:
            session.save_as(other)
        else:
            session.save()
    look()
    assert len(lost) > 4
    assert not any(lost)
    home = other if elsewhere else film
    assert [(home / "media" / path.name).read_text() for path in paths] == ["one", "two"]
    assert [store.load(home).media[key].state for key in ("one", "two")] == [
        Ready("media/one.mp4"),
        Ready("media/two.mp4"),
    ]
    assert not any(path.exists() for path in paths)
    assert not paths[0].parent.exists()


def test_earlier_versions_find_clips_that_have_come_home_since(tmp_path: Path) -> None:
    film = tmp_path / "film"
    store.save(project(), film)
    window = Window(film)
    for path in made_aside(window.open):
        item = window.open.project.media[path.stem]
        window.open._keep(replace(item, fingerprint=fingerprint(path)))
    window.open._touched()
    assert window.open.keeps_changes
    versions.put_by(film, window.open._spot.beside, saved=False)
    window.open.save()
    (version,) = [one for one in versions.versions(film) if not one.saved]
    media = store.load_version(version.path, film).media
    assert [media[key].state for key in ("one", "two")] == [Ready("media/one.mp4"), Ready("media/two.mp4")]
    (film / "media" / "two.mp4").write_bytes(b"another")
    assert store.load_version(version.path, film).media["two"].state != Ready("media/two.mp4")
    window.close()


def test_clips_that_came_home_with_a_save_that_failed_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = tmp_path / "film"
    store.save(project(), film)
    window = Window(film)
    paths = made_aside(window.open)

    def full(project: Project, folder: Path) -> str:
        raise ProjectError("It is full.")

    with monkeypatch.context() as broken:
        broken.setattr(store, "save", full)
        with pytest.raises(ProjectError, match="full"):
            window.open.save()
    assert window.open._autosave.settle()
    assert without_file(film) == []
    window.open.save()
    assert without_file(film) == []
    assert not any(path.exists() for path in paths)
    window.close()


def silent(folder: Path) -> Callable[[], None]:
    """Reading the project in a folder waits from now on, until what comes back is called."""
    os.replace(folder / store.FILE, folder / "behind")
    os.mkfifo(folder / store.FILE)  # reading it waits for a writer

    def answer() -> None:
        with (folder / store.FILE).open("wb") as pipe:
            os.replace(folder / "behind", folder / store.FILE)
            pipe.write((folder / store.FILE).read_bytes())

    return answer


def test_while_a_drive_is_waited_for_the_former_project_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "AT_ONCE", 0.1)
    film, far, answers = tmp_path / "film", tmp_path / "far", list[ProjectError | None]()
    store.save(project(), film)
    window = Window(film)
    store.save(Project("far"), far)
    answer = silent(far)
    reaching = window.open.open_soon(far, answers.append)
    assert not reaching.is_over
    window.mark("a")
    answer()
    assert window.loop.run_until(lambda: reaching.is_over, 60)
    assert answers == [None]
    assert window.open.folder == far
    window.open.open(film)
    assert names(window.open.project) == ["a"]
    window.open.open_soon(tmp_path / "nowhere", answers.append).wait(60)
    assert "no project" in str(answers[-1])
    assert window.open.folder == film
    window.close()


def test_a_copy_waits_for_a_drive_in_the_same_way_and_leaves_the_folder_to_whoever_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "AT_ONCE", 0.1)
    film, far, answers = tmp_path / "film", tmp_path / "far", list[ProjectError | None]()
    store.save(project(), film)
    window, other = Window(film), Window(tmp_path / "other")
    store.save(Project("far"), far)
    other.open.open(far)
    answer = silent(far)
    reaching = window.open.open_soon(far, answers.append, copy=True)
    assert not reaching.is_over
    answer()
    assert window.loop.run_until(lambda: reaching.is_over, 60)
    assert answers == [None]
    assert window.open.folder is None
    assert window.open.project.name == "far (copy)"
    assert window.open.modified, "nothing is kept of it until it is saved somewhere"
    other.mark("b")
    other.open.save()
    assert names(other.open.project) == ["b"]
    window.open.open_soon(tmp_path / "nowhere", answers.append, copy=True).wait(60)
    assert "no project" in str(answers[-1])
    window.close()
    other.close()


def test_a_drive_that_does_not_answer_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "PATIENCE", 0.3)
    monkeypatch.setattr(autosave, "RETRY", 0.2)
    film = tmp_path / "film"
    store.save(project(), film)
    window = Window(film)
    os.mkfifo(film / ".project.unsaved.json.part")  # opening it waits for a reader
    window.mark("a")
    window.mark("b")
    assert "(the drive does not answer)" in window.said()[-1]
    (kept,) = unsaved.found(film, store.digest_of(film))
    assert names(kept.project) == ["a", "b"]
    with pytest.raises(Unanswered):
        window.open.save()
    assert window.open.modified
    os.close(os.open(film / ".project.unsaved.json.part", os.O_RDONLY | os.O_NONBLOCK))
    window.until("can be written again")
    window.open.save()
    assert names(store.load(film)) == ["a", "b"]
    window.close()


def test_another_project_is_none_the_worse_for_a_drive_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "PATIENCE", 0.3)
    for name in ("film", "other"):
        store.save(project(), tmp_path / name)
    window = Window(tmp_path / "film")
    os.mkfifo(tmp_path / "film" / ".project.unsaved.json.part")
    window.mark("a")
    assert window.open._away
    window.open.open(tmp_path / "other")
    window.mark("b")
    window.open.save()
    assert names(store.load(tmp_path / "other")) == ["b"]
    assert unsaved.left_aside() == (tmp_path / "film",)
    window.close()
    os.close(os.open(tmp_path / "film" / ".project.unsaved.json.part", os.O_RDONLY | os.O_NONBLOCK))


@MOUNTS
def test_no_room_anywhere_is_said_and_changes_are_kept_as_soon_as_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "RETRY", 0.2)
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=256k", "tmpfs") as small:
        monkeypatch.setenv("SORA_STUDIO_HOME", str(small / "home"))
        film = small / "film"
        store.save(project(), film)
        window = Window(film)
        fill(small)
        window.mark("a")
        assert window.said()[-1].startswith("Unsaved changes cannot be kept.")
        assert not window.open.keeps_changes
        (small / "filler").unlink()
        window.until("can be written again")
        assert window.open.keeps_changes
        (kept,) = unsaved.found(film, store.digest_of(film))
        assert names(kept.project) == ["a"]
        window.close()


def test_a_project_that_another_window_took_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    film = tmp_path / "film"
    store.save(project(), film)
    mine = Window(film)
    mine.mark("a")
    (film / lock.FILE).unlink()  # as the sentence about another machine says
    with window(film), pytest.raises(InUse):
        mine.open.save()
    assert names(store.load(film)) == []
    mine.open.save()
    assert names(store.load(film)) == ["a"]
    mine.close()


def test_footage_that_was_moved_with_its_project_is_found(tmp_path: Path, moving: Path, still: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "somewhere" / "new"
    (old / "footage").mkdir(parents=True)
    film = shutil.copy(moving, old / "footage" / "film.mp4")
    lying = shutil.copy(still, old / "footage" / "still.png")
    pool = MediaPool(old / "project", OwnerLoop().post, Settings())
    media, other = pool.import_media(Path(film)), pool.import_media(Path(lying))
    pool.save()
    pool._leave()
    new.parent.mkdir()
    old.rename(new)
    (new / "footage" / "still.png").write_bytes(b"another picture")
    moved = MediaPool(new / "project", OwnerLoop().post, Settings())
    assert moved.media_path(media) == new / "footage" / "film.mp4"
    assert [item.id for item in moved.missing_media()] == [other], "a file that is not the same is none"
    moved._leave()
    pool._autosave.close()
    moved._autosave.close()


def test_a_save_that_was_given_up_and_came_through_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "PATIENCE", 0.3)
    film = tmp_path / "film"
    store.save(project(), film)
    window = Window(film)
    window.mark("a")
    os.mkfifo(film / ".write")
    real = store.save

    def slow(saved: Project, folder: Path) -> str:
        (film / ".write").read_bytes()
        return real(saved, folder)

    monkeypatch.setattr(store, "save", slow)
    with pytest.raises(Unanswered):
        window.open.save()
    window.open._edit("Add a marker", put_marker(window.open.timeline, Marker(ord("b"), "b")))
    (film / ".write").write_bytes(b"")
    assert window.loop.run_until(lambda: names(window.open._saved) == ["a"], PATIENCE)
    assert window.open._autosave.settle()
    window.close()
    again = Window(film)
    assert names(store.load(film)) == ["a"]
    assert names(again.open.project) == ["a", "b"]
    again.close()


def test_a_folder_that_is_moved_while_it_is_open_is_known_where_it_lies_then(tmp_path: Path) -> None:
    film, moved = tmp_path / "film", tmp_path / "archive" / "film 2"
    store.save(project(), film)
    window = Window(film)
    window.mark("a")
    moved.parent.mkdir()
    film.rename(moved)
    window.mark("b")
    window.close()
    assert not film.exists()
    again = Window(moved)
    assert names(again.open.project) == ["a", "b"]
    again.open.save()
    assert unsaved.left_aside() == ()
    again.close()


def test_a_copied_folder_has_no_part_in_what_was_not_saved_of_the_other(tmp_path: Path) -> None:
    film, copied = tmp_path / "film", tmp_path / "copied"
    store.save(project(), film)
    shutil.copytree(film, copied)
    unsaved.keep(Project("other"), spot := unsaved.Spot(film, store.digest_of(film)), spot.aside, 1)
    window = Window(copied)
    assert window.open.project == project()
    assert unsaved.left_aside() == (film,)
    window.close()


@MOUNTS
def test_a_write_protected_folder_opens_as_a_copy_and_says_so(tmp_path: Path) -> None:
    with mounted(tmp_path / "drive", "-t", "tmpfs", "-o", "size=1m", "tmpfs") as place:
        film = place / "film"
        store.save(project(), film)
        (film / "media" / "m1.mp4").write_bytes(b"frames")
        keep_unsaved(Project("newest", project().timeline, project().media), film)
        protect(place)
        window = Window(film)
        assert window.said() == ["“film” is write-protected, so a copy of it is open. Save it where you want it."]
        assert window.notices[0].elsewhere
        assert window.open.project.name == "newest (copy)"
        assert window.open.folder is None
        assert window.open.modified
        assert window.open.media_path("m1") == film / "media" / "m1.mp4"
        window.mark("a")
        window.open.open(film)  # again
        assert window.open.folder is None
        window.close()
        assert unsaved.left_aside() == ()


def test_changes_from_before_a_save_do_not_come_back_over_it(tmp_path: Path) -> None:
    film = tmp_path / "film"
    store.save(project(), film)
    keep_unsaved(Project("old changes", project().timeline, project().media), film)
    os.utime(film / store.RECOVERY, (1e9, 1e9))
    store.save(Project("saved since", project().timeline, project().media), film)
    window = Window(film)
    assert window.open.project.name == "saved since"
    assert window.said() == []
    assert not (film / store.RECOVERY).exists()
    kept = [store.load_version(version.path, film).name for version in versions.versions(film) if not version.saved]
    assert kept == ["old changes"]
    window.close()


def test_what_another_machine_saved_meanwhile_is_opened_and_my_changes_are_a_version(tmp_path: Path) -> None:
    film = tmp_path / "film"
    store.save(project(), film)
    spot = unsaved.Spot(film, store.digest_of(film))
    store.save(Project("theirs", project().timeline, project().media), film)
    os.utime(film / store.FILE, (1e9, 1e9))
    unsaved.keep(Project("mine", project().timeline, project().media), spot, spot.aside, 3)
    window = Window(film)
    assert window.open.project.name == "theirs"
    assert "Somebody saved “film” since your last changes" in window.said()[0]
    kept = [store.load_version(version.path, film).name for version in versions.versions(film) if not version.saved]
    assert kept == ["mine"]
    assert unsaved.left_aside() == ()
    window.close()


def test_a_damaged_project_opens_as_its_last_version(tmp_path: Path) -> None:
    film = tmp_path / "film"
    for name in ("first", "second"):
        store.save(Project(name), film)
    (film / store.FILE).write_bytes(b'{"format": "sora-stu')
    window = Window(film)
    assert window.open.project.name == "first"
    assert "The file of “film” is damaged. Its version of 20" in window.said()[0]
    assert window.open.modified
    window.open.save()
    assert store.load(film).name == "first"
    window.close()
