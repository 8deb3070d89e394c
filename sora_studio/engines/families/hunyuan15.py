"""HunyuanVideo 1.5 (Tencent): from words, or from a first picture, by different weights.

Guidance is a part of the pipeline instead of an argument, and its sizes for pictures are a list. Facts from the
pipelines in `diffusers.pipelines.hunyuan_video1_5` and the authors' model cards.
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
from sora_studio.engines.families.family import Call, LaidOutAsTheyAre, alone_at_start, basics, picture_at, scaled_mode

if TYPE_CHECKING:
    from torch import Tensor

GROUP = 4
LARGE = 960
"""The side of a square picture that weights for 720 lines were made for; those for 480 have 640."""
_FROM_PICTURE = "HunyuanVideo15ImageToVideoPipeline"
_SIZES = (Size(848, 480), Size(480, 848), Size(640, 640))
_LARGER = (Size(1280, 720), Size(720, 1280), Size(960, 960))

_TEXT = Capabilities(
    engine="",
    title=mark("HunyuanVideo 1.5 text to video"),
    description=mark("Makes clips from words."),
    frame_step=GROUP,
    size_step=16,  # pixels to a latent pixel, which is a token
    window=121,
    overlap=9,
    rate=Rate(24),
    places="any",
    trained="none",
    partial=True,
    partial_trained=False,
    wrap=False,
    sizes=_SIZES,
    other_sizes="any",
    max_pixels=640 * 640,
    steps=50,
    guidance=6.0,
    prompt_tokens=1000,
    attention="masked",
    step_cache=True,
    compiles=True,
    draft_steps=15,
)
_IMAGE = replace(
    _TEXT,
    title=mark("HunyuanVideo 1.5 image to video"),
    description=mark("Brings a picture alive."),
    trained="start",
    needs="start",
    sizes=(Size(848, 480), Size(480, 832), Size(640, 640)),
    other_sizes="none",  # the pipeline takes the nearest of its own list
)


class HunyuanVideo15(LaidOutAsTheyAre):
    """The kinds are told apart by their pipeline, and by the size that their transformer was made for."""

    pipelines = ("HunyuanVideo15Pipeline", _FROM_PICTURE)
    exact_vae = False
    group = GROUP
    apart = False
    sounds = False
    tiny: Mapping[int, str] = {}
    costs = Costs(token=26, pixel=0, voxel=892, decoding=2.52e7)

    kinds: Mapping[str, Capabilities] = {
        "text": _TEXT,
        "text-720": replace(
            _TEXT,
            title=mark("HunyuanVideo 1.5 text to video 720P"),
            sizes=_LARGER,
            max_pixels=1280 * 720,
        ),
        "image": _IMAGE,
        "image-720": replace(
            _IMAGE,
            title=mark("HunyuanVideo 1.5 image to video 720P"),
            sizes=(Size(1280, 720), Size(720, 1248), Size(960, 960)),
            max_pixels=1280 * 720,
        ),
    }

    def kind(self, checkpoint: Checkpoint) -> str:
        """By pipeline and size."""
        task = "image" if checkpoint.pipeline == _FROM_PICTURE else "text"
        return f"{task}-720" if checkpoint.config("transformer").get("target_size", 640) >= LARGE else task

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """A first picture where weights for it need one; everything else is held."""
        arguments = basics(request)
        guidance = arguments.pop("guidance_scale")
        if checkpoint.pipeline != _FROM_PICTURE:
            return Call(self.pipelines[0], arguments, request.given, guider=guidance)
        del arguments["height"], arguments["width"]
        held = tuple(given for given in request.given if not alone_at_start(given))
        return Call(_FROM_PICTURE, {**arguments, "image": picture_at(request, 0)}, held, guider=guidance)

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """The mode of the VAE's distribution, scaled."""
        return scaled_mode(pipe, video)
