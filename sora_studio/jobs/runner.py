"""Runs a plan on an engine: window after window, each shown what it needs of those before.

Memory stays flat over the length of the clip: of what is made only the frames that a later window is shown are kept,
and final frames leave as chunks. A plan that is made from its end hands its chunks out in order all the same and
therefore holds the clip until its first frames exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sora_studio.core.engine import (
    Control,
    CutShort,
    Engine,
    Finished,
    Held,
    Latents,
    Measured,
    Opening,
    Preview,
    Progress,
    RunsIn,
    Window,
    never,
)
from sora_studio.core.errors import Cancelled, EngineError
from sora_studio.core.inside import Insight
from sora_studio.core.request import Frames, Given, PromptAt, Request
from sora_studio.core.samples import SAMPLE_RATE, Sound, softened, stretch
from sora_studio.jobs.anchor import Kept, Seam, Tone, give_back, settle, tone
from sora_studio.jobs.kept import KeptRun
from sora_studio.jobs.windows import Piece, Plan, PlannedWindow, runs

SOFT = SAMPLE_RATE // 100
"""Samples in which sound comes up or goes down where windows meet."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Final frames (T, H, W, 3) and their sound, if any; the first is frame `start` of the clip. Chunks come in order
    and leave no gap. Windows were made with at least `steps` steps so far."""

    start: int
    frames: Frames
    steps: int = 0
    sound: Sound | None = None


RunEvent = Progress | Preview | Insight | RunsIn | Measured | CutShort | Chunk | Held


def run_plan(
    plan: Plan, engine: Engine, control: Control, resume: Latents | None = None, kept: KeptRun | None = None
) -> Iterator[RunEvent]:
    """Make the clip. Steps count over all windows. `resume` continues a run whose first window was held, and
    `control.hold` holds the first window: Held is then the last event. `control.record` ends the run after it.

    With `kept` each window goes on from what was kept of it, which for a finished one is to be decoded alone, and
    keeps where it stands.

    When `control.enough()` ends a window early, the windows after it are made with as few steps, so that the clip is
    whole all the same.

    Raises Cancelled between steps and windows when `control.cancelled()` turns true, EngineError and other errors of
    the engine as they are.
    """
    made = _Made(plan)
    steps, capable = plan.request.steps, engine.capabilities
    for index, planned in enumerate(plan.windows):
        if control.cancelled():
            raise Cancelled("The work was stopped.")
        window = _engine_window(plan, index, made, prompts=capable.prompts)
        request = replace(window.request, steps=steps)
        begun = None if index else resume
        if kept is not None:
            begun = begun or kept.latents(index, steps, request.seed)
            control = replace(control, keep=partial(kept.keep, index, steps, request.seed))
        window = replace(window, request=request, resume=begun)
        frames: Frames | None = None
        sound: Sound | None = None
        done = 0
        for event in engine.run(window, control):
            match event:
                case Finished():
                    frames, sound = event.frames, event.sound
                case Held():
                    yield event
                    return
                case Insight() | RunsIn() | Measured() | CutShort():
                    yield event
                case _:
                    done = event.step
                    yield _counted(event, plan, index)
        if 0 < done < steps:
            steps, control = done, replace(control, enough=never)
        control = replace(control, hold=0)
        made.hear(index, sound)
        for chunk in made.add(index, _checked(frames, planned, plan), window):
            yield replace(chunk, steps=steps)
        if control.record:
            return  # one window shows how it goes
    if control.cancelled():
        raise Cancelled("The work was stopped.")


def window_seed(seed: int, index: int) -> int:
    """The seed of window `index`: the request's own for the first, and for the others one that depends on both."""
    if index == 0:
        return seed
    digest = hashlib.sha256(f"{seed}:{index}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


class _Made:
    """What exists of the clip: the frames that later windows are shown, chunks that wait for their turn, the anchor."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._clip: dict[int, Frames] = {}  # frame index -> (H, W, 3)
        self._key: Frames | None = None  # (1, H, W, 3)
        self._waiting: dict[int, Frames] = {}  # start -> chunk
        self._heard: dict[int, Sound] = {}  # start -> its sound
        self._next = 0
        self._anchor: Tone | None = None
        self._opening: Opening | None = None  # as for a window at frame 0

    def frames(self, piece: Piece) -> Frames:
        """The frames of a piece, (T, H, W, 3)."""
        wanted = np.arange(piece.first, piece.first + piece.count)
        match piece.origin:
            case "given":
                source = self._plan.request.given[piece.index].frames
                return np.take(source, wanted, axis=0, mode="clip")
            case "key" if self._key is not None:
                return self._key.repeat(piece.count, axis=0)
            case _:
                return np.stack([self._clip[int(frame)] for frame in wanted])

    def hear(self, index: int, sound: Sound | None) -> None:
        """Take the sound of a window in. Where windows meet it is softened, since each has a sound of its own."""
        planned, rate = self._plan.windows[index], self._plan.request.rate
        if sound is None or not len(planned.keep):
            return
        part = stretch(sound, planned.keep.start - planned.start, planned.keep.stop - planned.start, rate)
        starts, ends = planned.keep.start == 0, planned.keep.stop == self._plan.request.length
        self._heard[planned.keep.start] = softened(part, SOFT, start=not starts, end=not ends)

    def add(self, index: int, frames: Frames, window: Window) -> Iterator[Chunk]:
        """Take the frames of a window in, and hand out what is final and next in order."""
        planned = self._plan.windows[index]
        if not len(planned.keep):
            self._key = frames
            return
        low, high = planned.keep.start - planned.start, planned.keep.stop - planned.start
        fresh = frames[low:high]
        if not self._plan.enlarges:  # there is nothing to put back at another size, nor does a window see another's
            seam = _seam(frames, window)
            fresh = settle(fresh, seam, self._pull(index))
            fresh = give_back(fresh, low, _kept(frames, window, seam))
            if self._anchor is None:
                self._anchor = tone(fresh)
                self._opening = _opening(window, planned, fresh)
            self._remember(index, fresh)
        self._waiting[planned.keep.start] = fresh
        while self._next in self._waiting:
            chunk = Chunk(self._next, self._waiting.pop(self._next), sound=self._heard.pop(self._next, None))
            self._next += len(chunk.frames)
            yield chunk

    def opening(self, index: int) -> Opening | None:
        """What window `index` may remember of the clip's beginning, if it goes on with it and under the same prompt."""
        planned, request, opening = self._plan.windows[index], self._plan.request, self._opening
        goes_on = all(piece.origin == "clip" and piece.strength == 1.0 for piece in planned.pieces)
        same = request.prompt_at(planned.keep.start) == request.prompt_at(self._plan.windows[0].keep.start)
        if opening is None or not goes_on or not same or len(runs(planned.pieces)) != 1:
            return None
        ((first, stop),) = runs(planned.pieces)
        if stop < planned.length if opening.backward else first > 0:
            return None
        return replace(opening, before=opening.before + planned.start)

    def _remember(self, index: int, fresh: Frames) -> None:
        """Keep what later windows are shown, and nothing else."""
        later = {
            frame
            for window in self._plan.windows[index + 1 :]
            for piece in window.pieces
            if piece.origin == "clip"
            for frame in range(piece.first, piece.first + piece.count)
        }
        start = self._plan.windows[index].keep.start
        for offset, frame in enumerate(fresh):
            if start + offset in later:
                self._clip[start + offset] = frame.copy()
        for frame_index in self._clip.keys() - later:
            del self._clip[frame_index]

    def _pull(self, index: int) -> Tone | None:
        """The anchor's tone, unless the frames' colours are told by given ones: a restyled clip follows its source,
        and a window that leads to given frames must arrive at theirs."""
        pieces = self._plan.windows[index].pieces
        ties = [piece for piece in pieces if piece.origin != "clip" or piece.strength < 1.0]
        both_ends = len([piece for piece in pieces if piece.strength == 1.0]) > 1
        return None if ties or both_ends else self._anchor


def _opening(window: Window, planned: PlannedWindow, fresh: Frames) -> Opening | None:
    """What a clip begins with whose first window this is: its own first picture, where words or one picture alone are
    given, or the footage that it goes on with. Where more is given, that shows where it goes."""
    given = window.given
    if planned.start == 0 and all(item.at == 0 and len(item) == 1 and item.strength == 1.0 for item in given):
        return Opening(fresh[:1].copy(), 0)
    if len(given) != 1 or given[0].strength < 1.0 or len(given[0]) == 1:
        return None
    (footage,) = given
    if footage.at == 0:
        return Opening(footage.frames, -(planned.start + len(footage) - 1))
    ends = footage.stop == planned.length
    return Opening(footage.frames, -(planned.start + footage.at), backward=True) if ends else None


def _seam(frames: Frames, window: Window) -> Seam | None:
    """Where the window meets kept frames, if that is at one of its ends and nowhere else."""
    kept = [item for item in window.given if item.strength == 1.0]
    if len(kept) != 1:
        return None
    (item,) = kept
    starts, ends = item.at == 0, item.stop == window.request.length
    return Seam(item.frames, frames[item.at : item.stop], backward=ends) if starts != ends else None


def _kept(frames: Frames, window: Window, seam: Seam | None) -> list[Kept]:
    """What the window was to keep, and its copy of that, moved as the seam moves what is new."""
    items = [item for item in window.given if item.strength == 1.0]
    copies = [frames[item.at : item.stop] for item in items]
    return [
        Kept(item.at, item.frames, seam.corrected(copy) if seam else copy.astype(np.float32))
        for item, copy in zip(items, copies, strict=True)
    ]


def _engine_window(plan: Plan, index: int, made: _Made, *, prompts: bool) -> Window:
    """The engine's call for window `index` of the plan."""
    planned = plan.windows[index]
    given = tuple(Given(piece.at, made.frames(piece), piece.strength) for piece in planned.pieces)
    # an engine that closes clips by itself makes exactly the clip; otherwise frames beyond it are made and cut
    native_wrap = plan.request.wrap and planned.length == plan.request.length > 1 and len(plan.windows) == 1
    request = replace(
        plan.request,
        prompt=plan.request.prompt_at(planned.keep.start),
        prompts=_within(plan.request, planned) if prompts else (),
        length=planned.length,
        given=given,
        wrap=native_wrap,
        seed=window_seed(plan.request.seed, index),
    )
    return Window(request, index, len(plan.windows), opening=made.opening(index))


def _within(request: Request, planned: PlannedWindow) -> tuple[PromptAt, ...]:
    """The prompts that begin inside a window, at their places in it."""
    first = max(planned.start, planned.keep.start)
    return tuple(
        PromptAt(later.at - planned.start, later.prompt) for later in request.prompts if first < later.at < planned.stop
    )


def _counted(event: Progress | Preview, plan: Plan, index: int) -> Progress | Preview:
    """An engine's event with its steps counted over all windows, and a preview at its place in the clip."""
    share = plan.request.steps
    match event:
        case Progress():
            step = index * share + round(share * event.step / max(1, event.steps))
            return Progress(step, plan.steps, event.stage)
        case Preview():
            step = index * share + round(share * event.step / max(1, event.steps))
            planned = plan.windows[index]
            frames, start = event.frames, max(0, planned.start)
            if len(frames) == planned.length and len(planned.keep):
                # what the clip holds already is no preview
                frames = frames[planned.keep.start - planned.start : planned.keep.stop - planned.start]
                start = planned.keep.start
            return Preview(step, plan.steps, frames, start)


def _checked(frames: Frames | None, planned: PlannedWindow, plan: Plan) -> Frames:
    """The frames of a window, if they are what was asked for."""
    if frames is None:
        raise EngineError("The engine ended without a result. Try again, or choose another engine.")
    expected = (planned.length, plan.size.height, plan.size.width, 3)
    if frames.shape != expected or frames.dtype != np.uint8:
        raise EngineError(
            "The engine returned frames of {shape} {dtype} where {expected} was asked for.",
            shape=frames.shape,
            dtype=frames.dtype,
            expected=expected,
        )
    return frames
