"""Real photos brought to life: moved by a camera, with weather in front, and perhaps a drawn actor or a look."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world import phrases
from sora_studio.training.world import vocabulary as words
from sora_studio.training.world.actors import Cast, cast_of
from sora_studio.training.world.camera import View, view_at
from sora_studio.training.world.canvas import Image
from sora_studio.training.world.captions import named_actor
from sora_studio.training.world.grading import AS_TAKEN, LIGHT_PHRASES, LIGHTS, fades, graded, time_of
from sora_studio.training.world.light import light_of
from sora_studio.training.world.looks import LOOKS, Shot, flattened_paper
from sora_studio.training.world.noise import stream
from sora_studio.training.world.pixels import opaque
from sora_studio.training.world.places import PLACES
from sora_studio.training.world.render import Rendered, take_of
from sora_studio.training.world.scene import Actor, Scene
from sora_studio.training.world.weather import Air, depth_of, overlay

PHOTO: Final = "photo"
"""The look of a photo left as it is."""

_WEATHER_ODDS: Final = (0.4, 0.15, 0.2, 0.15, 0.1)
_CAMERA_ODDS: Final = (0.15, 0.17, 0.17, 0.17, 0.17, 0.17)
_LIGHT_ODDS: Final = (0.66, 0.05, 0.06, 0.08, 0.06, 0.04, 0.05)
_ROOM: Final = 1.3
"""How much wider than the picture the photo is shown when the camera pans or tilts across it."""


@dataclass(frozen=True, slots=True)
class PhotoScene:
    """A photo by name and what happens to it; `look` is "photo" or one of the world's looks, `light` one of LIGHTS."""

    photo: str
    camera: str
    weather: str
    seed: int
    actor: Actor | None = None
    look: str = PHOTO
    light: str = AS_TAKEN


def sample_photo_scene(rng: np.random.Generator, names: Sequence[str]) -> PhotoScene:
    """A random scene with one of the named photos; some have a drawn actor, a look or another light."""
    actor = None
    if rng.random() < 0.25:
        actor = Actor(_pick(rng, words.SUBJECTS), _pick(rng, words.COLOURS), _pick(rng, words.MOTIONS))
    look = _pick(rng, words.LOOKS[1:]) if rng.random() < 0.2 else PHOTO
    return PhotoScene(
        photo=_pick(rng, names),
        camera=words.CAMERAS[int(rng.choice(len(words.CAMERAS), p=_CAMERA_ODDS))],
        weather=words.WEATHERS[int(rng.choice(len(words.WEATHERS), p=_WEATHER_ODDS))],
        seed=int(rng.integers(2**31)),
        actor=actor,
        look=look,
        light=LIGHTS[int(rng.choice(len(LIGHTS), p=_LIGHT_ODDS))],
    )


def _pick(rng: np.random.Generator, names: Sequence[str]) -> str:
    return names[int(rng.integers(len(names)))]


def render_photo(
    scene: PhotoScene,
    image: NDArray[np.uint8],
    size: tuple[int, int] = (192, 112),
    frames: int = 17,
    fps: float = 8.0,
    *,
    start: float = 0.0,
) -> Rendered:
    """Animate `image` (H, W, 3) RGB of any size to frames (T, height, width, 3); deterministic in all arguments."""
    cv2.setNumThreads(1)
    width, height = size
    aspect = width / height
    take = take_of(scene.seed, False, frames, fps, start)
    light = light_of(time_of(scene.light, image), scene.weather)
    plate = _plate(image, size, scene.seed)
    changes = fades(scene.light)
    if not changes:
        plate = graded(plate, scene.light)
    cast = _cast(scene, light.name, size)
    air = Air(size, light, scene.seed)
    weather, between = overlay(scene.weather, air), depth_of(scene.weather, air)
    look = LOOKS.get(scene.look)
    pictures = np.empty((frames, height, width, 3), np.uint8)
    masks = np.empty((frames, height, width), np.uint8)
    for k, t in enumerate(take.seconds):
        view = view_at(scene.camera, t, aspect)
        frame = opaque(_seen(plate, view, scene.camera, size))
        if between:
            frame = between(frame, t)
        mask: Image = np.zeros((height, width), np.uint8)
        for actor in cast:
            actor.draw(frame, mask, view, t)
        if weather:
            frame = weather(frame, t)
        rgb = cv2.cvtColor(frame, cv2.COLOR_RGBA2RGB)
        if changes:
            rgb = graded(rgb, scene.light, t)
        if look:
            rgb = look.finish(flattened_paper(rgb) if look.plane else rgb, mask, Shot(take.numbers[k], light.name))
        pictures[k] = rgb
        masks[k] = mask > 127
    return Rendered(pictures, masks)


def _cast(scene: PhotoScene, time: str, size: tuple[int, int]) -> Cast:
    if scene.actor is None:
        return []
    # On a photo nobody knows the ground: the actor is staged as in the open, without a shadow.
    stand_in = Scene((scene.actor,), "green hills", time, "clear", scene.camera, "flat illustration", scene.seed)
    return cast_of(stand_in, PLACES["green hills"], size, 0.0, LOOKS["flat illustration"])


def _plate(image: NDArray[np.uint8], size: tuple[int, int], seed: int) -> Image:
    """A part of the photo with the picture's aspect, as large as fits, at twice the picture's size."""
    height, width = image.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    cut = min(width, round(size[0] / scale)), min(height, round(size[1] / scale))
    across, down = stream(seed, "cut").random(2).tolist()
    left, top = round((width - cut[0]) * across), round((height - cut[1]) * down)
    part = np.ascontiguousarray(image[top : top + cut[1], left : left + cut[0]])
    goal = (2 * size[0], 2 * size[1])
    way = cv2.INTER_AREA if cut[0] > goal[0] else cv2.INTER_CUBIC
    out: Image = cv2.resize(part, goal, interpolation=way)
    return out


def _seen(plate: Image, view: View, camera: str, size: tuple[int, int]) -> Image:
    """What the camera sees: near things, low in the picture, move a little more than far ones."""
    width, height = size
    room = {"still": 1.0, "zoom in": 1.0, "zoom out": 1.0}.get(camera, _ROOM)
    zoom = view.zoom * room
    margin = (1.0 - 1.0 / room) / 2
    x = np.arange(width, dtype=np.float32)[None, :] + 0.5
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5
    near = 0.62 + 0.5 * y / height
    limit = margin * width / height
    pan = np.float32(limit * np.tanh(view.x / max(limit, 1e-6) * 0.62)) if limit else np.float32(0.0)
    tilt = np.float32(np.clip(view.y * 0.9, -margin, margin)) if margin else np.float32(0.0)
    across = ((x - width / 2) / zoom + width / 2 + pan * height * np.minimum(near, 1.0)) * 2 - 0.5
    down = ((y - height / 2) / zoom + height / 2 + tilt * height + 0 * x) * 2 - 0.5
    across, down = across.astype(np.float32), down.astype(np.float32)
    out: Image = cv2.remap(plate, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return out


def light_shows(scene: PhotoScene) -> bool:
    """Whether the light of the scene can be seen to differ from the photo's: without colour only night can."""
    if scene.light == AS_TAKEN:
        return False
    return scene.look not in words.COLOURLESS_LOOKS or scene.light in ("night", "night falls", "day breaks")


_OPENINGS: Final = ("a photo", "a real photo", "a photograph")
_MADE: Final = ("a photo turned into {}", "a photo in the style of {}", "{} made from a photo")


def photo_caption(scene: PhotoScene, rng: np.random.Generator) -> str:
    """Says camera, weather, actor and look, not what the photo shows: "a photo, the camera zooms in, snow falls"."""
    if scene.look == PHOTO:
        parts = [_pick(rng, _OPENINGS)]
    else:
        parts = [_pick(rng, _MADE).format(_pick(rng, phrases.LOOKS[scene.look]))]
    if scene.actor is not None:
        named = named_actor(scene.actor, rng, colour=scene.look not in words.COLOURLESS_LOOKS)
        parts.append(f"{named} {_pick(rng, phrases.MOTIONS[scene.actor.motion])} in front")
    if scene.camera != "still" or rng.random() < 0.5:
        parts.append(_pick(rng, phrases.CAMERAS[scene.camera]))
    if light_shows(scene):
        parts.append(_pick(rng, LIGHT_PHRASES[scene.light]))
    if scene.weather != "clear" or rng.random() < 0.2:
        parts.append(_pick(rng, _PHOTO_WEATHERS[scene.weather]))
    head, rest = parts[0], parts[1:]
    return ", ".join([head, *(rest[int(k)] for k in rng.permutation(len(rest)))])


_PHOTO_WEATHERS: Final[phrases.Table] = {
    "clear": ("in clear weather", "with clear air"),
    "rain": ("rain falls", "in the rain", "while rain falls"),
    "snow": ("snow falls", "snowfall", "while snow falls"),
    "fog": ("fog drifts by", "in the fog", "in foggy weather"),
    "wind": ("in the wind", "while the wind blows leaves along"),
}

_PHOTOS: Final = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "rocket.jpg",
    "motorcycle_left.png",
    "motorcycle_right.png",
    "hubble_deep_field.jpg",
    "camera.png",
    "moon.png",
    "brick.png",
    "grass.png",
    "gravel.png",
)


def load_photos() -> dict[str, NDArray[np.uint8]]:
    """The photos that the installed scikit-image wheel carries, by name, RGB; empty when it is not installed."""
    spec = importlib.util.find_spec("skimage")
    if spec is None or not spec.submodule_search_locations:
        return {}
    folder = Path(spec.submodule_search_locations[0]) / "data"
    photos = {}
    for name in _PHOTOS:
        image = cv2.imread(str(folder / name), cv2.IMREAD_COLOR) if (folder / name).is_file() else None
        if image is not None:
            photos[Path(name).stem] = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
    return photos
