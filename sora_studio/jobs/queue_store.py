"""The queue on the disk: a job that was taken stands here, and stays until what it makes stands in its project.

SQLite with a write-ahead log that is flushed at every commit: what was said to be done is there after a kill, and after
a cut of power. The file lies on the machine, not in projects, which may lie on drives that keep no such log.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

from sora_studio.core.errors import OutputError
from sora_studio.core.language import tr

FILE = "queue.sqlite3"
LEAST = 1 << 16
"""Bytes below which a disk is full: SQLite asks for 32 kB at once."""
PATIENCE = 5.0
"""Seconds that another window may take to write."""

RowState = Literal["waiting", "running", "done", "stopped", "failed", "cancelled"]

_MIGRATIONS = (
    """
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        project TEXT NOT NULL,
        media TEXT NOT NULL,
        label TEXT NOT NULL,
        data TEXT NOT NULL,
        keep TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        priority INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        place INTEGER NOT NULL,
        UNIQUE (project, media)
    );
    CREATE TABLE flags (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    """,
    "ALTER TABLE jobs ADD COLUMN shortage TEXT NOT NULL DEFAULT ''",
)
"""What makes a file of version n one of version n + 1. Those that were in a release stay as they are."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job on the disk, by the medium it makes in a project's folder: there is one at most for each.

    `data` is JSON of those who submit jobs. `keep` is the folder with what it goes on from. `reason` says why a job
    failed, and of one that is done after how many steps. `attempts` counts how often it was begun and neither ended
    nor was put aside. Rows are made in the order of `place`; 0: behind all others. `shortage` is JSON that says where
    memory ran out, if a job failed of that.
    """

    id: str
    project: str
    media: str
    label: str
    data: str
    keep: str = ""
    state: RowState = "waiting"
    reason: str = ""
    priority: int = 0
    attempts: int = 0
    place: int = 0
    shortage: str = ""


_COLUMNS = tuple(field.name for field in fields(JobRow))
_INSERT = f"INSERT OR REPLACE INTO jobs ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM jobs ORDER BY place"
_AHEAD = "SELECT COALESCE(MAX(place), 0) + 1 FROM jobs"

T = TypeVar("T")


class QueueStore:
    """May be used from any thread. Each method that changes something returns when the change is on the disk, all of
    it, or raises OutputError and nothing has changed."""

    def __init__(self, path: Path) -> None:
        """Opens the file or makes it; one that is damaged is put aside. Raises OutputError."""
        self.path = path
        self.notice = ""
        """What the artist is to know of the opening; empty when there is nothing."""
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise _unkept(path, str(exc.strerror or exc).lower()) from exc
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError as exc:
            if not _is_damaged(exc):
                raise _unkept(path, _why(exc, path)) from exc
            aside = _put_aside(path)
            self.notice = tr(
                "The list of waiting jobs was damaged and is begun anew. What is left of it is “{aside}”; clips that "
                "were waiting can be made again from their places on the timeline.",
                aside=aside,
            )
            try:
                self._db = _open(path)
            except sqlite3.Error as exc:
                raise _unkept(path, _why(exc, path)) from exc

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    # what is there

    def rows(self) -> tuple[JobRow, ...]:
        """All jobs, of all projects, in their order."""
        return self._do(lambda db: tuple(JobRow(*row) for row in db.execute(_SELECT)))

    @property
    def paused(self) -> bool:
        """Whether the queue was left paused."""
        found = self._do(lambda db: db.execute("SELECT value FROM flags WHERE name = 'paused'").fetchone())
        return found is not None and found[0] == "1"

    # changes

    def add(self, row: JobRow) -> None:
        """Take a job, in place of one that made the same medium."""

        def add(db: sqlite3.Connection) -> None:
            place = row.place or db.execute(_AHEAD).fetchone()[0]
            db.execute(_INSERT, astuple(replace(row, place=place)))

        self._do(add)

    def begin(self, job: str) -> None:
        """A job is begun."""
        self._write("UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = ?", (job,))

    def end(self, job: str, state: RowState, reason: str = "", shortage: str = "") -> None:
        """A job is over, or waits again."""
        self._write(
            "UPDATE jobs SET state = ?, reason = ?, shortage = ?, attempts = 0 WHERE id = ?",
            (state, reason, shortage, job),
        )

    def change(self, job: str, label: str, data: str, keep: str) -> None:
        """A job makes its medium from something else."""
        self._write("UPDATE jobs SET label = ?, data = ?, keep = ? WHERE id = ?", (label, data, keep, job))

    def arrange(self, order: Sequence[str], priorities: Mapping[str, int] = {}) -> None:
        """Put jobs into this order among themselves, on the places they have; some with another priority."""

        def arrange(db: sqlite3.Connection) -> None:
            found = dict(db.execute("SELECT id, place FROM jobs"))
            known = [job for job in order if job in found]
            places = sorted(found[job] for job in known)
            db.executemany("UPDATE jobs SET place = ? WHERE id = ?", zip(places, known, strict=True))
            db.executemany(
                "UPDATE jobs SET priority = ? WHERE id = ?", ((rank, job) for job, rank in priorities.items())
            )

        self._do(arrange)

    def discard(self, jobs: Iterable[str]) -> None:
        """Let go of jobs."""
        self._do(lambda db: db.executemany("DELETE FROM jobs WHERE id = ?", [(job,) for job in jobs]))

    def move(self, project: str, to: str) -> None:
        """A project lies elsewhere now."""
        self._write("UPDATE OR REPLACE jobs SET project = ? WHERE project = ?", (to, project))

    def pause(self, paused: bool) -> None:
        """Remember whether the queue is paused."""
        self._write("INSERT OR REPLACE INTO flags VALUES ('paused', ?)", (str(int(paused)),))

    def _write(self, statement: str, values: Sequence[object]) -> None:
        self._do(lambda db: db.execute(statement, values))

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something in one transaction."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                found = work(self._db)
                self._db.execute("COMMIT")
            except sqlite3.Error as exc:
                self._take_back()
                raise _unkept(self.path, _why(exc, self.path)) from exc
            return found

    def _take_back(self) -> None:
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error:  # it has taken itself back
            pass


def _open(path: Path) -> sqlite3.Connection:
    """A connection to a file of the newest version."""
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")  # NORMAL would lose the newest commits with the power
        db.execute("PRAGMA fullfsync = 1")  # macOS: also past the drive's own memory
        db.execute("BEGIN IMMEDIATE")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(_MIGRATIONS):
            raise sqlite3.NotSupportedError(tr("a newer studio wrote it; update this one"))
        for number in range(version, len(_MIGRATIONS)):
            for statement in _MIGRATIONS[number].split(";"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        db.execute("COMMIT")
        db.execute("SELECT COUNT(*) FROM jobs")
    except BaseException:
        db.close()
        raise
    return db


def _is_damaged(exc: sqlite3.DatabaseError) -> bool:
    """Whether a file holds something else, and not merely cannot be had."""
    return getattr(exc, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _put_aside(path: Path) -> Path:
    """Give a damaged file and its log another name; returns it."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}")
    for ending in ("", "-wal", "-shm"):
        try:
            os.replace(f"{path}{ending}", f"{aside}{ending}")
        except FileNotFoundError:
            continue
        except OSError as exc:
            raise _unkept(path, str(exc.strerror or exc).lower()) from exc
    return aside


def _why(exc: sqlite3.Error, path: Path) -> str:
    match getattr(exc, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return tr("the disk is full")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return tr("another window of the studio holds it")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return tr("it may not be written")
        case sqlite3.SQLITE_IOERR if _is_full(path.parent):  # its memory beside the log found no room
            return tr("the disk is full")
    return str(exc)


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEAST
    except OSError:
        return False


def _unkept(path: Path, why: str) -> OutputError:
    return OutputError(
        "The queue cannot be kept in “{folder}” ({why}). See to it that there is room and that the folder can be "
        "written, and try again.",
        folder=path.parent,
        why=why,
    )
