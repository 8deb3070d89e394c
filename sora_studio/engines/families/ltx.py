"""LTX-Video (Lightricks): weights of 0.9.5 and later meet pictures and films anywhere, earlier ones a first picture.

Facts from the pipelines in `diffusers.pipelines.ltx` and the authors' model cards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.forecast import Costs
from sora_studio.core.language import mark
from sora_studio.core.request import Frames, Given, Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.families.family import (
    Call,
    alone_at_start,
    basics,
    mode,
    named_distilled,
    picture_at,
    pictures,
    with_first,
)

if TYPE_CHECKING:
    from torch import Tensor

GROUP = 8
"""Frames of a latent frame."""

_CONDITION = Capabilities(
    engine="",
    title=mark("LTX-Video"),
    description=mark(
        "Makes clips from words, meets given frames anywhere and tells clips again: keyframes, bridges, restyles."
    ),
    frame_step=GROUP,
    size_step=32,
    window=121,
    overlap=9,
    rate=Rate(24),
    places="any",
    trained="any",
    partial=True,
    partial_trained=True,
    wrap=False,
    sizes=(Size(704, 480), Size(480, 704), Size(576, 576), Size(1216, 704), Size(704, 1216), Size(960, 960)),
    other_sizes="any",
    max_pixels=1280 * 736,
    steps=40,
    guidance=3.0,
    prompt_tokens=256,
    draft_steps=15,
    attention="masked",
    step_cache=True,
    compiles=True,
)


class LTX:
    """Told apart by the pipeline they were saved from, and distilled ones by their name."""

    pipelines = ("LTXPipeline", "LTXImageToVideoPipeline", "LTXConditionPipeline")
    exact_vae = False
    group = GROUP
    apart = False
    sounds = False
    tiny: Mapping[int, str] = {}
    costs = Costs(token=8, pixel=0, voxel=46, decoding=9e5, tile=512, together=True)

    kinds: Mapping[str, Capabilities] = {
        "condition": _CONDITION,
        "distilled": replace(
            _CONDITION,
            title=mark("LTX-Video distilled"),
            steps=8,
            draft_steps=4,
            guidance=1.0,
            step_cache=False,  # in so few steps everything changes
        ),
        "first": replace(
            _CONDITION,
            title=mark("LTX-Video 0.9"),
            description=mark("Makes clips from words or brings a picture alive."),
            trained="start",
            partial_trained=False,
            steps=50,
        ),
    }

    def kind(self, checkpoint: Checkpoint) -> str:
        """Distilled weights are known by their name."""
        if checkpoint.pipeline != "LTXConditionPipeline":
            return "first"
        return "distilled" if named_distilled(checkpoint) else "condition"

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """Given frames as conditions, or, where weights know a first picture alone, as that or held."""
        arguments = usual(checkpoint, request)
        if self.kind(checkpoint) != "first":
            return Call("LTXConditionPipeline", arguments | _conditions(request))
        if len(request.given) == 1 and alone_at_start(request.given[0]):
            return Call("LTXImageToVideoPipeline", {**arguments, "image": picture_at(request, 0)})
        return Call("LTXPipeline", arguments, request.given)

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """The mode of the VAE's distribution, normalised by the statistics of its channels."""
        latents = mode(pipe, video)
        mean, spread = (
            numbers.to(latents).view(1, -1, 1, 1, 1) for numbers in (pipe.vae.latents_mean, pipe.vae.latents_std)
        )
        normal: Tensor = (latents - mean) * pipe.vae.config.scaling_factor / spread
        return normal

    def packed(self, pipe: Any, latents: Tensor) -> Tensor:
        """(1, Z, G, h, w) -> (1, G h w, Z)."""
        packed: Tensor = pipe._pack_latents(
            latents, pipe.transformer_spatial_patch_size, pipe.transformer_temporal_patch_size
        )
        return packed

    def unpacked(self, pipe: Any, latents: Tensor, like: tuple[int, ...]) -> Tensor:
        """(1, S, Z) -> (1, Z, G, h, w). Tokens of conditions stand in front; a first picture is left out."""
        if latents.ndim == 5:
            return latents if latents.shape[2] == like[0] else with_first(latents)
        groups, height, width = like
        tokens = latents[:, -groups * height * width :]
        unpacked: Tensor = pipe._unpack_latents(
            tokens, *like, pipe.transformer_spatial_patch_size, pipe.transformer_temporal_patch_size
        )
        return unpacked


def usual(checkpoint: Checkpoint, request: Request) -> dict[str, Any]:
    """The arguments that all pipelines of both generations have."""
    arguments = {**basics(request), "frame_rate": float(request.rate.fps)}
    if checkpoint.config("vae").get("timestep_conditioning"):
        # the decoder takes the last step itself, from this much noise
        arguments |= {"decode_timestep": 0.05, "decode_noise_scale": 0.025}
    return arguments


def _conditions(request: Request) -> dict[str, Any]:
    """Given frames as the pipeline takes them: pictures, and films of 8k+1 frames, at their places."""
    parts = [part for given in request.given for part in _parts(given)]
    if not parts:
        return {}
    return {
        "image": [pictures(frames)[0] if len(frames) == 1 else None for _, frames, _ in parts],
        "video": [pictures(frames) if len(frames) > 1 else None for _, frames, _ in parts],
        "frame_index": [at for at, _, _ in parts],
        "strength": [strength for _, _, strength in parts],
    }


def _parts(given: Given) -> Iterator[tuple[int, Frames, float]]:
    """Given frames cut to pieces (place, frames, strength): a film that begins at a multiple of 8, and pictures for
    the edges that it leaves. Away from the clip's start a film has at least 9 frames."""
    begin = -(-given.at // GROUP) * GROUP  # the first multiple of 8
    count = (given.stop - begin - 1) // GROUP * GROUP + 1
    if count < 1 or (count == 1 and begin > 0):
        begin, count = given.at, 0
    film = range(begin, begin + count)
    for place in sorted({given.at, given.stop - 1} - set(film)):
        yield place, given.frames[place - given.at :][:1], given.strength
    if count:
        yield begin, given.frames[begin - given.at :][:count], given.strength
