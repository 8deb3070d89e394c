"""The program as a process: quick help, no torch, Ctrl+C, and no display."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sora_studio import app

STUDIO = [sys.executable, "-m", "sora_studio"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    root = str(Path(__file__).resolve().parent.parent)
    return kept | {
        "SORA_STUDIO_LOADER": "tests.fakes.engine:load",
        "SORA_STUDIO_HOME": str(tmp_path / "home"),
        "PYTHONPATH": root,
    }


@contextlib.contextmanager
def started(words: list[str], environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The program in a session of its own, ended after a minute whatever happens."""
    process = subprocess.Popen(
        [*STUDIO, *words],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    alarm = threading.Timer(60, process.kill)
    alarm.start()
    with process:
        try:
            yield process
        finally:
            alarm.cancel()
            process.kill()


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from sora_studio.app import main\n"
        "assert main(['generate', '--help']) == 0\n"
        "heavy = {'torch', 'PySide6', 'av', 'cv2', 'numpy', 'psygnal', 'diffusers'} & sys.modules.keys()\n"
        "assert not heavy, heavy"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "--given AT:FILE[:STRENGTH]" in ran.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_the_verbs_are_named(environment: dict[str, str], tmp_path: Path) -> None:
    for words in ([], [str(tmp_path)]):
        ran = subprocess.run([*STUDIO, *words], env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 2
        assert "generate" in ran.stderr
        assert len(ran.stderr.strip().splitlines()) == 1


def test_what_is_neither_verb_nor_project_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert app.main(["genrate"]) == 2
    assert "neither a verb nor a project" in capsys.readouterr().err


def test_a_damaged_project_is_said_instead_of_a_window(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sora_studio.ui.application")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("SORA_STUDIO_HOME", str(tmp_path / "home"))
    (tmp_path / "project.json").write_text("{")
    before = open_loops()
    assert app.main([str(tmp_path)]) == 1
    assert "damaged" in capsys.readouterr().err
    assert open_loops() == before, "a loop that stays open complains when the program ends"


def test_a_project_on_a_drive_that_does_not_answer_is_waited_for_in_the_window(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened, answer, really = list[tuple[Path | None, bool]](), threading.Event(), Path.exists

    def exists(path: Path) -> bool:
        if path.name == "far":
            answer.wait()
        return really(path)

    def open_studio(folder: Path | None, *, later: bool) -> int:
        opened.append((folder, later))
        return 0

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(app, "PATIENCE", 0.1)
    monkeypatch.setattr(Path, "exists", exists)
    monkeypatch.setattr(app, "open_studio", open_studio)
    assert app.main([str(tmp_path / "far")]) == 0
    answer.set()
    monkeypatch.setattr(app, "PATIENCE", 60.0)
    assert app.main([str(tmp_path)]) == 0
    assert opened == [(tmp_path / "far", True), (tmp_path, False)]


def open_loops() -> int:
    # by type: some objects of torch warn as soon as they are asked for their class
    loops = [one for one in gc.get_objects() if issubclass(type(one), asyncio.AbstractEventLoop)]
    return sum(not loop.is_closed() for loop in loops)


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
def test_ctrl_c_stops_the_job_and_leaves_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    with started(["generate", "endless", "-o", "out.mp4", "--json"], environment, tmp_path) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "progress"
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the worker hears it too
        out, err = process.communicate()
    assert process.returncode == 130, err
    assert "Stopped" in err
    assert "Traceback" not in err
    assert json.loads(out.splitlines()[-1])["event"] == "error"
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
def test_a_second_ctrl_c_ends_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    with started(["generate", "hang", "-o", "out.mp4", "--steps", "2"], environment, tmp_path) as process:
        assert process.stderr is not None
        assert any("step 1" in line for line in process.stderr)
        workers = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 130
    assert workers
    assert psutil.wait_procs(workers, timeout=30)[1] == []
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []
