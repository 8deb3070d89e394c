"""An engine without a network: moving gradients in steps, with previews, and moods that a prompt asks for by a word.

| word in the prompt | what it does |
|---|---|
| slow | takes 50 ms a step |
| endless | takes 20 ms a step and never ends by itself |
| hang | sleeps for ever in the middle, holding the interpreter, deaf to everything |
| crash | kills its own process in the middle, as the system does when memory runs out |
| abort | ends in native code |
| fail | raises an EngineError with a sentence |
| bug | raises what no one foresaw |
| memory | raises MemoryError |
| cramped | runs out of memory in the middle, until pictures are decoded in tiles |
| noise | prints to standard output and standard error |
| exit | leaves the process |
| garbage | writes into every pipe it finds, also where messages go |
| drift | makes each window a little brighter and flatter than it was shown |
| short | returns fewer frames than asked for |
| hum | makes a sound of 440 Hz that grows louder through each window |
| undecodable | runs out of memory when it decodes what it has just made |

The loader for worker processes is "tests.fakes.engine:load".
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from collections.abc import Iterator
from multiprocessing import resource_tracker

import numpy as np

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.engine import Control, EngineEvent, Finished, Held, Latents, Preview, Progress, RunsIn, Window
from sora_studio.core.errors import Cancelled, EngineError, OutOfMemory
from sora_studio.core.inside import Insight, Patch, Word
from sora_studio.core.machine import Device, Machine
from sora_studio.core.request import Frames, Request
from sora_studio.core.samples import SAMPLE_RATE, Sound, sample_of
from sora_studio.core.setup import Setup, Shortage
from sora_studio.core.time import Rate, Size

CAPABILITIES = Capabilities(
    engine="fake",
    title="Gradients",
    description="Moving gradients, for tests.",
    frame_step=4,
    size_step=16,
    window=17,
    overlap=5,
    rate=Rate(8),
    places="any",
    partial=True,
    wrap=False,
    sizes=(Size(192, 112), Size(144, 144), Size(112, 192)),
    max_pixels=24_576,
    steps=4,
    guidance=4.0,
    prompt_tokens=77,
    resumable=True,
    records=True,
)


HEAVY = 200_000_000
"""Bytes that the engine "heavy" holds while it is loaded."""


class FakeEngine:
    """Deterministic: the same window gives the same frames."""

    def __init__(self, name: str = "fake") -> None:
        if name == "missing":
            raise EngineError("There is no engine called “missing”.")
        self.loaded = False
        self._name = name
        self._weights: list[bytes] = []

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    @property
    def weights(self) -> str:
        return "gradients"

    def load(self, setup: Setup | None = None) -> None:
        self.loaded = True
        if self._name == "heavy":
            self._weights = [b"1" * 100_000 for _ in range(HEAVY // 100_000)]

    def unload(self) -> None:
        self.loaded = False
        self._weights = []

    def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
        request, words, resume = window.request, window.request.prompt.split(), window.resume
        final, step = self._paint(window), resume.step if resume else 0
        if control.setup is not None:
            yield RunsIn(control.setup)
        if resume is None or not resume.final:
            for event in self._steps(window, control, final):
                yield event
                if isinstance(event, Held):
                    return
                step = event.step if isinstance(event, Progress) else step
        else:
            yield Progress(step, request.steps, "decoding")
        if control.keep is not None:
            control.keep(_held(request, step, final=True))
        if "undecodable" in words and resume is None:
            raise MemoryError
        if step < request.steps:
            final = (final * 0.5).astype(np.uint8)  # unfinished: darker
        yield Finished(final[:-1] if "short" in words else final, _hum(request) if "hum" in words else None)

    def _steps(self, window: Window, control: Control, final: Frames) -> Iterator[EngineEvent]:
        request, words = window.request, window.request.prompt.split()
        steps = request.steps if "endless" not in words else 10**9
        for step in range((window.resume.step if window.resume else 0) + 1, steps + 1):
            if control.cancelled():
                raise Cancelled("The work was stopped.")
            if "hang" in words:
                yield Progress(step, request.steps, "hanging")  # and no look at the cancellation after this
            if step > steps // 2 or "hang" in words or "endless" in words:
                _mood(words)
                if "cramped" in words and not (control.setup is not None and control.setup.tiles):
                    raise OutOfMemory(Shortage("decode", control.setup or Setup("card", "bf16")))
            time.sleep(0.05 if "slow" in words else 0.02 if "endless" in words else 0)
            yield Progress(min(step, request.steps), request.steps)
            if control.preview_share > 0:
                done = min(1.0, step / request.steps)
                yield Preview(min(step, request.steps), request.steps, (final[:, ::4, ::4] * done).astype(np.uint8))
            if control.record:
                yield _insight(request, final, step)
            if control.keep is not None:
                control.keep(_held(request, min(step, request.steps)))
            if step < request.steps and control.enough():
                return
            if step == control.hold:
                yield Held(_held(request, step))
                return

    def _paint(self, window: Window) -> Frames:
        request = window.request
        width, height = request.size.width, request.size.height
        tint = np.random.default_rng(request.seed).uniform(0.6, 1.0, 3).astype(np.float32)
        times = np.arange(request.length, dtype=np.float32)[:, None, None]
        down = np.arange(height, dtype=np.float32)[None, :, None]
        across = np.arange(width, dtype=np.float32)[None, None, :]
        shade = 110 + 70 * np.sin((across + 4 * times) / 20) * np.cos(down / 30)  # (T, H, W)
        frames = shade[..., None] * tint  # (T, H, W, 3)
        kept = [given for given in request.given if given.strength == 1.0]
        if "drift" in request.prompt and kept:
            shown, axes = kept[0].frames, (0, 1, 2)
            scale = 0.97 * shown.std(axes) / frames.std(axes)
            frames = (frames - frames.mean(axes)) * scale + shown.mean(axes) + 3
        for given in request.given:
            part = frames[given.at : given.stop]
            by = width // given.size.width  # above one where a clip is enlarged
            shown = given.frames.repeat(by, axis=1).repeat(by, axis=2)
            frames[given.at : given.stop] = given.strength * shown + (1 - given.strength) * part
        return frames.clip(0, 255).astype(np.uint8)


def _hum(request: Request) -> Sound:
    count = sample_of(request.length, request.rate)
    times = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * 440 * times) * np.linspace(0.1, 0.9, count, dtype=np.float32)
    return np.stack([tone, tone], axis=1).astype(np.float32)


def _held(request: Request, step: int, *, final: bool = False) -> Latents:
    return Latents(step, np.full((1, 2, 3), request.seed % 1000, np.float32), final=final)


def _insight(request: Request, final: Frames, step: int) -> Insight:
    """Two blocks. In the first, word n (from 0) owns column n of the grid; in the second all words are equal. Tokens
    stand at both ends, as a tokenizer's do. The subject is in the last row of the grid."""
    words, small, part = request.prompt.split(), final[:, ::8, ::8], step / request.steps
    grid = (request.length // 4 + 1, request.size.height // 16, request.size.width // 16)
    maps = np.full((2, len(words) + 2, *grid), 1 / (len(words) + 2), np.float16)
    for column in range(min(len(words), grid[2])):
        maps[0, :, :, :, column] = 0
        maps[0, column + 1, :, :, column] = 1
    presence = np.zeros(grid, np.float16)
    presence[:, -1] = part
    noise = np.random.default_rng(step).integers(0, 256, small.shape, np.uint8)
    named = tuple(Word(word, (place,)) for place, word in enumerate(words, 1))
    return Insight(
        step,
        request.steps,
        1 - (step - 1) / request.steps,
        (noise * (1 - part) + small * part).astype(np.uint8),
        (small * part).astype(np.uint8),
        maps,
        presence,
        named,
        Patch(4, 16),
    )


def _mood(words: list[str]) -> None:
    """Do what the prompt asks for besides pictures."""
    if "crash" in words:
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    if "abort" in words:
        os.abort()
    if "hang" in words:
        import ctypes

        ctypes.PyDLL(None).sleep(1000)  # PyDLL keeps the interpreter lock
    if "fail" in words:
        raise EngineError("The engine cannot paint this. Ask for something else.")
    if "bug" in words:
        raise ValueError("a number is wrong")
    if "memory" in words:
        raise MemoryError
    if "exit" in words:
        sys.exit(3)
    if "garbage" in words:
        _write_everywhere()
    if "noise" in words:
        print("a stray print")
        os.write(1, b"and one past Python\n")
        sys.stderr.write("a stray warning\n")


def _write_everywhere() -> None:
    tracker = resource_tracker._resource_tracker._fd
    for descriptor in set(range(3, 64)) - {tracker}:
        try:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.write(descriptor, b"\xff" * 64)
        except OSError:
            continue


MACHINE = Machine(
    Device("cpu", "Abacus", 64_000_000_000, 48_000_000_000, bf16=False, rate=2e11),
    (Device("cuda", "Paper card", 12_000_000_000, 11_000_000_000, bf16=True, fp8=True, rate=5e13),),
    ("torchao",),
    ("cudnn", "sage"),
    compiles=True,
)


def probe() -> Machine:
    """A machine on paper."""
    return MACHINE


def load(name: str) -> FakeEngine:
    """The loader for worker processes."""
    return FakeEngine(name)
