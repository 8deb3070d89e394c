"""How quick it is and how much it weighs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Final

import torch

from sora_studio.training.evaluation.held_out import held_out_tasks
from sora_studio.training.evaluation.measures import Measure
from sora_studio.training.evaluation.setting import Mode, Setting

SPEEDS: Final[dict[Mode, float]] = {"draft": 4.0, "fine": 0.8}
TOTAL_MB: Final = 160.0
FILE_MB: Final = 90.0
MB: Final = 1e6


def measure_speed(setting: Setting) -> Iterator[Measure]:
    """Seconds of video a second of work with previews on: the median of some runs, after one that warms up."""
    tasks = held_out_tasks(setting.seed, 10, setting.effort.timed + 1)
    for mode in setting.modes:
        setting.say(f"speed, {mode}", 0, 1)
        took = []
        for task in tasks:
            began = time.perf_counter()
            setting.make(setting.request(task.prompt, task.seed, mode), previews=True)
            took.append(time.perf_counter() - began)
        median = statistics.median(took[1:])
        note = f"{torch.get_num_threads()} threads, {setting.seconds:.1f} s of video in {median:.2f} s"
        yield Measure(f"speed {mode}", setting.seconds / median, SPEEDS[mode], "s/s", note=note)


def measure_weights(setting: Setting) -> Iterator[Measure]:
    """Megabytes of weights in the pipeline folder, in all and of the largest file."""
    files = {path: path.stat().st_size / MB for path in sorted(setting.folder.rglob("*.safetensors"))}
    total, largest = sum(files.values()), max(files.values(), default=0.0)
    parts = ", ".join(f"{path.parent.name} {size:.1f}" for path, size in files.items())
    yield Measure("weights on disk", total if files else None, TOTAL_MB, "MB", at_most=True, note=parts)
    yield Measure("largest file", largest if files else None, FILE_MB, "MB", at_most=True)
