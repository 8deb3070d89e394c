"""How pictures move, seen from their pixels: what comes next if all goes on as it went."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

SMALLEST = 16
"""Pixels of the shorter side below which no flow is looked for."""

CALM = 4.0
"""Pixels over which the flow is softened: single wild ones would tear the picture."""


def carried_on(before: NDArray[np.uint8], last: NDArray[np.uint8], count: int) -> Iterator[NDArray[np.float32]]:
    """The next `count` pictures (H, W, 3) after two, each place of the last going on as it came.

    The way is the dense inverse search flow of both (Kroeger et al. 2016); of what comes in at an edge nothing is
    known, so the edge is drawn out.
    """
    height, width = last.shape[:2]
    flow = np.zeros((height, width, 2), np.float32)  # (H, W, 2) across and down
    if min(height, width) >= SMALLEST:
        grey = [cv2.cvtColor(np.ascontiguousarray(one), cv2.COLOR_RGB2GRAY) for one in (before, last)]
        finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        flow = cv2.GaussianBlur(finder.calc(grey[0], grey[1], None), (0, 0), CALM)
    down, across = np.mgrid[:height, :width].astype(np.float32)
    for step in range(1, count + 1):
        places = across - step * flow[..., 0], down - step * flow[..., 1]
        yield cv2.remap(last.astype(np.float32), *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
