"""HunyuanVideo (Tencent), the first generation: from words, or from a first picture, by different weights.

Guidance is an input of the network, so a negative prompt says nothing to it. Facts from the pipelines in
`diffusers.pipelines.hunyuan_video` and the authors' model cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.forecast import Costs
from sora_studio.core.language import mark
from sora_studio.core.request import Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.families.family import Call, alone_at_start, basics, picture_at, scaled_mode, with_first

if TYPE_CHECKING:
    from torch import Tensor

GROUP = 4
_FROM_PICTURE = "HunyuanVideoImageToVideoPipeline"

_TEXT = Capabilities(
    engine="",
    title=mark("HunyuanVideo text to video"),
    description=mark("Makes clips from words."),
    frame_step=GROUP,
    size_step=16,  # 8 pixels to a latent pixel, 2 latent pixels to a token
    window=129,
    overlap=9,
    rate=Rate(24),
    places="any",
    trained="none",
    partial=True,
    partial_trained=False,
    wrap=False,
    sizes=(Size(960, 544), Size(544, 960), Size(720, 720), Size(1280, 720), Size(720, 1280), Size(960, 960)),
    other_sizes="any",
    max_pixels=1280 * 720,
    steps=50,
    guidance=6.0,
    prompt_tokens=256,
    negative=False,
    draft_steps=15,
    attention="masked",
    step_cache=True,
    compiles=True,
)


class HunyuanVideo:
    """The kinds are told apart by what their transformer does with a picture."""

    pipelines = ("HunyuanVideoPipeline", _FROM_PICTURE)
    exact_vae = False
    group = GROUP
    apart = False
    sounds = False
    tiny: Mapping[int, str] = {16: "taehv"}
    costs = Costs(token=10.5, pixel=20_000, voxel=0, decoding=2.3e7, calls=1)  # guidance is a number it is told

    kinds: Mapping[str, Capabilities] = {
        "text": _TEXT,
        "image": replace(
            _TEXT,
            title=mark("HunyuanVideo image to video"),
            description=mark("Brings a picture alive."),
            trained="start",
            needs="start",
        ),
    }

    def kind(self, checkpoint: Checkpoint) -> str:
        """Raises BadInput for the first image weights, whose clips lack their first frames."""
        condition = checkpoint.config("transformer").get("image_condition_type")
        if condition == "latent_concat":
            raise BadInput(
                "“{name}” is the first version of HunyuanVideo's weights for pictures, which does not run here. Get "
                "the newer “HunyuanVideo-I2V”.",
                name=checkpoint.name,
            )
        return "text" if condition is None else "image"

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """A first picture where weights for it need one; everything else is held."""
        arguments = basics(request)
        del arguments["negative_prompt"]
        if self.kind(checkpoint) == "text":
            return Call("HunyuanVideoPipeline", arguments, request.given)
        held = tuple(given for given in request.given if not alone_at_start(given))
        return Call(_FROM_PICTURE, {**arguments, "image": picture_at(request, 0)}, held)

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """The mode of the VAE's distribution, scaled."""
        return scaled_mode(pipe, video)

    def packed(self, pipe: Any, latents: Tensor) -> Tensor:
        """The loop has them as they are, but for a first picture, which it leaves out."""
        return latents[:, :, 1:] if type(pipe).__name__ == _FROM_PICTURE else latents

    def unpacked(self, pipe: Any, latents: Tensor, like: tuple[int, ...]) -> Tensor:
        """With something in the place of a first picture."""
        del pipe
        return latents if latents.shape[2] == like[0] else with_first(latents)
