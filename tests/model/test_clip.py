"""The relation of moving pictures and language."""

from pathlib import Path

import pytest
import torch

from sora_studio.model import SoraCLIPModel
from tests.tiny_model import TEXT_DIM, tiny_clip


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


@torch.no_grad()
@pytest.mark.parametrize("shape", [(1, 112, 192), (17, 112, 192), (5, 192, 112), (2, 40, 40)])
def test_clips_of_any_length_and_size_become_unit_vectors(shape: tuple[int, int, int]) -> None:
    vectors = tiny_clip().encode_video(torch.rand(2, 3, *shape) * 2 - 1)
    assert vectors.shape == (2, 8)
    assert torch.allclose(vectors.norm(dim=-1), torch.ones(2), atol=1e-5)


@torch.no_grad()
def test_the_direction_of_motion_is_seen() -> None:
    clip = torch.rand(1, 3, 3, 32, 48) * 2 - 1
    model = tiny_clip()
    assert not torch.allclose(model.encode_video(clip), model.encode_video(clip.flip(2)), atol=1e-4)


@torch.no_grad()
def test_what_stands_out_is_told_for_each_patch_and_read_once_more() -> None:
    model, clip = tiny_clip(), torch.rand(2, 3, 5, 32, 48) * 2 - 1
    vectors, seen = model.look(clip)
    assert seen.shape == (2, 3, 2, 3), "six patches of three frames"
    torch.testing.assert_close(vectors, model.encode_video(clip))
    model.seen.bias.fill_(-50.0)
    blind = model.look(clip)[0]
    assert not torch.allclose(blind, vectors, atol=1e-3)
    model.subject_projection.weight.zero_()
    torch.testing.assert_close(model.look(clip)[0], blind, msg="where nothing is seen, nothing is read")


@torch.no_grad()
def test_padding_of_the_text_changes_nothing() -> None:
    model, states = tiny_clip(), torch.randn(2, 5, TEXT_DIM)
    mask = torch.tensor([[True] * 3 + [False] * 2] * 2)
    assert torch.allclose(model.encode_text(states, mask), model.encode_text(states[:, :3]), atol=1e-6)


@torch.no_grad()
def test_logits_compare_every_clip_with_every_text() -> None:
    model = tiny_clip()
    video, states = torch.rand(2, 3, 5, 32, 48), torch.randn(3, 4, TEXT_DIM)
    logits = model(video, states)
    assert logits.shape == (2, 3)
    cosine = model.encode_video(video) @ model.encode_text(states).T
    assert torch.allclose(logits, cosine / 0.07, atol=1e-4)


@torch.no_grad()
def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    model, video = tiny_clip(), torch.rand(1, 3, 5, 32, 48)
    model.save_pretrained(tmp_path)
    loaded = SoraCLIPModel.from_pretrained(tmp_path)
    torch.testing.assert_close(loaded.state_dict(), model.state_dict(), rtol=0, atol=0)
    torch.testing.assert_close(loaded.encode_video(video), model.encode_video(video))


@torch.no_grad()
def test_bfloat16_runs() -> None:
    model = tiny_clip().bfloat16()
    video, states = torch.rand(1, 3, 5, 32, 48), torch.randn(1, 4, TEXT_DIM)
    assert model(video.bfloat16(), states.bfloat16()).isfinite().all()


def test_it_learns_to_tell_two_clips_apart() -> None:
    model = tiny_clip()
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    video = torch.stack([torch.full((3, 1, 32, 48), -0.8), torch.full((3, 1, 32, 48), 0.8)])
    states, target = torch.randn(2, 4, TEXT_DIM), torch.arange(2)
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(model(video, states), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert model(video, states).argmax(dim=1).tolist() == [0, 1]
    assert loss.item() < 0.3
