"""One project in two windows, which are two processes: the second is told, and may work on a copy."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sora_studio.core.errors import InUse, ProjectError
from sora_studio.core.media_item import Ready
from sora_studio.jobs.queue import JobQueue
from sora_studio.session import lock, store
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from tests.session.conftest import Studio
from tests.session.test_store import keep_unsaved, project

ROOT = Path(__file__).resolve().parents[2]
WINDOW = """
import sys
from pathlib import Path
from sora_studio.session import lock
lock.take(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
lock.release(Path(sys.argv[1]))
"""


@contextmanager
def window(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another window that has a project open."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", WINDOW, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        try:
            yield other
        finally:
            other.kill()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    folder = tmp_path / "other film"
    store.save(project(), folder)
    (folder / "media" / "m1.mp4").write_bytes(b"frames")
    return folder


def test_the_second_window_is_told_and_what_it_has_stays(studio: Studio, film: Path) -> None:
    before = studio.session.folder
    with window(film):
        with pytest.raises(InUse, match="“other film” is open in another window") as caught:
            studio.session.open(film)
        assert caught.value.folder == film
        with pytest.raises(InUse):
            studio.session.open(film / "project.json")
        assert studio.session.folder == before
    studio.session.open(film)  # that window was killed: its lock is stale
    assert studio.session.folder == film


def test_a_window_lets_go_of_what_it_leaves(studio: Studio, film: Path) -> None:
    assert studio.session.folder is not None
    first = studio.session.folder / lock.FILE
    assert first.is_file()
    studio.session.open(film)
    assert not first.exists()
    with window(first.parent):
        pass
    studio.session.open(film)  # again
    studio.session.save_as(film.with_name("third"))
    assert not (film / lock.FILE).exists()
    assert (film.with_name("third") / lock.FILE).exists()
    studio.session.close()
    assert not (film.with_name("third") / lock.FILE).exists()


def test_a_window_that_starts_on_it_is_told(film: Path, home: Path, queue: JobQueue) -> None:
    with window(film), pytest.raises(InUse):
        Session(queue, film, OwnerLoop().post)


def test_a_copy_has_all_and_writes_nothing_there(studio: Studio, film: Path) -> None:
    keep_unsaved(replace(project(), name="newest"), film)
    with window(film):
        before = {path: path.read_bytes() for path in film.rglob("*") if path.is_file()}
        studio.session.open_copy(film)
        session = studio.session
        assert session.project.name == "newest (copy)"
        assert session.timeline == project().timeline
        assert session.media_path("m1") == film / "media" / "m1.mp4"
        assert session.folder is None
        assert session.modified
        session.save_as(film.with_name("mine"))
        assert {path: path.read_bytes() for path in film.rglob("*") if path.is_file()} == before
    again = store.load(film.with_name("mine"))
    assert again.timeline == project().timeline
    assert again.media["m1"].state == Ready(str(film / "media" / "m1.mp4"))


def test_a_folder_that_is_no_project_is_not_kept_locked(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for act in (studio.session.open, studio.session.open_copy):
        with pytest.raises(ProjectError, match="no project"):
            act(tmp_path / "empty")
    assert list((tmp_path / "empty").iterdir()) == []


def test_locks_of_the_dead_are_taken_over_and_of_other_machines_are_not(tmp_path: Path) -> None:
    path, here = tmp_path / lock.FILE, socket.gethostname()
    for said in ({"pid": 2**22 + 7, "born": 1.0, "host": here}, {"pid": 1, "born": 1.0, "host": here}, {"host": here}):
        path.write_text(json.dumps({**said, "folder": str(tmp_path)}))
        lock.take(tmp_path)
        lock.release(tmp_path)
        assert list(tmp_path.iterdir()) == []
    path.write_text(json.dumps({"pid": 1, "born": 1.0, "host": "atelier"}))
    with pytest.raises(InUse, match=r"on the machine “atelier”.*delete “project.lock”"):
        lock.take(tmp_path)
    lock.release(tmp_path)
    assert path.exists()


def test_an_empty_lock_counts_while_it_may_be_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / lock.FILE).write_bytes(b"")
    with pytest.raises(InUse):
        lock.take(tmp_path)
    later = time.time() + lock.WRITTEN + 1
    monkeypatch.setattr(time, "time", lambda: later)
    lock.take(tmp_path)
    assert json.loads((tmp_path / lock.FILE).read_text())["folder"] == str(tmp_path)


def test_a_folder_that_was_copied_while_it_was_open_is_free(film: Path) -> None:
    with window(film):
        copied = Path(shutil.copytree(film, film.with_name("copied")))
        lock.take(copied)
        with pytest.raises(InUse):
            lock.take(film)


def test_a_folder_that_cannot_be_written_needs_no_lock(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    lock.take(tmp_path / "file")
    lock.take(tmp_path / "nowhere")
    lock.release(tmp_path / "nowhere")


def test_an_empty_lock_of_a_clock_that_was_wrong_is_a_dead_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / lock.FILE).write_bytes(b"")
    before = time.time() - 10 * 365 * 86_400
    monkeypatch.setattr(time, "time", lambda: before)
    lock.take(tmp_path)
    assert json.loads((tmp_path / lock.FILE).read_text())["folder"] == str(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the birth of a process is not reckoned from the clock")
def test_a_window_stays_the_same_when_the_clock_is_set(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with window(film):
        boot = psutil.boot_time()
        monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: boot + 3600)
        with pytest.raises(InUse):
            lock.take(film)
