"""A picture brought alive: does the clip begin with it, and does it move as told?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from sora_studio.core import tasks as verbs
from sora_studio.core.request import Footage, Frames
from sora_studio.training.config import FPS
from sora_studio.training.crops import HELD_OUT_PHOTOS
from sora_studio.training.evaluation.adherence import BARS
from sora_studio.training.evaluation.held_out import WIDE, held_out_tasks
from sora_studio.training.evaluation.labels import MOVING, values_of
from sora_studio.training.evaluation.measures import Measure, mean
from sora_studio.training.evaluation.metrics import psnr, worst
from sora_studio.training.evaluation.reading import NO_CLASSIFIER, Score
from sora_studio.training.evaluation.setting import Setting
from sora_studio.training.samples import load_photos_once
from sora_studio.training.world.photos import PHOTO, photo_caption, render_photo, sample_photo_scene
from sora_studio.training.world.vocabulary import CAMERAS

DRAWN: Final = 28.0
REAL: Final = 24.0


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A picture, what should become of it, and which movements are then to be read."""

    picture: Frames  # (1, H, W, 3)
    prompt: str
    seed: int
    wanted: dict[str, str]


def measure_alive(setting: Setting) -> Iterator[Measure]:
    """First frame against the given picture, and movement, for drawn pictures and for real photos."""
    yield from _measured(setting, "drawn", drawn_stills(setting.seed, setting.effort.drawn), DRAWN)
    yield from _measured(setting, "photo", photo_stills(setting.seed, setting.effort.alive_photos), REAL)


def _measured(setting: Setting, kind: str, stills: list[Still], bar: float) -> Iterator[Measure]:
    first: list[float] = []
    score = Score()
    for number, still in enumerate(stills):
        setting.say(f"{kind} pictures brought alive", number, len(stills))
        base = setting.request(still.prompt, still.seed)
        clip = setting.make(verbs.animate(base, Footage(still.picture, base.rate), setting.seconds))
        first.append(psnr(clip[0], still.picture[0]))
        if setting.classifier is not None:
            score.add(still.wanted, setting.read([clip])[0])
    note = (
        f"{len(first)} clips; {worst(first, high=False)}" if first else "no held-out photo: install the training extra"
    )
    yield Measure(f"animate {kind}: first frame", mean(first), bar, "dB", note=note)
    for name in MOVING if kind == "drawn" else ("camera",):
        told = score.note(name) if setting.classifier is not None else NO_CLASSIFIER
        yield Measure(f"animate {kind}: {name}", score.percent(name), BARS[name], note=told)


def drawn_stills(seed: int, count: int) -> list[Still]:
    """First frames of held-out scenes."""
    return [
        Still(task.render(2)[:1], task.prompt, task.seed, {name: values_of(task.scene)[name] for name in MOVING})
        for task in held_out_tasks(seed, 4, count)
    ]


def photo_stills(seed: int, count: int) -> list[Still]:
    """First frames of held-out photos with a camera move to make, all moves in turn."""
    pictures = {name: picture for name, picture in load_photos_once().items() if name in HELD_OUT_PHOTOS}
    rng = np.random.default_rng([seed, 1200])
    stills: list[Still] = []
    while pictures and len(stills) < count:
        drawn = sample_photo_scene(rng, sorted(pictures))
        camera = CAMERAS[(1 + len(stills)) % len(CAMERAS)]
        scene = type(drawn)(drawn.photo, camera, "clear", drawn.seed, None, PHOTO)
        shot = render_photo(scene, pictures[scene.photo], size=WIDE, frames=2, fps=FPS).frames
        stills.append(Still(shot[:1], photo_caption(scene, rng), int(rng.integers(2**31)), {"camera": camera}))
    return stills
