"""How a checkpoint is run changes where its weights lie and what it takes, never what it makes: on the processor in
place of a card, with the same hooks."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.engine import Control, Finished, Measured, RunsIn, Window, never
from sora_studio.core.errors import EngineError
from sora_studio.core.request import Lora, Request
from sora_studio.core.setup import Setup
from sora_studio.engines.catalog import found
from sora_studio.engines.families.engine import CheckpointEngine
from tests.engines.checkpoints import BUILDERS
from tests.engines.script import asked, still
from tests.engines.test_adapters import parts, saved

ALWAYS = ("wan-text", "ltx")
ENGINES = [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.slow) for name in BUILDERS]
WHOLE = Setup("card", "fp32")
"""Without a card, “card” is the processor: `pick_device` decides."""


def request(engine: CheckpointEngine) -> Request:
    needs = {"nothing": (), "start": (still(0),), "ends": (still(0), still(8))}
    return asked(needs[engine.capabilities.needs])


def made(engine: CheckpointEngine, setup: Setup | None, given: Request | None = None) -> np.ndarray:
    control = Control(never, 0.0, setup=setup)
    *_, last = engine.run(Window(given or request(engine), 0, 1), control)
    assert isinstance(last, Finished)
    return last.frames.astype(int)


@pytest.mark.parametrize("name", ENGINES)
def test_moving_parts_about_changes_no_pixel(name: str, checkpoint: Callable[[str], Path]) -> None:
    engine = CheckpointEngine(found(str(checkpoint(name))))
    whole = made(engine, WHOLE)
    for offload in ("model", "group", "leaf"):
        assert np.array_equal(made(engine, replace(WHOLE, offload=offload)), whole), offload
    assert np.array_equal(made(engine, WHOLE), whole), "back again"


def test_given_frames_are_held_while_parts_are_moved(checkpoint: Callable[[str], Path]) -> None:
    engine = CheckpointEngine(found(str(checkpoint("wan-text"))))
    held = asked((still(0), still(8)))
    whole = made(engine, WHOLE, held)
    for offload in ("model", "group", "leaf"):
        assert np.array_equal(made(engine, replace(WHOLE, offload=offload), held), whole), offload


@pytest.mark.slow  # test_speed.py does so under the step cache
def test_a_lora_is_applied_while_parts_are_moved(checkpoint: Callable[[str], Path], tmp_path: Path) -> None:
    engine = CheckpointEngine(found(str(checkpoint("wan-text"))))
    plain = made(engine, WHOLE)
    asking = replace(request(engine), loras=(Lora(str(saved(tmp_path / "a.safetensors", parts(engine, 1)))),))
    whole = made(engine, WHOLE, asking)
    assert not np.array_equal(whole, plain)
    for offload in ("model", "group", "leaf"):
        setup = replace(WHOLE, offload=offload)
        assert np.array_equal(made(engine, setup, asking), whole), offload
        assert np.array_equal(made(engine, setup), plain), f"{offload} without it"


def test_what_needs_no_loading_is_changed_in_place(checkpoint: Callable[[str], Path]) -> None:
    engine = CheckpointEngine(found(str(checkpoint("wan-text"))))
    made(engine, WHOLE)
    before = engine._model
    made(engine, replace(WHOLE, tiles=True))
    assert engine._model is before
    assert before is not None
    assert before.loaded.parts.vae.use_tiling
    made(engine, WHOLE)
    assert not before.loaded.parts.vae.use_tiling
    made(engine, replace(WHOLE, precision="bf16"))
    assert engine._model is not before


def test_without_a_choice_the_engine_takes_what_fits(checkpoint: Callable[[str], Path]) -> None:
    engine = CheckpointEngine(found(str(checkpoint("wan-text"))))
    frames = made(engine, None)
    assert engine._model is not None
    chosen = engine._model.loaded.setup
    assert chosen.offload == "none"
    assert np.array_equal(made(engine, chosen), frames)


@pytest.mark.skipif(importlib.util.find_spec("bitsandbytes") is not None, reason="it is installed")
def test_smaller_weights_without_their_library_are_refused_in_words(checkpoint: Callable[[str], Path]) -> None:
    engine = CheckpointEngine(found(str(checkpoint("wan-text"))))
    with pytest.raises(EngineError, match="need the library “bitsandbytes”"):
        engine.load(replace(WHOLE, quantised="nf4"))


def test_what_a_run_took_is_told_beside_what_was_forecast(checkpoint: Callable[[str], Path]) -> None:
    engine = CheckpointEngine(found(str(checkpoint("wan-text"))))
    setup = Setup("processor", "fp32")
    *events, last = engine.run(Window(request(engine), 0, 1), Control(never, 0.0, setup=setup))
    (told,) = (event for event in events if isinstance(event, Measured))
    assert isinstance(last, Finished)
    assert told.setup == setup
    assert events[0] == RunsIn(setup), "known ahead of all frames, for the file's recipe"
    assert told.past.card == 1.0, "nothing was forecast for a card"
    assert 0.02 < told.past.ram < 50
    assert told.past.seconds > 0
    held = [*engine.run(Window(request(engine), 0, 1), Control(never, 0.0, hold=2, setup=setup))]
    assert not any(isinstance(event, Measured) for event in held)
