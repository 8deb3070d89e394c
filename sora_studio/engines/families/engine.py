"""The engine of an open checkpoint: a window becomes one call of its family's pipeline."""

from __future__ import annotations

import contextlib
import timeit
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.engine import (
    Control,
    CutShort,
    EngineEvent,
    Finished,
    Held,
    Measured,
    Preview,
    Progress,
    RunsIn,
    Window,
)
from sora_studio.core.errors import Cancelled, OutOfMemory
from sora_studio.core.forecast import Forecast
from sora_studio.core.quicker import check
from sora_studio.core.request import Frames, Request
from sora_studio.core.samples import Sound
from sora_studio.core.setup import Setup, Shortage, Stage
from sora_studio.engines.adapters import Adapters, by_pipeline
from sora_studio.engines.families.apart import Apart
from sora_studio.engines.families.checkpoint import Checkpoint
from sora_studio.engines.families.colours import Colours, fit_colours
from sora_studio.engines.families.family import Family, kept, pixel_of
from sora_studio.engines.families.frames import pixels, small
from sora_studio.engines.families.holding import Holding, filled, held_steps, in_own_numbers, spared
from sora_studio.engines.families.known import Found
from sora_studio.engines.families.loading import Loaded
from sora_studio.engines.families.outlook import Outlook
from sora_studio.engines.families.tiny import TinyDecoder, find_tiny
from sora_studio.engines.keeping import Course, Keeper
from sora_studio.engines.preview import PreviewBudget
from sora_studio.engines.shortage import give_back, is_shortage
from sora_studio.engines.stream import Emit, stream
from sora_studio.engines.tap import Predict, tapped
from sora_studio.engines.usage import Usage
from sora_studio.media.sound import at_usual_rate


class CheckpointEngine:
    """Loaded from its folder once, for all tasks. The same seed gives the same pixels."""

    def __init__(self, found: Found) -> None:
        self._found, self._outlook = found, Outlook(found)
        self._model: Model | None = None
        self._crowded = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can do; known without loading weights."""
        return self._found.capabilities

    @property
    def weights(self) -> str:
        """What tells the checkpoint from others."""
        return self._found.checkpoint.fingerprint

    def load(self, setup: Setup | None = None) -> None:
        """Bring the weights into memory. Raises EngineError when they are damaged, OutOfMemory when there is no
        room."""
        if self._model is not None:
            self.unload()
        chosen = setup or self._outlook.usual_setup()
        check(chosen.speed, self.capabilities)
        self._model = Model(self._found.checkpoint, self._found.family, chosen)

    def unload(self) -> None:
        """Give the memory back."""
        self._model, self._crowded = None, False
        give_back()

    def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
        """Make one window. Raises Cancelled within one block of the network of `control.cancelled()` turning true, and
        OutOfMemory when memory ran out, after what was made is kept."""

        def make(emit: Emit) -> None:
            try:
                model = self._ready(window.request, control.setup)
                emit(RunsIn(model.loaded.setup))
                forecast = self._forecast(window, control, model.loaded.setup)
                _Run(model, window, control, emit, forecast).make()
            except OutOfMemory:
                self._crowded = True
                raise

        return stream(make, self._pool)

    def _forecast(self, window: Window, control: Control, setup: Setup) -> Forecast | None:
        """What a window is going to take; None when it would not be measured whole."""
        if window.resume is not None or control.hold:
            return None
        return self._outlook.forecast(window.request, setup)

    def _ready(self, request: Request, setup: Setup | None) -> Model:
        """The model in memory as it is to be run."""
        if self._crowded and self._model is not None:
            self._crowded = False
            give_back()
            if self._model.loaded.setup.offload in ("group", "leaf"):  # what was on the card then stays there
                self._model = None
        if self._model is None or not self._model.loaded.suits(setup or self._model.loaded.setup):
            self.load(setup or self._outlook.setup_for(request))
        assert self._model is not None
        if setup is not None:
            check(setup.speed, self.capabilities)
            self._model.loaded.adjust(setup)
        return self._model


class Model:
    """A checkpoint in memory, with the map from its latents to colours once that was needed."""

    def __init__(self, checkpoint: Checkpoint, family: Family, setup: Setup) -> None:
        self.checkpoint, self.family = checkpoint, family
        self.loaded = Loaded(checkpoint, setup, exact_vae=family.exact_vae)
        parts = self.loaded.parts
        networks = {name: part for name, part in parts.components.items() if name.startswith("transformer") and part}
        self.adapters = Adapters(networks, by_pipeline(parts), checkpoint.name, parts)
        self._colours: Colours | None = None
        self._tiny: TinyDecoder | None = None
        self._looked = False

    def encode(self, video: Tensor) -> Tensor:
        """A video (1, 3, T, H, W) in -1..1 as latents (1, Z, G, h, w) in the scale of the loop."""
        return self.family.encode(self.loaded.parts, video)

    def grid(self, request: Request) -> tuple[int, int, int]:
        """(G, h, w) of a request's latents."""
        pixel = pixel_of(self.loaded.parts)
        groups = (request.length - 1) // self.family.group + 1
        return groups, request.size.height // pixel, request.size.width // pixel

    @property
    def colours(self) -> Colours:
        """Fitted at the first preview."""
        if self._colours is None:
            self._colours = fit_colours(self.encode, pixel_of(self.loaded.parts), self.family.group)
        return self._colours

    def tiny(self, latents: Tensor) -> TinyDecoder | None:
        """A small decoder for latents (1, Z, G, h, w), looked for once."""
        if not self._looked:
            self._looked, channels = True, latents.shape[1]
            name = self.family.tiny.get(channels)
            shape = (channels, self.family.group, pixel_of(self.loaded.parts))
            dtype = torch.float32 if latents.device.type == "cpu" else torch.bfloat16
            if name is not None:
                self._tiny = find_tiny(self.checkpoint.folder, name, shape, latents.device, dtype)
        return self._tiny


_UNDECIDED = object()
"""In place of a small decoder, or none, until the first preview."""


class _Arrived(Exception):
    """The run has come to the step at which it is to be held."""


class _Run:
    """One call of a pipeline with its previews."""

    def __init__(
        self, model: Model, window: Window, control: Control, emit: Emit, forecast: Forecast | None = None
    ) -> None:
        self._model, self._request, self._control, self._emit = model, window.request, control, emit
        request = window.request
        self._call = model.family.call(model.checkpoint, request)
        self._pipe = model.loaded.pipeline(self._call.pipeline)
        if self._call.guider is not None:
            self._pipe.guider.guidance_scale = self._call.guider
        self._resume = window.resume
        self._step = window.resume.step if window.resume else self._call.first
        self._asks = self._decodes = False
        self._forecast, self._usage = forecast, Usage()
        torch.manual_seed(request.seed)  # some pipelines draw from torch's own numbers as well
        self._noise = torch.Generator("cpu").manual_seed(request.seed)  # the same on every device
        self._course = Course(self._noise, window.resume, self._step - self._call.first, self._arrived)
        self._keeper = Keeper(control.keep, control.keep_share, self._resume)
        self._budget = PreviewBudget(control.preview_share, request.steps, first=self._step + 1, last=control.hold)
        self._decoder: TinyDecoder | object | None = _UNDECIDED

    @torch.inference_mode()
    def make(self) -> None:
        """Denoise and decode, unless the run is held before."""
        self._stop_if_cancelled()
        try:
            with torch.inference_mode(False), self._model.loaded.still(self._pipe):  # what is loaded outlives the run
                self._model.adapters.use(self._request.loras)
            made = self._made()
        except _Arrived:
            self._emit(Held(self._course.latents(self._step, final=False)))
            return
        except BaseException as exc:
            self._keep_last()
            if is_shortage(exc):
                raise OutOfMemory(Shortage(self._stage, self._model.loaded.setup)) from exc
            raise
        self._stop_if_cancelled()
        frames, sound = pixels(made.frames[0]), self._sound(made)
        if (quick := self._model.loaded.quickening).calls:
            self._emit(CutShort(quick.short, quick.calls))
        if self._forecast is not None and self._step == self._request.steps:
            self._emit(Measured(self._model.loaded.setup, self._usage.against(self._forecast)))
        self._emit(Finished(frames, sound))

    @property
    def _stage(self) -> Stage:
        """What the run is at."""
        if self._decodes or self._step >= self._request.steps:
            return "decode"
        return "step" if self._asks else "encode"

    def _sound(self, made: Any) -> Sound | None:
        """The clip's sound, if the pipeline made any."""
        if not self._model.family.sounds:
            return None
        samples = made.audio[0].float().cpu().numpy().T  # (n, channels)
        return at_usual_rate(samples.clip(-1, 1), self._pipe.vocoder.config.output_sampling_rate)

    def _made(self) -> Any:
        """What the pipeline returns."""
        holding, family = self._holding(), self._model.family
        with contextlib.ExitStack() as watch:
            watch.enter_context(self._tap(holding))
            watch.enter_context(self._heeding())
            watch.enter_context(self._model.loaded.quickening.counting())
            networks = self._denoisers()
            # sound is never given, so a network for both has always something to do
            led = None if family.sounds else holding
            idle = lambda: self._course.under_way or (led is not None and led.everything)  # noqa: E731
            watch.enter_context(spared(networks, idle, apart=family.apart, sounds=family.sounds))
            if holding is not None:
                ahead = holding.shown if family.apart else in_own_numbers
                for network in networks:
                    watch.callback(network.register_forward_pre_hook(ahead, with_kwargs=True).remove)
            return self._pipe(**self._call.arguments, generator=self._noise, output_type="np")

    def _keep_last(self) -> None:
        """The run ends before its time: keep what its last whole step left."""
        done = self._step >= self._request.steps
        if done:
            self._course.settled()  # the decoder was on its way
        if self._course.whole and not self._decodes:
            with contextlib.suppress(Exception):  # what ended the run is told, not what came of it
                self._keeper.keep(self._step, lambda: self._course.latents(self._step, final=done), final=done)

    def _tap(self, holding: Holding | None) -> contextlib.AbstractContextManager[None]:
        """A look at the steps of the clip, whether they are made at once or frame by frame."""
        if not self._model.family.apart:
            return tapped(self._pipe, self._stop_if_cancelled, self._moved, holding, course=self._course)
        frames = Apart(self._model.grid(self._request)[0], self._stepped, self._is_enough)
        steer = None if holding is None else frames.steer(holding)
        before = frames.ahead(self._stop_if_cancelled)
        return tapped(self._pipe, before, frames.moved, steer, copies=True, course=self._course)

    def _holding(self) -> Holding | None:
        """What keeps the given frames in place that the pipeline has no argument for."""
        held, request = self._call.held, self._request
        if not held:
            return None
        steps = held_steps(held, request.length, self._model.family.group, request.steps)
        video = torch.from_numpy(filled(held, request.length)).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
        clean = self._model.encode(video)  # (1, Z, G, h, w)
        self._pipe.maybe_free_model_hooks()  # the encoder leaves the card if parts are moved there one by one
        until = torch.tensor(steps, device=clean.device).view(1, 1, -1, 1, 1).expand_as(clean)
        pack = self._model.family.packed
        return Holding(pack(self._pipe, clean), pack(self._pipe, until), self._step)

    @contextlib.contextmanager
    def _heeding(self) -> Iterator[None]:
        """Within this context the run can be stopped ahead of each block of the networks, since a step of a large one
        takes a minute; what a step left is kept when the next one begins; and the decoder's beginning is told."""
        hooks = [
            block.register_forward_pre_hook(lambda *_: self._stop_if_cancelled())
            for name, part in self._networks()
            if name != "vae"
            for block in _blocks(part)
        ]
        hooks += [part.register_forward_pre_hook(lambda *_: self._asked()) for part in self._denoisers()]
        hooks.append(self._pipe.vae.decoder.register_forward_pre_hook(lambda *_: self._decoding()))
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _networks(self) -> list[tuple[str, nn.Module]]:
        return [(name, part) for name, part in self._pipe.components.items() if isinstance(part, nn.Module)]

    def _denoisers(self) -> list[nn.Module]:
        """The networks that are asked for velocities."""
        return [part for name, part in self._networks() if name.startswith("transformer")]

    def _asked(self) -> None:
        """Ahead of a step's network: the last step is whole, and is kept, or is the one at which the run is held."""
        self._asks = True
        if self._course.whole or not self._course.settled():
            return  # it is asked once more in the same step, or for the first one
        if self._step == self._control.hold < self._request.steps:
            raise _Arrived
        if self._keeper.due():
            self._keeper.keep(self._step, lambda: self._course.latents(self._step, final=False))

    def _arrived(self) -> None:
        """The steps that were made before are passed over."""
        if self._resume is not None and self._resume.final:
            self._pipe._interrupt = True  # it had enough

    def _decoding(self) -> None:
        """Ahead of the decoder."""
        if not self._decodes:  # many are called once for each latent frame
            self._course.settled()
            self._keeper.keep(self._step, lambda: self._course.latents(self._step, final=True), final=True)
            self._decodes = True
            self._emit(Progress(self._step, self._request.steps, "decoding"))
        self._stop_if_cancelled()

    def _stop_if_cancelled(self) -> None:
        if self._control.cancelled():
            raise Cancelled("The work was stopped.")

    def _moved(self, predict: Predict) -> Tensor | None:
        """Behind a step of the whole clip: the predicted clip itself if that is enough."""
        enough = self._is_enough()
        self._stepped(predict)
        return predict() if enough else None

    def _is_enough(self) -> bool:
        """Whether the present step is to be the last one."""
        enough = self._step + 1 < self._request.steps and self._control.enough()
        if enough:
            self._pipe._interrupt = True  # no further steps; the pipeline decodes what it has
        return enough

    def _stepped(self, predict: Predict) -> None:
        """After each step: progress, and a preview if one is due."""
        self._step += 1
        steps = self._request.steps
        self._emit(Progress(self._step, steps))
        if self._budget.due(self._step):
            with self._budget:
                self._emit(Preview(self._step, steps, self._painted(predict())))

    def _painted(self, latents: Tensor) -> Frames:
        """A small picture for each frame. Frames that are kept are shown as they are."""
        model = self._model
        grid = model.grid(self._request)
        clean = model.family.unpacked(self._pipe, latents, grid)  # (1, Z, G, h, w)
        frames = self._decoded(clean)
        if frames is None:
            frames = np.repeat(model.colours.paint(clean), [1] + [model.family.group] * (grid[0] - 1), axis=0)
        for given in kept(self._request):
            frames[given.at : given.stop] = small(given.frames, frames.shape[1])
        return frames

    def _decoded(self, latents: Tensor) -> Frames | None:
        """The clip by the small decoder, if there is one and time and memory for it."""
        try:
            if self._decoder is _UNDECIDED:
                self._decoder = self._affordable(self._model.tiny(latents), latents)
            return self._decoder.frames(latents) if isinstance(self._decoder, TinyDecoder) else None
        except (RuntimeError, MemoryError) as exc:
            if not is_shortage(exc):
                raise
            self._decoder = None  # a preview is no reason to end the run
            return None

    def _affordable(self, decoder: TinyDecoder | None, latents: Tensor) -> TinyDecoder | None:
        """The decoder, if the run's previews can be made by it within their share of the time: tried on a latent
        frame, twice, since the first time finds its kernels."""
        if decoder is None:
            return None
        price = min(timeit.repeat(lambda: decoder.frames(latents[:, :, :1]), repeat=2, number=1))
        return decoder if self._budget.affords(price * latents.shape[2], self._step) else None


def _blocks(network: nn.Module) -> Iterator[nn.Module]:
    """The blocks that a network repeats."""
    for child in network.modules():
        if isinstance(child, nn.ModuleList):
            yield from child
