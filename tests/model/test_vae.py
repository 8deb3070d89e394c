"""The causal video autoencoder."""

from pathlib import Path

import pytest
import torch

from sora_studio.model import AutoencoderSora
from sora_studio.model.vae import fold, unfold
from tests.tiny_model import tiny_vae


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def awake(vae: AutoencoderSora) -> AutoencoderSora:
    """Give the layers that start at zero something to say."""
    for parameter in vae.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
    return vae


@pytest.mark.parametrize(("length", "height", "width"), [(1, 64, 96), (5, 64, 64), (17, 96, 64), (9, 8, 40)])
def test_shapes_of_images_and_clips(length: int, height: int, width: int) -> None:
    vae = tiny_vae()
    x = torch.rand(2, 3, length, height, width) * 2 - 1
    z = vae.encode(x).latent_dist.mode()
    assert z.shape == (2, 16, (length - 1) // 4 + 1, height // 8, width // 8)
    assert vae.decode(z).sample.shape == x.shape
    assert vae.decode_preview(z).shape == (2, 3, length, height // 4, width // 4)
    assert vae(x).sample.shape == x.shape


@pytest.mark.parametrize(
    ("config", "channels", "ratio"),
    [
        ({"spatial_compression_ratio": 16, "latent_channels": 48}, 48, 16),
        (
            {
                "spatial_compression_ratio": 16,
                "block_out_channels": (8, 8, 16),
                "encoder_layers": (1, 1, 1),
                "decoder_layers": (1, 1, 1),
            },
            16,
            16,
        ),
        ({"block_out_channels": (8,), "encoder_layers": (1,), "decoder_layers": (1,)}, 16, 8),
        ({"temporal_compression_ratio": 2}, 16, 8),
    ],
)
def test_the_compression_is_a_matter_of_config(config: dict[str, object], channels: int, ratio: int) -> None:
    small = {"block_out_channels": (8, 8), "encoder_layers": (1, 1), "decoder_layers": (1, 1), "preview_width": 8}
    vae = AutoencoderSora(**{**small, **config})
    x = torch.rand(1, 3, 5, 32, 64)
    z = vae.encode(x).latent_dist.mode()
    assert z.shape[1] == channels
    assert z.shape[3:] == (32 // ratio, 64 // ratio)
    assert vae.decode(z).sample.shape == x.shape


@torch.no_grad()
def test_a_latent_frame_knows_no_later_frame() -> None:
    vae = awake(tiny_vae())
    x = torch.rand(1, 3, 13, 16, 16)
    z = vae.encode(x).latent_dist.mode()
    for group, last in enumerate([0, 4, 8, 12]):
        changed = x.clone()
        changed[:, :, last + 1 :] += 1
        other = vae.encode(changed).latent_dist.mode()
        assert torch.allclose(other[:, :, : group + 1], z[:, :, : group + 1], atol=1e-5)
        changed = x.clone()
        changed[:, :, last] += 1
        other = vae.encode(changed).latent_dist.mode()
        assert not torch.allclose(other[:, :, group], z[:, :, group], atol=1e-3)


@torch.no_grad()
def test_the_decoder_looks_back_and_never_ahead() -> None:
    vae = awake(tiny_vae())
    z = torch.randn(1, 16, 4, 2, 2)
    video = vae.decode(z).sample
    changed = z.clone()
    changed[:, :, 2] += 1
    other = vae.decode(changed).sample
    assert torch.allclose(other[:, :, :5], video[:, :, :5], atol=1e-5)
    assert not torch.allclose(other[:, :, 5:9], video[:, :, 5:9], atol=1e-3)
    assert not torch.allclose(other[:, :, 9:], video[:, :, 9:], atol=1e-3)


@torch.no_grad()
def test_the_first_frame_of_a_clip_is_encoded_like_an_image() -> None:
    vae = awake(tiny_vae())
    clip = torch.rand(1, 3, 9, 16, 24)
    image = vae.encode(clip[:, :, :1]).latent_dist.mode()
    assert torch.allclose(vae.encode(clip).latent_dist.mode()[:, :, :1], image, atol=1e-5)


def test_folding_is_undone_by_unfolding() -> None:
    x = torch.randn(2, 3, 8, 12, 20)
    folded = fold(x, 4, 4)
    assert folded.shape == (4, 3 * 4 * 16, 3, 5)
    assert folded.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(unfold(folded, 2, 4, 4), x)


def test_normalise_and_back() -> None:
    vae = tiny_vae()
    z = torch.randn(2, 16, 3, 4, 4)
    assert torch.equal(vae.normalise(z), z)
    vae.register_to_config(latents_mean=[0.5] * 16, latents_std=[2.0] * 16)
    assert torch.allclose(vae.normalise(z), (z - 0.5) / 2)
    assert torch.allclose(vae.denormalise(vae.normalise(z)), z, atol=1e-6)


@torch.no_grad()
def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    vae = awake(tiny_vae())
    vae.register_to_config(latents_mean=[0.1] * 16, latents_std=[3.0] * 16)
    vae.save_pretrained(tmp_path)
    loaded = AutoencoderSora.from_pretrained(tmp_path)
    x = torch.rand(1, 3, 5, 16, 16)
    torch.testing.assert_close(loaded.state_dict(), vae.state_dict(), rtol=0, atol=0)
    torch.testing.assert_close(loaded(x).sample, vae(x).sample)
    assert list(loaded.config.latents_std) == [3.0] * 16


@torch.no_grad()
def test_bfloat16_is_close_to_float32() -> None:
    vae = awake(tiny_vae())
    x = torch.rand(1, 3, 5, 32, 32) * 2 - 1
    expected = vae(x).sample
    sample = vae.bfloat16()(x.bfloat16()).sample
    assert sample.dtype == torch.bfloat16
    assert (sample.float() - expected).abs().mean() < 0.05 * expected.abs().mean() + 0.01


def test_every_parameter_takes_part_in_learning() -> None:
    vae = awake(tiny_vae())
    x = torch.rand(1, 3, 9, 16, 16)
    z = vae.encode(x).latent_dist.sample()
    (vae.decode(z).sample.square().mean() + vae.decode_preview(z).square().mean()).backward()
    assert [name for name, p in vae.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_it_learns_to_reconstruct() -> None:
    vae = tiny_vae()
    optimiser = torch.optim.Adam(vae.parameters(), lr=1e-2)
    rows = torch.linspace(-1, 1, 32)[:, None].expand(32, 32)
    x = torch.stack([rows, rows.T, -rows])[None, :, None].expand(1, 3, 5, 32, 32)
    losses = []
    for _ in range(40):
        loss = (vae(x).sample - x).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 3


@pytest.mark.parametrize("length", [0, 2, 4, 16])
def test_a_length_that_does_not_fit_is_refused_with_ones_that_do(length: int) -> None:
    with pytest.raises(ValueError, match=rf"{length} frames can't be encoded; \d+ or \d+ can \(4k \+ 1\)"):
        tiny_vae().latent_frames(length)


def test_a_size_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="60x32 can't be encoded: both sides must be multiples of 8"):
        tiny_vae().encode(torch.zeros(1, 3, 1, 32, 60))


def test_a_compression_that_the_levels_do_not_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="compression of 9 can't be reached with 2 levels"):
        AutoencoderSora(spatial_compression_ratio=9)


def test_the_linear_path_begins_with_principal_components() -> None:
    """Clips that a few components span come back before any training; the rest of the network adds nothing yet."""
    torch.manual_seed(0)
    vae = AutoencoderSora(latent_channels=4, block_out_channels=(8, 8), encoder_layers=(1, 1), decoder_layers=(1, 1))
    levels = torch.rand(6, 3, 3, 1, 1).mul(1.6).sub(0.8)
    first, rest = levels[:, :, :1], levels[:, :, 1:2].expand(-1, -1, 4, -1, -1)
    clips = torch.cat([first, rest], dim=2).expand(-1, -1, -1, 32, 32).contiguous()  # flat colours, two a clip
    vae.begin_linear(clips)
    again = vae(clips).sample
    assert (again - clips).abs().max() < 0.02
