"""Measures the window: how soon it is up, and how late its event loop is while a real generation runs.

`sora-studio bench ui [--seconds S] [--steps N] [--clips N] [--minutes N] [--json]`. Lateness is how much later than
asked a precise 10 ms timer fires: what a hand on the playhead feels. Steps are the times of single acts: moving the
playhead, moving a clip, painting the window, and the gestures of the timeline with many clips on it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from PySide6.QtCore import QEventLoop, QObject, QSettings, Qt, QTimer, QTimerEvent
from PySide6.QtWidgets import QApplication

from sora_studio.core.media_item import Lost
from sora_studio.core.memory import share_pools
from sora_studio.session.session import Session
from sora_studio.session.workers import open_queue
from sora_studio.ui.application import make_application
from sora_studio.ui.async_jobs import make_loop
from sora_studio.ui.bench_memory import measure_memory
from sora_studio.ui.bench_scrub import FRAMES, measure_scrub
from sora_studio.ui.bridge import Bridge
from sora_studio.ui.timeline.workout import crowd, exercises
from sora_studio.ui.window import MainWindow

INTERVAL_MS = 10
ROUNDS = 180
PATIENCE = 600.0
"""Seconds after which a generation is given up."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds over many samples; `cpu` is what this process worked for each of them on average."""

    p50: float
    p95: float
    p99: float
    max: float
    cpu: float
    samples: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured; times in milliseconds unless the name says otherwise."""

    platform: str
    window_ms: float
    """From the start of the program to the first picture of the window."""
    window_cpu_ms: float
    idle: Spread
    starting: Spread
    """While the worker starts and makes a first, tiny clip."""
    generating: Spread
    previews: int
    generation_s: float
    playhead: Spread
    drag: Spread
    paint: Spread
    crowded: dict[str, Spread]
    """Steps of the timeline's gestures with many clips on it, by name."""
    clips: int
    scrub: dict[str, Spread]
    """From a wish to a picture, dragging and jumping through 1080p film as other programs write it."""
    memory: tuple[float, ...]
    """Megabytes of this process after each minute of use that was played; empty unless --minutes asks for some."""
    memory_slope: float
    """Megabytes an hour, once caches have filled."""


class Lateness(QObject):
    """Counts how late a precise timer fires while it is on."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._due = self._cpu = 0.0
        self._timer = 0

    def start(self) -> None:
        """Begin a new count."""
        self.late = []
        self._due = time.perf_counter() + INTERVAL_MS / 1000
        self._cpu = time.process_time()
        self._timer = self.startTimer(INTERVAL_MS, Qt.TimerType.PreciseTimer)

    def stop(self) -> Spread:
        """End the count."""
        self.killTimer(self._timer)
        return spread(self.late, time.process_time() - self._cpu)

    def timerEvent(self, event: QTimerEvent) -> None:
        """One tick."""
        del event
        now = time.perf_counter()
        self.late.append(max(0.0, now - self._due) * 1000)
        self._due = now + INTERVAL_MS / 1000


def run(arguments: Sequence[str]) -> int:
    """Measure and print a table, or JSON with --json; 1 when the generation failed."""
    wished = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="sora-bench-") as folder:
        report = _measure(Path(folder), wished)
    if report is None:
        sys.stderr.write("sora-studio: The generation failed, so there is nothing to report. Run sora-studio doctor.\n")
        return 1
    sys.stdout.write(json.dumps(asdict(report)) + "\n" if wished.json else table(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sora-studio bench ui", description="Measure the window.")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of the clip that is made meanwhile")
    parser.add_argument("--steps", type=int, default=24, help="its denoising steps")
    parser.add_argument("--clips", type=int, default=600, help="clips on the timeline while its gestures are measured")
    parser.add_argument("--scrub", type=int, default=FRAMES, help="frames of the film that is scrubbed through")
    parser.add_argument("--minutes", type=int, default=0, help="minutes of use to play, to see whether memory grows")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser


def _measure(folder: Path, wished: argparse.Namespace) -> Report | None:
    share_pools()
    app = make_application()
    loop = make_loop(app, already_running=True)
    bridge, queue = Bridge(), open_queue(0.08)
    session = Session(queue, folder / "project", bridge.post)
    try:
        window = MainWindow(session, QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat))
        window.show()
        app.processEvents()
        window_ms = (time.time() - psutil.Process().create_time()) * 1000
        window_cpu_ms = time.process_time() * 1000
        wait(0.5)
        lateness, previews = Lateness(), list[str]()
        lateness.start()
        wait(1.5)
        idle = lateness.stop()
        starting, _ = _generated(window, lateness, 0.1, 1)
        session.previewed.connect(lambda media, _preview: previews.append(media))
        generating, took = _generated(window, lateness, wished.seconds, wished.steps)
        if not session.timeline.length or any(isinstance(item.state, Lost) for item in session.project.media.values()):
            window.close()
            return None
        acts = _acts(app, window)
        memory = measure_memory(app, window, wished.minutes, lambda: _generated(window, lateness, 0.1, 1))
        crowded = _crowded(app, window, wished.clips)
        clips = sum(len(track.clips) for track in session.timeline.tracks)
        window.close()
        scrub = {name: spread(times, 0.0) for name, times in measure_scrub(folder, wished.scrub).items()}
        waits = (idle, starting, generating)
        figures = (window_ms, window_cpu_ms, *waits, len(previews), took, *acts)
        return Report(app.platformName(), *figures, crowded, clips, scrub, memory.megabytes, round(memory.slope, 1))
    finally:
        session.close()
        queue.close()
        bridge.close()
        loop.stop()
        loop.close()


def _generated(window: MainWindow, lateness: Lateness, seconds: float, steps: int) -> tuple[Spread, float]:
    """Make a clip; how late the loop was meanwhile, and how many seconds it took."""
    window.inspector.state.update(prompt="a red balloon rises over green hills", seconds=seconds, steps=steps)
    begun = time.perf_counter()
    lateness.start()
    window.inspector.generate()
    _watch(window.session)
    return lateness.stop(), time.perf_counter() - begun


def _watch(session: Session) -> None:
    """Play with the playhead while the clip is made, as an impatient hand does."""
    end, frame = time.perf_counter() + PATIENCE, 0
    while any(job.active for job in session.jobs()) and time.perf_counter() < end:
        frame = (frame + 3) % max(1, session.timeline.length)
        session.seek(frame)
        wait(0.05)
    wait(0.3)


def _acts(app: QApplication, window: MainWindow) -> tuple[Spread, Spread, Spread]:
    session = window.session
    clip = session.timeline.tracks[0].clips[0]

    def seek(number: int) -> None:
        session.seek(number % session.timeline.length)

    def move(number: int) -> None:
        session.move(clip.id, 0, number % 24)

    def paint(number: int) -> None:
        del number
        window.repaint()

    return _timed(app, seek), _timed(app, move), _timed(app, paint)


def _crowded(app: QApplication, window: MainWindow, clips: int) -> dict[str, Spread]:
    """The steps of the timeline's gestures with many clips on it."""
    session = window.session
    crowd(session, session.timeline.tracks[0].clips[0].media, clips)
    window.timeline.view.zoom(2.0, 0)
    window.timeline.view.horizontalScrollBar().setValue(0)
    wait(0.5)
    found: dict[str, Spread] = {}
    for name, step in exercises(window.timeline).items():
        if name.startswith("finish"):
            step(0)
            app.processEvents()
        else:
            found[name] = _timed(app, step)
    return found


def _timed(app: QApplication, act: Callable[[int], None]) -> Spread:
    times, cpu = [], time.process_time()
    for number in range(1, ROUNDS + 1):
        begun = time.perf_counter()
        act(number)
        app.processEvents()
        times.append((time.perf_counter() - begun) * 1000)
    return spread(times, time.process_time() - cpu)


def spread(times: Sequence[float], cpu: float) -> Spread:
    """Median, 95th and 99th percentile and maximum of milliseconds, and the share of `cpu` seconds of each."""
    if not times:
        return Spread(0.0, 0.0, 0.0, 0.0, 0.0, 0)
    ordered = sorted(times)

    def at(part: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 2)

    return Spread(at(0.5), at(0.95), at(0.99), round(ordered[-1], 2), round(cpu * 1000 / len(ordered), 2), len(ordered))


def wait(seconds: float) -> None:
    """Let Qt work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def table(report: Report) -> str:
    """The report for eyes."""
    lines = [
        f"platform {report.platform}",
        f"window on screen after {report.window_ms:.0f} ms, {report.window_cpu_ms:.0f} ms of them at work",
        f"a clip in {report.generation_s:.1f} s, {report.previews} previews",
        "",
        f"{'milliseconds':<28}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}{'cpu':>8}{'samples':>9}",
    ]
    rows = (
        ("event loop late, idle", report.idle),
        ("event loop late, starting", report.starting),
        ("event loop late, generating", report.generating),
        ("playhead step", report.playhead),
        ("clip move", report.drag),
        ("paint of the window", report.paint),
        *((f"{report.clips} clips, {name}", row) for name, row in report.crowded.items()),
        *report.scrub.items(),
    )
    for name, row in rows:
        figures = "".join(f"{value:>8.1f}" for value in (row.p50, row.p95, row.p99, row.max, row.cpu))
        lines.append(f"{name:<28}{figures}{row.samples:>9}")
    if report.memory:
        first, last = report.memory[0], report.memory[-1]
        lines.append(
            f"memory after {len(report.memory)} minutes of use: {first:.0f} to {last:.0f} MB, "
            f"{report.memory_slope:+.1f} MB an hour once caches are full"
        )
    return "\n".join(lines) + "\n"
