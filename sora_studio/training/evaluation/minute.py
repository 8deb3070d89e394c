"""One minute in one piece: windows chained as the studio chains them, and what drifts on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sora_studio.core import tasks as verbs
from sora_studio.training.evaluation.held_out import held_out_tasks
from sora_studio.training.evaluation.measures import Measure, mean
from sora_studio.training.evaluation.metrics import colour_drift, contrast_drift, second, worst
from sora_studio.training.evaluation.setting import Setting

SECONDS: Final = 60
STEADY: Final = 5.0


def measure_minute(setting: Setting) -> Iterator[Measure]:
    """Mean colour and contrast of the last second against the second one."""
    colour, contrast = [], []
    # A camera that stands: what changes then is drift, not another part of the scene.
    tasks = held_out_tasks(setting.seed, 9, setting.effort.minutes, camera="still")
    for number, task in enumerate(tasks):
        setting.say("one minute", number, len(tasks))
        base = setting.request(task.prompt, task.seed, setting.minute)
        clip = setting.make(verbs.text(base, SECONDS))
        early, late = (second(clip, k, float(base.rate.fps)) for k in (2, SECONDS))
        colour.append(colour_drift(early, late))
        contrast.append(contrast_drift(early, late))
    for name, found in (("minute: colour drift", colour), ("minute: contrast drift", contrast)):
        note = f"{len(found)} clips in {setting.minute} steps, second 2 to 60; {worst(found, high=True)}"
        yield Measure(name, mean(found), STEADY, at_most=True, note=note)
