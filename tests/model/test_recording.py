"""The recorder sees what the transformer was given and where it attends, and leaves nothing behind."""

import pytest
import torch
from torch import Tensor

from sora_studio.model.attention import split_heads
from sora_studio.model.recording import recording
from sora_studio.model.transformer import SoraTransformer3DModel
from tests.tiny_model import TEXT_DIM, tiny_transformer


@pytest.fixture(scope="module")
def model() -> SoraTransformer3DModel:
    torch.manual_seed(0)
    return tiny_transformer()


def call(seed: int = 0) -> dict[str, Tensor]:
    """Two samples of 2x4x6 latent pixels (2x2x3 tokens) and five text tokens, two of them padding in the last."""
    draw = torch.Generator().manual_seed(seed)
    return {
        "hidden_states": torch.randn(2, 16, 2, 4, 6, generator=draw),
        "canvas": torch.zeros(2, 16, 2, 4, 6),
        "strength": torch.zeros(2, 4, 2, 4, 6),
        "timestep": torch.tensor([0.7, 0.7]),
        "encoder_hidden_states": torch.randn(2, 5, TEXT_DIM, generator=draw),
        "encoder_attention_mask": torch.tensor([[True] * 5, [True] * 3 + [False] * 2]),
    }


@torch.inference_mode()
def test_attention_of_every_block_sums_to_one_over_the_words(model: SoraTransformer3DModel) -> None:
    inputs = call()
    with recording(model) as recorder:
        model(**inputs)
        seen = recorder.take()
    assert seen.attention.shape == (2, 12, 5), "blocks, tokens of the grid, tokens of the text"
    torch.testing.assert_close(seen.attention.sum(dim=-1), torch.ones(2, 12))
    assert not seen.attention[..., 3:].any(), "padding is attended to by nobody"
    assert seen.attention[..., :3].std() > 0
    assert torch.equal(seen.noisy, inputs["hidden_states"][1:])
    assert seen.sigma == pytest.approx(0.7)


@torch.inference_mode()
def test_it_is_the_softmax_that_the_block_itself_used(model: SoraTransformer3DModel) -> None:
    crossing, inputs, met = model.blocks[1].attn2, call(1), []
    handle = crossing.register_forward_hook(lambda module, args, out: met.append((args, out)))
    with recording(model) as recorder:
        model(**inputs)
        seen = recorder.take()
    handle.remove()
    ((x, text, bias), out) = met[0]
    q = torch.nn.functional.layer_norm(split_heads(crossing.q(x), 2), (12,)) * crossing.temperature
    k, v = (split_heads(part, 2) for part in crossing.kv(text).chunk(2, dim=-1))
    k = torch.nn.functional.layer_norm(k, (12,))
    weights = torch.exp(torch.einsum("bhsd,bhld->bhsl", q, k) + bias)
    weights = weights / weights.sum(dim=-1, keepdim=True)
    torch.testing.assert_close(seen.attention[1], weights[-1].mean(dim=0))
    mixed = torch.einsum("bhsl,bhld->bshd", weights, v).flatten(2)
    torch.testing.assert_close(crossing.out(mixed), out)


@torch.inference_mode()
def test_a_recorded_call_gives_the_same_picture_and_leaves_no_hook(model: SoraTransformer3DModel) -> None:
    plain = model(**call()).sample
    with recording(model) as recorder:
        assert torch.equal(model(**call()).sample, plain)
        model(**call(3))
        assert torch.equal(recorder.take().noisy, call(3)["hidden_states"][1:]), "the newest call counts"
    assert torch.equal(model(**call()).sample, plain)
    assert not any(module._forward_pre_hooks for module in model.modules())
    assert torch.equal(recorder.take().noisy, call(3)["hidden_states"][1:]), "nothing is seen afterwards"


@torch.inference_mode()
def test_where_the_subject_is_seen_is_told_of_the_last_sample(model: SoraTransformer3DModel) -> None:
    torch.nn.init.normal_(model.proj_seen.weight, generator=torch.Generator().manual_seed(0))
    inputs, streams = call(), []
    handle = model.seeing_block.register_forward_hook(lambda _module, _inputs, x: streams.append(x))
    with recording(model) as recorder:
        model(**inputs)
        seen = recorder.take()
    handle.remove()
    logits, place = model.see(streams[0][1:])
    assert place.shape == (1, 12, 2)
    assert seen.presence.shape == (12,)
    assert seen.presence.std() > 0
    torch.testing.assert_close(seen.presence, torch.sigmoid(logits[0]).mean(dim=-1))


def test_without_a_call_there_is_nothing_to_take(model: SoraTransformer3DModel) -> None:
    with recording(model) as recorder, pytest.raises(RuntimeError, match="not called"):
        recorder.take()
