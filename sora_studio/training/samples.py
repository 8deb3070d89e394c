"""What the transformer is shown: a clip, what of it is given, and its caption; a pure function of (seed, number)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from sora_studio.training.config import BUCKETS, CLIP_FRAMES, FPS, Bucket, TaskOdds
from sora_studio.training.crops import HELD_OUT_PHOTOS
from sora_studio.training.world.captions import any_caption, names
from sora_studio.training.world.photos import (
    PHOTO,
    PhotoScene,
    load_photos,
    photo_caption,
    render_photo,
    sample_photo_scene,
)
from sora_studio.training.world.render import Rendered, render
from sora_studio.training.world.scene import Scene, Split, recast, retold, sample_scene
from sora_studio.training.world.visibility import shows
from sora_studio.training.world.vocabulary import LOOKS

CASTS = 3
"""Casts that play in one set: drawing it takes two thirds of a picture's time, and subjects are what is learnt last."""

FROM_WORDS = TaskOdds(**{item.name: float(item.name == "none") for item in fields(TaskOdds)})
"""Nothing is ever given."""

OVERLAP = 5
"""Frames that a window of a long clip shares with the one before: the first latent frame and one group."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One thing to learn.

    Attributes:
        frames: (T, H, W, 3) uint8, the target.
        given: (T, H, W, 3) uint8, the canvas; it counts only where the strength is above 0.
        strengths: (T,) float32 in 0..1.
        subject: (T, H, W) uint8, 1 where an actor is.
        caption: short or descriptive, of the target.
        task: a field of TaskOdds.
    """

    frames: NDArray[np.uint8]
    given: NDArray[np.uint8]
    strengths: NDArray[np.float32]
    subject: NDArray[np.uint8]
    caption: str
    task: str


@dataclass(frozen=True, slots=True)
class Shape:
    """Frames and picture size that all examples of a batch share."""

    frames: int
    size: Bucket


def draw_shape(rng: np.random.Generator, images: float) -> Shape:
    """An image (with probability `images`) or a clip, in one of the buckets."""
    frames = 1 if rng.random() < images else CLIP_FRAMES
    return Shape(frames, BUCKETS[int(rng.choice(len(BUCKETS), p=(0.6, 0.2, 0.2)))])


def draw_examples(
    rng: np.random.Generator,
    shape: Shape,
    count: int,
    odds: TaskOdds,
    photo_share: float,
    often: tuple[str, ...] = (),
) -> list[Example]:
    """Random examples; each scene is played by several casts in turn, and subjects in `often` play more often."""
    scenes = islice(_played(rng, CASTS, partial(recast, often=often), "train", often), count)
    return [draw_example(rng, shape, odds, photo_share, scene=scene) for scene in scenes]


def draw_choices(rng: np.random.Generator, shape: Shape, count: int, alike: int, split: Split) -> list[Example]:
    """Random examples from words; each scene comes `alike` times, and only what plays in it differs."""
    scenes = islice(_played(rng, alike, retold, split), count)
    return [draw_example(rng, shape, FROM_WORDS, 0.0, split, scene) for scene in scenes]


def draw_casts(rng: np.random.Generator, shape: Shape, count: int, alike: int, split: Split) -> list[Example]:
    """Random examples of one actor whose captions only name it; no two of these captions fit one picture."""
    scenes: list[Scene] = []
    for scene in _played(rng, alike, retold, split):
        if len(scene.actors) == 1 and not any(_both_fit(scene, other) for other in scenes):
            scenes.append(scene)
        if len(scenes) == count:
            break
    examples = [draw_example(rng, shape, FROM_WORDS, 0.0, split, scene) for scene in scenes]
    return [replace(one, caption=names(scene, rng)) for one, scene in zip(examples, scenes, strict=True)]


def _both_fit(one: Scene, other: Scene) -> bool:
    """Whether what the only actor of one scene is called fits the other's, too: pencil and grey films hide colours."""
    colours = {scene.actors[0].colour for scene in (one, other) if shows(scene, "colour")}
    return one.actors[0].subject == other.actors[0].subject and len(colours) < 2


def _played(
    rng: np.random.Generator,
    times: int,
    again: Callable[[np.random.Generator, Scene], Scene],
    split: Split,
    often: tuple[str, ...] = (),
) -> Iterator[Scene]:
    """Random scenes without end, each so many times: `again` says how it is played next."""
    while True:
        scene = sample_scene(rng, split=split, often=often)
        for _ in range(times):
            yield scene
            scene = again(rng, scene)


def draw_example(
    rng: np.random.Generator,
    shape: Shape,
    odds: TaskOdds,
    photo_share: float,
    split: Split = "train",
    scene: Scene | None = None,
) -> Example:
    """A random example: a task, a scene that suits it (`scene` if it does), its rendering and its caption."""
    task = draw_task(rng, odds, shape.frames)
    if rng.random() < photo_share and (task == "restyle" or (shape.frames > 1 and task not in ("none", "loop"))):
        return photo_example(rng, shape, task)
    scene = sample_scene(rng, split=split) if scene is None else scene
    while task == "loop" and not scene.loops:
        scene = sample_scene(rng, split=split)
    target = render(scene, size=shape.size, frames=shape.frames, fps=FPS)
    caption = any_caption(scene, rng)
    given, strengths = target.frames, draw_strengths(rng, task, shape.frames)
    if task == "restyle":
        given = render(other_look(rng, scene), size=shape.size, frames=shape.frames, fps=FPS).frames
    return Example(target.frames, given, strengths, target.subject, caption, task)


def photo_example(rng: np.random.Generator, shape: Shape, task: str) -> Example:
    """The same with a real photo that moves, or is turned into another look."""
    pictures = {name: picture for name, picture in load_photos_once().items() if name not in HELD_OUT_PHOTOS}
    scene: PhotoScene = sample_photo_scene(rng, sorted(pictures))
    if task == "restyle":
        scene = replace(scene, look=LOOKS[1 + int(rng.integers(len(LOOKS) - 1))])

    def shoot(what: PhotoScene) -> Rendered:
        return render_photo(what, pictures[what.photo], size=shape.size, frames=shape.frames, fps=FPS)

    target = shoot(scene)
    given = shoot(replace(scene, look=PHOTO)).frames if task == "restyle" else target.frames
    caption = photo_caption(scene, rng)
    return Example(target.frames, given, draw_strengths(rng, task, shape.frames), target.subject, caption, task)


_PHOTOS: dict[str, NDArray[np.uint8]] = {}


def load_photos_once() -> dict[str, NDArray[np.uint8]]:
    """`load_photos`, decoded once a process."""
    if not _PHOTOS:
        _PHOTOS.update(load_photos())
    return _PHOTOS


def other_look(rng: np.random.Generator, scene: Scene) -> Scene:
    """The same scene in another look: equal geometry, another hand."""
    looks = [look for look in LOOKS if look != scene.look]
    return replace(scene, look=looks[int(rng.integers(len(looks)))])


def draw_task(rng: np.random.Generator, odds: TaskOdds, frames: int) -> str:
    """A task by its odds; an image can only be made from nothing or restyled."""
    names = [item.name for item in fields(odds)]
    weights = np.array([getattr(odds, name) for name in names])
    if frames == 1:
        weights = weights * [name in ("none", "restyle") for name in names]
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]


def draw_strengths(rng: np.random.Generator, task: str, frames: int) -> NDArray[np.float32]:
    """How much of each frame is kept, (T,): see the table of tasks in the studio's architecture."""
    strengths = np.zeros(frames, np.float32)
    some = OVERLAP if rng.random() < 0.6 else int(rng.integers(1, 10))
    match task:
        case "first":
            strengths[0] = 1.0
        case "prefix":
            strengths[:some] = 1.0
        case "suffix":
            strengths[-some:] = 1.0
        case "ends":
            strengths[: min(some, OVERLAP)] = 1.0
            strengths[-int(rng.choice((1, 4, OVERLAP))) :] = 1.0
        case "keyframes":
            strengths[rng.choice(frames, int(rng.integers(2, 5)), replace=False)] = 1.0
        case "loop":
            strengths[[0, -1]] = 1.0
        case "restyle":
            strengths[:] = rng.uniform(0.3, 0.9)
    return strengths
