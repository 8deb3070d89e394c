"""How pictures move, seen from their pixels: what comes next if all goes on as it went."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SMALLEST = 16
"""Pixels of the shorter side below which no flow is looked for."""

CALM = 4.0
"""Pixels over which the flow is softened: single wild ones would tear the picture."""


class Going:
    """Two pictures (H, W, 3) in a row, from which all goes on as it came.

    The way of each place is their dense inverse search flow (Kroeger et al. 2016); of what comes in at an edge nothing
    is known, so the edge is drawn out.
    """

    def __init__(self, before: NDArray[np.uint8], last: NDArray[np.uint8]) -> None:
        height, width = last.shape[:2]
        self._flow = np.zeros((height, width, 2), np.float32)  # across and down
        if min(height, width) >= SMALLEST:
            grey = [cv2.cvtColor(np.ascontiguousarray(one), cv2.COLOR_RGB2GRAY) for one in (before, last)]
            finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
            self._flow = cv2.GaussianBlur(finder.calc(grey[0], grey[1], None), (0, 0), CALM)
        self._down, self._across = np.mgrid[:height, :width].astype(np.float32)

    def on(self, picture: NDArray[np.uint8] | NDArray[np.float32], steps: int) -> NDArray[np.float32]:
        """What lies (H, W, 3) on the last of them, so many pictures later."""
        across, down = self._across - steps * self._flow[..., 0], self._down - steps * self._flow[..., 1]
        moved = cv2.remap(picture.astype(np.float32), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.float32)
