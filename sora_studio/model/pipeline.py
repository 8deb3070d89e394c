"""Text and given frames to a clip: the network's parts in the order of one generation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from diffusers.schedulers import FlowMatchEulerDiscreteScheduler
from diffusers.utils import BaseOutput
from diffusers.utils.torch_utils import randn_tensor
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from transformers import BertModel, BertTokenizerFast

from sora_studio.model.animatic import Moves
from sora_studio.model.canvas import GivenFrames, canvas_and_strength
from sora_studio.model.clip import SoraCLIPModel
from sora_studio.model.denoising import Conditions, Run, StepCallback, denoise, level_of
from sora_studio.model.emphasis import Weighted
from sora_studio.model.leading import begin
from sora_studio.model.picture_first import (
    LED_FROM,
    draw_picture,
    led_from,
    moving_canvas,
    steps_of_picture,
)
from sora_studio.model.retelling import lay_out_source, retell, tells_anew
from sora_studio.model.text import encode_prompts
from sora_studio.model.transformer import SoraTransformer3DModel
from sora_studio.model.vae import AutoencoderSora

OUTPUT_TYPES = ("np", "pt", "pil", "latent")

Generator = torch.Generator | list[torch.Generator] | None

HELD_FROM = 0.8
"""Noise level at which a clip begins that keeps some of its frames and is to change others: they are in the noise. From
pure noise a young network finds no way back to what a picture shows beyond its colours and large shapes."""

HELD_PUSH = 0.25
"""Share of the guidance's push that such a clip gets: the picture tells most of what the words do, and more guidance
only hardens what the network makes of it."""


@dataclass
class SoraPipelineOutput(BaseOutput):
    """Clips of a run.

    `frames` by output type: "np" (B, T, H, W, 3) float32 in 0..1; "pt" (B, T, 3, H, W) in 0..1;
    "pil" B lists of T images; "latent" (B, Z, G, h, w), normalised.
    """

    frames: NDArray[np.float32] | Tensor | list[list[Image.Image]]


class SoraPipeline(DiffusionPipeline):
    """Generates clips from a prompt and frames that are given at places of the time axis.

    The weights lie in a folder in the layout of diffusers: `SoraPipeline.from_pretrained(folder)`. After
    `sora_studio.model.register()` the general `DiffusionPipeline.from_pretrained(folder)` finds this class, too.

    Arguments of a call:
        prompt: one text, or B of them.
        negative_prompt: what to move away from; one text for all, or one a prompt. None is the empty text.
        height, width: of the clip in pixels, multiples of `size_step`.
        num_frames: f*k + 1 with the VAE's temporal compression f: 1 (an image), 5, 9, ...
        num_inference_steps: calls of the transformer.
        guidance_scale: weight of the prompt against the negative prompt (Ho and Salimans 2022); 1 and less runs
            without the second pass. In the few steps that weights are distilled for it is an input: one pass, too.
        weighted: phrases of the one prompt that count more or less, each for a pass more (`model/emphasis.py`).
        as_picture: turns a text into what the picture is told that a clip from words begins as.
        names: what a picture that is drawn of words should be taken for, and then what it should not: where CLIP
            doesn't take it so, it is drawn again (`model/choosing.py`).
        given: frames placed on the time axis; where they overlap, the later in the list counts.
        moves: how the clip is to move: the picture that is first drawn of words alone, or a picture that it keeps
            (`model/animatic.py`), and what goes on from footage, leads to it or lies between (`model/following.py`).
        generator: source of all noise; the same state gives the same clip.
        latents: (B, Z, G, h, w) noise to start from instead, or what a run held after `start_step` steps: where these
            are steps of the picture that it begins as, (B, Z, 1, h, w).
        start_step: steps that `latents` have behind them: the run goes on from there.
        output_type: "np", "pt", "pil" or "latent", see `SoraPipelineOutput`.
        callback_on_step_end: called after each step with the pipeline, the step's number, its time and the tensors
            asked for; what it returns replaces them. It cancels by setting `pipe._interrupt = True`.
        callback_on_redraw: called when a picture is about to be drawn again.
        callback_on_step_end_tensor_inputs: names of those tensors.
        return_dict: whether to wrap the frames.
    """

    model_cpu_offload_seq = "text_encoder->transformer->vae"
    _optional_components = ["clip"]  # noqa: RUF012 - the name and form that diffusers reads
    _callback_tensor_inputs = ["latents"]  # noqa: RUF012

    def __init__(
        self,
        vae: AutoencoderSora,
        text_encoder: BertModel,
        tokenizer: BertTokenizerFast,
        transformer: SoraTransformer3DModel,
        scheduler: FlowMatchEulerDiscreteScheduler,
        clip: SoraCLIPModel | None = None,
    ) -> None:
        super().__init__()
        self.register_modules(
            vae=vae,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            transformer=transformer,
            scheduler=scheduler,
            clip=clip,
        )
        self._interrupt = False

    @property
    def interrupt(self) -> bool:
        """Whether the remaining steps of a run are skipped; a callback sets `pipe._interrupt`."""
        return self._interrupt

    @property
    def size_step(self) -> int:
        """Height and width must be multiples of this: the VAE's compression times the transformer's patch."""
        return int(self.vae.config.spatial_compression_ratio * self.transformer.config.patch_size)

    @torch.no_grad()
    def __call__(
        self,
        prompt: str | Sequence[str],
        negative_prompt: str | Sequence[str] | None = None,
        height: int = 112,
        width: int = 192,
        num_frames: int = 17,
        num_inference_steps: int = 24,
        guidance_scale: float = 4.0,
        weighted: Sequence[Weighted] = (),
        names: Sequence[str] = (),
        as_picture: Callable[[str], str] = str,
        given: Sequence[GivenFrames] = (),
        moves: Moves = Moves(),
        generator: Generator = None,
        latents: Tensor | None = None,
        start_step: int = 0,
        output_type: str = "np",
        callback_on_step_end: StepCallback | None = None,
        callback_on_step_end_tensor_inputs: Sequence[str] = ("latents",),
        callback_on_redraw: Callable[[], object] | None = None,
        return_dict: bool = True,
    ) -> SoraPipelineOutput | tuple[Any]:
        """Generate one clip a prompt. Raises ValueError where an argument doesn't fit, with the numbers that would."""
        prompts, negatives = _as_lists(prompt, negative_prompt, one=bool(weighted or names))
        size = (num_frames, height, width)
        self.check_inputs(size, num_inference_steps, output_type, callback_on_step_end_tensor_inputs)
        texts = [*(phrase.without for phrase in weighted), *prompts]
        canvas, strength = self.prepare_canvas(given, size, generator)  # (1, Z, G, h, w), (1, f, G, h, w)
        built_in = num_inference_steps <= self.transformer.config.distilled_steps
        told = tells_anew(strength)
        held = not told and bool((strength == 1).any())
        guidance_scale = 1 + (HELD_PUSH if held else 1.0) * (guidance_scale - 1)
        words = self.encode_prompt(texts, () if built_in or guidance_scale <= 1 else negatives)  # (N, L, D), (N, L)
        conditions = self.prepare_conditions(words, (canvas, strength), guidance_scale if built_in else None, weighted)
        led = led_from(given, size, moves) if held else None
        begun = latents is not None and start_step == 0  # with noise of another's
        drawn = 0 if begun else steps_of_picture(num_inference_steps, num_frames, given=bool(given))
        drawing = start_step <= drawn and drawn > 0  # what a run held behind the picture's last step is that picture
        top = LED_FROM if drawn else (led or HELD_FROM) if held else 1.0
        apart = self.encode_prompt(names, ()) if names and drawing else None  # (A, L, D), (A, L)
        clip = noise = self.prepare_latents(len(prompts), size, generator, None if drawing or told else latents)
        if held and latents is None:
            sketch = moving_canvas(self, given, size, conditions, moves) if led else None  # (1, Z, G, h, w)
            clip = begin(canvas, strength, top, noise, sketch)  # (B, Z, G, h, w)
        self._interrupt = False
        with self.progress_bar(total=num_inference_steps - start_step) as bar:
            called = callback_on_step_end, callback_on_step_end_tensor_inputs, bar.update
            run = Run(len(prompts), start_step, guidance_scale, *called, apart, callback_on_redraw)
            if drawing:
                still = [as_picture(text) for text in texts]
                of_still = conditions if still == texts else conditions.told(*self.encode_prompt(still, negatives))
                clip = draw_picture(self, run, of_still, size, drawn, noise, moves, generator, latents)
            if told:
                latents = retell(self, run, conditions, given, size, num_inference_steps, noise, generator, latents)
            else:
                latents = denoise(self, run, conditions, (drawn, num_inference_steps), top, clip)
        frames = latents if output_type == "latent" else self.decode_latents(latents, output_type)
        self.maybe_free_model_hooks()
        return SoraPipelineOutput(frames=frames) if return_dict else (frames,)

    def check_inputs(
        self, size: tuple[int, int, int], steps: int, output_type: str, tensor_inputs: Sequence[str]
    ) -> None:
        """Refuse what can't run, before any work is done: raises ValueError with the numbers that would do."""
        frames, height, width = size
        self.vae.latent_frames(frames)
        _check_sides(width, height, self.size_step)
        if steps < 1:
            raise ValueError(f"num_inference_steps is {steps}; at least 1 is needed.")
        if output_type not in OUTPUT_TYPES:
            raise ValueError(f"output_type is {output_type!r}; it can be one of {', '.join(OUTPUT_TYPES)}.")
        unknown = [name for name in tensor_inputs if name not in self._callback_tensor_inputs]
        if unknown:
            raise ValueError(f"A callback can't have {unknown}; there are {self._callback_tensor_inputs}.")

    def encode_prompt(self, prompts: Sequence[str], negatives: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Text states and mask of the negative prompts, then the prompts: (N, L, text_dim), (N, L)."""
        states, mask = encode_prompts(self.tokenizer, self.text_encoder, [*negatives, *prompts])
        return states.to(self._execution_device, self.transformer.dtype), mask.to(self._execution_device)

    def prepare_canvas(
        self, given: Sequence[GivenFrames], size: tuple[int, int, int], generator: Generator = None
    ) -> tuple[Tensor, Tensor]:
        """Canvas latents (1, Z, G, h, w) and strengths (1, f, G, h, w) of given frames.

        Raises ValueError where the frames don't fit the clip.
        """
        device, dtype = self._execution_device, self.transformer.dtype
        if not given:  # nothing to encode
            shape = self._latent_shape(1, size)
            folded = (1, self.vae.config.temporal_compression_ratio, *shape[2:])
            return torch.zeros(shape, device=device, dtype=dtype), torch.zeros(folded, device=device, dtype=dtype)
        frames, strengths = lay_out_source(given, size)  # (1, 3, T, H, W), (1, T)
        first = generator[0] if isinstance(generator, list) else generator
        canvas, strength = canvas_and_strength(self.vae, frames.to(device), strengths.to(device), first)
        return canvas.to(dtype), strength.to(dtype)

    def prepare_conditions(
        self,
        words: tuple[Tensor, Tensor],
        given: tuple[Tensor, Tensor],
        scale: float | None = None,
        weighted: Sequence[Weighted] = (),
    ) -> Conditions:
        """Line up everything the transformer is told: states and mask of N texts, canvas and strength for all of them,
        and `scale` where guidance is an input of the network."""
        states, mask = words
        count = states.shape[0]  # N
        guidance = None if scale is None else torch.full((count,), scale, device=states.device)
        canvas, strength = (part.expand(count, -1, -1, -1, -1) for part in given)
        return Conditions(states, mask, canvas, strength, guidance, tuple(weighted))

    def prepare_latents(
        self, batch: int, size: tuple[int, int, int], generator: Generator, latents: Tensor | None = None
    ) -> Tensor:
        """The noise to start from, (B, Z, G, h, w) float32: in less the small last steps would be rounded away.

        Raises ValueError where `latents` has another shape.
        """
        shape = self._latent_shape(batch, size)
        if latents is None:
            return randn_tensor(shape, generator=generator, device=self._execution_device, dtype=torch.float32)
        if tuple(latents.shape) != shape:
            raise ValueError(f"latents are {tuple(latents.shape)}, expected {shape}.")
        return latents.to(self._execution_device, torch.float32)

    def prepare_timesteps(self, steps: int, start: int = 0, top: float = 1.0) -> Tensor:
        """Times of the steps from `start` on, from the noise level `top` to data, even before the scheduler's shift.

        Raises ValueError where nothing is left to do.
        """
        if not 0 <= start < steps:
            raise ValueError(f"start_step is {start}; it lies from 0 to {steps - 1} when there are {steps} steps.")
        sigmas = unshifted_levels(steps, top, self.scheduler.config.shift)
        self.scheduler.set_timesteps(sigmas=sigmas, device=self._execution_device)
        self.scheduler.set_begin_index(start)
        return self.scheduler.timesteps[start:]

    def predict_velocity(
        self, latents: Tensor, t: Tensor, conditions: Conditions, guidance_scale: float, *, between: bool = False
    ) -> Tensor:
        """Velocity of the flow at time t, guided where noise is left: (B, Z, G, h, w) -> (B, Z, G, h, w) float32.

        `between` moves the network's patches by half a patch, in a latent that is widened by as much at all edges.
        """
        level = level_of(t, self.scheduler)
        conditions = conditions.at(level, len(latents))
        count = conditions.states.shape[0]  # N
        noisy = latents.repeat(count // len(latents), 1, 1, 1, 1)  # (N, Z, G, h, w)
        edge = self.transformer.config.patch_size // 2 if between else 0
        velocity = self.transformer(
            hidden_states=widened(noisy.to(conditions.canvas.dtype), edge),
            canvas=widened(conditions.canvas, edge),
            strength=widened(conditions.strength, edge),
            timestep=torch.full((count,), level, device=latents.device),
            encoder_hidden_states=conditions.states,
            encoder_attention_mask=conditions.mask,
            guidance=conditions.guidance,
            return_dict=False,
        )[0].float()  # (N, Z, G, h, w), or with the edges
        velocity = narrowed(velocity, edge)  # (N, Z, G, h, w)
        velocity = conditions.guided(velocity, len(latents), guidance_scale)  # (B, Z, G, h, w)
        towards = (latents - conditions.canvas[:1].float()) / level  # (B, Z, G, h, w): straight to what is given
        return torch.where(settled(conditions.strength[:1]), towards, velocity)  # (B, Z, G, h, w)

    @torch.no_grad()
    def decode_latents(
        self, latents: Tensor, output_type: str
    ) -> NDArray[np.float32] | Tensor | list[list[Image.Image]]:
        """Normalised latents (B, Z, G, h, w) to frames, see `SoraPipelineOutput`."""
        z = self.vae.denormalise(latents).to(self.vae.dtype)  # (B, Z, G, h, w)
        video = self.vae.decode(z).sample.float()  # (B, 3, T, H, W)
        return _as_output((video / 2 + 0.5).clamp(0, 1).transpose(1, 2), output_type)

    def _latent_shape(self, batch: int, size: tuple[int, int, int]) -> tuple[int, ...]:
        frames, height, width = size
        ratio = self.vae.config.spatial_compression_ratio
        return (batch, self.vae.config.latent_channels, self.vae.latent_frames(frames), height // ratio, width // ratio)


def _check_sides(width: int, height: int, step: int) -> None:
    if width < step or height < step or width % step or height % step:
        fit = [max(step, round(side / step) * step) for side in (width, height)]
        raise ValueError(
            f"A clip of {width}x{height} can't be generated: both sides must be multiples of {step}, "
            f"for instance {fit[0]}x{fit[1]}."
        )


def widened(x: Tensor, edge: int) -> Tensor:
    """Latents with their outermost pixels repeated: (N, Z, G, h, w) -> (N, Z, G, h + 2 edge, w + 2 edge)."""
    if edge == 0:
        return x
    return F.pad(x.flatten(0, 1), (edge,) * 4, mode="replicate").unflatten(0, x.shape[:2])


def narrowed(x: Tensor, edge: int) -> Tensor:
    """Without those pixels: (..., h + 2 edge, w + 2 edge) -> (..., h, w)."""
    return x[..., edge : x.shape[-2] - edge, edge : x.shape[-1] - edge]


def unshifted_levels(steps: int, top: float, shift: float) -> list[float]:
    """Even noise levels of `steps` steps, which a scheduler's shift takes to levels from `top` down; the step after
    the last leads to 0."""
    first = top / (shift - (shift - 1) * top)
    return [float(level) for level in np.linspace(first, first / steps, steps)]


def _as_output(video: Tensor, output_type: str) -> NDArray[np.float32] | Tensor | list[list[Image.Image]]:
    """Frames (B, T, 3, H, W) in 0..1 as the caller wants them."""
    if output_type == "pt":
        return video
    array = video.permute(0, 1, 3, 4, 2).cpu().numpy()  # (B, T, H, W, 3)
    if output_type == "np":
        return array
    return [[Image.fromarray(frame) for frame in clip] for clip in (array * 255).round().astype(np.uint8)]


def settled(strength: Tensor) -> Tensor:
    """Which latent frames are given whole, from the first on: (1, f, G, h, w) -> (1, 1, G, h, w) bool.

    Nothing is left to predict there. Given frames behind a generated one do not count: the causal VAE encoded them
    after a blank, and they are to be read in the light of what comes before them.
    """
    whole = strength.amin(dim=1, keepdim=True) == 1  # (1, 1, G, h, w)
    return whole.cumprod(dim=2).bool()  # (1, 1, G, h, w)


def _as_lists(
    prompt: str | Sequence[str], negative: str | Sequence[str] | None, *, one: bool = False
) -> tuple[list[str], list[str]]:
    """Both as lists of B texts; only `one` each where phrases are weighted."""
    prompts = [prompt] if isinstance(prompt, str) else list(prompt)
    if not prompts:
        raise ValueError("There is no prompt; an empty text is one, an empty list is not.")
    if one and len(prompts) > 1:
        raise ValueError(f"Phrases are weighted, and names told, of one prompt, and there are {len(prompts)}.")
    if negative is None or isinstance(negative, str):
        return prompts, [negative or ""] * len(prompts)
    if len(negative) != len(prompts):
        raise ValueError(f"There are {len(negative)} negative prompts for {len(prompts)} prompts.")
    return prompts, list(negative)
