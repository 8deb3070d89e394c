"""The forecast of a checkpoint on the disk against a run of it: a tiny one scaled up until its numbers count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import diffusers
import pytest
import torch

from sora_studio.core.forecast import CLIP, PROGRAM, Run, forecast
from sora_studio.core.machine import Device, Machine
from sora_studio.core.setup import Setup
from sora_studio.engines.catalog import networks
from tests.engines.checkpoints import BUILDERS, wan_parts, wan_transformer
from tests.engines.peak import Peak

MACHINE = Machine(Device("cpu", "Abacus", 10**10, 10**10, rate=1e11))
ALWAYS, SLOW = ("wan-text", "wan-vace", "ltx"), pytest.mark.slow
RUN = Run(256, 192, 17, steps=1, guided=False)


def test_weights_and_steps_of_a_checkpoint(tmp_path: Path) -> None:
    shown = wan_transformer(num_attention_heads=4, attention_head_dim=64, ffn_dim=1024, num_layers=4)
    diffusers.WanPipeline(**wan_parts(shown)).save_pretrained(tmp_path)
    model = networks(str(tmp_path))
    assert model is not None
    pipe = diffusers.WanPipeline.from_pretrained(tmp_path, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    weights = sum(
        parameter.nbytes for part in (pipe.text_encoder, pipe.transformer, pipe.vae) for parameter in part.parameters()
    )
    named = {part.name: part for part in model.parts}
    assert sum(part.parameters for part in model.parts) * 4 == weights
    transformer = named["transformer"]
    assert (transformer.width, transformer.wide, transformer.blocks) == (256, 1024, 4)
    assert transformer.block == sum(parameter.numel() for parameter in pipe.transformer.blocks[0].parameters())
    assert model.tokens(RUN) == 5 * 12 * 16
    with torch.no_grad(), Peak() as peak:
        pipe(
            prompt="a red ball",
            width=RUN.width,
            height=RUN.height,
            num_frames=RUN.frames,
            num_inference_steps=1,
            guidance_scale=1.0,
            output_type="latent",
        )
    without = forecast(model, RUN, MACHINE, Setup("processor", "fp32", tiles=True))
    clip = CLIP * RUN.frames * RUN.width * RUN.height
    step = (model.costs.token * 256 + 2 * 1024) * model.tokens(RUN) * 4
    assert step == pytest.approx(peak.bytes, rel=0.25)
    assert without.ram >= PROGRAM + weights + clip + step


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in ALWAYS else SLOW) for name in BUILDERS])
def test_a_checkpoint_of_each_kind_can_be_forecast(name: str, checkpoint: Callable[[str], Path]) -> None:
    model = networks(str(checkpoint(name)))
    assert model is not None
    parts = {part.name: part for part in model.parts}
    assert {"transformer", "vae"} <= parts.keys()
    assert parts["transformer"].blocks >= 1
    assert parts["transformer"].width > 0
    found = forecast(model, RUN, MACHINE, Setup())
    assert found.ram > PROGRAM
    assert found.seconds > 0
