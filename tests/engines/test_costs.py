"""What each architecture needs besides its weights, measured at real sizes on the meta device, against its `Costs`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import diffusers
import pytest
import torch
from diffusers.models.transformers.transformer_hunyuan_video15 import HunyuanVideo15TransformerBlock
from torch.utils.flop_counter import FlopCounterMode

from sora_studio.core.forecast import Costs
from sora_studio.engines.families.cogvideox import CogVideoX
from sora_studio.engines.families.framepack import SECTION, FramePack
from sora_studio.engines.families.hunyuan import HunyuanVideo
from sora_studio.engines.families.hunyuan15 import HunyuanVideo15
from sora_studio.engines.families.ltx import LTX
from sora_studio.engines.families.ltx2 import LTX2
from sora_studio.engines.families.skyreels import SkyReels
from sora_studio.engines.families.wan import Wan
from tests.engines.peak import Peak, fused_attention

B16 = torch.bfloat16


def empty(*shape: int, dtype: torch.dtype = B16) -> torch.Tensor:
    return torch.empty(*shape, dtype=dtype, device="meta")


def measured(make: Callable[[], Any], **inputs: Any) -> int:
    with torch.device("meta"):
        network = make().to(B16).eval()
    with torch.no_grad(), fused_attention(), Peak() as peak:
        network(**inputs, return_dict=False)
    return peak.bytes


def wan(kind: str = "WanTransformer3DModel", **config: Any) -> Callable[[], Any]:
    usual = {"num_attention_heads": 12, "ffn_dim": 8960, "num_layers": 2}
    return lambda: getattr(diffusers, kind)(**(usual | config))


def film(groups: int, height: int, width: int) -> dict[str, torch.Tensor]:
    """Latents of a clip and words for a transformer of Wan's make."""
    return {"hidden_states": empty(1, 16, groups, height, width), "encoder_hidden_states": empty(1, 512, 4096)}


def test_wan() -> None:
    for heads, ffn in ((12, 8960), (40, 13_824)):  # 1.3B and 14B
        make = wan(num_attention_heads=heads, ffn_dim=ffn)
        found = measured(make, **film(21, 60, 104), timestep=empty(1, dtype=torch.float32))
        assert Wan.costs.token * heads * 128 + 2 * ffn == pytest.approx(found / (21 * 30 * 52 * 2), rel=0.12)


def test_vace_keeps_a_stream_for_each_hint() -> None:
    shown = film(21, 60, 104) | {"control_hidden_states": empty(1, 96, 21, 60, 104)}
    for layers in ([0, 2], [0, 1, 2, 3]):
        make = wan("WanVACETransformer3DModel", num_layers=4, vace_layers=layers)
        found = measured(make, **shown, timestep=empty(1, dtype=torch.float32))
        token = Wan.costs.token + len(layers) + 1
        assert token * 1536 + 2 * 8960 == pytest.approx(found / (21 * 30 * 52 * 2), rel=0.12)


def test_skyreels() -> None:
    found = measured(
        wan("SkyReelsV2Transformer3DModel"),
        **film(25, 68, 120),
        timestep=empty(1, 25, dtype=torch.long),
        fps=empty(1, dtype=torch.long),
        enable_diffusion_forcing=True,
    )
    assert SkyReels.costs.token * 1536 + 2 * 8960 == pytest.approx(found / (25 * 34 * 60 * 2), rel=0.12)


def test_ltx() -> None:
    tokens = 16 * 16 * 24
    found = measured(
        lambda: diffusers.LTXVideoTransformer3DModel(num_layers=2),
        hidden_states=empty(2, tokens, 128),
        encoder_hidden_states=empty(2, 128, 4096),
        timestep=empty(2, dtype=torch.float32),
        encoder_attention_mask=empty(2, 128),
        num_frames=16,
        height=16,
        width=24,
        rope_interpolation_scale=(1, 1, 1),
    )
    assert LTX.costs.token * 2048 + 2 * 8192 == pytest.approx(found / (2 * tokens * 2), rel=0.12)


def test_ltx2() -> None:
    tokens, words, sound = 16 * 16 * 24, (2, 1024, 3840), (2, 126, 128)
    found = measured(
        lambda: diffusers.LTX2VideoTransformer3DModel(num_layers=2),
        hidden_states=empty(2, tokens, 128),
        audio_hidden_states=empty(*sound),
        encoder_hidden_states=empty(*words),
        audio_encoder_hidden_states=empty(*words),
        timestep=empty(2, 1, dtype=torch.float32),
        encoder_attention_mask=empty(2, 1024),
        audio_encoder_attention_mask=empty(2, 1024),
        num_frames=16,
        height=16,
        width=24,
        fps=24.0,
        audio_num_frames=126,
    )
    assert LTX2.costs.token * 4096 + 2 * 16_384 == pytest.approx(found / (tokens * 2), rel=0.12)


def test_cogvideox() -> None:
    tokens = 13 * 30 * 45
    found = measured(
        lambda: diffusers.CogVideoXTransformer3DModel(
            num_attention_heads=48, num_layers=2, use_rotary_positional_embeddings=True
        ),
        hidden_states=empty(2, 13, 16, 60, 90),
        encoder_hidden_states=empty(2, 226, 4096),
        timestep=empty(2, dtype=torch.float32),
        image_rotary_emb=(empty(tokens, 64), empty(tokens, 64)),
    )
    assert CogVideoX.costs.token * 3072 + 2 * 12_288 == pytest.approx(found / (2 * tokens * 2), rel=0.12)


def test_hunyuan() -> None:
    found = measured(
        lambda: diffusers.HunyuanVideoTransformer3DModel(num_layers=2, num_single_layers=2, num_refiner_layers=1),
        hidden_states=empty(1, 16, 33, 90, 160),
        timestep=empty(1, dtype=torch.float32),
        encoder_hidden_states=empty(1, 256, 4096),
        encoder_attention_mask=empty(1, 256),
        pooled_projections=empty(1, 768),
        guidance=empty(1, dtype=torch.float32),
    )
    assert HunyuanVideo.costs.token * 3072 + 2 * 12_288 == pytest.approx(found / (33 * 45 * 80 * 2), rel=0.12)


def test_hunyuan_15() -> None:
    """A block: what is around it looks at the words' masks, which the meta device does not know."""
    tokens, words = 31 * 30 * 53, 1985
    with torch.device("meta"):
        block = HunyuanVideo15TransformerBlock(16, 128, 4.0, qk_norm="rms_norm").to(B16).eval()
    turned = empty(tokens, 128, dtype=torch.float32)
    with torch.no_grad(), fused_attention(), Peak() as peak:
        block(
            empty(1, tokens, 2048),
            empty(1, words, 2048),
            empty(1, 2048),
            empty(1, words, dtype=torch.bool),
            (turned, turned),
        )
    assert HunyuanVideo15.costs.token * 2048 + 2 * 8192 == pytest.approx(peak.bytes / (tokens * 2), rel=0.12)


def test_framepack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole section: beside its tokens there are those of pictures, history, and what an eye says of 729 patches."""
    words, patches, height, width = 256, 729, 60, 104
    monkeypatch.setattr(torch.Tensor, "__index__", lambda _: words + patches)  # how many count is not known on meta
    latents = lambda count: empty(1, 16, count, height, width)  # noqa: E731
    found = measured(
        lambda: diffusers.HunyuanVideoFramepackTransformer3DModel(
            num_layers=2, num_single_layers=2, num_refiner_layers=1, has_image_proj=True, has_clean_x_embedder=True
        ),
        hidden_states=latents(SECTION),
        timestep=empty(1, dtype=torch.float32),
        encoder_hidden_states=empty(1, words, 4096),
        encoder_attention_mask=empty(1, words),
        pooled_projections=empty(1, 768),
        image_embeds=empty(1, patches, 1152),
        guidance=empty(1, dtype=torch.float32),
        indices_latents=torch.arange(SECTION),
        latents_clean=latents(2),
        indices_latents_clean=torch.arange(2),
        latents_history_2x=latents(2),
        indices_latents_history_2x=torch.arange(2),
        latents_history_4x=latents(16),
        indices_latents_history_4x=torch.arange(16),
    )
    tokens = (SECTION + 1) * height * width // 4
    assert FramePack.costs.token * 3072 + 2 * 12_288 == pytest.approx(found / (tokens * 2), rel=0.12)


COG_BLOCKS = {
    "block_out_channels": (128, 256, 256, 512),
    "layers_per_block": 3,
    "down_block_types": ("CogVideoXDownBlock3D",) * 4,
    "up_block_types": ("CogVideoXUpBlock3D",) * 4,
    "norm_num_groups": 32,
}
VAES: dict[str, tuple[Costs, Callable[[], Any], tuple[int, ...], int]] = {
    # costs, the VAE, its latents, pixels of one of them
    "wan": (Wan.costs, diffusers.AutoencoderKLWan, (16, 6, 60, 104), 8),
    "ltx": (LTX.costs, diffusers.AutoencoderKLLTXVideo, (128, 16, 16, 24), 32),
    "ltx2": (LTX2.costs, diffusers.AutoencoderKLLTX2Video, (128, 16, 16, 24), 32),
    "cog": (
        CogVideoX.costs,
        lambda: diffusers.AutoencoderKLCogVideoX(latent_channels=16, **COG_BLOCKS),
        (16, 5, 60, 90),
        8,
    ),
    "hunyuan": (HunyuanVideo.costs, diffusers.AutoencoderKLHunyuanVideo, (16, 9, 68, 120), 8),
    "hunyuan15": (HunyuanVideo15.costs, diffusers.AutoencoderKLHunyuanVideo15, (32, 9, 30, 53), 16),
}


LONG = ("hunyuan15", "cog")
"""Networks whose operations take seconds to count."""


@pytest.mark.parametrize("tiles", [False, pytest.param(True, marks=pytest.mark.slow)], ids=("whole", "tiles"))
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in VAES])
def test_decoding(name: str, tiles: bool) -> None:
    """Whole, the forecast is as exact as the transformers'; in tiles it is never too low, and far below the whole."""
    costs, make, shape, side = VAES[name]
    dtype = torch.float32 if name == "wan" else B16
    with torch.device("meta"):
        vae = make().to(dtype).eval()
    if tiles:
        vae.enable_tiling()
    with torch.no_grad(), Peak() as peak, FlopCounterMode(display=False) as operations:
        film = vae.decode(empty(1, *shape, dtype=dtype), return_dict=False)[0]
    frames, area = film.shape[2], shape[2] * side * shape[3] * side
    share = min(1.0, costs.tile**2 / area) if tiles else 1.0
    forecast = dtype.itemsize * ((costs.pixel + costs.voxel * frames) * area * share + 6 * area * frames)
    if tiles:
        assert peak.bytes <= 1.2 * forecast
    else:
        assert forecast == pytest.approx(peak.bytes, rel=0.15)
        assert costs.decoding == pytest.approx(operations.get_total_flops() / (frames * area), rel=0.15)
