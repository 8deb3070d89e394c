"""The one value behind every task: some frames are given at places on the time axis, the rest is generated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sora_studio.core.errors import BadInput
from sora_studio.core.time import Rate, Size

Frames = NDArray[np.uint8]
"""Pictures in time, shape (T, H, W, 3), RGB, sRGB-encoded."""

MAX_PROMPT = 20_000
"""Characters; far above what any text tower reads, low enough to stay quick everywhere it is shown or stored."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where given frames came from, so that a recipe can find them again: file, and first and last+1 frame in it."""

    path: str
    start: int = 0
    stop: int = 1
    rate: Rate | None = None
    """The rate at which the frames were sampled from the file; None means the file's own."""
    palette: str = ""
    """A picture whose colours the frames took on before they were given; empty: they kept their own."""

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return Path(self.path).name


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """Frames with their rate and origin: what media hands to tasks."""

    frames: Frames
    rate: Rate
    source: Source | None = None

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def size(self) -> Size:
        """Width and height of the frames."""
        return Size(int(self.frames.shape[2]), int(self.frames.shape[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Frames (T, H, W, 3) placed at frame index `at` of the clip to be made; `strength` 0..1 is how much is kept."""

    at: int
    frames: Frames
    strength: float = 1.0
    source: Source | None = None

    def __post_init__(self) -> None:
        if self.frames.ndim != 4 or self.frames.shape[-1] != 3 or self.frames.dtype != np.uint8:
            raise BadInput(
                "Given frames must be (T, H, W, 3) uint8, not {shape} {dtype}.",
                shape=self.frames.shape,
                dtype=self.frames.dtype,
            )
        if len(self.frames) == 0:
            raise BadInput("Given frames must hold at least one frame.")
        if not 0.0 <= self.strength <= 1.0:
            raise BadInput("Strength lies between 0 and 1, not {strength}.", strength=self.strength)
        if self.at < 0:
            raise BadInput("Given frames cannot start before the clip, at frame {at}.", at=self.at)

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def size(self) -> Size:
        """Width and height of the frames."""
        return Size(int(self.frames.shape[2]), int(self.frames.shape[1]))

    @property
    def stop(self) -> int:
        """The index after the last given frame."""
        return self.at + len(self.frames)

    def digest(self) -> str:
        """A hash of place, strength and pixels."""
        digest = hashlib.sha256(f"{self.at}:{self.strength}:{self.frames.shape}".encode())
        digest.update(np.ascontiguousarray(self.frames).data)  # in place: it may be half a gigabyte
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Lora:
    """A low-rank adapter file and the weight it is applied with."""

    path: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class PromptAt:
    """From frame `at` on the clip shows `prompt`, until the next one begins."""

    at: int
    prompt: str


@dataclass(frozen=True, slots=True)
class Request:
    """Everything a generation needs; nothing after this value reads a widget, a file or a global.

    `length` is in frames at `rate`. `wrap` closes the time axis: the frame after the last is the first.
    `prompts` are prompts over time: `prompt` holds until the first of them, each until the next.
    `look` names the look whose words were added to the prompt, `words` are the artist's own before that and before the
    phrases that follow them; both are for display: engines read `prompt` and `prompts` alone.
    """

    prompt: str
    negative: str = ""
    size: Size = Size(192, 112)
    length: int = 17
    rate: Rate = Rate(8)
    given: tuple[Given, ...] = ()
    wrap: bool = False
    seed: int = 0
    steps: int = 24
    guidance: float = 5.0
    engine: str = "sora"
    loras: tuple[Lora, ...] = field(default=())
    look: str = ""
    prompts: tuple[PromptAt, ...] = ()
    words: str = ""

    def __post_init__(self) -> None:
        self._check_prompts()
        if len(self.prompt) > MAX_PROMPT or len(self.negative) > MAX_PROMPT:
            raise BadInput(
                "The prompt is longer than {most} characters. Shorten it to what the picture needs.", most=MAX_PROMPT
            )
        if self.length < 1:
            raise BadInput("A clip needs a length above zero. Give a positive number of seconds.")
        if self.length > 24 * 3600 * 60:
            raise BadInput("A clip cannot be longer than a day.")
        if not 1 <= self.steps <= 1000:
            raise BadInput("Steps lie between 1 and 1000, not {steps}.", steps=self.steps)
        if not 0.0 <= self.guidance <= 100.0:
            raise BadInput("Guidance lies between 0 and 100, not {guidance}.", guidance=self.guidance)
        if not 0 <= self.seed < 2**63:
            raise BadInput("The seed is a whole number from 0 to 2^63-1, not {seed}.", seed=self.seed)
        for given in self.given:
            if given.stop > self.length:
                raise BadInput(
                    "Given frames reach to frame {stop} but the clip has {length}. Make the clip longer or move the "
                    "frames.",
                    stop=given.stop,
                    length=self.length,
                )

    @property
    def seconds(self) -> float:
        """The duration of the clip in seconds."""
        return self.rate.seconds(self.length)

    def prompt_at(self, frame: int) -> str:
        """The words that hold at a frame."""
        return next((later.prompt for later in reversed(self.prompts) if later.at <= frame), self.prompt)

    def _check_prompts(self) -> None:
        if sum(len(later.prompt) for later in self.prompts) > MAX_PROMPT:
            raise BadInput("The prompts are longer than {most} characters. Shorten them.", most=MAX_PROMPT)
        places = [later.at for later in self.prompts]
        if any(not 0 <= at < self.length for at in places) or any(a >= b for a, b in pairwise(places)):
            raise BadInput(
                "Prompts over time begin one after the other inside the clip, not at frames {places}.", places=places
            )

    def again(self, seed: int) -> Request:
        """The same request with another seed."""
        return replace(self, seed=seed)
