"""Earlier versions: kept by saves, thinned with age, brought back."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.project import Project
from sora_studio.session import autosave, store, versions
from sora_studio.session.versions import Version, surplus
from tests.session.conftest import Studio
from tests.session.test_store import project

NOW = datetime(2026, 11, 28, 12, 0, 30, tzinfo=UTC)
known = st.lists(
    st.tuples(st.integers(-100, 400 * 86_400), st.booleans()).map(
        lambda made: Version(Path(f"{made[0]} {made[1]}"), NOW - timedelta(seconds=made[0]), made[1])
    ),
    unique_by=lambda version: version.path,
    max_size=60,
)


def thinned(there: list[Version], now: datetime) -> list[Version]:
    gone = surplus(there, now)
    return [one for one in there if one not in gone]


@given(known)
def test_of_every_span_the_last_stays(there: list[Version]) -> None:
    left = thinned(there, NOW)
    assert thinned(left, NOW) == left
    for saved in (True, False):
        ordered = sorted((one for one in there if one.saved == saved), key=lambda one: one.at)
        assert not ordered or ordered[-1] in left, "the newest never goes"
    for one in there:
        age = NOW - one.at
        room = timedelta(minutes=1) if age < timedelta(hours=1) else timedelta(days=30)
        room = timedelta(hours=1) if timedelta(hours=1) <= age < timedelta(days=1) else room
        room = timedelta(days=1) if timedelta(days=1) <= age < timedelta(days=31) else room
        near = [other for other in left if other.saved == one.saved and timedelta() <= other.at - one.at < room]
        assert near, (one, "nothing near it stays")


def test_a_year_of_saves_leaves_few() -> None:
    there: list[Version] = []
    for hour in range(0, 365 * 24, 3):
        now = NOW + timedelta(hours=hour)
        there = thinned([*there, Version(Path(str(hour)), now)], now)
    assert len(there) <= 8 + 31 + 13 + versions.FEW


def test_a_clock_that_is_wrong_by_years_takes_no_work_of_today(tmp_path: Path) -> None:
    for minute in range(versions.FEW + 5):
        store.save(replace(project(), name=f"film {minute}"), tmp_path)
        os.utime(tmp_path / store.FILE, (NOW.timestamp() + 60 * minute,) * 2)
    store.save(project(), tmp_path)
    os.utime(tmp_path / store.FILE, (NOW.timestamp() + 10 * 365 * 86_400,) * 2)
    store.save(replace(project(), name="later"), tmp_path)
    there = versions.versions(tmp_path)
    far = NOW + timedelta(days=10 * 365)
    left = thinned(list(there), far)
    names = [store.load_version(one.path, tmp_path).name for one in sorted(left, key=lambda one: one.at, reverse=True)]
    assert names[1 : versions.FEW] == [f"film {minute}" for minute in range(versions.FEW + 4, 5, -1)]


def test_every_save_keeps_what_it_replaces_once(tmp_path: Path) -> None:
    for number in range(3):
        store.save(replace(project(), name=f"film {number}"), tmp_path)
        os.utime(tmp_path / store.FILE, (time.time() - 300 + number * 60,) * 2)
        store.save(replace(project(), name=f"film {number}"), tmp_path)
        os.utime(tmp_path / store.FILE, (time.time() - 300 + number * 60,) * 2)
    store.save(project(), tmp_path)
    found = [store.load_version(version.path, tmp_path).name for version in versions.versions(tmp_path)]
    assert found == ["film 2", "film 1", "film 0"]


def test_of_two_states_of_one_second_the_last_stays(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
        for _ in range(2):
            os.utime(tmp_path / name, (1e9, 1e9))
            assert versions.put_by(tmp_path, tmp_path / name)
    assert [version.path.read_text() for version in versions.versions(tmp_path)] == ["b"]


def test_a_disk_without_links_has_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    store.save(project(), tmp_path)
    store.save(replace(project(), name="other"), tmp_path)
    (version,) = versions.versions(tmp_path)
    assert store.load_version(version.path, tmp_path) == project()
    assert [path.name for path in version.path.parent.iterdir()] == [version.path.name]


def test_what_is_not_saved_for_long_becomes_a_version(
    studio: Studio, moving: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = studio.session
    session.place(session.import_media(moving), 0, 0)
    assert session._autosave.settle()
    first = session.project
    assert session.versions() == ()
    monkeypatch.setattr(autosave, "VERSION_EVERY", -1.0)
    session.rename(next(iter(session.project.media)), "another")
    assert session._autosave.settle()
    (version,) = session.versions()
    assert not version.saved
    assert session.version(version) == first


def test_a_version_comes_back_as_one_step_and_nothing_is_lost(studio: Studio, moving: Path, still: Path) -> None:
    session = studio.session
    first = session.import_media(moving)
    session.place(first, 0, 0)
    session.save()
    os.utime(session.home / store.FILE, (time.time() - 300,) * 2)
    then = session.timeline
    later = session.import_media(still)
    session.remove_media(first, with_clips=True)
    session.save()
    session.place(later, 0, 10)
    newest = session.timeline
    version = next(one for one in session.versions() if session.version(one).timeline == then)
    session.restore(version)
    assert session.timeline == then
    assert session.modified
    assert set(session.project.media) == {first, later}
    (kept,) = [one for one in session.versions() if not one.saved]
    assert session.version(kept).timeline == newest, "what was not saved is a version too"
    assert session.undo_text == "Restore an earlier version"
    session.undo()
    assert session.timeline == newest
    session.redo()
    session.save()
    assert store.load(session.home) == session.project


def test_a_version_that_is_not_one_is_passed_over(tmp_path: Path) -> None:
    store.save(Project("first"), tmp_path)
    store.save(Project("second"), tmp_path)
    for name in ("notes.json", "20261128.json", ".20261128T101010.json.part"):
        (tmp_path / versions.FOLDER / name).write_text("{}")
    assert len(versions.versions(tmp_path)) == 1
