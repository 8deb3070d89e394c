"""A window that did not end properly is noticed by the next one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sora_studio.core.project import Project
from sora_studio.session import store
from sora_studio.session.presence import Presence

ROOT = Path(__file__).resolve().parents[2]
WINDOW = """
import sys
from pathlib import Path
from sora_studio.session.presence import Presence
presence = Presence(Path(sys.argv[1]))
print(len(presence.begin()), flush=True)
presence.at(Path(sys.argv[2]))
print("open", flush=True)
if sys.stdin.readline():
    presence.end()
"""


@pytest.fixture
def film(tmp_path: Path) -> Path:
    store.save(Project("film"), tmp_path / "film")
    return tmp_path / "film"


def window(marks: Path, film: Path) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    started = subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(marks), str(film)], cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    )
    assert started.stdout is not None
    assert [started.stdout.readline().strip() for _ in range(2)] == ["0", "open"]
    return started


def test_a_killed_window_is_told_once(tmp_path: Path, film: Path) -> None:
    with window(tmp_path / "open", film) as other:
        assert Presence(tmp_path / "open").begin() == (), "it is open still"
        other.kill()
    presence = Presence(tmp_path / "open")
    assert presence.begin() == (film,)
    assert presence.begin() == ()
    presence.end()
    assert list((tmp_path / "open").iterdir()) == []


def test_a_window_that_ended_is_not_told(tmp_path: Path, film: Path) -> None:
    with window(tmp_path / "open", film) as other:
        other.communicate("end\n")
    assert Presence(tmp_path / "open").begin() == ()


def test_a_number_that_came_again_is_another_process(tmp_path: Path, film: Path) -> None:
    (tmp_path / "open").mkdir()
    born = psutil.Process(os.getppid()).create_time() - 1000
    mark = {"pid": os.getppid(), "born": born, "project": str(film)}
    (tmp_path / "open" / "1.json").write_text(json.dumps(mark))
    (tmp_path / "open" / "2.json").write_text("{")
    assert Presence(tmp_path / "open").begin() == (film,)


def test_a_project_that_is_gone_is_not_told(tmp_path: Path) -> None:
    with window(tmp_path / "open", tmp_path / "gone") as other:
        other.kill()
    assert Presence(tmp_path / "open").begin() == ()
