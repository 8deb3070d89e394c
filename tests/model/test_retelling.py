"""A clip told anew: the colours of another, and the outlines of its source."""

from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from sora_studio.model import GivenFrames, SoraPipeline, retelling
from sora_studio.model.canvas import lay_out
from sora_studio.model.emphasis import OTHERS_RETOLD, RETOLD, RETOLD_BELOW, TEXTURES, textured
from sora_studio.model.picture_first import encoded, pixels_of
from sora_studio.model.retelling import (
    FIRMLY,
    REDRAWN_FROM,
    TOLD_FROM,
    firmly,
    lay_out_source,
    outlined,
    recoloured,
    tells_anew,
)
from tests.model.test_pipeline import HEIGHT, LENGTH, WIDTH, generate
from tests.tiny_model import tiny_pipeline

STEPS = 8


@pytest.fixture(scope="module")
def pipe() -> SoraPipeline:
    return tiny_pipeline()


def shapes(seed: int = 0, frames: int = LENGTH) -> np.ndarray:
    """A clip (T, H, W, 3) of discs of many colours that move."""
    rng = np.random.default_rng(seed)
    video = np.full((frames, HEIGHT, WIDTH, 3), 90, np.uint8)
    for _ in range(12):
        x, y, colour = rng.integers(WIDTH), rng.integers(HEIGHT), rng.integers(0, 256, 3).tolist()
        for t in range(frames):
            cv2.circle(video[t], (int(x) + t, int(y)), 5, colour, -1)
    return video


def as_tensor(video: np.ndarray) -> Tensor:
    """(T, H, W, 3) bytes as (3, T, H, W) in -1..1."""
    return torch.from_numpy(video).permute(3, 0, 1, 2).float() / 127.5 - 1


def correlation(one: Tensor, other: Tensor) -> float:
    return float(torch.corrcoef(torch.stack([one.flatten(), other.flatten()]))[0, 1])


def blurred(video: Tensor, sigma: float) -> Tensor:
    frames = [cv2.GaussianBlur(frame.permute(1, 2, 0).numpy(), (0, 0), sigma) for frame in video.transpose(0, 1)]
    return torch.from_numpy(np.stack(frames)).permute(3, 0, 1, 2)


def test_a_smeared_clip_in_other_colours_gives_its_colours_alone() -> None:
    source = as_tensor(shapes())
    turn = torch.tensor([[0.1, 0.6, 0.1], [-0.5, 0.1, 0.2], [0.1, 0.1, -0.6]])
    sharp = torch.einsum("ij,jthw->ithw", turn, source) + torch.tensor([0.2, 0.0, -0.1])[:, None, None, None]
    found = recoloured(source, blurred(sharp, 2))
    assert found.shape == source.shape
    assert correlation(found, sharp) > 0.97
    assert correlation(blurred(sharp, 2), sharp) < 0.93
    assert correlation(found, source) < 0.5, "the colours are the other's"


def test_what_a_source_does_not_tell_apart_gets_the_mean_colour_that_is_there() -> None:
    grey = torch.zeros(3, 2, HEIGHT, WIDTH)
    like = 0.5 * torch.randn(3, 2, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0))
    like[0, :, :, WIDTH // 2 :] += 1
    found = recoloured(grey, like)
    assert float(found[1:].abs().max()) < 0.25, "what strays is gone"
    assert float(found[0, :, :, : WIDTH // 4].mean()) == pytest.approx(0, abs=0.1)
    assert float(found[0, :, :, -WIDTH // 4 :].mean()) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("strengths", "expected"),
    [
        ([0.6, 0.6, 0.6], True),
        ([0.26, 0.26, 0.26], True),
        ([1, 0.6, 0.6], True),
        ([1, 1, 1], False),
        ([0.2, 0.2, 0.2], False),
        ([0.6, 0.6, 0], False),
        ([1, 0, 0], False),
    ],
)
def test_only_what_is_given_throughout_and_not_all_kept_is_told_anew(strengths: list[float], expected: bool) -> None:
    assert tells_anew(torch.tensor([strengths])) is expected


@torch.no_grad()
def test_outlines_are_kept_as_far_as_the_strength_says(pipe: SoraPipeline) -> None:
    source = as_tensor(shapes())[None]
    clip = encoded(pipe, as_tensor(shapes(1))[None])
    made = pixels_of(pipe, clip)

    def changed(strength: float, share: float = 1.0) -> float:
        found = outlined(pipe, clip, source, torch.full((1, LENGTH), strength), share)
        return float((found - encoded(pipe, made)).abs().mean())

    amounts = [changed(strength) for strength in (1 - TOLD_FROM, 0.35, 0.5, 0.6, 0.8)]
    assert amounts[0] == pytest.approx(0, abs=1e-5), "the least strength keeps colours and large shapes alone"
    assert amounts[0] < amounts[1] < amounts[2] < amounts[3]
    assert amounts[4] == pytest.approx(amounts[3])
    assert changed(0.6, 0.3) < changed(0.6)
    strengths = torch.full((1, LENGTH), 0.6)
    strengths[:, :5] = 1.0
    held = outlined(pipe, clip, source, strengths)
    torch.testing.assert_close(held[:, :, :2], encoded(pipe, source)[:, :, :2])


def test_the_source_is_shown_more_firmly_where_its_outlines_are_kept() -> None:
    shown = [firmly(strength) for strength in (1 - TOLD_FROM, 0.4, 0.6, 0.8, 0.9, 1.0)]
    assert shown == pytest.approx([1 - TOLD_FROM, shown[1], FIRMLY, FIRMLY, 0.9, 1.0])
    assert 0.4 < shown[1] < FIRMLY


def paper(video: np.ndarray) -> np.ndarray:
    """A clip with bare paper around it."""
    framed = np.full_like(video, 250)
    framed[:, 1:-1, 1:-1] = video[:, 1:-1, 1:-1] // 2
    return framed


def test_bare_paper_belongs_to_a_look_and_not_to_what_is_told() -> None:
    size = (LENGTH, HEIGHT, WIDTH)
    framed = GivenFrames(0, paper(shapes()), 0.6)
    found, strengths = lay_out_source([framed], size)
    assert strengths.tolist() == [pytest.approx([0.6] * LENGTH)]
    assert float(found[0, :, :, 0].mean()) < 0, "what lies within goes on to the edges"
    torch.testing.assert_close(found[0, :, :, 2:-2, 2:-2], framed.pixels()[:, :, 2:-2, 2:-2])
    assert float(found[0, :, :, 2].mean()) < 0
    plain, kept = GivenFrames(0, shapes(), 0.6), GivenFrames(0, paper(shapes()))
    torch.testing.assert_close(lay_out_source([plain], size)[0], lay_out([plain], size)[0])
    assert torch.equal(lay_out_source([kept], size)[0][0], kept.pixels()), "only what is told anew"
    some = GivenFrames(0, paper(shapes(frames=5)))
    assert torch.equal(lay_out_source([plain, some], size)[0][0, :, :5], some.pixels())


@torch.no_grad()
def test_the_paper_that_a_look_brings_stays_around_the_outlines(pipe: SoraPipeline, monkeypatch: Any) -> None:
    monkeypatch.setattr(retelling, "pixels_of", lambda *_: as_tensor(paper(shapes(1)))[None])
    monkeypatch.setattr(retelling, "encoded", lambda _pipe, video: video)
    found = outlined(pipe, torch.zeros(1), as_tensor(shapes())[None], torch.full((1, LENGTH), 0.6))
    assert float(found[0, :, :, 0].min()) > 0.6
    assert float(found[0, :, :, 4:-4, 4:-4].mean()) < 0


class Calls:
    """What the network was shown."""

    def __init__(self, pipe: SoraPipeline, **arguments: Any) -> None:
        self.told: list[dict[str, Any]] = []
        with pipe.transformer.register_forward_pre_hook(self._note, with_kwargs=True):
            self.made = generate(pipe, num_inference_steps=STEPS, **arguments)

    def _note(self, _module: object, _args: object, told: dict[str, Any]) -> None:
        self.told.append(told)

    def levels(self) -> list[float]:
        return [float(told["timestep"][0]) for told in self.told]


def test_first_the_colours_are_found_then_the_look_is_drawn_within_outlines(pipe: SoraPipeline) -> None:
    calls = Calls(pipe, guidance_scale=1.0, given=[GivenFrames(0, shapes(), 0.6)])
    levels = calls.levels()
    assert len(levels) == STEPS
    assert levels[0] == pytest.approx(TOLD_FROM)
    assert levels[6] == pytest.approx(REDRAWN_FROM)
    assert levels[:6] == sorted(levels[:6], reverse=True)
    assert float(calls.told[0]["strength"].amin()) == pytest.approx(0.6, abs=0.01)
    assert float(calls.told[6]["strength"].amin()) == pytest.approx(FIRMLY, abs=0.01)
    firmer = Calls(pipe, guidance_scale=1.0, given=[GivenFrames(0, shapes(), 0.8)]).levels()
    assert firmer[6] == pytest.approx(REDRAWN_FROM / 2)


@torch.no_grad()
def test_frames_that_are_kept_stay_while_the_others_are_told_anew(pipe: SoraPipeline) -> None:
    kept, source = shapes(1, 5), shapes()
    given = [GivenFrames(0, source, 0.6), GivenFrames(0, kept)]
    calls = Calls(pipe, guidance_scale=4.0, given=given)
    assert calls.levels()[0] == pytest.approx(TOLD_FROM)
    assert len(calls.told[0]["timestep"]) == 2, "guided as a clip is"
    late = calls.told[-1]["strength"][0, :, :, 0, 0]
    assert bool((late[:, :2] == 1).all())
    assert late[:, 2:].float().numpy() == pytest.approx(FIRMLY, abs=0.01)
    found = torch.from_numpy(calls.made[0]).permute(3, 0, 1, 2)[None] * 2 - 1
    again = pixels_of(pipe, encoded(pipe, as_tensor(np.concatenate([kept, source[5:]]))[None]))
    assert float((found[:, :, :5] - again[:, :, :5]).abs().max()) < 0.1


@pytest.mark.parametrize("held", [1, 5, 6, 7])
def test_a_held_run_goes_on_to_the_same_clip(pipe: SoraPipeline, held: int) -> None:
    seen: list[Tensor] = []

    def note(_pipe: SoraPipeline, _i: int, _t: Tensor, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        seen.append(tensors["latents"].clone())
        return {}

    request: dict[str, Any] = {"given": [GivenFrames(0, shapes(), 0.6)], "num_inference_steps": STEPS}
    whole = generate(pipe, callback_on_step_end=note, **request)
    assert len(seen) == STEPS
    again = generate(pipe, latents=seen[held - 1], start_step=held, **request)
    np.testing.assert_allclose(again, whole, atol=1e-4)


def test_pictures_are_told_anew_too_and_one_step_finds_the_colours_alone(pipe: SoraPipeline) -> None:
    still = generate(pipe, num_inference_steps=STEPS, num_frames=1, given=[GivenFrames(0, shapes(frames=1), 0.6)])
    assert still.shape == (1, 1, HEIGHT, WIDTH, 3)
    made = generate(pipe, num_inference_steps=1, given=[GivenFrames(0, shapes(), 0.6)])
    assert made.shape == (1, LENGTH, HEIGHT, WIDTH, 3)
    with pytest.raises(ValueError, match="latents are"):
        generate(pipe, latents=torch.zeros(1, 16, 1, 4, 6), start_step=1, given=[GivenFrames(0, shapes(), 0.6)])


def test_all_looks_but_the_plain_one_are_pushed_where_a_clip_is_told_anew(pipe: SoraPipeline) -> None:
    assert textured("", "a red ball", retold=True) == ()
    (sketch,) = textured("pencil sketch", "a red ball, flat", retold=True)
    (paper,) = textured("paper cut-out", "a red ball, flat", retold=True)
    assert (sketch.push, sketch.below) == (OTHERS_RETOLD, RETOLD_BELOW)
    assert paper.push == RETOLD["paper cut-out"] > TEXTURES["paper cut-out"]
    calls = Calls(pipe, guidance_scale=1.0, weighted=(paper,), given=[GivenFrames(0, shapes(), 0.6)])
    assert [len(told["timestep"]) for told in calls.told] == [1] * 6 + [2] * 2
