"""Wan 2.1 and 2.2 (Wan-AI): from words, from pictures, and VACE, which meets given frames anywhere.

What a checkpoint learnt is passed to its pipeline; other given frames are held. Facts from the pipelines in
`diffusers.pipelines.wan` and the authors' model cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.forecast import Costs
from sora_studio.core.language import mark
from sora_studio.core.request import Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.families.family import (
    Call,
    LaidOutAsTheyAre,
    alone_at_start,
    basics,
    kept,
    met_at_end,
    mode,
    partly,
    picture_at,
    pictures,
    told_again,
)

if TYPE_CHECKING:
    from torch import Tensor

GROUP = 4
GREY = 128
"""What VACE is shown where frames are to be made: the middle of -1..1."""
SECOND = 0.75
"""Guidance of the second expert as a share of the first one's: the authors make clips from words with 4 and 3."""

_TEXT = Capabilities(
    engine="",
    title=mark("Wan 2.1 text to video"),
    description=mark("Makes clips from words."),
    frame_step=GROUP,
    size_step=16,  # 8 pixels to a latent pixel, 2 latent pixels to a token
    window=81,
    overlap=9,
    rate=Rate(16),
    places="any",
    trained="none",
    partial=True,
    partial_trained=False,
    wrap=False,
    sizes=(Size(832, 480), Size(480, 832), Size(624, 624)),
    other_sizes="any",
    max_pixels=1280 * 720,
    steps=50,
    guidance=5.0,
    prompt_tokens=512,
    draft_steps=15,
    attention="plain",
    step_cache=True,
    compiles=True,
)
_LARGE = (*_TEXT.sizes, Size(1280, 720), Size(720, 1280), Size(960, 960))


class Wan(LaidOutAsTheyAre):
    """The kinds differ in what their transformer is shown besides the noise."""

    pipelines = ("WanPipeline", "WanImageToVideoPipeline", "WanVideoToVideoPipeline", "WanVACEPipeline")
    exact_vae = True  # as in the authors' examples
    group = GROUP
    apart = False
    sounds = False
    tiny: Mapping[int, str] = {16: "taew2_1", 48: "taew2_2"}
    costs = Costs(token=6, pixel=5000, voxel=0, decoding=9e6)

    kinds: Mapping[str, Capabilities] = {
        "text": _TEXT,
        "text-2.2": replace(_TEXT, title=mark("Wan 2.2 text to video"), sizes=_LARGE, guidance=4.0, steps=40),
        "image": replace(
            _TEXT,
            title=mark("Wan 2.1 image to video"),
            description=mark("Brings a picture alive."),
            trained="start",
            needs="start",
            sizes=_LARGE,
            overlap=5,
        ),
        "frames": replace(
            _TEXT,
            title=mark("Wan 2.1 first and last frame"),
            description=mark("Goes from one picture to another."),
            trained="ends",
            needs="ends",
            sizes=_LARGE,
            guidance=5.5,
            overlap=5,
        ),
        "image-2.2": replace(
            _TEXT,
            title=mark("Wan 2.2 image to video"),
            description=mark("Brings a picture alive, or goes from one picture to another."),
            trained="ends",
            needs="start",
            sizes=_LARGE,
            guidance=3.5,
            steps=40,
            overlap=5,
        ),
        "both-2.2": replace(
            _TEXT,
            title=mark("Wan 2.2 text and image to video"),
            description=mark("Makes clips from words or brings a picture alive."),
            trained="start",
            size_step=32,  # 16 pixels to a latent pixel
            window=121,
            rate=Rate(24),
            sizes=(Size(1280, 704), Size(704, 1280), Size(960, 960)),
            overlap=5,
        ),
        "vace": replace(
            _TEXT,
            title=mark("Wan 2.1 VACE"),
            description=mark("Makes clips from words and meets given frames anywhere: keyframes, extensions, bridges."),
            trained="any",
            sizes=_LARGE,
        ),
    }

    def kind(self, checkpoint: Checkpoint) -> str:
        """Told by what the transformer takes in."""
        transformer = checkpoint.config("transformer") or checkpoint.config("transformer_2")
        if transformer.get("_class_name") == "WanVACETransformer3DModel":
            return "vace"
        if transformer.get("_class_name") != "WanTransformer3DModel":
            raise BadInput("“{name}” has no transformer of Wan. Download the model again.", name=checkpoint.name)
        if checkpoint.index.get("expand_timesteps"):
            return "both-2.2"
        second = checkpoint.has("transformer_2")
        if transformer.get("in_channels") == transformer.get("out_channels"):
            return "text-2.2" if second else "text"
        if transformer.get("image_dim") is None:
            return "image-2.2"
        return "frames" if transformer.get("pos_embed_seq_len") else "image"

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """Given frames go to the pipeline as far as it learnt to meet them, and are held besides."""
        match self.kind(checkpoint):
            case "vace":
                return _vace(request)
            case "image" | "frames" | "image-2.2" as kind:
                return _from_pictures(request, kind)
            case "both-2.2" if any(given.at == 0 for given in kept(request)):
                return _from_pictures(request, "image")
            case "text-2.2":
                arguments = {**basics(request), "guidance_scale_2": SECOND * request.guidance}
                return Call("WanPipeline", arguments, request.given)
            # told again by a pipeline that knows one transformer and a VAE of 8 pixels; other kinds hold the clip
            case "text" if (again := told_again(request, "WanVideoToVideoPipeline")) is not None:
                return again
        return Call("WanPipeline", basics(request), request.given)

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """The mode of the VAE's distribution, normalised by the statistics of its channels."""
        latents = mode(pipe, video)
        mean, spread = (
            latents.new_tensor(numbers).view(1, -1, 1, 1, 1)
            for numbers in (pipe.vae.config.latents_mean, pipe.vae.config.latents_std)
        )
        normal: Tensor = (latents - mean) / spread
        return normal


def _from_pictures(request: Request, kind: str) -> Call:
    """From the first picture, and to the last one if the checkpoint learnt that and it is kept, or needs it."""
    last = kind != "image"
    arguments = {**basics(request), "image": picture_at(request, 0)}
    if kind == "frames" or (last and any(given.stop == request.length > 1 for given in kept(request))):
        arguments["last_image"] = picture_at(request, request.length - 1)
    held = tuple(
        given
        for given in request.given
        if not alone_at_start(given) and not (last and met_at_end(given, request.length, GROUP))
    )
    return Call("WanImageToVideoPipeline", arguments, held)


def _vace(request: Request) -> Call:
    """A video with grey where frames are to be made, and a mask that is white there."""
    arguments = basics(request)
    if kept(request):
        size = (request.length, request.size.height, request.size.width)
        video, free = np.full((*size, 3), GREY, np.uint8), np.full(size, 255, np.uint8)
        for given in kept(request):
            video[given.at : given.stop] = given.frames
            free[given.at : given.stop] = 0
        arguments |= {"video": pictures(video), "mask": [Image.fromarray(frame) for frame in free]}
    return Call("WanVACEPipeline", arguments, partly(request))
