"""Small decoders in the layout of TAEHV, with random weights: what they show, and when they are used."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by
from safetensors.torch import save_file

from sora_studio.core.engine import Control, Preview, Window, never
from sora_studio.core.request import Given
from sora_studio.engines import load_engine
from sora_studio.engines.families.known import FAMILIES
from sora_studio.engines.families.tiny import TinyDecoder, find_tiny
from sora_studio.engines.preview import SHOWN, PreviewBudget
from sora_studio.weights.headers import read_header
from sora_studio.weights.recognise import recognise
from tests.engines.script import FILM, asked

Get = Callable[[str], Any]
State = dict[str, torch.Tensor]

WIDTHS = (256, 128, 64, 64)


def weights(channels: int = 16, patch: int = 1, growth: tuple[int, ...] = (1, 2, 2), widths: tuple = WIDTHS) -> State:
    """Names and shapes of a file's decoder, as they lie there."""
    source, state = torch.Generator().manual_seed(0), {}

    def conv(name: str, inside: int, outside: int, side: int = 3, *, bias: bool = True) -> None:
        state[f"{name}.weight"] = torch.randn(outside, inside, side, side, generator=source) / (3 * inside**0.5)
        if bias:
            state[f"{name}.bias"] = torch.rand(outside, generator=source) / 4

    conv("decoder.1", channels, widths[0])
    for stage, first in enumerate((3, 9, 15)):
        width = widths[stage]
        for block in range(first, first + 3):
            conv(f"decoder.{block}.conv.0", 2 * width, width)
            conv(f"decoder.{block}.conv.2", width, width)
            conv(f"decoder.{block}.conv.4", width, width)
        conv(f"decoder.{first + 4}.conv", width, width * growth[stage], 1, bias=False)
        conv(f"decoder.{first + 5}", width, widths[stage + 1], bias=False)
    conv("decoder.22", widths[3], 3 * patch**2)
    return state


def saved(path: Path, state: State, dtype: torch.dtype = torch.float32) -> Path:
    """A whole file: it has an encoder, too."""
    whole = {**state, "encoder.0.weight": torch.zeros(64, 3, 3, 3), "encoder.0.bias": torch.zeros(64)}
    save_file({name: tensor.to(dtype) for name, tensor in whole.items()}, path)
    return path


def plain(state: State, latents: torch.Tensor, growth: tuple[int, ...], patch: int) -> np.ndarray:
    """Frame by frame, each block remembering what it saw last: (G, Z, h, w) -> frames."""

    def conv(name: str, x: torch.Tensor) -> torch.Tensor:
        weight = state[f"{name}.weight"]
        return F.conv2d(x, weight, state.get(f"{name}.bias"), padding=weight.shape[-1] // 2)

    memory: dict[int, torch.Tensor] = {}

    def block(place: int, x: torch.Tensor) -> torch.Tensor:
        last = memory.get(place, torch.zeros_like(x))
        memory[place] = x
        y = F.relu(conv(f"decoder.{place}.conv.0", torch.cat([x, last], dim=1)))
        y = F.relu(conv(f"decoder.{place}.conv.2", y))
        return F.relu(conv(f"decoder.{place}.conv.4", y) + x)

    def stage(number: int, x: torch.Tensor) -> list[torch.Tensor]:
        first = 3 + 6 * number
        for place in range(first, first + 3):
            x = block(place, x)
        if number == 0:
            x = F.interpolate(x, scale_factor=2.0)
        grown = conv(f"decoder.{first + 4}.conv", x).chunk(growth[number], dim=1)
        return [conv(f"decoder.{first + 5}", one) for one in grown]

    made = []
    for latent in latents:
        x = F.relu(conv("decoder.1", torch.tanh(latent[None] / 3) * 3))
        for one in stage(0, x):
            for two in stage(1, one):
                made += [conv("decoder.22", F.relu(three)) for three in stage(2, two)]
    frames = F.pixel_shuffle(torch.cat(made[int(np.prod(growth)) - 1 :]), patch).clamp(0, 1)
    return (frames * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()


@pytest.mark.parametrize(("channels", "patch", "growth"), [(16, 1, (1, 2, 2)), (48, 2, (1, 2, 2)), (128, 4, (2, 2, 2))])
def test_it_shows_what_frame_by_frame_comes_out(channels: int, patch: int, growth: tuple, tmp_path: Path) -> None:
    state = weights(channels, patch, growth, (32, 16, 16, 16))
    path = saved(tmp_path / "tae.safetensors", state)
    assert recognise(read_header(path)).role == "preview"
    decoder = TinyDecoder(read_header(path))
    decoder.load_state_dict(state)
    latents = torch.randn(3, channels, 2, 3, generator=torch.Generator().manual_seed(1)) * 2
    frames = decoder.frames(latents.transpose(0, 1)[None])
    times = int(np.prod(growth))
    assert frames.shape == (1 + 2 * times, 4 * patch, 6 * patch, 3)
    assert np.abs(frames.astype(int) - plain(state, latents, growth, patch)).max() <= 1
    assert frames.std() > 5


def previews(engine: Any, share: float = 1e9, given: tuple[Given, ...] = ()) -> list[Preview]:
    events = engine.run(Window(asked(given), 0, 1), Control(never, share))
    return [event for event in events if isinstance(event, Preview)]


@pytest.fixture
def own(checkpoint: Get, tmp_path: Path) -> Path:
    """A checkpoint in a library of its own."""
    return shutil.copytree(checkpoint("wan-text"), tmp_path / "library" / "wan")


@pytest.mark.parametrize(
    "place", ["wan/taew2_1.safetensors", "taew2_1_fp16.safetensors", "vae_approx/taew2_1.safetensors"]
)
def test_a_file_beside_the_model_makes_pictures_of_previews(place: str, own: Path) -> None:
    path = own.parent / place
    path.parent.mkdir(exist_ok=True)
    saved(path, weights(), torch.float16)
    engine = load_engine(str(own))
    shown = previews(engine, given=(Given(0, FILM[:1]),))
    assert {one.frames.shape for one in shown} == {(9, 8, 16, 3)}, "a quarter of the clip's sides"
    assert np.array_equal(shown[-1].frames[0], FILM[:1].reshape(8, 4, 16, 4, 3).mean(axis=(1, 3)).astype(np.uint8))
    assert shown[-1].frames[3].std() > 0
    assert {one.frames.shape for one in previews(engine, 1e-9)} == {(9, 4, 8, 3)}, "colours, when there is no time"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


SPOILED: dict[str, Callable[[Path], object]] = {
    "cut off": lambda folder: cut(saved(folder / "taew2_1.safetensors", weights())),
    "of another name": lambda folder: saved(folder / "taehv.safetensors", weights()),
    "of other latents": lambda folder: saved(folder / "taew2_1.safetensors", weights(48, 2)),
    "of other steps in time": lambda folder: saved(folder / "taew2_1.safetensors", weights(growth=(2, 2, 2))),
    "without a part": lambda folder: saved(
        folder / "taew2_1.safetensors", {k: v for k, v in weights().items() if "decoder.9." not in k}
    ),
    "no decoder": lambda folder: save_file({"a": torch.zeros(1)}, folder / "taew2_1.safetensors"),
    "a pickle": lambda folder: torch.save(weights(), folder / "taew2_1.pth"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_file_that_does_not_fit_leaves_the_colours(what: str, own: Path) -> None:
    SPOILED[what](own)
    device = torch.device("cpu")
    assert find_tiny(own, "taew2_1", (16, 4, 8), device, torch.float32) is None
    assert {one.frames.shape for one in previews(load_engine(str(own)))} == {(9, 4, 8, 3)}


def test_decoders_are_named_for_latents_that_they_know() -> None:
    named = {type(family).__name__: dict(family.tiny) for family in FAMILIES}
    assert named["Wan"] == {16: "taew2_1", 48: "taew2_2"}
    assert named["LTX"] == {}


def test_a_decoder_is_afforded_within_the_share_of_the_whole_run() -> None:
    now = [0.0]
    budget = PreviewBudget(0.1, 20, lambda: now[0])
    now[0] = 3.0  # a step takes 3 s, the run 60 s, its previews at most 6 s
    assert budget.affords(6.0 / SHOWN, 1)
    assert not budget.affords(6.1 / SHOWN, 1)
    later = PreviewBudget(0.1, 20, lambda: now[0], first=11)
    now[0] = 9.0  # two steps of 3 s of the ten that are left
    assert later.affords(3.0 / SHOWN, 12)
    assert not later.affords(3.1 / SHOWN, 12)
