"""LoRAs on real networks of tiny checkpoints: what they change, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from sora_studio.core.engine import Control, Engine, Finished, Window, never
from sora_studio.core.errors import BadInput
from sora_studio.core.request import Lora, Request
from sora_studio.core.time import Size
from sora_studio.engines.catalog import BUILT_IN
from tests.engines.script import asked, assert_same, still

Get = Callable[[str], Any]
State = dict[str, torch.Tensor]

ALWAYS = (BUILT_IN, "wan-text", "ltx")
NAMES = [
    pytest.param(name, marks=() if name in ALWAYS else pytest.mark.slow)
    for name in (*ALWAYS, "skyreels", "wan-text-2.2", "wan-vace", "ltx2", "cog-text", "hunyuan-text", "framepack")
]


def network_of(engine: Any) -> torch.nn.Module:
    pipe = engine._pipe if hasattr(engine, "_pipe") else engine._model.loaded.parts
    return pipe.transformer


def parts(engine: Any, seed: int, rank: int = 2) -> State:
    """Halves for every linear layer of the blocks' attention, by module."""
    source, state = torch.Generator().manual_seed(seed), {}
    for name, module in network_of(engine).named_modules():
        module = getattr(module, "base_layer", module)
        if (
            isinstance(module, torch.nn.Linear)
            and "blocks" in name
            and ("to_" in name or "qkv" in name or "ffn" in name)
            and "lora" not in name
        ):
            name = name.removesuffix(".base_layer")
            state[f"{name}.lora_A.weight"] = torch.randn(rank, module.in_features, generator=source) / 2
            state[f"{name}.lora_B.weight"] = torch.randn(module.out_features, rank, generator=source) / 2
    assert state
    return state


def saved(path: Path, state: State, notes: dict[str, str] | None = None, prefix: str = "transformer.") -> Path:
    save_file({f"{prefix}{key}": tensor.contiguous() for key, tensor in state.items()}, path, notes)
    return path


def request_of(engine: Engine, *loras: Lora) -> Request:
    given = (still(0),) if engine.capabilities.needs == "start" else ()
    return replace(asked(given, rate=engine.capabilities.rate), engine=engine.capabilities.engine, steps=2, loras=loras)


def frames(engine: Engine, *loras: Lora) -> np.ndarray:
    *_, last = engine.run(Window(request_of(engine, *loras), 0, 1), Control(never, 0.0))
    assert isinstance(last, Finished)
    return last.frames.astype(int)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize("name", NAMES)
def test_frames_change_with_strength_and_are_as_before_without(name: str, engine: Get, tmp_path: Path) -> None:
    one = engine(name)
    first = str(saved(tmp_path / "ink.safetensors", parts(one, 1)))
    second = str(saved(tmp_path / "snow.safetensors", parts(one, 2, rank=3)))
    plain = frames(one)
    weak, strong = frames(one, Lora(first, 0.3)), frames(one, Lora(first, 1.0))
    assert apart(plain, weak) > 0
    assert apart(weak, strong) > 0
    assert np.array_equal(frames(one, Lora(first, 0.0)), plain)
    both = frames(one, Lora(first, 1.0), Lora(second, 1.0))
    assert apart(both, strong) > 0
    assert apart(both, frames(one, Lora(second, 1.0))) > 0
    assert np.array_equal(frames(one, Lora(first, 1.0)), strong), "the other one is gone"
    assert np.array_equal(frames(one, Lora(first, 0.5), Lora(first, 0.5)), strong), "halves add up"
    assert np.array_equal(frames(one), plain)


@pytest.mark.parametrize("name", ["wan-text", pytest.param("ltx", marks=pytest.mark.slow)])
def test_a_plain_script_makes_the_same(name: str, engine: Get, checkpoint: Get, tmp_path: Path) -> None:
    one = engine(name)
    state = parts(one, 3)
    notes = {"lora_adapter_metadata": json.dumps({"transformer.r": 2, "transformer.lora_alpha": 1})}
    file = saved(tmp_path / "half.safetensors", state, notes)
    plain = saved(tmp_path / "plain.safetensors", {k: v * (0.5 if "lora_B" in k else 1) for k, v in state.items()})
    assert np.array_equal(frames(one, Lora(str(file), 0.8)), frames(one, Lora(str(plain), 0.8))), "alpha over rank"
    request = request_of(one, Lora(str(plain), 0.8))
    kind = one._model.checkpoint.pipeline if name != "ltx" else "LTXConditionPipeline"
    dtype = torch.bfloat16 if one._model.loaded.parts.transformer.dtype == torch.bfloat16 else torch.float32
    pipe = getattr(diffusers, kind).from_pretrained(
        checkpoint(name), dtype={"default": dtype, "vae": torch.float32 if one._model.family.exact_vae else dtype}
    )
    pipe.set_progress_bar_config(disable=True)
    pipe.load_lora_weights(str(plain), adapter_name="ink")
    pipe.set_adapters(["ink"], [0.8])
    arguments = one._model.family.call(one._model.checkpoint, request).arguments
    made = pipe(**arguments, generator=torch.Generator().manual_seed(request.seed), output_type="np").frames[0]
    assert_same(frames(one, Lora(str(plain), 0.8)).astype(np.uint8), np.asarray(made))


WAN = {
    "attn1": "self_attn",
    "attn2": "cross_attn",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "o",
    "ffn.net.0.proj": "ffn.0",
    "ffn.net.2": "ffn.2",
}


def wan_name(module: str) -> str:
    """A module's name as the authors, and ComfyUI, write it."""
    for mine, theirs in WAN.items():
        module = module.replace(mine, theirs)
    return module


@pytest.mark.parametrize("style", ["comfyui", "kohya"])
def test_other_programs_names_are_read(style: str, engine: Get, tmp_path: Path) -> None:
    one = engine("wan-text")
    state, other = parts(one, 4), {}
    for key, tensor in state.items():
        module, _, half = key.partition(".lora_")
        name = f"diffusion_model.{wan_name(module)}"
        if style == "kohya":
            name = "lora_unet_" + wan_name(module).replace(".", "_")
        other[f"{name}.lora_{'down' if half.startswith('A') else 'up'}.weight"] = tensor
        other[f"{name}.alpha"] = torch.tensor(1.0)  # half of the rank
    file = saved(tmp_path / f"{style}.safetensors", other, prefix="")
    usual = saved(tmp_path / "usual.safetensors", {k: v * (0.5 if "lora_B" in k else 1) for k, v in state.items()})
    assert apart(frames(one, Lora(str(file))), frames(one, Lora(str(usual)))) <= 0.1
    assert apart(frames(one, Lora(str(file))), frames(one)) > 0.5


@pytest.mark.parametrize("style", ["comfyui", "kohya", "peft", "bare"])
def test_the_built_in_model_reads_them_all(style: str, engine: Get, tmp_path: Path) -> None:
    one = engine(BUILT_IN)
    state, other = parts(one, 5), {}
    for key, tensor in state.items():
        module, _, half = key.partition(".lora_")
        up = not half.startswith("A")
        match style:
            case "kohya":
                module = "lora_unet_" + module.replace(".", "_")
                other[f"{module}.lora_{'up' if up else 'down'}.weight"] = tensor * (2 if up else 1)
                other[f"{module}.alpha"] = torch.tensor(1.0)
            case "comfyui":
                other[f"diffusion_model.{key}"] = tensor
            case "peft":
                other[f"base_model.model.{key}"] = tensor
            case _:
                other[key] = tensor
    file = saved(tmp_path / f"{style}.safetensors", other, prefix="")
    usual = saved(tmp_path / "usual.safetensors", state)
    assert np.array_equal(frames(one, Lora(str(file))), frames(one, Lora(str(usual))))


def test_a_pair_for_two_experts_is_told_by_its_names(engine: Get, tmp_path: Path) -> None:
    one = engine("wan-text-2.2")
    state = parts(one, 6)
    both = frames(one, Lora(str(saved(tmp_path / "ink.safetensors", state))))
    high = Lora(str(saved(tmp_path / "ink_high_noise.safetensors", state)))
    low = Lora(str(saved(tmp_path / "Ink-LowNoise.safetensors", {k: v * 1.0001 for k, v in state.items()})))
    assert apart(frames(one, high), frames(one, low)) > 0
    assert apart(frames(one, high, low), both) < 0.5
    assert apart(frames(one, high), both) > 0


def wrong_shape(state: State) -> State:
    key = next(key for key in state if "lora_A" in key)
    return {**state, key: torch.zeros(2, state[key].shape[1] + 1)}


def wrong_rank(state: State) -> State:
    key = next(key for key in state if "lora_A" in key)
    return {**state, key: torch.zeros(3, state[key].shape[1])}


def half(state: State) -> State:
    return dict(list(state.items())[1:])


def elsewhere(state: State) -> State:
    return {key.replace("blocks.0", "blocks.40"): tensor for key, tensor in state.items()}


def words_too(state: State) -> State:
    return {
        **state,
        "text_encoder.layer.lora_A.weight": torch.zeros(2, 4),
        "text_encoder.layer.lora_B.weight": torch.zeros(4, 2),
    }


@pytest.mark.parametrize("spoil", [wrong_shape, wrong_rank, half, elsewhere, words_too])
@pytest.mark.parametrize("name", [BUILT_IN, "wan-text"])
def test_what_does_not_fit_is_refused_and_nothing_is_applied(
    name: str, spoil: Callable[[State], State], engine: Get, tmp_path: Path
) -> None:
    one = engine(name)
    good = Lora(str(saved(tmp_path / "good.safetensors", parts(one, 7))))
    bad = Lora(str(saved(tmp_path / "bad.safetensors", spoil(parts(one, 8)))))
    plain, applied = frames(one), frames(one, good)
    with pytest.raises(BadInput, match=r"“bad\.safetensors” was made for another model"):
        frames(one, good, bad)
    assert np.array_equal(frames(one), plain)
    assert np.array_equal(frames(one, good), applied)


def test_a_lora_of_another_family_is_refused(engine: Get, tmp_path: Path) -> None:
    file = saved(tmp_path / "ltx.safetensors", parts(engine("ltx"), 9))
    with pytest.raises(BadInput, match="was made for another model"):
        frames(engine("wan-text"), Lora(str(file)))


def test_a_file_that_is_gone_is_said(engine: Get, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"“ink\.safetensors” is missing"):
        frames(engine(BUILT_IN), Lora(str(tmp_path / "ink.safetensors")))


def test_a_run_with_a_lora_goes_on_bit_for_bit(engine: Get, tmp_path: Path) -> None:
    one = engine("wan-text")
    lora = Lora(str(saved(tmp_path / "ink.safetensors", parts(one, 10))), 0.7)
    window = Window(replace(request_of(one, lora), steps=4, size=Size(64, 32)), 0, 1)
    kept: list[Any] = []
    *_, whole = one.run(window, Control(never, 0.0, keep=kept.append, keep_share=1e9))
    frames(one)
    *_, rest = one.run(replace(window, resume=kept[1]), Control(never, 0.0))
    assert np.array_equal(rest.frames, whole.frames)
