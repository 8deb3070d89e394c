"""LTX-2 (Lightricks): meets pictures and films along the clip, and makes its sound with it.

Facts from the pipelines in `diffusers.pipelines.ltx2` and the authors' model cards. A condition stands at a latent
frame: at frame 0, or at one of the frames 1, 9, 17, ..., so other places are met up to four frames beside (a last
picture seven frames early).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.forecast import Costs
from sora_studio.core.language import mark
from sora_studio.core.lora import few_steps
from sora_studio.core.request import Given, Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.families.family import Call, named_distilled, pictures, whole_clip
from sora_studio.engines.families.ltx import LTX, usual

if TYPE_CHECKING:
    from torch import Tensor

GROUP = 8
_CONDITION = "LTX2ConditionPipeline"

DISTILLED_SIGMAS = (1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875)
"""Noise levels that distilled weights, and LoRAs that make others so, were made for."""

UNGUIDED = {
    "stg_scale": 0.0,
    "modality_scale": 1.0,
    "guidance_rescale": 0.0,
    "audio_guidance_scale": 1.0,
    "audio_stg_scale": 0.0,
    "audio_modality_scale": 1.0,
    "audio_guidance_rescale": 0.0,
}
"""One pass a step, for weights that were distilled with guidance."""

_WHOLE = Capabilities(
    engine="",
    title=mark("LTX-2"),
    description=mark("Makes clips with sound from words, and meets given frames along the clip."),
    frame_step=GROUP,
    size_step=32,
    window=121,
    overlap=9,
    rate=Rate(24),
    places="any",
    trained="any",
    partial=True,
    partial_trained=False,
    wrap=False,
    sizes=(Size(768, 512), Size(512, 768), Size(640, 640), Size(1216, 704), Size(704, 1216), Size(960, 960)),
    other_sizes="any",
    max_pixels=1920 * 1088,
    steps=30,
    guidance=3.0,
    prompt_tokens=1024,
    sound=True,
    draft_steps=12,
    attention="masked",
    step_cache=True,
    compiles=True,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What the pipeline reads of its own `LTX2VideoCondition`; `index` counts latent frames."""

    frames: Image.Image | list[Image.Image]
    index: int
    strength: float
    crf: int | None = None


class LTX2:
    """All weights do all tasks; distilled ones are known by their name."""

    pipelines = ("LTX2Pipeline", "LTX2ImageToVideoPipeline", _CONDITION)
    exact_vae = False
    group = GROUP
    apart = False
    sounds = True
    tiny: Mapping[int, str] = {128: "taeltx"}
    costs = Costs(token=35, pixel=0, voxel=38, decoding=1.3e6, tile=320, calls=3)  # one of two at once; tiles of time

    kinds: Mapping[str, Capabilities] = {
        "whole": _WHOLE,
        "distilled": replace(
            _WHOLE,
            title=mark("LTX-2 distilled"),
            steps=len(DISTILLED_SIGMAS),
            draft_steps=4,
            guidance=1.0,
            negative=False,
            step_cache=False,  # in so few steps everything changes
        ),
    }

    def kind(self, checkpoint: Checkpoint) -> str:
        """Distilled weights are known by their name."""
        return "distilled" if named_distilled(checkpoint) else "whole"

    def call(self, checkpoint: Checkpoint, request: Request) -> Call:
        """Given frames as conditions; a whole clip that is told again is held."""
        arguments = usual(checkpoint, request)
        few = any(few_steps(Path(lora.path).stem) for lora in request.loras)
        if few or self.kind(checkpoint) == "distilled":
            arguments |= {"guidance_scale": 1.0, **UNGUIDED}
            if request.steps == len(DISTILLED_SIGMAS):
                arguments["sigmas"] = list(DISTILLED_SIGMAS)
        if whole_clip(request) is not None:
            return Call("LTX2Pipeline", arguments, request.given)
        last = (request.length - 1) // GROUP
        conditions = [condition for given in request.given for condition in _conditions(given, last)]
        if not conditions:
            return Call("LTX2Pipeline", arguments)
        return Call(_CONDITION, {**arguments, "conditions": conditions})

    def encode(self, pipe: Any, video: Tensor) -> Tensor:
        """As LTX-Video does."""
        return LTX().encode(pipe, video)

    def packed(self, pipe: Any, latents: Tensor) -> Tensor:
        """(1, Z, G, h, w) -> (1, G h w, Z)."""
        return LTX().packed(pipe, latents)

    def unpacked(self, pipe: Any, latents: Tensor, like: tuple[int, ...]) -> Tensor:
        """(1, S, Z) -> (1, Z, G, h, w). Tokens of conditions stand behind."""
        groups, height, width = like
        return LTX().unpacked(pipe, latents[:, : groups * height * width], like)


def _conditions(given: Given, last: int) -> Iterator[Condition]:
    """Given frames as a film of 8k+1 from a place that a condition can have; and what it leaves over, or all of it, as
    one picture: at the last such place among them, or at the nearest one. `last` is the clip's last latent frame."""
    index = 0 if given.at == 0 else -(-(given.at + GROUP - 1) // GROUP)
    begin, rest = _frame(index), range(given.at, given.stop)
    count = (given.stop - begin - 1) // GROUP * GROUP + 1
    if count > 1 or (count == 1 and begin == given.at):
        shown = pictures(given.frames[begin - given.at :][:count])
        yield Condition(shown if count > 1 else shown[0], index, given.strength)
        rest = range(begin + count, given.stop)
    if rest and last > 0:
        index = max(range(1, last + 1), key=lambda index: (-_distance(_frame(index), rest), index))
        place = min(max(_frame(index), rest.start), rest.stop - 1)
        yield Condition(pictures(given.frames[place - given.at :][:1])[0], index, given.strength)


def _frame(index: int) -> int:
    """The first frame of a latent frame."""
    return max(0, (index - 1) * GROUP + 1)


def _distance(frame: int, span: range) -> int:
    """Frames between a place and the nearest of a span."""
    return max(span.start - frame, frame - span.stop + 1, 0)
