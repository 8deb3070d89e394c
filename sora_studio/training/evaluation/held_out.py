"""Scenes that no training draws, with their prompts and renders: every attribute about equally often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from sora_studio.core.request import Frames
from sora_studio.training.config import CLIP_FRAMES, FPS, Bucket
from sora_studio.training.world import vocabulary as words
from sora_studio.training.world.captions import descriptive_caption, short_caption
from sora_studio.training.world.render import render
from sora_studio.training.world.scene import Scene, sample_scene

WIDE: Bucket = (192, 112)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """A held-out scene, a prompt that says it, and a seed for what is generated."""

    scene: Scene
    prompt: str
    seed: int

    def render(self, frames: int = CLIP_FRAMES, start: float = 0.0) -> Frames:
        """The scene as the world draws it, wide."""
        return render(self.scene, size=WIDE, frames=frames, fps=FPS, start=start).frames


def held_out_tasks(seed: int, purpose: int, count: int, **fixed: str) -> list[Task]:
    """`count` tasks, the same for a seed and purpose; `fixed` sets look, camera or time."""
    rng = np.random.default_rng([seed, 1000 + purpose])
    times, looks = _cycle(rng, words.TIMES), _cycle(rng, words.LOOKS)
    motions, cameras = _cycle(rng, words.MOTIONS), _cycle(rng, words.CAMERAS)
    tasks = []
    for number in range(count):
        scene = sample_scene(rng, split="held_out", actors=1)
        actor = replace(scene.actors[0], motion=next(motions))
        drawn = {"time": next(times), "look": next(looks), "camera": next(cameras), **fixed}
        scene = replace(
            scene, actors=(actor,), loops=False, time=drawn["time"], look=drawn["look"], camera=drawn["camera"]
        )
        tasks.append(Task(scene, prompt_of(scene, rng, number), int(rng.integers(2**31))))
    return tasks


def moving_tasks(seed: int, purpose: int, count: int, **fixed: str) -> list[Task]:
    """The same, without scenes in which nothing moves: a seam is measured by the usual difference of frames."""
    tasks = held_out_tasks(seed, purpose, 2 * count, **fixed)
    return [task for task in tasks if task.scene.camera != "still" or task.scene.actors[0].motion != "stays"][:count]


def prompt_of(scene: Scene, rng: np.random.Generator, number: int) -> str:
    """Short for even numbers, descriptive for odd ones: people type both."""
    return (descriptive_caption if number % 2 else short_caption)(scene, rng)


def _cycle(rng: np.random.Generator, values: Sequence[T]) -> Iterator[T]:
    """All values in a random order, then again in another."""
    while True:
        for index in rng.permutation(len(values)):
            yield values[int(index)]
