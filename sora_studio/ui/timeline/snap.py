"""Snapping of frames to cuts and to the playhead."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snapped:
    """A frame after snapping; `line` is the frame of the cut it met, None where it met nothing."""

    frame: int
    line: int | None = None


class Snapper:
    """Pulls frames to targets that lie within a reach; made once at the start of a drag."""

    def __init__(self, targets: Iterable[int], reach: float) -> None:
        self._targets = sorted(set(targets))
        self._reach = reach

    def nearest(self, frame: int) -> int | None:
        """The target within reach that is nearest to a frame."""
        place = bisect_left(self._targets, frame)
        around = self._targets[max(0, place - 1) : place + 1]
        best = min(around, key=lambda target: abs(target - frame), default=None)
        return best if best is not None and abs(best - frame) <= self._reach else None

    def edge(self, frame: int) -> Snapped:
        """One edge snapped."""
        target = self.nearest(frame)
        return Snapped(frame) if target is None else Snapped(target, target)

    def clip(self, start: int, length: int) -> Snapped:
        """A whole clip snapped with its start or its end, whichever is nearer to a target."""
        head, tail = self.nearest(start), self.nearest(start + length)
        if head is not None and (tail is None or abs(head - start) <= abs(tail - start - length)):
            return Snapped(head, head)
        if tail is not None:
            return Snapped(tail - length, tail)
        return Snapped(start)


NO_SNAP = Snapper((), 0.0)
