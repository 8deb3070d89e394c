"""CogVideoX (THUDM): from words, or from a first picture, by different weights.

A diffusion with v-prediction, unlike the flows of the other families. Its loop has latents as (1, G, Z, h, w). Facts
from the pipelines in `diffusers.pipelines.cogvideo` and the authors' model cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.forecast import Costs
from sora_studio.core.language import mark
from sora_studio.core.request import Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.families.family import Call, alone_at_start, basics, picture_at, scaled_mode, told_again

if TYPE_CHECKING:
    from torch import Tensor

_TEXT = Capabilities(
    engine="",
    title=mark("CogVideoX text to video"),
    description=mark("Makes clips from words."),
    frame_step=8,  # the VAE decodes latent frames by twos behind the first one
    size_step=16,  # 8 pixels to a latent pixel, 2 latent pixels to a token
    window=49,
    overlap=9,
    rate=Rate(8),
    places="any",
    trained="none",
    partial=True,
    partial_trained=False,
    wrap=False,
    sizes=(Size(720, 480),),
    other_sizes="none",  # places are learnt for this one
    max_pixels=720 * 480,
    steps=50,
    guidance=6.0,
    prompt_tokens=226,
    draft_steps=15,
    step_cache=True,
)
_NEWER = replace(
    _TEXT,
    title=mark("CogVideoX 1.5 text to video"),
    window=81,
    rate=Rate(16),
    sizes=(Size(1360, 768),),
    max_pixels=1360 * 768,
    prompt_tokens=224,
)


class CogVideoX:
    """The kinds differ in what their transformer takes in, and in how many latent frames make a token."""

    pipelines = ("CogVideoXPipeline", "CogVideoXImageToVideoPipeline", "CogVideoXVideoToVideoPipeline")
    exact_vae = False
    group = 4
    apart = False
    sounds = False
    tiny: Mapping[int, str] = {16: "taecvx"}
    costs = Costs(token=5.5, pixel=23_000, voxel=0, decoding=1.9e7, tile=295, together=True)

    kinds: Mapping[str, Capabilities] = {
        "text": _TEXT,
        "text-1.5": _NEWER,
        "image": replace(
            _TEXT,
            title=mark("CogVideoX image to video"),
            description=mark("Brings a picture alive."),
            trained="start",
            needs="start",
        ),
        "image-1.5": replace(
            _NEWER,
            title=mark("CogVideoX 1.5 image to video"),
            sizes=(Size(1360, 768), Size(768, 1360), Size(1008, 1008)),
            other_sizes="any",
            description=mark("Brings a picture alive."),
            trained="start",
            needs="start",
        ),
    }

    def kind(self, checkpoint: Checkpoint) -> str:
        """A picture doubles the channels; 1.5 joins two latent frames in a token."""
        transformer = checkpoint.config("transformer")
        kind = "image" if transformer.get("in_channels") != transformer.get("out_channels") else "text"
        return f"{kind}-1.5" if transformer.get("patch_size_t") else kind

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """A first picture where weights for it need one; everything else is held."""
        kind = self.kind(checkpoint)
        if kind.startswith("image"):
            held = tuple(given for given in request.given if not alone_at_start(given))
            arguments = {**basics(request), "image": picture_at(request, 0)}
            return Call("CogVideoXImageToVideoPipeline", arguments, held)
        again = told_again(request, "CogVideoXVideoToVideoPipeline") if kind == "text" else None
        return again or Call("CogVideoXPipeline", basics(request), request.given)

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """The mode of the VAE's distribution, scaled."""
        return scaled_mode(pipe, video)

    def packed(self, pipe: Any, latents: Tensor) -> Tensor:
        """(1, Z, G, h, w) -> (1, G', Z, h, w), with the first frame once more where G is no multiple of a token's."""
        turned = latents.transpose(1, 2)
        spare = -turned.shape[1] % (pipe.transformer.config.patch_size_t or 1)
        return turned[:, [0] * spare + list(range(turned.shape[1]))]

    def unpacked(self, pipe: Any, latents: Tensor, like: tuple[int, ...]) -> Tensor:
        """(1, G', Z, h, w) -> (1, Z, G, h, w)."""
        del pipe
        return latents[:, latents.shape[1] - like[0] :].transpose(1, 2)
