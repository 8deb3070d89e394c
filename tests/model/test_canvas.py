"""Given frames as a condition."""

import numpy as np
import pytest
import torch
from PIL import Image

from sora_studio.model import GivenFrames, canvas_and_strength, canvas_from_latents, fold_strengths
from sora_studio.model.canvas import hold, lay_out, nearest_given
from tests.tiny_model import tiny_vae


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def grey(count: int, value: int, height: int = 16, width: int = 24) -> np.ndarray:
    return np.full((count, height, width, 3), value, np.uint8)


def test_frames_are_laid_out_on_mid_grey() -> None:
    frames, strengths = lay_out([GivenFrames(0, grey(1, 255)), GivenFrames(3, grey(2, 0), 0.5)], (5, 16, 24))
    assert frames.shape == (1, 3, 5, 16, 24)
    assert frames[0, 0, :, 0, 0].tolist() == [1, 0, 0, -1, -1]
    assert strengths.tolist() == [[1, 0, 0, 0.5, 0.5]]


def test_the_later_of_two_overlapping_wins() -> None:
    frames, strengths = lay_out([GivenFrames(0, grey(3, 0)), GivenFrames(2, grey(1, 255), 0.25)], (5, 16, 24))
    assert frames[0, 0, :, 0, 0].tolist() == [-1, -1, 1, 0, 0]
    assert strengths.tolist() == [[1, 1, 0.25, 0, 0]]


def test_arrays_images_and_tensors_are_the_same_frames() -> None:
    array = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    forms = [
        array[None],
        array,
        Image.fromarray(array),
        torch.from_numpy(array)[None].permute(0, 3, 1, 2).float() / 255,
    ]
    pixels = [GivenFrames(0, form).pixels() for form in forms]
    assert pixels[0].shape == (3, 1, 16, 24)
    for other in pixels[1:]:
        assert torch.allclose(other, pixels[0], atol=1e-6)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (GivenFrames(4, grey(2, 0)), "2 given frames at 4 reach to frame 5, but the clip has frames 0 to 4"),
        (GivenFrames(-1, grey(1, 0)), "at -1"),
        (GivenFrames(0, grey(1, 0, 8, 8)), "Given frames are 8x8 and the clip 24x16"),
        (GivenFrames(0, grey(1, 0), 1.5), "strength of 1.5 is outside"),
        (GivenFrames(0, np.zeros((1, 16, 24, 3), np.float32)), "must be uint8"),
        (GivenFrames(0, np.zeros((1, 16, 24, 4), np.uint8)), r"not uint8 \(1, 16, 24, 4\)"),
        (GivenFrames(0, torch.zeros(1, 16, 24, 3)), r"must be \(T, 3, H, W\)"),
    ],
)
def test_frames_that_do_not_fit_are_refused_with_the_numbers(given: GivenFrames, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lay_out([given], (5, 16, 24))


def test_strengths_are_folded_four_to_a_latent_frame() -> None:
    folded = fold_strengths(torch.tensor([[0.5, 0.1, 0.2, 0.3, 0.4, 0, 0, 0, 1]]), 4)
    assert folded.shape == (1, 4, 3)
    expected = torch.tensor([[0.5] * 4, [0.1, 0.2, 0.3, 0.4], [0, 0, 0, 1]])
    assert torch.equal(folded[0].T, expected)


def test_each_frame_holds_the_nearest_that_is_given() -> None:
    strengths = torch.tensor([[1, 0, 0, 0, 0.5, 0, 0], [0, 0, 0, 1, 0, 0, 0], [0] * 7])
    assert nearest_given(strengths).tolist() == [[0, 0, 0, 4, 4, 4, 4], [3] * 7, list(range(7))]
    video = torch.arange(7.0).view(1, 1, 7, 1, 1).expand(3, 3, 7, 2, 2) + 1
    held = hold(video, strengths)
    assert held[:, 0, :, 0, 0].tolist() == [[1, 1, 1, 5, 5, 5, 5], [4] * 7, [0] * 7]


@torch.no_grad()
def test_what_is_not_given_holds_the_nearest_frame_and_its_strength_is_zero() -> None:
    vae, video = tiny_vae(), torch.rand(1, 3, 9, 16, 24)
    strengths = torch.zeros(1, 9)
    strengths[0, 0] = 1
    canvas, strength = canvas_and_strength(vae, video, strengths)
    assert canvas.shape == (1, 16, 3, 2, 3)
    assert strength.shape == (1, 4, 3, 2, 3)
    still, _ = canvas_and_strength(vae, video[:, :, :1].expand(-1, -1, 9, -1, -1), torch.ones(1, 9))
    assert torch.equal(canvas, still)
    assert strength[:, :, 0].eq(1).all()
    assert not strength[:, :, 1:].any()


@torch.no_grad()
def test_without_given_frames_there_is_no_canvas() -> None:
    canvas, strength = canvas_and_strength(tiny_vae(), torch.rand(1, 3, 5, 16, 24), torch.zeros(1, 5))
    assert not canvas.any()
    assert not strength.any()


@torch.no_grad()
def test_pixels_of_frames_that_are_not_given_do_not_leak() -> None:
    vae, strengths = tiny_vae(), torch.tensor([[1.0, 1.0, 0, 0, 0]])
    frames = torch.rand(1, 3, 5, 16, 24)
    other = frames.clone()
    other[:, :, 2:] = -1
    first, second = (canvas_and_strength(vae, video, strengths)[0] for video in (frames, other))
    assert torch.equal(first, second)


@torch.no_grad()
def test_kept_frames_are_the_normalised_latents() -> None:
    vae = tiny_vae()
    vae.register_to_config(latents_mean=[0.3] * 16, latents_std=[0.5] * 16)
    frames = torch.rand(2, 3, 5, 16, 24)
    canvas, _ = canvas_and_strength(vae, frames, torch.ones(2, 5))
    assert torch.allclose(canvas, vae.normalise(vae.encode(frames).latent_dist.mode()))


def test_partly_kept_latents_are_noised_to_one_minus_strength() -> None:
    latents = torch.full((1, 16, 3, 32, 32), 2.0)
    strengths = torch.cat([torch.ones(1, 1), torch.full((1, 4), 0.6), torch.zeros(1, 4)], dim=1)
    canvas, strength = canvas_from_latents(latents, strengths, 4, torch.Generator().manual_seed(0))
    assert torch.equal(canvas[:, :, 0], latents[:, :, 0])
    for group in (1, 2):  # the last holds a frame of the one before
        assert canvas[:, :, group].mean().item() == pytest.approx(1.2, abs=0.02)
        assert canvas[:, :, group].std().item() == pytest.approx(0.4, abs=0.02)
    assert not strength[:, :, 2].any()


def test_the_noise_comes_from_the_generator_and_only_when_needed() -> None:
    latents, half = torch.randn(1, 16, 2, 2, 2), torch.full((1, 5), 0.5)
    first, second = (canvas_from_latents(latents, half, 4, torch.Generator().manual_seed(1))[0] for _ in range(2))
    assert torch.equal(first, second)
    generator = torch.Generator().manual_seed(1)
    state = generator.get_state()
    canvas_from_latents(latents, torch.ones(1, 5), 4, generator)
    assert torch.equal(generator.get_state(), state)
