"""A file is there whole, the former or the new one, whatever fails and whenever the process or the power goes."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sora_studio.core.filenames import LONGEST
from sora_studio.core.whole import beside, write_whole

ROOT = Path(__file__).resolve().parents[2]
FORMER, NEW = b"former\n" * 1000, b"what is new\n" * 2000

DYING = """
import os, sys
from pathlib import Path
from sora_studio.core.whole import write_whole
from tests.core.test_whole import FORMER, NEW
from tests.session.killed_at import Disk

folder, how = Path(sys.argv[1]), sys.argv[2]
for last in range(1, 100):
    place = folder / str(last)
    place.mkdir()
    (place / "film.json").write_bytes(FORMER)
    child = os.fork()
    if not child:
        Disk(place, last, how)
        write_whole(place / "film.json", NEW)
        os.mkdir(place / "returned")
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        print(last - 1)
        break
"""


def refuse(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.json"
    path.write_bytes(FORMER)
    return path


@pytest.mark.parametrize("lasting", [True, False])
def test_the_new_file_takes_the_place_and_nothing_else_is_left(film: Path, lasting: bool) -> None:
    write_whole(film, NEW, lasting=lasting)
    assert film.read_bytes() == NEW
    write_whole(film.with_name("another"), b"", lasting=lasting)
    assert sorted(path.name for path in film.parent.iterdir()) == ["another", "film.json"]


@pytest.mark.parametrize("lasting", [True, False])
def test_only_what_must_last_waits_for_the_disk(film: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool) -> None:
    done: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, _name=name, _real=real: (done.append(_name), _real(*args)))
    write_whole(film, NEW, lasting=lasting)
    # the bytes before the name, then the name
    assert done == (["fsync", "replace", "fsync"] if lasting else ["replace"])


@pytest.mark.parametrize("lasting", [True, False])
@pytest.mark.parametrize("failing", ["open", "write", "fsync", "replace"])
def test_what_fails_leaves_the_former_file_and_no_other(
    film: Path, monkeypatch: pytest.MonkeyPatch, failing: str, lasting: bool
) -> None:
    class Full:
        """A file that takes some bytes and then no more."""

        def __init__(self, path: Path) -> None:
            self.file = open(path, "wb")  # noqa: SIM115

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            self.file.write(data[: len(data) // 2])
            refuse()

    acts: dict[str, Callable[[], None]] = {
        "open": lambda: monkeypatch.setattr(Path, "open", refuse),
        "write": lambda: monkeypatch.setattr(Path, "open", lambda path, mode: Full(path)),
        "fsync": lambda: monkeypatch.setattr(os, "fsync", refuse),
        "replace": lambda: monkeypatch.setattr(os, "replace", refuse),
    }
    acts[failing]()
    if failing == "fsync" and not lasting:
        write_whole(film, NEW, lasting=False)
        return
    with pytest.raises(OSError, match="No space"):
        write_whole(film, NEW, lasting=lasting)
    monkeypatch.undo()
    assert film.read_bytes() == FORMER
    assert list(film.parent.iterdir()) == [film]


def test_what_an_earlier_run_left_half_is_no_obstacle(film: Path) -> None:
    beside(film).write_bytes(NEW * 2)
    write_whole(film, NEW)
    assert film.read_bytes() == NEW
    assert list(film.parent.iterdir()) == [film]


def test_the_half_of_a_file_is_not_listed_as_one(film: Path) -> None:
    beside(film).write_bytes(b"half")
    assert list(film.parent.glob("*.json")) == [film]


@pytest.mark.parametrize("letter", ["a", "ä", "風"])
def test_the_longest_names_can_be_written(tmp_path: Path, letter: str) -> None:
    name = letter * ((LONGEST - 5) // len(letter.encode()))
    first, second = (tmp_path / f"{name}{ending}" for ending in (".json", ".tomm"))
    write_whole(first, NEW)
    write_whole(second, FORMER)
    assert (first.read_bytes(), second.read_bytes()) == (NEW, FORMER)
    assert beside(first) != beside(second)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what a file is called")
@pytest.mark.parametrize("how", ["half", "power"])
def test_a_process_that_dies_leaves_one_of_the_two_and_what_returned_is_on_the_disk(tmp_path: Path, how: str) -> None:
    command = [sys.executable, "-c", DYING, str(tmp_path), how]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    kills = int(run.stdout)
    assert kills == 6, "opening, writing, flushing, renaming, the folder's names, and what comes after"
    found = [(tmp_path / str(last) / "film.json").read_bytes() for last in range(1, kills + 2)]
    assert {FORMER, NEW} >= set(found)
    assert found[0] == FORMER
    assert found[kills - 1] == NEW, "it had returned"
