"""The measurement of the window: what it counts, and a whole run in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sora_studio.ui.bench import INTERVAL_MS, Lateness, spread
from sora_studio.ui.bench_memory import Memory
from sora_studio.ui.bench_scrub import measure_scrub

CODE = "import sys; from sora_studio.ui.bench import run; sys.exit(run(sys.argv[1:]))"


def measured(tmp_path: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"SORA_STUDIO_HOME": str(tmp_path), "SORA_STUDIO_LOADER": "tests.fakes.engine:load"} | more
    return subprocess.run([sys.executable, "-c", CODE, *options], capture_output=True, text=True, timeout=240, env=env)


def test_spread_names_median_tail_and_worst() -> None:
    made = spread([float(number) for number in range(1, 101)], 0.2)
    assert (made.p50, made.p99, made.max, made.cpu, made.samples) == (51.0, 100.0, 100.0, 2.0, 100)
    assert spread([], 0.0).samples == 0


def test_memory_that_grows_by_a_megabyte_a_minute_has_that_slope() -> None:
    assert Memory(tuple(100.0 + minute for minute in range(20))).slope == pytest.approx(60)
    assert Memory((400.0, 200.0, *[210.0] * 6)).slope == 0  # caches that fill at first do not count
    assert Memory(()).slope == 0


def test_a_loop_that_is_held_up_is_late_by_that_much(qtbot: QtBot) -> None:
    from time import perf_counter

    lateness = Lateness()
    lateness.start()
    qtbot.wait(50)
    end = perf_counter() + 0.12
    while perf_counter() < end:
        pass
    qtbot.wait(50)
    made = lateness.stop()
    assert made.max >= 120 - INTERVAL_MS - 5
    assert made.samples >= 2


def test_a_run_reports_every_figure_as_json(tmp_path: Path) -> None:
    done = measured(
        tmp_path, "--steps", "6", "--seconds", "1", "--clips", "6", "--scrub", "2", "--minutes", "1", "--json"
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["platform"] == os.environ["QT_QPA_PLATFORM"]
    assert report["previews"] >= 1
    assert len(report["memory"]) == 1
    assert min(report["memory"]) > 50
    for name in ("idle", "starting", "generating", "playhead", "drag", "paint"):
        assert report[name]["samples"] > 0
        assert report[name]["p50"] <= report[name]["p99"] <= report[name]["max"]


def test_a_scrub_hears_of_every_exact_frame_of_its_jumps(qtbot: QtBot, tmp_path: Path) -> None:
    made = measure_scrub(tmp_path, 12)
    assert len(made["scrub jump, the frame"]) >= 11
    assert len(made["scrub jump, a frame"]) >= len(made["scrub jump, the frame"])
    assert made["scrub drag, a frame"]
    assert all(time > 0 for times in made.values() for time in times)


def test_a_generation_that_fails_is_said(tmp_path: Path) -> None:
    done = measured(tmp_path, SORA_STUDIO_LOADER="tests.fakes.engine:nothing")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "generation failed" in done.stderr
