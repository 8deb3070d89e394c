"""Seams: where a clip goes on, where two are bridged, where one closes on itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sora_studio.core import tasks as verbs
from sora_studio.core.request import Footage, Frames, Request
from sora_studio.training.evaluation.held_out import Task, moving_tasks
from sora_studio.training.evaluation.measures import Measure, mean
from sora_studio.training.evaluation.metrics import loop_ratio, seam_ratio, worst
from sora_studio.training.evaluation.setting import Setting

SMOOTH: Final = 1.3
"""Difference across a seam over the usual one up to which nobody sees it."""


def measure_extension(setting: Setting) -> Iterator[Measure]:
    """Held-out clips extended by what fits into one window: the new frames beside the clip's own last one."""
    found = []
    tasks = moving_tasks(setting.seed, 5, setting.effort.joins)
    for number, task in enumerate(tasks):
        setting.say("extensions", number, len(tasks))
        base = setting.request(task.prompt, task.seed)
        clip = Footage(task.render(setting.length), base.rate)
        seconds = base.rate.seconds(setting.length - verbs.CONTEXT)
        found.append(seam_ratio(clip.frames, _fresh(setting, verbs.extend(base, clip, seconds))))
    yield _ratio("extension seam", found)


def measure_bridge(setting: Setting) -> Iterator[Measure]:
    """A gap in one take filled, and passages from one take to another of the same place, in turn: both seams."""
    found: dict[str, list[float]] = {"gap": [], "two takes": []}
    tasks = moving_tasks(setting.seed, 6, setting.effort.joins, camera="still")
    for number, task in enumerate(tasks):
        setting.say("bridges", number, len(tasks))
        base = setting.request(task.prompt, task.seed)
        gap = base.rate.seconds(setting.length - 2 * verbs.CONTEXT)
        before = task.render(setting.length)
        if number % 2:
            after = another_take(task).render(setting.length)
        else:
            after = task.render(setting.length, start=base.rate.seconds(setting.length) + gap)
        request = verbs.bridge(base, Footage(before, base.rate), Footage(after, base.rate), gap)
        found["two takes" if number % 2 else "gap"] += _seams(before, _fresh(setting, request), after)
    both = found["gap"] + found["two takes"]
    parts = [f"{name} {mean(values):.2f}" for name, values in found.items() if values]
    yield replace(_ratio("bridge seams", both), note=f"{', '.join(parts)}; {worst(both, high=True)}")


def measure_loop(setting: Setting) -> Iterator[Measure]:
    """Clips generated on a time axis that wraps, and clips led back to their own start."""
    closed, led = [], []
    tasks = moving_tasks(setting.seed, 7, setting.effort.loops, camera="still")
    for number, task in enumerate(tasks):
        setting.say("loops", number, len(tasks))
        base = setting.request(task.prompt, task.seed)
        frames = setting.length - 1
        closed.append(loop_ratio(setting.make(verbs.endless(base, base.rate.seconds(frames)))))
        clip = task.render(setting.length)
        gap = base.rate.seconds(setting.length - 2 * verbs.CONTEXT)
        fresh = _fresh(setting, verbs.loop(base, Footage(clip, base.rate), gap))
        led += _seams(clip, fresh, clip)
    yield _ratio("loop, closed", closed)
    yield _ratio("loop, led back", led)


def _fresh(setting: Setting, request: Request) -> Frames:
    """What the studio puts on the timeline of a request: the generated part alone."""
    first, last = verbs.fresh(request)
    return setting.make(request)[first:last]


def _seams(before: Frames, fresh: Frames, after: Frames) -> list[float]:
    return [seam_ratio(before, fresh), seam_ratio(fresh, after)]


def _ratio(name: str, found: list[float]) -> Measure:
    return Measure(name, mean(found), SMOOTH, "x", at_most=True, note=f"{len(found)} seams; {worst(found, high=True)}")


def another_take(task: Task) -> Task:
    """The same actor in the same place, staged anew."""
    return replace(task, scene=replace(task.scene, seed=task.scene.seed ^ 1))
