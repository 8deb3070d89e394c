"""The engine of the built-in model: a window becomes one call of `SoraPipeline`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import diffusers
import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.emphasis import spoken
from sora_studio.core.engine import Control, EngineEvent, Finished, Held, Latents, Preview, Progress, RunsIn, Window
from sora_studio.core.errors import Cancelled, EngineError
from sora_studio.core.inside import Insight, Patch, Word
from sora_studio.core.phrasebook import phrasebook
from sora_studio.core.reading import read_words
from sora_studio.core.request import Frames, Request
from sora_studio.core.setup import Setup, Where
from sora_studio.core.telling import PLAIN_LOOK, as_picture, in_plain_look, names, tell
from sora_studio.engines.adapters import Adapters, by_names
from sora_studio.engines.catalog import MODEL_VARIABLE, model_folder
from sora_studio.engines.keeping import Keeper
from sora_studio.engines.precision import pick_device, pick_dtype
from sora_studio.engines.preview import PreviewBudget
from sora_studio.engines.shortage import give_back
from sora_studio.engines.stream import Emit, stream
from sora_studio.engines.tap import Predict, tapped
from sora_studio.model import GivenFrames, SoraPipeline
from sora_studio.model.animatic import Opening
from sora_studio.model.emphasis import Weighted, textured
from sora_studio.model.movements import moves_called
from sora_studio.model.picture_first import set_in_motion
from sora_studio.model.recording import Recorder, recording
from sora_studio.model.retelling import lay_out_source, outlined, tells_anew
from sora_studio.model.text import words_of
from sora_studio.weights.fingerprint import folder_fingerprint


class SoraEngine:
    """Weights from the model folder, on the fastest device there is. The same seed gives the same pixels."""

    def __init__(self, known: Capabilities) -> None:
        self._capabilities = known
        self._pipe: SoraPipeline | None = None
        self._adapters: Adapters | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sora")

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can do; known without loading weights."""
        return self._capabilities

    @property
    def weights(self) -> str:
        """What tells the model in its folder from others."""
        return folder_fingerprint(model_folder())

    def load(self, setup: Setup | None = None) -> None:
        """Bring the weights into memory. Raises EngineError when they are missing or damaged."""
        del setup  # it is small enough for every machine
        folder, device = model_folder(), pick_device()
        for library in (diffusers.utils.logging, transformers.utils.logging):
            library.disable_progress_bar()  # nobody sees a terminal here
        try:
            # strict about the network: what ships is complete, and nothing may be fetched in secret
            pipe = SoraPipeline.from_pretrained(folder, dtype=pick_dtype(device), local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as exc:
            raise EngineError(
                "The model in {folder} could not be loaded. Install Sora Studio again, or correct {variable}.",
                folder=folder,
                variable=MODEL_VARIABLE,
            ) from exc
        pipe.set_progress_bar_config(disable=True)
        self._pipe = pipe.to(device)
        network = {"transformer": pipe.transformer}
        self._adapters = Adapters(network, by_names(pipe.transformer), self._capabilities.title)

    def unload(self) -> None:
        """Give the memory back."""
        self._pipe = self._adapters = None
        give_back()

    def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
        """Make one window. Raises Cancelled within one step of `control.cancelled()` turning true."""
        if self._pipe is None:
            self.load()
        pipe, adapters = self._pipe, self._adapters
        assert pipe is not None
        assert adapters is not None

        def work(emit: Emit) -> None:
            emit(RunsIn(_setup_of(pipe)))
            adapters.use(window.request.loras)
            _Run(pipe, window, control, emit).make()

        return stream(work, self._pool)


class _Run:
    """One call of the pipeline with its previews."""

    def __init__(self, pipe: SoraPipeline, window: Window, control: Control, emit: Emit) -> None:
        self._pipe, self._request, self._control, self._emit = pipe, window.request, control, emit
        book = phrasebook("sora")
        prompt, leanings = spoken(window.request.prompt)
        self._prompt, self._negative = tell(prompt, book), tell(window.request.negative, book)
        self._as_picture = partial(as_picture, book=book)
        read = read_words(self._prompt, book)
        asked = (read.value("camera"), read.value("motion"), float(window.request.rate.fps), read.value("weather"))
        self._moves = moves_called(*asked)
        weighted = [Weighted(tell(leaning.without, book), leaning.push) for leaning in leanings]
        self._given = [GivenFrames(item.at, item.frames, item.strength) for item in window.request.given]
        axis = (window.request.length, window.request.size.height, window.request.size.width)
        self._source = lay_out_source(self._given, axis)  # frames (1, 3, T, H, W) and their strengths (1, T)
        self._retold = tells_anew(self._source[1])
        look, plain = read.value("look"), in_plain_look(self._prompt, book)
        self._weighted = (*weighted, *textured(look if look != PLAIN_LOOK else "", plain, retold=self._retold))
        self._resume, begun = window.resume, window.opening
        if begun is not None:
            self._moves = replace(self._moves, opening=Opening(begun.frames, begun.before, begun.backward))
        self._step = window.resume.step if window.resume else 0
        self._budget = PreviewBudget(
            control.preview_share, window.request.steps, first=self._step + 1, last=control.hold
        )
        self._keeper = Keeper(control.keep, control.keep_share, window.resume)
        self._last: tuple[int, Tensor] | None = None  # the last whole step and the latents behind it
        self._early: Tensor | None = None  # the predicted clean latents of a run that was enough
        self._recorder: Recorder | None = None  # sees each step from the inside, if that was asked for

    @torch.inference_mode()
    def make(self) -> None:
        """Denoise, then decode, unless the run is held before."""
        request = self._request
        self._stop_if_cancelled()
        latents = self._made(request)
        if self._step == self._control.hold < request.steps:
            self._emit(Held(_latents(self._step, latents)))
            return
        clean = latents if self._early is None else self._early
        self._keeper.keep(self._step, lambda: _latents(self._step, clean, final=True), final=True)
        self._stop_if_cancelled()
        self._emit(Progress(self._step, request.steps, "decoding"))
        # in one call: a window's decode takes a third of a step, so there is nothing to stop in between
        frames = _pixels(self._pipe.vae.decode(self._clean(clean)).sample)
        self._stop_if_cancelled()
        self._emit(Finished(frames))

    def _made(self, request: Request) -> Tensor:
        """The latents (1, Z, G, h, w) where the run ends; when it ends before its time, its last whole step is kept."""
        if self._resume is not None and self._resume.final:
            return torch.from_numpy(np.array(self._resume.values)).to(self._pipe.device)
        try:
            return self._denoise(request)
        except BaseException:
            self._keep_last()
            raise

    def _keep_last(self) -> None:
        if self._last is not None:
            step, latents = self._last
            with contextlib.suppress(Exception):  # what ended the run is told, not what came of it
                self._keeper.keep(step, lambda: _latents(step, latents))

    def _behind(self, pipe: object, index: int, time: Tensor, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """Behind each step: what it left."""
        del pipe, time
        step, latents = self._last = index + 1, tensors["latents"]
        if step < self._request.steps and self._keeper.due():
            self._keeper.keep(step, lambda: _latents(step, latents))
        return {}

    def _denoise(self, request: Request) -> Tensor:
        """The same by the pipeline."""
        resume = self._resume
        with contextlib.ExitStack() as watch:
            watch.enter_context(tapped(self._pipe, self._stop_if_cancelled, self._stepped))
            hook = self._pipe.transformer.register_forward_pre_hook(lambda *_: self._stop_if_cancelled())
            watch.callback(hook.remove)  # a picture that is drawn again is no step of its own
            if self._control.record:
                self._recorder = watch.enter_context(recording(self._pipe.transformer))
            (latents,) = self._pipe(
                prompt=self._prompt,
                weighted=self._weighted,
                names=names(self._prompt, phrasebook("sora")),
                as_picture=self._as_picture,
                negative_prompt=self._negative,
                height=request.size.height,
                width=request.size.width,
                num_frames=request.length,
                num_inference_steps=request.steps,
                guidance_scale=request.guidance,
                given=self._given,
                moves=self._moves,
                generator=torch.Generator("cpu").manual_seed(request.seed),  # the same noise on every device
                latents=torch.from_numpy(np.array(resume.values)) if resume else None,
                start_step=resume.step if resume else 0,
                callback_on_step_end=self._behind,
                callback_on_redraw=lambda: self._emit(Progress(self._step, request.steps, "redrawing")),
                output_type="latent",
                return_dict=False,
            )
        ended: Tensor = latents
        return ended

    def _stop_if_cancelled(self) -> None:
        if self._control.cancelled():
            raise Cancelled("The work was stopped.")

    def _stepped(self, predict: Predict) -> None:
        """After each step: progress, a preview if one is due, and the run's end if it is held or enough."""
        self._step += 1
        steps = self._request.steps
        self._emit(Progress(self._step, steps))
        if self._recorder is not None:
            self._emit(self._insight(self._recorder, predict()))
        if self._step < steps and self._control.enough():
            self._early = self._clip_of(predict())
            self._pipe._interrupt = True
        elif self._step == self._control.hold:
            self._pipe._interrupt = True
        if self._budget.due(self._step):
            with self._budget:
                frames = self._small(predict())
            self._emit(Preview(self._step, steps, frames))

    def _insight(self, recorder: Recorder, predicted: Tensor) -> Insight:
        """The present step from the inside."""
        pipe, seen = self._pipe, recorder.take()
        drawing = predicted.shape[2] == 1 and not self._request.given
        told = self._as_picture(self._prompt) if drawing else self._prompt
        noisy, maps, presence = seen.on_patches(predicted.shape[3:], pipe.transformer.config.patch_size)
        return Insight(
            self._step,
            self._request.steps,
            seen.sigma,
            self._small(noisy.float()),
            self._small(predicted),
            self._throughout(maps.half().cpu().numpy(), 2),
            self._throughout(presence.half().cpu().numpy(), 0),
            tuple(Word(text, tokens) for text, tokens in words_of(pipe.tokenizer, told)),
            Patch(pipe.vae.config.temporal_compression_ratio, pipe.size_step),
        )

    def _clip_of(self, latents: Tensor) -> Tensor:
        """Clean latents of the whole clip: what is told anew within its source's outlines; a picture that it has only
        begun as is set in motion."""
        pipe, size = self._pipe, self._request.size
        if self._retold:
            frames, strengths = (part.to(pipe.device) for part in self._source)
            return outlined(pipe, latents, frames, strengths)
        if latents.shape[2] == pipe.vae.latent_frames(self._request.length):
            return latents
        blank = pipe.prepare_canvas((), (1, size.height, size.width))
        told = self._as_picture(self._prompt)
        conditions = pipe.prepare_conditions(pipe.encode_prompt([told], []), blank)
        return set_in_motion(pipe, latents, conditions, self._request.length, self._moves)

    def _small(self, latents: Tensor) -> Frames:
        """Small pictures (T, h, w, 3) of a clip (1, Z, G, h, w); a single picture stands still in all of them."""
        frames = _pixels(self._pipe.vae.decode_preview(self._clean(latents)))
        return frames.repeat(self._request.length // len(frames), axis=0)

    def _throughout(self, values: NDArray[np.float16], axis: int) -> NDArray[np.float16]:
        """What was seen in each latent frame of the clip, along an axis; in a picture that is the same in all."""
        return values.repeat(self._pipe.vae.latent_frames(self._request.length) // values.shape[axis], axis=axis)

    def _clean(self, latents: Tensor) -> Tensor:
        """Latents of the transformer, (1, Z, G, h, w), as the decoder takes them."""
        return self._pipe.vae.denormalise(latents).to(self._pipe.vae.dtype)


def _setup_of(pipe: SoraPipeline) -> Setup:
    """Where it runs, and in which numbers."""
    where: Where = "processor" if pipe.device.type == "cpu" else "card"
    return Setup(where, "bf16" if pipe.dtype == torch.bfloat16 else "fp32")


def _latents(step: int, values: Tensor, *, final: bool = False) -> Latents:
    return Latents(step, values.float().cpu().numpy(), final=final)


def _pixels(video: Tensor) -> Frames:
    """(1, 3, T, H, W) in -1..1 to (T, H, W, 3) uint8."""
    levels = (video[0].float() * 127.5 + 127.5).round().clamp(0, 255).to(torch.uint8)  # (3, T, H, W)
    frames: Frames = levels.permute(1, 2, 3, 0).contiguous().cpu().numpy()
    return frames
