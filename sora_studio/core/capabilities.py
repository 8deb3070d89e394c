"""What an engine can do, as properties of the time axis: never one flag a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sora_studio.core.time import Rate, Size

Places = Literal["any", "ends", "start", "none"]
Needs = Literal["nothing", "start", "ends"]
OtherSizes = Literal["none", "near", "any"]
Kernels = Literal["fixed", "plain", "masked"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The axis an engine works on.

    Frame counts are `frame_step * k + 1`. `window` is the longest count made at once; `overlap` the frames of the
    previous window, or of a clip beside it, that the next one is shown. `places` says where given frames may stand,
    `trained` where the network learnt to meet them (elsewhere the engine keeps them in place while the rest forms),
    `needs` where it cannot do without. `partial` says whether they may be partly kept (0 < strength < 1),
    `partial_trained` whether the network learnt that too, `wrap` whether a clip can close on itself. `sizes` are the
    sizes it was made for; `other_sizes` says whether there are others: multiples of `size_step` with about as many
    pixels, or with any number of them up to `max_pixels`. `prompts` says whether one window takes prompts over time; if
    not, a clip is made in windows with a prompt each. `resumable` says whether a run can be held after a step and
    continued; `records` whether it can show what goes on inside of its steps; `sound` whether it makes a clip's sound
    with it; `emphasis` whether it weighs phrases of a prompt (`core/emphasis.py`). `attention` says whether its
    kernels can be others ("masked": those that can leave tokens out), `step_cache` whether steps can be cut short in
    which little changes, `compiles` whether its blocks can be compiled.

    One that `enlarges` makes nothing of its own: every frame of a clip is given, and comes back that many times as wide
    and as high, in windows that know nothing of each other.
    """

    engine: str
    title: str
    description: str
    frame_step: int
    size_step: int
    window: int
    overlap: int
    rate: Rate
    places: Places
    partial: bool
    wrap: bool
    sizes: tuple[Size, ...]
    max_pixels: int
    steps: int
    guidance: float
    prompt_tokens: int
    trained: Places = "any"
    needs: Needs = "nothing"
    partial_trained: bool = True
    other_sizes: OtherSizes = "near"
    negative: bool = True
    loras: bool = False
    prompts: bool = False
    resumable: bool = False
    records: bool = False
    sound: bool = False
    emphasis: bool = False
    attention: Kernels = "fixed"
    step_cache: bool = False
    compiles: bool = False
    draft_steps: int = 8
    enlarges: int = 1
    disk_bytes: int = 0
    memory_bytes: int = 0

    def snap_frames(self, frames: int) -> int:
        """The smallest admissible count that is at least `frames`. What needs a picture makes frames beside it."""
        least = 0 if self.needs == "nothing" else 1
        groups = max(least, -(-max(0, frames - 1) // self.frame_step))
        return groups * self.frame_step + 1
