"""SkyReels-V2 diffusion forcing (Skywork): latent frames of different noise levels, so that given ones are shown clean.

The network learnt with a noise level for each latent frame (Chen et al. 2024). Given frames at any place are therefore
met as they are, and a clip is continued for as long as one likes. Its pipeline for pictures and the one for clips do
the same for the frames at the start alone. Facts from the pipelines in `diffusers.pipelines.skyreels_v2`.
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
from sora_studio.engines.families.family import Call, LaidOutAsTheyAre, basics
from sora_studio.engines.families.wan import Wan

if TYPE_CHECKING:
    from torch import Tensor

GROUP = 4

_FORCING = Capabilities(
    engine="",
    title=mark("SkyReels V2 diffusion forcing"),
    description=mark("Makes clips from words, goes on from others without end, and meets given frames anywhere."),
    frame_step=GROUP,
    size_step=16,  # 8 pixels to a latent pixel, 2 latent pixels to a token
    window=97,
    overlap=17,
    rate=Rate(24),
    places="any",
    trained="any",
    partial=True,
    partial_trained=False,
    wrap=False,
    sizes=(Size(960, 544), Size(544, 960), Size(720, 720)),
    other_sizes="any",
    max_pixels=960 * 544,
    steps=30,
    guidance=6.0,
    prompt_tokens=512,
    draft_steps=12,
    attention="plain",
    step_cache=True,
    compiles=True,
)


class SkyReels(LaidOutAsTheyAre):
    """All tasks by the pipeline for words: the engine shows its network the given frames."""

    pipelines = tuple(f"SkyReelsV2DiffusionForcing{task}Pipeline" for task in ("", "ImageToVideo", "VideoToVideo"))
    exact_vae = True
    group = GROUP
    apart = True
    sounds = False
    tiny: Mapping[int, str] = {16: "taew2_1"}
    costs = Costs(token=24, pixel=5000, voxel=0, decoding=9e6)  # times differ from frame to frame, in float32

    kinds: Mapping[str, Capabilities] = {
        "540": _FORCING,
        "720": replace(
            _FORCING,
            title=mark("SkyReels V2 diffusion forcing 720P"),
            window=121,
            sizes=(Size(1280, 720), Size(720, 1280), Size(960, 960)),
            max_pixels=1280 * 720,
        ),
    }

    def kind(self, checkpoint: Checkpoint) -> str:
        """Weights for 540 and 720 lines differ in nothing but the weights, so their name must tell."""
        return "720" if "720p" in checkpoint.name.casefold() else "540"

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """One window of the pipeline's own, without windows inside."""
        del checkpoint
        arguments = {**basics(request), "base_num_frames": request.length, "fps": round(request.rate.fps)}
        return Call(self.pipelines[0], arguments, request.given)

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """It has the VAE of Wan."""
        return Wan().encode(pipe, video)
