"""Reproducible chance: integer hashes for scattered things and tileable textures for paper, canvas and clouds."""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TILE = 256
"""Side of the textures in pixels; they repeat without a seam."""


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A generator of its own for each purpose, so that one decision never shifts another."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])


def chances(seed: int, purpose: str, cells: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Uniform numbers (cells, count) in [0, 1) that depend on seed, purpose and the cell's number alone."""
    with np.errstate(over="ignore"):
        mixed = np.asarray(cells, np.uint64)[:, None] * np.uint64(0x9E3779B97F4A7C15)
        mixed = mixed + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0xD1B54A32D192ED03)
        mixed = mixed ^ np.uint64((seed * 2654435761 + zlib.crc32(purpose.encode())) & 0xFFFFFFFFFFFF)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray(mixed >> np.uint64(11), np.float64) / float(1 << 53)


@lru_cache(maxsize=16)
def texture(name: str, roughness: float, stretch: float = 1.0) -> NDArray[np.float32]:
    """A tileable field (TILE, TILE) of zero mean and unit deviation with spectrum 1/f^roughness, stretched along x."""
    rng = stream(7, "texture", name)
    fx = np.fft.fftfreq(TILE)[None, :] * stretch
    fy = np.fft.fftfreq(TILE)[:, None]
    amplitude = 1.0 / np.maximum(np.hypot(fx, fy), 1.0 / TILE) ** roughness
    amplitude[0, 0] = 0.0
    field = np.fft.ifft2(np.fft.fft2(rng.standard_normal((TILE, TILE))) * amplitude).real
    return np.asarray(field / field.std(), np.float32)


def tiled(field: NDArray[np.float32], width: int, height: int, left: int = 0, top: int = 0) -> NDArray[np.float32]:
    """A (height, width) cut of the endless repetition of a texture, starting at (left, top)."""
    rows = (np.arange(height) + top) % field.shape[0]
    columns = (np.arange(width) + left) % field.shape[1]
    return field[rows[:, None], columns[None, :]]
