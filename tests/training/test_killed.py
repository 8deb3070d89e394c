"""A run that is killed by force and started again is, to the bit, the run that was not: 200 = 100 + SIGKILL + 100."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.training import checkpoint
from sora_studio.training.config import DiTTraining, Run
from tests.training.test_resume import assert_equal

ROOT = Path(__file__).resolve().parents[2]
TRAINER = """
import pickle, sys
from pathlib import Path
from sora_studio.training.train_dit import train_dit
if __name__ == "__main__":
    train_dit(*pickle.loads(Path(sys.argv[1]).read_bytes()))
"""
STEPS, KILLED_AFTER = 200, 100

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name == "nt", reason="Windows has no SIGKILL; its TerminateProcess is tested with the worker"
    ),
]


def start(config: DiTTraining, run: Run, pipeline: Path, folder: Path) -> subprocess.Popen[bytes]:
    """The trainer in a process of its own, told what to do through a file."""
    told = folder / f"{run.folder.name}.told"
    told.write_bytes(pickle.dumps((config, run, pipeline)))
    script = folder / "trainer.py"
    script.write_text(TRAINER)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, str(script), str(told)], env=env, cwd=folder)


def step_of(run: Run) -> int:
    """The step of the newest line of a run's log; 0 before the first."""
    log = run.folder / "log.jsonl"
    lines = log.read_text().splitlines() if log.is_file() else []
    return int(json.loads(lines[-1])["step"]) if lines else 0


@pytest.mark.parametrize("stage", ["dit", "clips"])
def test_two_hundred_steps_are_a_hundred_a_kill_and_a_hundred(stage, tiny, run, pipeline_folder, tmp_path):
    config = replace(tiny[stage], optimisation=replace(tiny[stage].optimisation, steps=STEPS))
    whole, broken = (replace(run, folder=tmp_path / name, save_minutes=0.0) for name in ("whole", "broken"))

    unbroken = start(config, replace(whole, save_minutes=9.0), pipeline_folder, tmp_path)
    victim = start(config, broken, pipeline_folder, tmp_path)
    while step_of(broken) < KILLED_AFTER and victim.poll() is None:
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    assert victim.wait() == -signal.SIGKILL
    assert unbroken.wait() == 0

    left = checkpoint.require(broken.folder)["trainer"]["step"]
    assert KILLED_AFTER - 1 <= left < STEPS
    assert start(config, broken, pipeline_folder, tmp_path).wait() == 0

    one, other = (checkpoint.require(each.folder)["trainer"] for each in (whole, broken))
    assert one["step"] == other["step"] == STEPS
    assert_equal(other, one)
