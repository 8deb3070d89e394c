"""The queue on the disk: what was acknowledged is there after a kill at any change, a cut of power, a full disk."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sora_studio.core.errors import OutputError
from sora_studio.jobs.queue_store import _MIGRATIONS, FILE, JobRow, QueueStore
from tests.fakes.brittle_disk import Disk, dying, full, reachable, under

brittle = pytest.mark.skipif(not reachable(), reason="Python's SQLite is built in here, so nothing can be put under it")
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def row(name: str, media: str = "", **changes: Any) -> JobRow:
    return replace(JobRow(name, "/film", media or f"m-{name}", f"Clip {name}", '{"words": "€ rain"}'), **changes)


# a model of the store: what it must hold after each acknowledged change


@dataclass
class Model:
    """The rows in their order, and whether the queue is paused."""

    rows: list[JobRow] = field(default_factory=list)
    paused: bool = False

    def apply(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("add", JobRow() as new):
                self.rows = [one for one in self.rows if one.id != new.id and one.media != new.media] + [new]
            case ("begin", job):
                self._map(job, lambda one: replace(one, state="running", attempts=one.attempts + 1))
            case ("end", job, state, reason):
                self._map(job, lambda one: replace(one, state=state, reason=reason, attempts=0))
            case ("change", job, label):
                self._map(job, lambda one: replace(one, label=label, data="{}", keep="/kept"))
            case ("arrange", order, ranks):
                known = {one.id: one for one in self.rows}
                wanted = iter([known[job] for job in order if job in known])
                self.rows = [next(wanted) if one.id in order else one for one in self.rows]
                self.rows = [replace(one, priority=ranks.get(one.id, one.priority)) for one in self.rows]
            case ("discard", jobs):
                self.rows = [one for one in self.rows if one.id not in jobs]
            case ("pause", paused):
                self.paused = paused

    def _map(self, job: str, change: Any) -> None:
        self.rows = [change(one) if one.id == job else one for one in self.rows]

    def holds(self, store: QueueStore) -> bool:
        return [replace(one, place=0) for one in store.rows()] == self.rows and store.paused == self.paused


def do(store: QueueStore, step: tuple[Any, ...]) -> None:
    match step:
        case ("add", JobRow() as new):
            store.add(new)
        case ("begin", job):
            store.begin(job)
        case ("end", job, state, reason):
            store.end(job, state, reason)
        case ("change", job, label):
            store.change(job, label, "{}", "/kept")
        case ("arrange", order, ranks):
            store.arrange(order, ranks)
        case ("discard", jobs):
            store.discard(jobs)
        case ("pause", paused):
            store.pause(paused)


ENDS = ("waiting", "done", "stopped", "failed", "cancelled")
NAMES = st.sampled_from("abcdef")
STEPS = st.one_of(
    st.builds(lambda name, media, rank: ("add", row(name, media, priority=rank)), NAMES, NAMES, st.integers(-1, 1)),
    st.tuples(st.just("begin"), NAMES),
    st.tuples(st.just("end"), NAMES, st.sampled_from(ENDS), st.text(max_size=9)),
    st.tuples(st.just("change"), NAMES, st.text(max_size=9)),
    st.tuples(st.just("arrange"), st.lists(NAMES, unique=True), st.dictionaries(NAMES, st.integers(-1, 1), max_size=3)),
    st.tuples(st.just("discard"), st.sets(NAMES)),
    st.tuples(st.just("pause"), st.booleans()),
)
FEW = st.lists(STEPS, min_size=1, max_size=12)

SCENE: tuple[tuple[Any, ...], ...] = (
    *(("add", row(name)) for name in "abcd"),
    ("arrange", ["c", "a", "b", "d"], {"c": 1}),
    ("begin", "c"),
    ("change", "b", "Another"),
    ("end", "c", "done", "4"),
    ("pause", True),
    ("add", row("e", "m-a")),
    ("discard", {"c", "d"}),
    ("end", "b", "failed", "No."),
)
"""Everything that a queue goes through."""


@settings(unhurried, max_examples=30)
@given(FEW)
def test_the_store_holds_what_it_was_told(tmp_path: Path, steps: list[tuple[Any, ...]]) -> None:
    (tmp_path / FILE).unlink(missing_ok=True)
    store, model = QueueStore(tmp_path / FILE), Model()
    for step in steps:
        do(store, step)
        model.apply(step)
        assert model.holds(store)
    store.close()
    again = QueueStore(tmp_path / FILE)
    assert model.holds(again)
    again.close()


def after_a_kill(folder: Path, at: int) -> int | None:
    """Play the scene in a process that is killed in front of its `at`-th change of the disk; returns how many steps it
    had acknowledged, None when it came to its end before."""
    told, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with under(Disk(folder, dying(at))):
                store = QueueStore(folder / FILE)
                for step in SCENE:
                    do(store, step)
                    os.write(said, b".")
                store.close()
            os._exit(0)
        finally:
            os._exit(1)
    os.close(said)
    _, status = os.waitpid(child, 0)
    with os.fdopen(told, "rb") as pipe:
        done = len(pipe.read())
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return done if os.WIFSIGNALED(status) else None


def standings(store: QueueStore, done: int) -> None:
    """The store is as after the steps that were acknowledged, or as after the next one, which was under way."""
    sure, further = Model(), Model()
    for number, step in enumerate(SCENE):
        if number < done:
            sure.apply(step)
        if number <= done:
            further.apply(step)
    assert sure.holds(store) or further.holds(store), (done, store.rows())


@brittle
@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked and killed")
def test_what_was_acknowledged_is_there_after_a_kill_at_any_change(tmp_path: Path) -> None:
    at, seen = 0, set[int]()
    while True:
        at += 1
        folder = tmp_path / str(at)
        folder.mkdir()
        done = after_a_kill(folder, at)
        if done is None:
            break
        seen.add(done)
        store = QueueStore(folder / FILE)
        standings(store, done)
        do(store, ("add", row("new")))  # and it goes on
        assert store.rows()[-1].id == "new"
        store.close()
    assert seen == set(range(len(SCENE) + 1)), "it was killed within every step"


@brittle
@settings(unhurried, max_examples=40)
@given(steps=FEW, at=st.integers(0, 90), seed=st.integers(0, 2**32))
def test_what_was_acknowledged_is_there_after_a_cut_of_power(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]], at: int, seed: int
) -> None:
    folder, chance = tmp_path_factory.mktemp("disk"), random.Random(seed)
    left: dict[str, bytes] = {}
    done, cut = 0, False

    def strike(number: int, what: str) -> int:
        nonlocal cut, left
        if number == at:
            left, cut = disk.left(chance), True
        return 0

    disk = Disk(folder, strike)
    sure, further = Model(), Model()
    with under(disk):
        store = QueueStore(folder / FILE)
        for step in steps:
            if not cut:
                sure = Model(list(further.rows), further.paused)
                further.apply(step)
            do(store, step)
            done += not cut
        if not cut:
            left = disk.left(chance)
            sure = further
        store.close()
    after = tmp_path_factory.mktemp("after")
    for name, held in left.items():
        (after / name).write_bytes(held)
    again = QueueStore(after / FILE)
    assert again.notice == "", "nothing is damaged"
    assert sure.holds(again) or further.holds(again), (done, again.rows())
    again.close()


@brittle
def test_a_full_disk_changes_nothing_and_is_said(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    with under(disk):
        store, model = QueueStore(tmp_path / FILE), Model()
        for step in SCENE:
            disk.strike = full(disk.changes + 1)
            with pytest.raises(OutputError, match=r"cannot be kept in .* \(the disk is full\)"):
                do(store, step)
            disk.strike = lambda number, what: 0
            assert model.holds(store), "nothing of it was done"
            do(store, step)
            model.apply(step)
            assert model.holds(store), "there is room again"
        store.close()


def test_a_damaged_file_is_put_aside_and_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    store = QueueStore(tmp_path / FILE)
    assert "was damaged and is begun anew" in store.notice
    (aside,) = tmp_path.glob("queue-damaged-*.sqlite3")
    assert aside.read_bytes().startswith(b"no database")
    store.add(row("a"))
    store.close()
    again = QueueStore(tmp_path / FILE)
    assert again.notice == ""
    assert [one.id for one in again.rows()] == ["a"]
    again.close()


def test_a_newer_studio_s_file_is_left_alone(tmp_path: Path) -> None:
    QueueStore(tmp_path / FILE).close()
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(OutputError, match="a newer studio wrote it; update this one"):
        QueueStore(tmp_path / FILE)
    assert list(tmp_path.glob("queue-damaged-*")) == []


def test_a_file_of_the_first_version_keeps_its_jobs(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        for statement in _MIGRATIONS[0].split(";"):
            db.execute(statement)
        old = ("a", "/film", "m", "A", "{}", "", "failed", "No.", 1, 2, 3)
        db.execute(f"INSERT INTO jobs VALUES ({', '.join('?' * len(old))})", old)
        db.execute("PRAGMA user_version = 1")
    db.close()
    store = QueueStore(tmp_path / FILE)
    assert store.rows() == (JobRow("a", "/film", "m", "A", "{}", "", "failed", "No.", 1, 2, 3),)
    store.end("a", "failed", "Memory ran out.", '{"stage": "step"}')
    assert store.rows()[0].shortage == '{"stage": "step"}'
    store.end("a", "waiting")
    assert store.rows()[0].shortage == ""
    store.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="cannot be kept in"):
        QueueStore(tmp_path / "data" / FILE)


def test_two_windows_write_in_turns(tmp_path: Path) -> None:
    one, other = QueueStore(tmp_path / FILE), QueueStore(tmp_path / FILE)
    one.add(row("a"))
    other.add(row("b"))
    one.end("b", "failed", "No.")
    assert [(found.id, found.state) for found in other.rows()] == [("a", "waiting"), ("b", "failed")]
    other.move("/film", "/moved")
    assert {found.project for found in one.rows()} == {"/moved"}
    one.close()
    other.close()
