"""Someone at the window: hands that point and type, eyes that look, and a record of what was seen.

A script is an Actor whose `play` says what the person does; `perform` opens the studio and plays it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from sora_studio.app import main
from sora_studio.core.timeline import Clip
from sora_studio.ui.application import make_application
from sora_studio.ui.window import MainWindow
from tests.e2e.stage import Hands, OnStage

WINDOW = QRect(20, 40, 1600, 980)


class Actor:
    """The window is asked only where things are and what they show; everything is done with pointer and keys."""

    window: MainWindow

    def __init__(self, stage: OnStage, folder: Path) -> None:
        self.stage, self.folder, self.hands = stage, folder, Hands()
        self.report: dict[str, Any] = {}

    def play(self) -> None:
        """What the person does."""
        raise NotImplementedError

    def open(self, window: QRect = WINDOW) -> None:
        """The window comes up."""
        self.stage.until("the window", lambda: any(isinstance(w, MainWindow) for w in QApplication.topLevelWidgets()))
        self.window = self.stage.ask(
            lambda: next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        )
        self.stage.ask(lambda: self.window.setGeometry(window))
        self.stage.until("the window on screen", lambda: self.window.isActiveWindow())
        time.sleep(0.5)

    # -- hands -------------------------------------------------------------------------------------------------

    def place(self, name: str) -> QPoint:
        """The middle of a control, scrolled into sight first."""
        self.reveal(name)
        return self.stage.centre(lambda: self.named(name))

    def click(self, name: str) -> None:
        """Click a control."""
        self.hands.click(self.place(name))

    def write(self, name: str, text: str) -> None:
        """Write into a field in place of what stands there."""
        self.click(name)
        self.hands.press("ctrl+a")
        self.hands.type(text)

    def number(self, name: str, text: str) -> None:
        """Write a number into a field and leave it."""
        self.write(name, text)
        self.hands.press("Tab")

    def reveal(self, name: str) -> None:
        """Turn the wheel over the scroll bar beside a control until it is seen."""
        for _ in range(40):
            notches, bar = self.stage.ask(lambda: self._hidden(self.named(name)))
            if not notches:
                return
            self.hands.wheel(bar, notches)
        raise AssertionError(f"{name} cannot be scrolled into sight")

    def _hidden(self, widget: QWidget) -> tuple[int, QPoint]:
        """Which way to turn the wheel, and where; 0 when all of the widget is seen."""
        parent = widget.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if parent is None:
            return 0, QPoint()
        port, bar = parent.viewport(), parent.verticalScrollBar()
        top = widget.mapTo(port, QPoint(0, 0)).y()
        bottom = top + widget.height()
        way = 1 if bottom > port.height() and top > 0 else -1 if top < 0 else 0
        return way, bar.mapToGlobal(bar.rect().center())

    # -- eyes --------------------------------------------------------------------------------------------------

    def shot(self, name: str) -> None:
        """The screen as it is seen now."""
        self.stage.screenshot(self.folder / "screens" / f"{name}.png")

    def clips(self) -> list[Clip]:
        """All clips in order of time."""
        found = (clip for track in self.window.session.timeline.tracks for clip in track.clips)
        return sorted(found, key=lambda clip: clip.start)

    def idle(self) -> bool:
        """Whether something was made and nothing is being made any more."""
        return bool(self.window.session.jobs()) and not any(job.active for job in self.window.session.jobs())

    def at(self, frame: float, dx: int = 0, track: int = 0) -> QPoint:
        """The screen place of a frame of a track."""
        view, metrics = self.window.timeline.view, self.window.timeline.scene.metrics
        scene = QPointF(metrics.x(frame) + dx, metrics.y(track) + metrics.high(track) // 2)
        return view.viewport().mapToGlobal(view.mapFromScene(scene))

    def named(self, name: str) -> QWidget:
        """A control of the window that is seen."""
        found = [one for one in self.window.findChildren(QWidget, name) if one.isVisible()]
        assert found, name
        return found[-1]

    def said(self) -> str:
        """What is said over the place that a drag would land on."""
        return self.window.drops.hints.text or self.window.timeline.scene.ghost.text

    def dialog(self, name: str) -> QWidget | None:
        """A dialog that stands open."""
        return next((w for w in QApplication.topLevelWidgets() if w.objectName() == name and w.isVisible()), None)


class FileWindow:
    """Another program's window with a file in it; where to take hold of it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> QPoint:
        script = Path(__file__).with_name("drag_source.py")
        command = [sys.executable, str(script), str(self._path), "1660", "200"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "seen\n"
        return QPoint(1720, 250)

    def __exit__(self, *_problem: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


def perform(folder: Path, script: Callable[[OnStage, Path], Actor]) -> int:
    """Open the studio on a new project in a folder and play the script in it; exit code 0 when every act came off.
    What was seen goes to report.json."""
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    make_application()
    stage = OnStage()
    actor = script(stage, folder)
    project = folder / "project"
    project.mkdir(parents=True)

    def act() -> None:
        try:
            actor.play()
            actor.report["ok"] = True
        except Exception:  # noqa: BLE001 - goes into the report
            actor.report["error"] = traceback.format_exc()
            actor.shot("error")
        me = psutil.Process()
        used = [one.cpu_times() for one in (me, *me.children(recursive=True))]
        actor.report["processor_seconds"] = round(sum(one.user + one.system for one in used), 1)
        (folder / "report.json").write_text(json.dumps(actor.report, indent=2))
        for window in stage.ask(QApplication.topLevelWidgets):
            if isinstance(window, MainWindow):
                stage.ask(window.close)

    thread = threading.Thread(target=act)
    thread.start()
    code = main([str(project)])
    thread.join(30)
    return 0 if code == 0 and actor.report.get("ok") else 1
