"""The diffusion transformer."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from sora_studio.model import SoraTransformer3DModel
from sora_studio.model.transformer import TextSense, masked_mean, patchify, unpatchify
from tests.tiny_model import TEXT_DIM, tiny_transformer


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def inputs(batch: int = 2, frames: int = 2, height: int = 4, width: int = 6) -> dict[str, Tensor]:
    return {
        "hidden_states": torch.randn(batch, 16, frames, height, width),
        "canvas": torch.randn(batch, 16, frames, height, width),
        "strength": torch.rand(batch, 4, frames, height, width),
        "timestep": torch.linspace(0.2, 0.9, batch),
        "encoder_hidden_states": torch.randn(batch, 5, TEXT_DIM),
        "encoder_attention_mask": torch.ones(batch, 5, dtype=torch.bool),
    }


@torch.no_grad()
@pytest.mark.parametrize(("frames", "height", "width"), [(1, 14, 24), (5, 4, 6), (3, 12, 2), (16, 2, 2)])
def test_images_and_clips_of_any_length_and_aspect_run(frames: int, height: int, width: int) -> None:
    sample = tiny_transformer()(**inputs(2, frames, height, width)).sample
    assert sample.shape == (2, 16, frames, height, width)
    assert sample.isfinite().all()


@torch.no_grad()
def test_an_untrained_network_predicts_empty_latents() -> None:
    model = SoraTransformer3DModel(
        num_layers=1, num_attention_heads=2, attention_head_dim=12, rope_axes_dim=(4, 4, 4), text_dim=TEXT_DIM
    )
    arguments = inputs()
    sigma = arguments["timestep"].view(-1, 1, 1, 1, 1)
    assert torch.allclose(arguments["hidden_states"] - sigma * model(**arguments).sample, torch.zeros(1), atol=1e-6)


@torch.no_grad()
@pytest.mark.parametrize("name", ["hidden_states", "canvas", "strength", "timestep", "encoder_hidden_states"])
def test_every_input_counts(name: str) -> None:
    model, arguments = tiny_transformer(), inputs()
    before = model(**arguments).sample
    arguments[name] = arguments[name] * 0.5
    assert not torch.allclose(model(**arguments).sample, before, atol=1e-4)


@torch.no_grad()
def test_padding_of_the_text_changes_nothing() -> None:
    model, arguments = tiny_transformer(), inputs()
    arguments["encoder_attention_mask"][:, 3:] = False
    before = model(**arguments).sample
    arguments["encoder_hidden_states"][:, 3:] = 7.0
    assert torch.allclose(model(**arguments).sample, before, atol=1e-5)
    arguments["encoder_hidden_states"] = arguments["encoder_hidden_states"][:, :3]
    arguments["encoder_attention_mask"] = None
    assert torch.allclose(model(**arguments).sample, before, atol=1e-5)


@torch.no_grad()
def test_samples_of_a_batch_do_not_touch() -> None:
    model, arguments = tiny_transformer(), inputs(3)
    together = model(**arguments).sample
    alone = model(**{name: value[1:2] for name, value in arguments.items()}).sample
    assert torch.allclose(together[1:2], alone, atol=1e-5)


@torch.no_grad()
def test_the_guidance_scale_is_an_input_that_can_be_left_out() -> None:
    model, arguments = tiny_transformer(), inputs()
    low, high = (model(**arguments, guidance=torch.full((2,), scale)).sample for scale in (1.0, 6.0))
    assert not torch.allclose(low, high, atol=1e-4)
    fresh = SoraTransformer3DModel(
        num_layers=1, num_attention_heads=2, attention_head_dim=12, rope_axes_dim=(4, 4, 4), text_dim=TEXT_DIM
    )
    torch.nn.init.normal_(fresh.proj_out.weight)
    assert torch.equal(fresh(**arguments).sample, fresh(**arguments, guidance=torch.ones(2)).sample)


@torch.no_grad()
def test_bfloat16_runs_without_autocast() -> None:
    model, arguments = tiny_transformer(), inputs()
    expected = model(**arguments).sample
    half = {
        name: value.bfloat16() if value.is_floating_point() and name != "timestep" else value
        for name, value in arguments.items()
    }
    sample = model.bfloat16()(**half).sample
    assert sample.dtype == torch.float32
    assert (sample.float() - expected).abs().mean() < 0.05 * expected.abs().mean()


@torch.no_grad()
def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    model, arguments = tiny_transformer(), inputs()
    model.save_pretrained(tmp_path)
    loaded = SoraTransformer3DModel.from_pretrained(tmp_path)
    torch.testing.assert_close(loaded.state_dict(), model.state_dict(), rtol=0, atol=0)
    torch.testing.assert_close(loaded(**arguments).sample, model(**arguments).sample)


def test_every_parameter_takes_part_in_learning() -> None:
    model = tiny_transformer()
    streams = []
    model.seeing_block.register_forward_hook(lambda _module, _inputs, x: streams.append(x))
    made = model(**inputs(), guidance=torch.ones(2)).sample.square().mean()
    told = [*model.see(streams[0]), model.moving(streams[0])]
    (made + sum(part.square().sum() for part in told)).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_patches_are_cut_and_joined_without_loss() -> None:
    x = torch.randn(2, 3, 2, 4, 6)
    tokens = patchify(x, 2)
    assert tokens.shape == (2, 12, 12)
    assert torch.equal(tokens[0, 1], x[0, :, 0, 0:2, 2:4].flatten())
    assert torch.equal(unpatchify(tokens, (2, 2, 3), 2), x)


def test_the_pooled_text_leaves_padding_out() -> None:
    states = torch.tensor([[[1.0], [3.0], [100.0]]])
    assert masked_mean(states, torch.tensor([[True, True, False]])).item() == 2
    assert masked_mean(states[:, :2], None).item() == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden_states": torch.zeros(2, 16, 2, 4, 5)}, "4x5 can't be cut into patches of 2"),
        ({"canvas": torch.zeros(2, 16, 1, 4, 6)}, r"canvas is \(2, 16, 1, 4, 6\), the noisy latent \(2, 16, 2, 4, 6\)"),
        ({"strength": torch.zeros(2, 1, 2, 4, 6)}, r"strength is \(2, 1, 2, 4, 6\), expected \(2, 4, 2, 4, 6\)"),
    ],
)
def test_sizes_that_do_not_fit_are_refused_with_the_numbers(change: dict[str, Tensor], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tiny_transformer()(**{**inputs(), **change})


def test_a_scale_without_a_way_in_is_refused() -> None:
    model = tiny_transformer(guidance_embeds=False)
    with pytest.raises(ValueError, match="take no guidance scale"):
        model(**inputs(), guidance=torch.ones(2))
    with pytest.raises(ValueError, match="distilled_steps needs guidance_embeds=True"):
        tiny_transformer(guidance_embeds=False, distilled_steps=4)


def test_rotary_axes_must_fill_the_head() -> None:
    with pytest.raises(ValueError, match=r"\(4, 4, 2\) must be even numbers that sum to 12"):
        tiny_transformer(rope_axes_dim=(4, 4, 2))


def test_texts_that_hardly_differ_are_told_apart() -> None:
    generator = torch.Generator().manual_seed(3)
    loudness = torch.logspace(0, -1.5, 16)
    means = 5 + torch.randn(4000, 16, generator=generator) * loudness
    sense = TextSense(16, 8)
    sense.whiten(means)
    white = sense.linear_1(means)
    torch.testing.assert_close(torch.cov(white.T), torch.eye(16), rtol=0, atol=0.02)
    assert white.mean(dim=0).abs().max() < 1e-3
