"""The log takes turns in its files, keeps errors that nobody caught, and a crash in native code leaves its place."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from sora_studio.settings.logs import CRASHES, FILE, TURNS, Logs, newest_lines

ROOT = Path(__file__).resolve().parents[2]


def test_files_take_turns_and_the_newest_lines_are_found(tmp_path: Path) -> None:
    logs = Logs(tmp_path, size=500)
    logs.begin()
    for number in range(100):
        logging.getLogger("sora_studio.somewhere").info("line %d", number)
    logs.end()
    logging.getLogger("sora_studio.somewhere").info("too late")
    assert len(list(tmp_path.glob(f"{FILE}*"))) == TURNS + 1
    assert all(path.stat().st_size <= 500 for path in tmp_path.iterdir())
    assert [line.rsplit(" ", 1)[1] for line in newest_lines(10, tmp_path)] == [str(n) for n in range(90, 100)]


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    logs = Logs(tmp_path / "file" / "logs")
    logs.begin()
    logging.getLogger("sora_studio").info("nowhere")
    logs.end()
    assert newest_lines(10, tmp_path / "file" / "logs") == []


@pytest.mark.parametrize(
    ("act", "file", "told"),
    [
        ("import os; os.abort()", CRASHES, "Fatal Python error: Aborted"),
        ("raise LookupError('nobody')", FILE, "LookupError: nobody"),
    ],
)
def test_how_a_program_ended_is_in_the_files(tmp_path: Path, act: str, file: str, told: str) -> None:
    begin = f"import pathlib, sora_studio.settings.logs as logs; logs.Logs(pathlib.Path({str(tmp_path)!r})).begin()"
    program = f"{begin}; {act}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode != 0
    assert told in (tmp_path / file).read_text(encoding="utf-8")
    assert any(told in line for line in newest_lines(50, tmp_path))
