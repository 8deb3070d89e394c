"""Steps of latent frames that are moved one by one, each by a scheduler of its own, as the steps of a whole clip."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sora_studio.engines.families.holding import Holding
from sora_studio.engines.tap import Predict, Step


class Apart:
    """Counts the frames of a step. `after` is called when the last one has moved, with the whole predicted clip. When
    `enough` says so at the first one, all take on what is predicted of them."""

    def __init__(self, frames: int, after: Callable[[Predict], None], enough: Callable[[], bool]) -> None:
        self._frames, self._after, self._enough = frames, after, enough
        self._moved: list[Predict] = []
        self._ending = False

    def steer(self, holding: Holding) -> Callable[[Step], Tensor]:
        """Leads each frame as the holding leads the clip."""
        return lambda step: holding.of_frame(len(self._moved), step)

    def ahead(self, check: Callable[[], None]) -> Callable[[], None]:
        """`check`, between whole steps only: a run that it ends among the frames of one would leave nothing to keep."""
        return lambda: None if self._moved else check()

    def moved(self, predict: Predict) -> Tensor | None:
        """Behind the step of a frame (1, Z, h, w)."""
        if not self._moved:
            self._ending = self._enough()
        self._moved.append(predict)
        if len(self._moved) == self._frames:
            frames, self._moved = self._moved, []
            self._after(lambda: torch.stack([frame() for frame in frames], dim=2))
        return predict() if self._ending else None
