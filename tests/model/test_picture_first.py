"""A clip from words alone: a picture, and movement."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from sora_studio.model import GivenFrames, SoraPipeline, picture_first
from sora_studio.model import animatic as animatics
from sora_studio.model.animatic import Moves, Opening, Pose, animatic
from sora_studio.model.denoising import GUIDED_FROM, GUIDED_TO, LATE_FROM, LATE_PUSH
from sora_studio.model.emphasis import TEXTURE_BELOW, textured
from sora_studio.model.leading import CameraMove
from sora_studio.model.picture_first import (
    FOLLOWED_FROM,
    LEAST_CALLS,
    LED_FROM,
    led_from,
    moving_canvas,
    steps_of_picture,
)
from tests.tiny_model import tiny_pipeline

HEIGHT, WIDTH, LENGTH = 32, 48, 9
LEFT = Moves(CameraMove(right=0.05))
FALLS = Moves(CameraMove(), lambda away: Pose(down=0.01 * away))


@pytest.fixture(scope="module")
def pipe() -> SoraPipeline:
    return tiny_pipeline()


def generate(pipe: SoraPipeline, steps: int, **arguments: Any) -> Any:
    settings = {"prompt": "a red ball", "height": HEIGHT, "width": WIDTH, "num_frames": LENGTH, "guidance_scale": 1.0}
    settings |= {"num_inference_steps": steps, "generator": torch.Generator().manual_seed(0)}
    return pipe(**{**settings, **arguments}).frames


@contextmanager
def calls(pipe: SoraPipeline) -> Iterator[list[tuple[int, float]]]:
    """Latent frames and noise levels that the network was asked for."""
    seen: list[tuple[int, float]] = []

    def note(_module: object, _args: object, told: dict[str, Tensor]) -> None:
        seen.append((told["hidden_states"].shape[2], round(float(told["timestep"][0]), 3)))

    with pipe.transformer.register_forward_pre_hook(note, with_kwargs=True):
        yield seen


def test_most_of_the_steps_draw_a_picture_and_the_others_the_clip(pipe: SoraPipeline) -> None:
    with calls(pipe) as seen:
        generate(pipe, 24, moves=FALLS)
    pictures = [level for frames, level in seen if frames == 1]
    assert pictures[0] == 1.0
    assert len(pictures) == 21 + 2, "twenty-one steps, the last on both grids, and a look at where the subject is"
    clip = [level for frames, level in seen if frames == 3]
    assert clip[0] == pytest.approx(LED_FROM, abs=1e-3)
    assert clip == sorted(clip, reverse=True)
    assert len(clip) == 3
    assert steps_of_picture(12, LENGTH, given=True) == steps_of_picture(12, 1, given=True) == 0


def test_all_steps_draw_what_is_to_be_a_picture_alone(pipe: SoraPipeline) -> None:
    assert steps_of_picture(12, 1, given=False) == 12
    with calls(pipe) as seen:
        made = generate(pipe, 4, num_frames=1)
    assert made.shape[1] == 1
    assert len({level for _, level in seen}) == LEAST_CALLS


def test_a_picture_is_guided_further_down_with_half_the_push(
    pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    scales: list[tuple[int, float, float]] = []
    predict = pipe.predict_velocity

    def watched(latents: Tensor, t: Tensor, conditions: Any, guidance_scale: float, **how: Any) -> Tensor:
        scales.append((latents.shape[2], float(t) / 1000, guidance_scale))
        return predict(latents, t, conditions, guidance_scale, **how)

    monkeypatch.setattr(pipe, "predict_velocity", watched)
    passes: list[tuple[int, float, int]] = []

    def note(_module: object, _args: object, told: dict[str, Tensor]) -> None:
        passes.append((told["hidden_states"].shape[2], float(told["timestep"][0]), len(told["timestep"])))

    with pipe.transformer.register_forward_pre_hook(note, with_kwargs=True):
        generate(pipe, 24, guidance_scale=5.0)
    assert {scale for _, level, scale in scales if level < GUIDED_FROM} == {1 + 4 * LATE_PUSH}
    assert {scale for _, level, scale in scales if level >= GUIDED_FROM} == {5.0}
    drawn = [(level, count) for frames, level, count in passes if frames == 1][:21]
    assert [count for _, count in drawn] == [2 if LATE_FROM <= level < GUIDED_TO - 1e-6 else 1 for level, _ in drawn]
    assert {count for frames, _, count in passes if frames == 3} == {1}
    scales.clear()
    generate(pipe, 4, guidance_scale=5.0)  # each call by its own level, and not by its step's
    drawn = [(level, scale) for frames, level, scale in scales if frames == 1]
    assert [scale for _, scale in drawn] == [1 + 4 * (LATE_PUSH if level < GUIDED_FROM else 1) for level, _ in drawn]
    assert {scale for _, scale in drawn} == {5.0, 1 + 4 * LATE_PUSH}


def test_in_few_steps_a_picture_takes_more_calls(pipe: SoraPipeline) -> None:
    with calls(pipe) as seen:
        generate(pipe, 4, moves=FALLS)
    levels = [level for frames, level in seen if frames == 1][:-1]
    assert len(levels) == LEAST_CALLS + 1, "the last on both grids"
    assert levels[:-1] == sorted(set(levels), reverse=True)
    assert len([frames for frames, _ in seen if frames == 3]) == 2


@torch.no_grad()
def test_the_parts_of_a_step_lead_where_steps_of_their_own_would(pipe: SoraPipeline) -> None:
    """Between two levels of the schedule the way is cut evenly: with a velocity that doesn't change it is one."""
    from sora_studio.model.denoising import Run, denoise

    noise, data = torch.randn(2, 1, 16, 1, 4, 6, generator=torch.Generator().manual_seed(0))

    class Straight:
        scheduler = pipe.scheduler
        interrupt = False
        prepare_timesteps = staticmethod(pipe.prepare_timesteps)

        @staticmethod
        def predict_velocity(x: Tensor, *_: object, **__: object) -> Tensor:
            return noise - data

    run = Run(1, 0, 1.0, None, (), lambda: None)
    conditions = pipe.prepare_conditions(pipe.encode_prompt(["a"], []), pipe.prepare_canvas((), (1, HEIGHT, WIDTH)))
    for parts in (1, 3):
        made = denoise(Straight(), run, conditions, (0, 2), 1.0, noise, parts=parts)  # type: ignore[arg-type]
        torch.testing.assert_close(made, data, rtol=0, atol=1e-4)


@pytest.mark.parametrize("step", [1, 21, 22])
def test_a_run_goes_on_from_either_stage(pipe: SoraPipeline, step: int) -> None:
    kept: dict[int, Tensor] = {}

    def keep(_pipe: object, i: int, _t: object, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        kept[i + 1] = tensors["latents"].clone()
        return {}

    whole = generate(pipe, 24, callback_on_step_end=keep, moves=LEFT)
    assert kept[step].shape == ((1, 16, 1, 4, 6) if step <= 21 else (1, 16, 3, 4, 6))
    assert np.array_equal(generate(pipe, 24, latents=kept[step], start_step=step, moves=LEFT), whole)


def test_latents_of_another_stage_are_refused(pipe: SoraPipeline) -> None:
    with pytest.raises(ValueError, match=r"latents are \(1, 16, 3, 4, 6\), expected \(1, 16, 1, 4, 6\)"):
        generate(pipe, 24, latents=torch.zeros(1, 16, 3, 4, 6), start_step=1)


def test_a_clip_moves_as_it_is_told(pipe: SoraPipeline) -> None:
    still, led = generate(pipe, 6), generate(pipe, 6, moves=LEFT)
    assert not np.array_equal(still, led)
    assert np.array_equal(still, generate(pipe, 6, moves=Moves()))


def test_what_passes_is_led_by_a_picture_in_its_middle(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[int], int]] = []

    def watched(picture: Tensor, seen: Tensor | None, away: Tensor, moves: Moves, at: int) -> Tensor:
        asked.append((away.tolist(), at))
        return animatic(picture, seen, away, moves, at)

    monkeypatch.setattr(picture_first, "animatic", watched)
    for passing in (True, False):
        generate(pipe, 6, moves=replace(LEFT, passing=passing))
    assert asked == [(list(range(LENGTH)), LENGTH // 2), (list(range(LENGTH)), 0)]


@torch.no_grad()
def test_given_pictures_begin_to_move(pipe: SoraPipeline) -> None:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (LENGTH, HEIGHT, WIDTH, 3), dtype=np.uint8)
    size = (LENGTH, HEIGHT, WIDTH)
    words = pipe.prepare_conditions(pipe.encode_prompt(["a red ball"], []), pipe.prepare_canvas((), size))

    def moving(given: list[GivenFrames], moves: Moves) -> Tensor:
        assert led_from(given, size, moves) == (LED_FROM if len(given) == 1 else FOLLOWED_FROM)
        return moving_canvas(pipe, given, size, words, moves)

    picture, last = GivenFrames(0, frames[:1]), GivenFrames(8, frames[8:])
    still = moving([picture], Moves())
    assert still.shape == (1, 16, 3, 4, 6), "a picture of which no movement is told is kept as it is"
    assert not torch.equal(still, moving([picture], LEFT))
    assert moving([picture], LEFT).shape == (1, 16, 3, 4, 6)
    assert not torch.equal(moving([picture], LEFT), moving([last], LEFT))
    assert not torch.equal(moving([picture, last], LEFT), moving([picture, last], Moves()))
    torch.testing.assert_close(moving([picture], LEFT)[:, :, 0], moving([picture], FALLS)[:, :, 0], rtol=0, atol=1e-4)


@torch.no_grad()
def test_what_goes_on_with_a_clip_moves_as_its_first_picture_would_have(
    pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (LENGTH, HEIGHT, WIDTH, 3), dtype=np.uint8)
    given, size = [GivenFrames(0, frames[:5])], (LENGTH, HEIGHT, WIDTH)
    words = pipe.prepare_conditions(pipe.encode_prompt(["a red ball"], []), pipe.prepare_canvas((), size))
    asked: list[tuple[list[int], Moves, bool]] = []

    def watched(picture: Tensor, seen: Tensor | None, away: Tensor, moves: Moves, at: int) -> Tensor:
        assert at == 0, "what went before began with the opening's picture"
        asked.append((away.tolist(), moves, seen is not None))
        return animatic(picture, seen, away, moves, at)

    monkeypatch.setattr(picture_first, "animatic", watched)
    monkeypatch.setattr(animatics, "SEEN_FROM", 0.5)  # an untrained network is unsure of every cell

    def led(opening: Opening, moves: Moves) -> Tensor:
        moves = replace(moves, opening=opening)
        assert led_from(given, size, moves) == LED_FROM
        return moving_canvas(pipe, given, size, words, moves)

    early, late = (led(Opening(frames[:1], before), FALLS) for before in (12, 24))
    assert [away for away, _, _ in asked] == [list(range(12, 12 + LENGTH)), list(range(24, 24 + LENGTH))]
    assert early.shape == (1, 16, 3, 4, 6)
    torch.testing.assert_close(early[:, :, :2], late[:, :, :2], rtol=0, atol=1e-4)  # the frames that are given
    assert not torch.allclose(early[:, :, 2], late[:, :, 2], atol=1e-2)
    still = led(Opening(frames[:1], 12), Moves())
    assert torch.equal(still, led(Opening(frames[:1], 24), Moves()))
    assert not torch.equal(still, led(Opening(frames[5:6], 24), Moves()))
    led(Opening(frames[:1], 12), LEFT)
    assert not asked[-1][2], "under a camera that pans it stays in its set"
    led(Opening(frames[:1], 12), Moves(CameraMove(growth=-0.02)))
    assert asked[-1][2], "where more comes into sight it is cut out, or both sides would show it again"
    clip = generate(pipe, 4, given=given, moves=replace(FALLS, opening=Opening(frames[:1], 12)))
    assert not np.array_equal(clip, generate(pipe, 4, given=given, moves=FALLS))


@torch.no_grad()
def test_footage_goes_on_and_two_stretches_become_each_other(pipe: SoraPipeline) -> None:
    size = (17, HEIGHT, WIDTH)
    rng = np.random.default_rng(0)
    dark, light = (rng.integers(low, low + 60, (5, HEIGHT, WIDTH, 3), dtype=np.uint8) for low in (0, 190))
    words = pipe.prepare_conditions(pipe.encode_prompt(["a red ball"], []), pipe.prepare_canvas((), size))
    first, last = GivenFrames(0, dark), GivenFrames(12, light)

    def sketch(*given: GivenFrames, opening: Opening | None = None) -> Tensor:
        seen: list[Tensor] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(picture_first, "encoded", lambda _pipe, video: seen.append(video) or encoded(_pipe, video))
            moving_canvas(pipe, given, size, words, replace(Moves(), opening=opening))
        return seen[-1][0].mean(dim=(0, 2, 3))  # (T,), how light each frame is

    encoded = picture_first.encoded
    for given in ([first], [last], [first, last], [GivenFrames(6, dark)]):
        assert led_from(given, size, Moves()) == FOLLOWED_FROM
    assert led_from([GivenFrames(0, dark, 0.5)], size, Moves()) is None, "of what is partly kept more is to change"
    whole = rng.integers(0, 256, (17, HEIGHT, WIDTH, 3), dtype=np.uint8)
    assert led_from([GivenFrames(0, whole)], size, Moves()) is None, "nothing is left to do"
    stays, leads = sketch(first), sketch(last)
    assert float(stays.max()) < -0.5
    assert float(leads.min()) > 0.5
    between = sketch(first, last)
    torch.testing.assert_close(between[:5], stays[:5])
    torch.testing.assert_close(between[12:], leads[12:])
    steps = between[4:13].diff()
    assert bool((steps > 0).all()), "the one becomes the other, frame by frame"
    assert float(steps.max()) < 3 * float(steps.mean())
    assert float(sketch(GivenFrames(6, dark)).max()) < -0.5, "to both sides"
    for backward in (False, True):
        opening = Opening(light, 8, backward=backward)
        assert led_from([first], size, Moves(opening=opening)) == FOLLOWED_FROM
        later = sketch(first, opening=opening)
        assert float(later[:5].max()) < -0.5
        assert float(later[5:].min()) > 0.5, "it goes on from what the clip began with"


def test_the_texture_of_a_look_is_pushed_where_it_is_decided_and_in_the_clip_too(pipe: SoraPipeline) -> None:
    passes: list[tuple[int, float, int]] = []

    def note(_module: object, _args: object, told: dict[str, Tensor]) -> None:
        passes.append((told["hidden_states"].shape[2], float(told["timestep"][0]), len(told["timestep"])))

    weighted = textured("pixel art", "a red ball, flat")
    assert weighted[0].below == TEXTURE_BELOW
    assert textured("pencil sketch", "a red ball, flat") == textured("", "") == ()
    with pipe.transformer.register_forward_pre_hook(note, with_kwargs=True):
        made = generate(pipe, 24, guidance_scale=5.0, weighted=weighted)
    drawn = [(level, count) for frames, level, count in passes if frames == 1][:21]
    assert [count for level, count in drawn] == [
        1 + (LATE_FROM <= level < GUIDED_TO - 1e-6) + (level < TEXTURE_BELOW) for level, _ in drawn
    ]
    assert {count for frames, level, count in passes if frames == 3} == {2}, "the prompt and the plain one"
    assert not np.array_equal(made, generate(pipe, 24, guidance_scale=5.0))
