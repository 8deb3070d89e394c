"""How well the classifier reads real renders: the accuracy of the instrument, before anything is measured with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from sora_studio.core.request import Frames
from sora_studio.training.config import FPS
from sora_studio.training.crops import HELD_OUT_PHOTOS
from sora_studio.training.evaluation.held_out import WIDE, Task, held_out_tasks
from sora_studio.training.evaluation.labels import CLASSES, values_of
from sora_studio.training.evaluation.measures import Measure, share
from sora_studio.training.evaluation.setting import Setting
from sora_studio.training.samples import load_photos_once
from sora_studio.training.world.photos import PhotoScene, render_photo, sample_photo_scene
from sora_studio.training.world.vocabulary import CAMERAS

READS = 97.0
"""Percent of real renders that the classifier must read rightly to be believed on generated clips."""

READS_MOVING = 90.0
"""The same of subjects in the movement that hides them most: fewer renders tell it."""

NO_CLASSIFIER = "no classifier: run “sora-studio train classifier”, then “train export classifier”"

AT_ONCE = 48
"""Clips that are held in memory together."""


@dataclass(slots=True)
class Score:
    """Right answers and questions of each attribute, and what was taken for what."""

    good: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    mistakes: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)

    def add(self, wanted: dict[str, str], found: dict[str, str]) -> None:
        """Count one clip's answers to what was wanted of it."""
        for name, value in wanted.items():
            self.asked[name] = self.asked.get(name, 0) + 1
            if found[name] == value:
                self.good[name] = self.good.get(name, 0) + 1
            else:
                pairs = self.mistakes.setdefault(name, {})
                pairs[value, found[name]] = pairs.get((value, found[name]), 0) + 1

    def percent(self, name: str) -> float | None:
        """Share of right answers to one attribute."""
        return share(self.good.get(name, 0), self.asked.get(name, 0))

    @property
    def overall(self) -> float | None:
        """Share of right answers to all questions."""
        return share(sum(self.good.values()), sum(self.asked.values()))

    def note(self, name: str) -> str:
        """How many were asked, and the most frequent mistake."""
        words = f"of {self.asked.get(name, 0)}"
        pairs = self.mistakes.get(name)
        if pairs:
            wanted, found = max(pairs, key=lambda pair: (pairs[pair], pair))
            words += f"; most often {wanted} read as {found} ({pairs[wanted, found]})"
        return words


def measure_reading(setting: Setting) -> Iterator[Measure]:
    """Accuracy on held-out real renders, an attribute."""
    if setting.classifier is None:
        for name in (*CLASSES, "camera, photos"):
            yield Measure(f"reads {name}", None, READS, note=NO_CLASSIFIER)
        yield Measure("reads subject, any motion", None, READS_MOVING, note=NO_CLASSIFIER)
        return
    score = Score()
    moving: dict[str, Score] = {}
    tasks = held_out_tasks(setting.seed, 1, setting.effort.renders)
    for group in groups_of(tasks):
        setting.say("renders read", score.asked.get("subject", 0), len(tasks))
        clips = [task.render(setting.length) for task in group]
        for task, found in zip(group, setting.read(clips), strict=True):
            shown = values_of(task.scene)
            score.add(shown, found)
            moving.setdefault(shown["motion"], Score()).add({"subject": shown["subject"]}, found)
    for name in CLASSES:
        yield Measure(f"reads {name}", score.percent(name), READS, note=score.note(name))
    motion = min(moving, key=lambda name: (moving[name].overall or 0.0, name))
    worst = moving[motion]
    yield Measure(
        "reads subject, any motion", worst.overall, READS_MOVING, note=f"what {motion}, {worst.note('subject')}"
    )
    photos = Score()
    for camera, clip in photo_takes(setting.seed, max(len(CAMERAS), setting.effort.renders // 10), setting.length):
        photos.add({"camera": camera}, setting.read([clip])[0])
    note = photos.note("camera") if photos.asked else "no held-out photo here: install the training extra"
    yield Measure("reads camera, photos", photos.percent("camera"), READS, note=note)


def photo_takes(seed: int, count: int, frames: int) -> Iterator[tuple[str, Frames]]:
    """Held-out photos under every camera move in turn, in clear weather: the move and the clip."""
    pictures = {name: picture for name, picture in load_photos_once().items() if name in HELD_OUT_PHOTOS}
    rng = np.random.default_rng([seed, 1400])
    for number in range(count if pictures else 0):
        drawn = sample_photo_scene(rng, sorted(pictures))
        camera = CAMERAS[number % len(CAMERAS)]
        scene = PhotoScene(drawn.photo, camera, "clear", drawn.seed)
        yield camera, render_photo(scene, pictures[scene.photo], size=WIDE, frames=frames, fps=FPS).frames


def groups_of(tasks: list[Task]) -> Iterable[list[Task]]:
    """The tasks in groups of which all clips fit into memory."""
    return [tasks[start : start + AT_ONCE] for start in range(0, len(tasks), AT_ONCE)]
