"""What a run needs, against figures worked by hand for Wan 2.1 1.3B with its text encoder of 6B."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sora_studio.core.forecast import (
    CLIP,
    ENCODING,
    LINK,
    OVERHEAD,
    PROGRAM,
    QUICK,
    Costs,
    Forecast,
    Networks,
    Part,
    Past,
    Run,
    forecast,
)
from sora_studio.core.machine import Device, Machine
from sora_studio.core.setup import Setup

TEXT = Part("text_encoder", 6_000_000_000, block=200_000_000, leaf=1_000_000_000, blocks=24, width=4096, wide=10_240)
DENOISER = Part("transformer", 1_420_000_000, block=46_000_000, leaf=14_000_000, blocks=30, width=1536, wide=8960)
VAE = Part("vae", 127_000_000, leaf=9_000_000)
WAN = Networks(
    (TEXT, DENOISER, VAE), Costs(token=6, pixel=5000, voxel=0, decoding=9e6), side=16, group=4, exact_vae=True
)
RUN = Run(832, 480, 81, steps=50)
MACHINE = Machine(
    Device("cpu", "Abacus", 64 * 10**9, 60 * 10**9, bf16=True, rate=1e12),
    (Device("cuda", "Paper card", 24 * 10**9, 23 * 10**9, bf16=True, rate=1e14),),
)
CARD = Setup("card", "bf16")
STEP = (6 * 1536 + 2 * 8960) * 32_760 * 2  # 21 latent frames of 30 by 52 tokens
FINISHED = 2 * 3 * 81 * 832 * 480 * 4
DECODE = 5000 * 832 * 480 * 4 + FINISHED
TILES = 5000 * 256**2 * 4 + FINISHED
WEIGHTS = 2 * 7_420_000_000 + 4 * 127_000_000
CLIP_BYTES = CLIP * 81 * 832 * 480


def card(setup: Setup, run: Run = RUN) -> int:
    return forecast(WAN, run, MACHINE, setup).card


def test_everything_on_the_card_is_at_its_highest_while_it_decodes() -> None:
    assert (STEP, DECODE) == (1_777_950_720, 8_763_555_840)
    assert card(CARD) == OVERHEAD + WEIGHTS + DECODE == 25_011_555_840
    assert card(replace(CARD, tiles=True)) == OVERHEAD + WEIGHTS + TILES


def test_part_by_part_the_largest_stage_counts() -> None:
    model = replace(CARD, offload="model", tiles=True)
    assert card(model) == OVERHEAD + 2 * TEXT.parameters + ENCODING
    small = replace(WAN, parts=(DENOISER, VAE))
    assert forecast(small, RUN, MACHINE, model).card == OVERHEAD + 2 * DENOISER.parameters + STEP


def test_block_by_block_two_blocks_and_what_lies_outside_of_them_are_there() -> None:
    group = replace(CARD, offload="group", tiles=True)
    words = 2 * TEXT.leaf * 2 + ENCODING
    outside = DENOISER.parameters - 30 * DENOISER.block
    step = 2 * (2 * DENOISER.block + outside) + STEP
    assert card(group) == OVERHEAD + 4 * VAE.parameters + max(words, step, TILES)
    small = replace(WAN, parts=(DENOISER, VAE), costs=replace(WAN.costs, pixel=0))
    assert forecast(small, RUN, MACHINE, group).card == OVERHEAD + 4 * VAE.parameters + step


def test_layer_by_layer_two_layers_are_there() -> None:
    leaf = replace(CARD, offload="leaf", tiles=True)
    assert card(leaf) == OVERHEAD + max(4 * TEXT.leaf + ENCODING, 4 * DENOISER.leaf + STEP, 8 * VAE.leaf + TILES)


def test_smaller_weights() -> None:
    int8, nf4 = (card(replace(CARD, quantised=size, tiles=True)) for size in ("int8", "nf4"))
    assert card(replace(CARD, tiles=True)) - int8 == pytest.approx(0.47 * 2 * 7_420_000_000)
    assert card(replace(CARD, tiles=True)) - nf4 == pytest.approx(0.71 * 2 * 7_420_000_000)


def test_what_is_guided_at_once_is_twice_as_much() -> None:
    both = replace(WAN, parts=(DENOISER,), costs=replace(WAN.costs, together=True, pixel=0))
    guided, alone = (forecast(both, replace(RUN, guided=on), MACHINE, CARD).card for on in (True, False))
    assert guided - alone == STEP


def test_memory_of_the_machine() -> None:
    assert forecast(WAN, RUN, MACHINE, CARD).ram == PROGRAM + 2 * TEXT.parameters + CLIP_BYTES
    assert forecast(WAN, RUN, MACHINE, replace(CARD, offload="model")).ram == PROGRAM + WEIGHTS + CLIP_BYTES
    alone = forecast(WAN, RUN, MACHINE, Setup("processor", "bf16"))
    assert (alone.card, alone.ram) == (0, PROGRAM + WEIGHTS + DECODE + CLIP_BYTES)
    assert forecast(WAN, replace(RUN, windows=3), MACHINE, CARD).ram == PROGRAM + 2 * TEXT.parameters + 3 * CLIP_BYTES


def test_time() -> None:
    speed = QUICK * 1e14
    words = 2 * 2 * 6e9 * 512 / speed
    call = (2 * 1.42e9 * 32_760 + 4 * 32_760**2 * 1536 * 30) / speed
    decode = 3 * 9e6 * 81 * 832 * 480 / speed  # the VAE in float32
    assert forecast(WAN, RUN, MACHINE, CARD).seconds == pytest.approx(words + 50 * 2 * call + decode)
    assert forecast(WAN, replace(RUN, windows=2), MACHINE, CARD).seconds == pytest.approx(
        2 * (words + 50 * 2 * call + decode)
    )
    moved = WEIGHTS / LINK
    model = forecast(WAN, RUN, MACHINE, replace(CARD, offload="model")).seconds
    assert model == pytest.approx(words + moved + 50 * 2 * call + decode)
    leaf = forecast(WAN, RUN, MACHINE, replace(CARD, offload="leaf")).seconds
    assert leaf - model == pytest.approx(50 * 2 * 2 * 1.42e9 / LINK)
    slow = forecast(WAN, RUN, MACHINE, Setup("processor", "bf16")).seconds
    assert slow == pytest.approx(100 * (words + 50 * 2 * call + decode))
    assert forecast(WAN, RUN, MACHINE, Setup("processor", "fp32")).seconds > 2 * slow


def test_what_was_measured_corrects_what_is_forecast() -> None:
    plain = forecast(WAN, RUN, MACHINE, CARD)
    told = forecast(WAN, RUN, MACHINE, CARD, Past(card=1.1, ram=0.9, seconds=2.0))
    assert told == Forecast(round(1.1 * plain.card), round(0.9 * plain.ram), pytest.approx(2 * plain.seconds))


def test_tokens_of_odd_sizes_are_rounded_up() -> None:
    assert WAN.tokens(Run(832, 480, 81, 1)) == 32_760
    assert WAN.tokens(Run(832, 480, 1, 1)) == 1560
    assert WAN.tokens(Run(840, 481, 82, 1)) == 22 * 31 * 53
    assert replace(WAN, group=8).tokens(Run(832, 480, 81, 1)) == 11 * 1560
