"""What the engine asks of a model family. Needs no torch: a family's file is read when the window opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PIL import Image

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.forecast import Costs
from sora_studio.core.request import Given, Request
from sora_studio.engines.families.checkpoint import Checkpoint

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call of a pipeline of diffusers.

    `arguments` are all but the generator and the output type. `held` are given frames that the pipeline has no argument
    for: they are kept in place while the rest forms. The pipeline runs the request's steps from step `first` on.
    `guider` is the guidance of a pipeline that has a part for it in place of an argument.
    """

    pipeline: str
    arguments: Mapping[str, Any]
    held: tuple[Given, ...] = ()
    first: int = 0
    guider: float | None = None


class Family(Protocol):
    """One architecture, and how each kind of its checkpoints is run.

    `kinds` says by name what each kind can do, with the family's own words as title and description.
    """

    @property
    def pipelines(self) -> tuple[str, ...]:
        """The classes of diffusers that its checkpoints are saved from."""
        ...

    @property
    def exact_vae(self) -> bool:
        """Whether the VAE computes in float32 whatever the other parts do."""
        ...

    @property
    def group(self) -> int:
        """Frames that a latent frame stands for; the first one stands for one."""
        ...

    @property
    def apart(self) -> bool:
        """Whether latent frames may have noise levels of their own: the network takes them so, and the loop moves each
        by a scheduler of its own."""
        ...

    @property
    def sounds(self) -> bool:
        """Whether the network makes the clip's sound with it."""
        ...

    @property
    def costs(self) -> Costs:
        """What its networks need besides their weights."""
        ...

    @property
    def tiny(self) -> Mapping[int, str]:
        """What names of files begin with that hold small decoders for its latents, by their channels."""
        ...

    @property
    def kinds(self) -> Mapping[str, Capabilities]:
        """What each kind of checkpoint can do."""
        ...

    def kind(self, checkpoint: Checkpoint) -> str:
        """Which kind a checkpoint is. Raises BadInput when it is none that runs here."""
        ...

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """The call for a window: size, length and given frames are admissible for the kind's Capabilities."""
        ...

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """A video (1, 3, T, H, W) in -1..1 as latents (1, Z, G, h, w), in the scale of the pipeline's loop."""
        ...

    def packed(self, pipe: Any, latents: Tensor) -> Tensor:
        """Latents (1, Z, G, h, w) as the pipeline's loop lays them out."""
        ...

    def unpacked(self, pipe: Any, latents: Tensor, like: tuple[int, ...]) -> Tensor:
        """The loop's latents as (1, Z, G, h, w), without what is not part of the clip; `like` is (G, h, w)."""
        ...


class LaidOutAsTheyAre:
    """For families whose pipelines' loops have latents as (1, Z, G, h, w), the clip's and nothing else."""

    def packed(self, pipe: Any, latents: Tensor) -> Tensor:
        """The loop has them as they are."""
        del pipe
        return latents

    def unpacked(self, pipe: Any, latents: Tensor, like: tuple[int, ...]) -> Tensor:
        """The loop has them as they are."""
        del pipe, like
        return latents


def basics(request: Request) -> dict[str, Any]:
    """The arguments that nearly every pipeline has."""
    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative,
        "height": request.size.height,
        "width": request.size.width,
        "num_frames": request.length,
        "num_inference_steps": request.steps,
        "guidance_scale": request.guidance,
    }


def picture_at(request: Request, frame: int) -> Image.Image | None:
    """The picture that is given at a frame, if any."""
    for given in request.given:
        if given.at <= frame < given.stop:
            return Image.fromarray(given.frames[frame - given.at])
    return None


def alone_at_start(given: Given) -> bool:
    """Whether given frames are one picture at frame 0, wholly kept."""
    return (given.at, len(given), given.strength) == (0, 1, 1.0)


def met_at_end(given: Given, length: int, group: int) -> bool:
    """Whether given frames are one picture, wholly kept, that stands still in the last `group` frames at most."""
    still = bool((given.frames == given.frames[:1]).all())
    return given.strength == 1.0 and given.stop == length and len(given) <= group and still


def pixel_of(pipe: Any) -> int:
    """Pixels along the side of a latent pixel; pipelines call it one or the other."""
    side = getattr(pipe, "vae_scale_factor_spatial", None)
    return int(pipe.vae_spatial_compression_ratio if side is None else side)


def told_again(request: Request, pipeline: str) -> Call | None:
    """The whole clip told again by a pipeline for that, from where its noise is as strong as its strength asks; None
    when something else is asked for."""
    given = whole_clip(request)
    if given is None:
        return None
    arguments = basics(request)
    del arguments["num_frames"]
    left = request.steps - spent_steps(given.strength, request.steps)
    # a little more than the steps need, so that rounding down meets them
    arguments |= {"video": pictures(given.frames), "strength": min(1.0, (left + 0.5) / request.steps)}
    return Call(pipeline, arguments, first=request.steps - left)


def kept(request: Request) -> tuple[Given, ...]:
    """The given frames that are to be kept wholly."""
    return tuple(given for given in request.given if given.strength == 1.0)


def partly(request: Request) -> tuple[Given, ...]:
    """The given frames that are to be kept in part."""
    return tuple(given for given in request.given if given.strength < 1.0)


def whole_clip(request: Request) -> Given | None:
    """The clip that is to be told again: the only given frames, partly kept, over the whole window."""
    if len(request.given) != 1 or request.given[0].strength == 1.0:
        return None
    (given,) = request.given
    return given if len(given) == request.length else None


def spent_steps(strength: float, steps: int) -> int:
    """How many of the steps are left out, or held, for frames kept to `strength`: at least one step is always made."""
    return steps - max(1, int(steps * (1 - strength)))


def pictures(frames: np.ndarray) -> list[Image.Image]:
    """Frames (T, H, W, 3) one by one."""
    return [Image.fromarray(frame) for frame in frames]


def mode(pipe: Any, video: Tensor) -> Tensor:
    """The mode of the VAE's distribution for a video, in float32: (1, 3, T, H, W) in -1..1 -> (1, Z, G, h, w)."""
    latents: Tensor = pipe.vae.encode(video.to(pipe._execution_device, pipe.vae.dtype)).latent_dist.mode().float()
    return latents


def scaled_mode(pipe: Any, video: Tensor) -> Tensor:
    """The same times the VAE's one factor for all channels."""
    scaled: Tensor = mode(pipe, video) * pipe.vae.config.scaling_factor
    return scaled


def named_distilled(checkpoint: Checkpoint) -> bool:
    """Whether a folder's name says so: the files of distilled weights differ from others in nothing but the weights."""
    return "distilled" in checkpoint.name.casefold()


def with_first(latents: Tensor) -> Tensor:
    """(1, Z, G - 1, h, w) -> (1, Z, G, h, w): something in the place of a given picture that a loop leaves out."""
    return latents[:, :, [0, *range(latents.shape[2])]]
