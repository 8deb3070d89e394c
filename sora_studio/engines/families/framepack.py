"""FramePack (Zhang and Agrawala 2025) on HunyuanVideo: from a first picture, one section of its pipeline a window.

Its pipeline makes a clip in sections, each shown those before it. Within one call they are denoised one after another,
so that no step stands for the whole clip. A window is therefore exactly one section: it is shown its first picture, and
a last one by the weights that know how, and nothing of the windows before it but what is held. The loop has the
section's latents without that first picture. Facts from the pipeline in `diffusers.pipelines.hunyuan_video`, and steps,
guidance, rate and sizes from the example there, the square one aside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.forecast import Costs
from sora_studio.core.language import mark
from sora_studio.core.request import Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.families.family import (
    Call,
    alone_at_start,
    basics,
    kept,
    met_at_end,
    picture_at,
    scaled_mode,
    with_first,
)

if TYPE_CHECKING:
    from torch import Tensor

GROUP = 4
SECTION = 9
"""Latent frames of a section as the weights learnt it; behind the first picture's."""
_PIPELINE = "HunyuanVideoFramepackPipeline"
_FORWARD = re.compile(r"(?<![a-z0-9])f1(?![a-z0-9])", re.I)

_IMAGE = Capabilities(
    engine="",
    title=mark("FramePack image to video"),
    description=mark("Brings a picture alive, or goes from one picture to another."),
    frame_step=GROUP,
    size_step=16,  # 8 pixels to a latent pixel, 2 latent pixels to a token
    window=GROUP * SECTION + 1,
    overlap=9,
    rate=Rate(30),
    places="any",
    trained="ends",
    partial=True,
    partial_trained=False,
    wrap=False,
    sizes=(Size(832, 480), Size(480, 832), Size(640, 640)),
    other_sizes="any",
    max_pixels=640 * 640,
    steps=30,
    guidance=9.0,
    prompt_tokens=256,
    needs="start",
    negative=False,
    draft_steps=12,
    attention="masked",
    step_cache=True,
)


class FramePack:
    """The kinds are told apart by their names: in which direction a checkpoint goes is an argument of the pipeline, and
    stands in no file."""

    pipelines = (_PIPELINE,)
    exact_vae = False
    group = GROUP
    apart = False
    sounds = False
    tiny: Mapping[int, str] = {16: "taehv"}
    costs = Costs(token=14.3, pixel=20_000, voxel=0, decoding=2.3e7, calls=1)
    """A whole section has a fifth more tokens than its clip: those of pictures and of the history, which is empty."""

    kinds: Mapping[str, Capabilities] = {
        "image": _IMAGE,
        "image-f1": replace(
            _IMAGE,
            title=mark("FramePack F1 image to video"),
            description=mark("Brings a picture alive."),
            trained="start",
        ),
    }

    def kind(self, checkpoint: Checkpoint) -> str:
        """By the word "F1" in the name."""
        return "image-f1" if _FORWARD.search(checkpoint.name) else "image"

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """One section from the first picture, and to the last one where that is kept; everything else is held."""
        section = (request.length - 1) // GROUP
        forward = self.kind(checkpoint) == "image-f1"
        arguments = {
            **basics(request),
            "num_frames": (section - 1) * GROUP + 1,  # the pipeline adds the group of the first picture
            "latent_window_size": section,
            "sampling_type": "vanilla" if forward else "inverted_anti_drifting",
            "image": picture_at(request, 0),
        }
        del arguments["negative_prompt"]
        if not forward and any(given.stop == request.length > 1 for given in kept(request)):
            arguments["last_image"] = picture_at(request, request.length - 1)
        held = tuple(
            given
            for given in request.given
            if not alone_at_start(given) and (forward or not met_at_end(given, request.length, GROUP))
        )
        return Call(_PIPELINE, arguments, held)

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """The mode of the VAE's distribution, scaled."""
        return scaled_mode(pipe, video)

    def packed(self, pipe: Any, latents: Tensor) -> Tensor:
        """The loop has them without the first picture."""
        del pipe
        return latents[:, :, 1:]

    def unpacked(self, pipe: Any, latents: Tensor, like: tuple[int, ...]) -> Tensor:
        """With something in the place of the first picture."""
        del pipe, like
        return with_first(latents)
