"""What every measure is handed: the model, the way to make clips with it, the reader of clips, and how much to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.request import Frames, Request
from sora_studio.training.evaluation.classifier import AttributeClassifier, read

Mode: TypeAlias = Literal["draft", "fine"]


class Maker(Protocol):
    """Makes the clip of a request the way the studio does: planned, in windows, on an engine."""

    def __call__(self, request: Request, *, previews: bool = False) -> Frames:
        """All frames of the clip, (T, H, W, 3); raises what plan and engine raise."""
        ...


@dataclass(frozen=True, slots=True)
class Effort:
    """How many clips each measure looks at."""

    renders: int  # real renders that the classifier reads
    look: int  # renders an artistic look for the autoencoder
    photos: int  # moving real pictures for the autoencoder, and as many stretches of footage
    prompts: int  # a mode
    synonyms: int
    drawn: int  # pictures of the world brought alive
    alive_photos: int
    joins: int  # extensions, and as many bridges
    restyles: int
    loops: int
    minutes: int  # clips of one minute
    pairs: int  # clips among whose captions the right one is looked for
    timed: int  # runs whose median is the speed
    minute: Mode  # steps of the clips of one minute, if that mode is measured


QUICK = Effort(240, 2, 4, 24, 16, 6, 4, 4, 8, 4, 1, 64, 3, "draft")
"""A few minutes on two cores: enough to see what broke, too few to compare two models by a few points."""

FULL = Effort(1200, 8, 16, 192, 120, 36, 16, 20, 64, 16, 3, 256, 7, "fine")
"""Half an hour on two cores: 192 prompts tell a share to about three points."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """One evaluation. `classifier` is None when there are no weights of it; `say` tells people
    what is being done, and how much of how much is."""

    folder: Path
    capabilities: Capabilities
    make: Maker
    classifier: AttributeClassifier | None
    effort: Effort
    seed: int
    modes: tuple[Mode, ...]
    say: Callable[[str, int, int], None]

    @property
    def best(self) -> Mode:
        """The mode of measures that are taken in one mode only."""
        return "fine" if "fine" in self.modes else "draft"

    @property
    def minute(self) -> Mode:
        """The mode of clips of one minute, whose windows are many."""
        return self.effort.minute if self.effort.minute in self.modes else self.best

    @property
    def length(self) -> int:
        """Frames of a clip that is made at once."""
        return self.capabilities.window

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.capabilities.rate.seconds(self.length)

    def request(self, prompt: str, seed: int, mode: Mode | None = None) -> Request:
        """A request in the engine's own terms, with nothing given."""
        caps = self.capabilities
        steps = caps.draft_steps if (mode or self.best) == "draft" else caps.steps
        return Request(
            prompt=prompt,
            size=caps.sizes[0],
            length=caps.window,
            rate=caps.rate,
            seed=seed,
            steps=steps,
            guidance=caps.guidance,
            engine=caps.engine,
        )

    def read(self, clips: list[Frames]) -> list[dict[str, str]]:
        """What the classifier sees in clips of one shape; only asked where there is one."""
        assert self.classifier is not None
        return read(self.classifier, clips)
