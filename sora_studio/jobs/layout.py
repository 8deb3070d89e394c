"""Windows on the time axis: how a long clip is cut into stretches that an engine can make one after the other.

Integers only: nothing here knows of pixels. Windows are laid out forwards; a clip that must arrive at given frames is
laid out on the mirrored axis and turned round, so that it is made from its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.time import FrameRange


@dataclass(frozen=True, slots=True)
class Stretch:
    """One window on the clip's axis.

    It makes `length` frames from `start` (which may lie before the clip or reach beyond it: such frames are cut),
    and adds the frames of `keep` to the clip. What it covers besides `keep` exists already or is given.
    """

    start: int
    length: int
    keep: FrameRange

    @property
    def stop(self) -> int:
        """The index after its last frame."""
        return self.start + self.length

    def mirrored(self, axis: int) -> Stretch:
        """The same stretch on an axis of `axis` frames that runs the other way."""
        return Stretch(axis - self.stop, self.length, mirror(self.keep, axis))


def mirror(span: FrameRange, axis: int) -> FrameRange:
    """The place of `span` on an axis of `axis` frames that runs the other way."""
    return FrameRange(axis - span.stop, axis - span.start)


def window_of(caps: Capabilities) -> int:
    """The longest admissible frame count an engine makes at once."""
    return (caps.window - 1) // caps.frame_step * caps.frame_step + 1


def lay_out(axis: int, marks: Sequence[FrameRange], caps: Capabilities, turns: Sequence[int] = ()) -> list[Stretch]:
    """Stretches that cover frames 0..axis-1 in order, each starting on the last frames of the one before.

    `marks` are the places of fully given frames. A window never ends shortly before a mark or inside one when that
    can be helped: the frames that lead to a mark are then made by a window that sees it. `turns` are frames before
    which a window ends, since its words change there; a turn inside a mark waits for the mark's end.
    """
    turns = [max([turn, *(mark.stop for mark in marks if mark.start <= turn < mark.stop)]) for turn in turns]
    stretches: list[Stretch] = []
    made = 0
    while made < axis:
        start = max(0, made - caps.overlap) if stretches else 0
        end = min([axis, *(turn for turn in turns if turn > made)])
        stop = _stop(start, made, end, marks, caps)
        stretches.append(_admissible(FrameRange(start, stop), made, marks, caps))
        made = stop
    return stretches


def _stop(start: int, made: int, axis: int, marks: Sequence[FrameRange], caps: Capabilities) -> int:
    """Where a window from `start` ends."""
    limit = min(axis, start + window_of(caps))
    if caps.places == "ends":  # a mark inside can only be met by a window that ends with it
        return min([limit, *(mark.stop for mark in marks if mark.start > 0 and made < mark.stop)])
    if limit == axis:
        return axis
    lead = max(1, (window_of(caps) - caps.overlap) // 2)
    for margin in (lead, 1):
        for stop in range(limit, made, -1):
            if not any(mark.start - margin < stop < mark.stop for mark in marks):
                return stop
    return limit


def _admissible(span: FrameRange, made: int, marks: Sequence[FrameRange], caps: Capabilities) -> Stretch:
    """The stretch over `span` with a length the engine can make: what is too much is cut behind the clip, or, if the
    window ends in given frames, laid over more of what is made already (or before the clip)."""
    length = caps.snap_frames(len(span))
    extra = length - len(span)
    keep = FrameRange(made, span.stop)
    ends_given = any(mark.start < span.stop <= mark.stop for mark in marks)
    starts_given = span.start == 0 and any(mark.start == 0 for mark in marks)
    if ends_given and not starts_given and (made == 0 or extra <= span.start):
        return Stretch(span.start - extra, length, keep)
    return Stretch(span.start, length, keep)
