"""The Engine protocol: one window of frames in, a stream of events out. Implementations live in `engines`.

A window is what a model makes at once; `jobs.plan` lays windows out and `jobs.runner` chains them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.forecast import Past
from sora_studio.core.inside import Insight
from sora_studio.core.request import Frames, Given, Request
from sora_studio.core.samples import Sound
from sora_studio.core.setup import Setup


@dataclass(frozen=True, slots=True, eq=False)
class Latents:
    """What a window's run holds after `step` steps, in the engine's own layout: continued, it ends bit for bit as if it
    had never been held. `more` is what the engine needs besides, such as its solver's history. `final`: nothing is left
    to do but decoding."""

    step: int
    values: NDArray[np.float32]
    more: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    final: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """What a clip in several windows began with: its first picture, or the footage that it goes on with, (n, H, W, 3),
    and the number of frames from the last of these to the window's first; from the first of them if it is made
    `backward`, from its end towards its beginning."""

    frames: Frames
    before: int
    backward: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One call of an engine: `request` with size, length and given already admissible for its Capabilities. `resume`
    continues a run of the same request that was held. `opening` is there where a clip goes on that began with words, a
    picture or footage; an engine may remember by it what a few frames no longer show."""

    request: Request
    index: int
    count: int
    resume: Latents | None = None
    opening: Opening | None = None

    @property
    def given(self) -> tuple[Given, ...]:
        """The given frames of this window, resized to the request's size."""
        return self.request.given


@dataclass(frozen=True, slots=True)
class Progress:
    """Step `step` of `steps` is done; counts run over all windows of the plan. `stage` is a word for the panel."""

    step: int
    steps: int
    stage: str = "denoising"


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """The predicted clean clip after a step, decoded small: (T, h, w, 3)."""

    step: int
    steps: int
    frames: Frames
    start: int = 0
    """The place of the first preview frame in the whole clip."""


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """The final frames of a window at full size, and their sound from engines that make it; the last event of a
    run."""

    frames: Frames
    sound: Sound | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The run stopped where `Control.hold` asked for; the last event of a run, in place of Finished."""

    latents: Latents


@dataclass(frozen=True, slots=True)
class RunsIn:
    """The setup in which the window is made; comes before its frames."""

    setup: Setup


@dataclass(frozen=True, slots=True)
class Measured:
    """What a window took in a setup, as a share of what was forecast for it; comes before Finished."""

    setup: Setup
    past: Past


@dataclass(frozen=True, slots=True)
class CutShort:
    """Of `calls` of the denoiser that a step cache watched, `short` were not computed in full; comes before
    Finished."""

    short: int
    calls: int


EngineEvent = Progress | Preview | Insight | RunsIn | Measured | CutShort | Finished | Held


def never() -> bool:
    """Nobody asks for anything."""
    return False


@dataclass(frozen=True, slots=True)
class Control:
    """What a run may ask its owner: whether to stop (raise Cancelled at the next step), and the share of time that
    previews may take (0 switches them off). When `enough` turns true, the clip as predicted after the present step is
    decoded and finished. After step `hold` (0: never) the run ends with Held, from engines whose Capabilities say
    `resumable`. With `record` an Insight follows each step, from engines that say `records`, and only
    the first window of a clip is made.

    `keep` takes Latents that the run can go on from, on a thread of the engine's: after steps, for `keep_share` of the
    time at most; ahead of decoding; and those of the last whole step when the run ends before, by whatever. Engines
    that are `resumable` call it.

    `setup` says how the model is run; None leaves it to the engine."""

    cancelled: Callable[[], bool]
    preview_share: float = 0.08
    enough: Callable[[], bool] = never
    hold: int = 0
    record: bool = False
    keep: Callable[[Latents], None] | None = None
    keep_share: float = 0.02
    setup: Setup | None = None


class Engine(Protocol):
    """A model family behind one face."""

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can do; known without loading weights."""
        ...

    @property
    def weights(self) -> str:
        """What tells its weights from others, for latents that are kept: they mean nothing to other weights."""
        ...

    def load(self, setup: Setup | None = None) -> None:
        """Bring the weights into memory; raises EngineError with what to do when that fails. Without a `setup` it is
        the one that fits best."""
        ...

    def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
        """Make one window. Raises Cancelled within one step of `control.cancelled()` turning true."""
        ...

    def unload(self) -> None:
        """Give the memory back."""
        ...
