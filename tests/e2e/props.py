"""What a script brings along: a photo and a tone, made on the spot."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from PIL import Image

PITCH, RATE = 440, 48_000
"""Of the tone, in hertz."""


def photo(path: Path) -> None:
    """A red sail on a dark sea under a yellow sun, 640 x 360."""
    y, x = np.mgrid[0:360, 0:640].astype(np.float64)
    sky = np.stack([120 + y / 9, 170 + y / 12, 235 - y / 12], axis=-1)
    sea = np.stack([20 + 0 * y, 70 + (y - 220) / 3.5, 120 + 0 * y], axis=-1)
    picture = np.where((y > 220)[..., None], sea, sky)
    picture[(x - 470) ** 2 + (y - 100) ** 2 < 55**2] = (250, 225, 90)
    picture[(np.abs(x - 200) < (y - 120) * 0.9) & (y > 120) & (y < 230)] = (200, 50, 40)
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(path)


def tone(path: Path, seconds: float) -> None:
    """A plain tone."""
    time = np.arange(round(RATE * seconds)) / RATE
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.sin(2 * np.pi * PITCH * time) * 12_000).astype("<i2").tobytes())
