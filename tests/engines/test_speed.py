"""Speed settings on tiny networks: without them nothing changes, with them the run ends, and does less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models import attention_dispatch
from diffusers.models.attention_dispatch import AttentionBackendName, _AttentionBackendRegistry

from sora_studio.core.engine import Control, CutShort, Finished, Held, Window, never
from sora_studio.core.errors import BadInput, EngineError
from sora_studio.core.request import Lora, Request
from sora_studio.core.setup import Setup
from sora_studio.core.speed import Speed
from sora_studio.engines.catalog import found
from sora_studio.engines.families import quickening
from sora_studio.engines.families.engine import CheckpointEngine
from tests.engines.checkpoints import BUILDERS
from tests.engines.script import asked, still
from tests.engines.test_adapters import parts, saved

ALWAYS = ("wan-text", "skyreels")
ENGINES = [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.slow) for name in BUILDERS]
CACHED = Speed(cache=True)
PLAIN = Setup("processor", "fp32")


@pytest.fixture
def loaded(checkpoint: Callable[[str], Path]) -> Callable[[str], CheckpointEngine]:
    return lambda name: CheckpointEngine(found(str(checkpoint(name))))


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks with random weights say something new in every step: enough is taken for nothing here."""
    monkeypatch.setattr(quickening, "THRESHOLD", 10.0)


def request(engine: CheckpointEngine) -> Request:
    needs = {"nothing": (), "start": (still(0),), "ends": (still(0), still(8))}
    return replace(asked(needs[engine.capabilities.needs]), steps=6)


def run(engine: CheckpointEngine, speed: Speed, given: Request | None = None, **more: Any) -> tuple[np.ndarray, int]:
    """Frames, and how many calls of the network were cut short."""
    control = Control(never, 0.0, setup=replace(PLAIN, speed=speed), **more)
    *events, last = engine.run(Window(given or request(engine), 0, 1), control)
    assert isinstance(last, Finished)
    cut = [event for event in events if isinstance(event, CutShort)]
    assert len(cut) == bool(speed.cache)
    return last.frames.astype(int), sum(event.short for event in cut)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The attentions that are computed, by the class that asks: what a cut call spares."""
    asked_for: list[str] = []
    original = torch.nn.functional.scaled_dot_product_attention

    def counted(*args: Any, **kwargs: Any) -> torch.Tensor:
        asked_for.append("attention")
        return original(*args, **kwargs)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", counted)
    return asked_for


@pytest.mark.parametrize("name", ENGINES)
def test_the_step_cache_does_less_and_leaves_no_trace(
    name: str, loaded: Callable[[str], CheckpointEngine], ready: None, computed: list[str]
) -> None:
    engine = loaded(name)
    plain, _ = run(engine, Speed())
    whole = len(computed)
    cached, cut = run(engine, CACHED)
    assert cut > 0
    assert len(computed) - whole < whole
    assert not np.array_equal(cached, plain)
    again, cut_again = run(engine, CACHED)
    assert np.array_equal(again, cached), "nothing of one run is left for the next"
    assert cut_again == cut
    assert np.array_equal(run(engine, Speed())[0], plain)


@pytest.mark.parametrize(
    "name", ["ltx2", *(pytest.param(one, marks=pytest.mark.slow) for one in ("hunyuan15-text", "ltx"))]
)
def test_a_call_cut_short_says_what_the_whole_one_said(name: str, loaded: Callable[[str], CheckpointEngine]) -> None:
    """Asked the same once more, a network has nothing new to say: of LTX-2's sound neither."""
    engine, asked_for = loaded(name), dict[str, Any]()
    engine.load(PLAIN)
    assert engine._model is not None
    quick, network = engine._model.loaded.quickening, engine._model.loaded.parts.transformer
    hook = network.register_forward_pre_hook(lambda _, args, kwargs: asked_for.update(kwargs), with_kwargs=True)
    run(engine, Speed())
    hook.remove()
    quick.take_on(CACHED)
    with torch.inference_mode(), quick.counting():
        whole, short = network(**asked_for), network(**asked_for)
        assert (quick.calls, quick.short) == (2, 1)
    for one, other in zip(whole, short, strict=True):
        assert float(one.float().std()) > 0
        torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-4)


def test_a_cache_that_finds_nothing_changes_nothing(
    loaded: Callable[[str], CheckpointEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quickening, "THRESHOLD", 0.0)
    engine = loaded("wan-text")
    plain, _ = run(engine, Speed())
    cached, cut = run(engine, CACHED)
    assert cut == 0
    assert np.array_equal(cached, plain)


def test_a_run_under_the_cache_is_held_and_goes_on(loaded: Callable[[str], CheckpointEngine], ready: None) -> None:
    engine = loaded("wan-text")
    window, setup = Window(request(engine), 0, 1), replace(PLAIN, speed=CACHED)
    *_, held = engine.run(window, Control(never, 0.0, hold=3, setup=setup))
    assert isinstance(held, Held)
    *events, last = engine.run(replace(window, resume=held.latents), Control(never, 0.0, setup=setup))
    assert isinstance(last, Finished)
    (cut,) = (event for event in events if isinstance(event, CutShort))
    assert cut.calls == 2 * 3, "of the three steps that were left"
    assert last.frames.shape == (9, 32, 64, 3)


@pytest.mark.parametrize("offload", ["model", "group", "leaf"])
def test_the_cache_works_while_parts_are_moved_about_and_with_loras(
    offload: Any, loaded: Callable[[str], CheckpointEngine], ready: None, tmp_path: Path
) -> None:
    engine = loaded("wan-text")
    run(engine, Speed())
    asking = replace(request(engine), loras=(Lora(str(saved(tmp_path / "a.safetensors", parts(engine, 1)))),))
    still_whole, cut = run(engine, CACHED, asking)
    control = Control(never, 0.0, setup=Setup("card", "fp32", offload=offload, speed=CACHED))
    *events, last = engine.run(Window(asking, 0, 1), control)
    assert isinstance(last, Finished)
    assert np.array_equal(last.frames, still_whole)
    assert [event.short for event in events if isinstance(event, CutShort)] == [cut]


def test_other_kernels_are_asked_and_given_back(
    loaded: Callable[[str], CheckpointEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[torch.Size] = []

    def sage(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        """A kernel on paper: (batch, tokens, heads, width), as its library takes them."""
        asked_for.append(query.shape)
        heads = (part.transpose(1, 2) for part in (query, key, value))
        return torch.nn.functional.scaled_dot_product_attention(*heads).transpose(1, 2)

    engine = loaded("wan-text")
    plain, _ = run(engine, Speed())
    with pytest.raises(EngineError, match="“SageAttention” cannot be used here"):
        run(engine, Speed("sage"))
    monkeypatch.setattr(attention_dispatch, "_CAN_USE_SAGE_ATTN", True)
    monkeypatch.setitem(_AttentionBackendRegistry._backends, AttentionBackendName.SAGE, sage)
    monkeypatch.setitem(
        _AttentionBackendRegistry._supported_arg_names, AttentionBackendName.SAGE, {"query", "key", "value"}
    )
    other, _ = run(engine, Speed("sage"))
    assert len(asked_for) == 6 * 2 * 2 * 2, "each step asks twice, each of two blocks attends twice"
    assert np.abs(other - plain).max() <= 1
    assert _AttentionBackendRegistry.get_active_backend()[0] is AttentionBackendName.NATIVE, "for nobody else"
    asked_for.clear()
    assert np.array_equal(run(engine, Speed())[0], plain)
    assert not asked_for


@pytest.mark.parametrize(
    ("name", "speed", "said"),
    [
        ("ltx", Speed("sage"), "leaves tokens out of its attention, which “SageAttention” cannot"),
        ("cog-text", Speed("cudnn"), "computes attention in its own way alone"),
        ("cog-text", Speed(compiled=True), "cannot be compiled"),
    ],
)
def test_what_an_engine_cannot_is_refused_in_words(
    name: str, speed: Speed, said: str, loaded: Callable[[str], CheckpointEngine]
) -> None:
    with pytest.raises(BadInput, match=said):
        loaded(name).load(replace(PLAIN, speed=speed))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wan-text", "ltx", "ltx2", "hunyuan-text", "skyreels"])
def test_compiled_blocks_make_the_same_up_to_rounding(
    name: str, loaded: Callable[[str], CheckpointEngine], ready: None
) -> None:
    engine = loaded(name)
    plain, _ = run(engine, Speed())
    compiled, _ = run(engine, Speed(compiled=True))
    assert np.abs(compiled - plain).max() <= 2
    assert np.array_equal(run(engine, Speed())[0], plain)
