"""A real engine on a card that is too small: torch's own error at a stage of the run, until another setup is chosen.

As a loader for worker processes it is "tests.fakes.shortage:load"; the stage is taken from the environment.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.engine import Control, EngineEvent, Window
from sora_studio.core.setup import Setup
from sora_studio.engines.catalog import found
from sora_studio.engines.families.engine import CheckpointEngine
from tests.fakes.engine import probe as probe  # a loader's module says what the machine has

VARIABLE = "SORA_STUDIO_TEST_SHORT_AT"
STAGES = {"encode": "T5Block", "step": "TransformerBlock", "decode": "MidBlock", "decoder": "Decoder"}
"""What the class of a module is called that is at work in the middle of a stage."""
STEP = 10
"""The call of a block that is one too many: in the third step, when each asks a network of two blocks twice."""


class CrampedEngine:
    """Runs out of memory at a stage ("decoder": ahead of decoding, as when it is moved to a card) in the first setup
    that it is asked for, and in no other."""

    def __init__(self, engine: CheckpointEngine, stage: str) -> None:
        self._engine, self._stage = engine, stage
        self._first: Setup | None = None
        self.asked: list[Setup | None] = []

    @property
    def capabilities(self) -> Capabilities:
        return self._engine.capabilities

    @property
    def weights(self) -> str:
        return self._engine.weights

    def load(self, setup: Setup | None = None) -> None:
        self._engine.load(setup)

    def unload(self) -> None:
        self._engine.unload()

    def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
        self.asked.append(control.setup)
        self._first = self._first or control.setup
        with self._short() if control.setup == self._first else contextlib.nullcontext():
            yield from self._engine.run(window, control)

    @contextlib.contextmanager
    def _short(self) -> Iterator[None]:
        calls = 0

        def fail(network: nn.Module, _: Any) -> None:
            nonlocal calls
            if STAGES[self._stage] in type(network).__name__:
                calls += 1
                if calls == (STEP if self._stage == "step" else 1):
                    raise torch.OutOfMemoryError("Tried to allocate more than there is")

        hook = register_module_forward_pre_hook(fail)
        try:
            yield
        finally:
            hook.remove()


def load(name: str) -> CrampedEngine:
    """The loader for worker processes."""
    return CrampedEngine(CheckpointEngine(found(name)), os.environ[VARIABLE])
