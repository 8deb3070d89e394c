"""Other light on a real photo: graded as dawn, sunset or night, or changing from one to the other during a clip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sora_studio.training.world.canvas import Image
from sora_studio.training.world.phrases import TIMES, Table

AS_TAKEN: Final = "as taken"
"""The light of the photo itself."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A colour grade: what black and white become, a gamma (above one darkens) and what is kept of the colours."""

    black: tuple[float, float, float]
    white: tuple[float, float, float]
    gamma: float
    colourful: float


_PLAIN: Final = Grade((0.0, 0.0, 0.0), (255.0, 255.0, 255.0), 1.0, 1.0)
_GRADES: Final[dict[str, Grade]] = {
    "dawn": Grade((44.0, 34.0, 62.0), (255.0, 226.0, 232.0), 0.95, 0.7),
    "sunset": Grade((34.0, 8.0, 30.0), (255.0, 192.0, 118.0), 1.1, 0.85),
    "night": Grade((4.0, 7.0, 26.0), (104.0, 132.0, 196.0), 1.25, 0.5),
}
_FADES: Final[dict[str, tuple[str, str]]] = {
    "night falls": (AS_TAKEN, "night"),
    "the sun sets": (AS_TAKEN, "sunset"),
    "day breaks": ("night", AS_TAKEN),
}
LIGHTS: Final = (AS_TAKEN, *_GRADES, *_FADES)
"""Every light a photo can be shown in."""

LIGHT_PHRASES: Final[Table] = {
    "dawn": TIMES["dawn"],
    "sunset": TIMES["sunset"],
    "night": TIMES["night"],
    "night falls": ("night falls", "the light fades into night", "it slowly gets dark"),
    "the sun sets": ("the light turns into sunset", "the light slowly warms to sunset"),
    "day breaks": ("day breaks", "night turns into day", "it slowly gets light"),
}
"""How captions say each light but that of the photo itself."""

_FADE_SECONDS: Final = 2.2


def time_of(light: str, image: Image) -> str:
    """The time of day in which drawn actors and weather are lit, to go with the photo."""
    if light in _GRADES:
        return light
    return "day" if float(image.mean()) > 70 else "night"


def fades(light: str) -> bool:
    """Whether the light changes during the clip."""
    return light in _FADES


def graded(frame: Image, light: str, t: float = 0.0) -> Image:
    """RGB (H, W, 3) in another light; `t` in seconds is how long a changing light has changed."""
    if light == AS_TAKEN:
        return frame
    if light in _GRADES:
        return _applied(frame, light, light, 0)
    start, end = _FADES[light]
    share = min(1.0, max(0.0, t / _FADE_SECONDS))
    return _applied(frame, start, end, round(64 * share * share * (3.0 - 2.0 * share)))


def _applied(frame: Image, start: str, end: str, step: int) -> Image:
    mixing, curve = _curve(start, end, step)
    calm = cv2.transform(frame, mixing)
    return np.asarray(cv2.LUT(calm, curve), np.uint8)


@lru_cache(maxsize=256)
def _curve(start: str, end: str, step: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Matrix that takes colour away and table (1, 256, 3) of tones, `step` sixty-fourths on the way."""
    one, other = _GRADES.get(start, _PLAIN), _GRADES.get(end, _PLAIN)
    share = step / 64
    keep = one.colourful + (other.colourful - one.colourful) * share
    mixing = np.full((3, 3), (1.0 - keep) / 3, np.float32) + keep * np.eye(3, dtype=np.float32)
    tones = np.arange(256)[:, None] / 255

    def table(grade: Grade) -> NDArray[np.float64]:
        black, white = np.array(grade.black), np.array(grade.white)
        return np.asarray(black + (white - black) * tones**grade.gamma)

    mixed = table(one) * (1.0 - share) + table(other) * share
    return mixing, np.rint(mixed).astype(np.uint8)[None]
