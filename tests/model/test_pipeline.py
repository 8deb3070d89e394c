"""The pipeline: a real one with tiny random weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, FlowMatchEulerDiscreteScheduler
from PIL import Image
from torch import Tensor

from sora_studio.model import GivenFrames, SoraPipeline, register
from sora_studio.model.denoising import BETWEEN_BELOW, GUIDED_FROM, GUIDED_TO, LONG_PUSH
from sora_studio.model.emphasis import Weighted
from sora_studio.model.pipeline import HELD_FROM, HELD_PUSH, narrowed, widened
from sora_studio.model.retelling import TOLD_FROM
from tests.tiny_model import build_tiny_pipeline, tiny_pipeline, tiny_transformer

HEIGHT, WIDTH, LENGTH = 32, 48, 9


@pytest.fixture(scope="module")
def pipe() -> SoraPipeline:
    return tiny_pipeline()


def generate(pipe: SoraPipeline, seed: int = 0, **arguments: Any) -> Any:
    settings = {"prompt": "a red ball", "height": HEIGHT, "width": WIDTH, "num_frames": LENGTH}
    settings |= {"num_inference_steps": 2, "generator": torch.Generator().manual_seed(seed)}
    return pipe(**{**settings, **arguments}).frames


def noise() -> Tensor:
    """What a run of seed 0 begins with; given as latents, a clip from words does so, too, and not with pictures."""
    return torch.randn(1, 16, 3, HEIGHT // 8, WIDTH // 8, generator=torch.Generator().manual_seed(0))


def clip(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, HEIGHT, WIDTH, 3), dtype=np.uint8)


def test_the_same_seed_gives_the_same_clip(pipe: SoraPipeline) -> None:
    first, second, other = generate(pipe), generate(pipe), generate(pipe, seed=1)
    assert first.shape == (1, LENGTH, HEIGHT, WIDTH, 3)
    assert first.dtype == np.float32
    assert first.min() >= 0
    assert first.max() <= 1
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


PLACES = {
    "text to video": [],
    "image to video": [GivenFrames(0, Image.fromarray(clip(1)[0]))],
    "keyframes": [GivenFrames(at, clip(1, at)) for at in (0, 4, 8)],
    "extend": [GivenFrames(0, clip(5))],
    "prepend": [GivenFrames(4, clip(5))],
    "bridge": [GivenFrames(0, clip(3)), GivenFrames(6, clip(3, 1))],
    "restyle": [GivenFrames(0, clip(9), 0.5)],
    "loop": [GivenFrames(0, clip(2)), GivenFrames(7, clip(2, 1))],
}


@pytest.mark.parametrize("task", PLACES)
def test_frames_may_be_given_at_any_place(pipe: SoraPipeline, task: str) -> None:
    frames = generate(pipe, given=PLACES[task])
    assert frames.shape == (1, LENGTH, HEIGHT, WIDTH, 3)
    assert np.isfinite(frames).all()
    assert np.array_equal(frames, generate(pipe, given=PLACES[task]))
    if PLACES[task]:
        assert not np.array_equal(frames, generate(pipe))


@pytest.mark.parametrize(("length", "height", "width"), [(1, 32, 32), (5, 64, 16), (17, 16, 64)])
def test_images_and_clips_of_any_aspect(pipe: SoraPipeline, length: int, height: int, width: int) -> None:
    frames = generate(pipe, num_frames=length, height=height, width=width)
    assert frames.shape == (1, length, height, width, 3)


def test_the_forms_of_output_are_the_same_clip(pipe: SoraPipeline) -> None:
    array, tensor, images = (generate(pipe, output_type=kind) for kind in ("np", "pt", "pil"))
    assert tensor.shape == (1, LENGTH, 3, HEIGHT, WIDTH)
    assert np.array_equal(tensor.permute(0, 1, 3, 4, 2).numpy(), array)
    assert np.abs(np.stack([np.asarray(image) for image in images[0]]) / 255 - array[0]).max() < 0.003
    latents = generate(pipe, output_type="latent")
    assert latents.shape == (1, 16, 3, HEIGHT // 8, WIDTH // 8)
    assert np.array_equal(pipe.decode_latents(latents, "np"), array)
    assert isinstance(pipe("a", num_frames=1, num_inference_steps=1, return_dict=False), tuple)


def test_a_generated_clip_can_be_given_again(pipe: SoraPipeline) -> None:
    tensor = generate(pipe, output_type="pt")[0]
    array = (tensor.permute(0, 2, 3, 1).numpy() * 255).round().astype(np.uint8)
    from_tensor, from_array = (generate(pipe, given=[GivenFrames(0, form[-5:])]) for form in (tensor, array))
    assert np.abs(from_tensor - from_array).max() < 0.05


def test_several_prompts_are_several_clips(pipe: SoraPipeline) -> None:
    prompts = ["a red ball", "the blue cat moves left"]
    both = generate(pipe, prompt=prompts, latents=noise().repeat(2, 1, 1, 1, 1))
    single = generate(pipe, prompt=prompts[1], latents=noise())
    assert both.shape[0] == 2
    assert np.abs(both[1:] - single).max() < 1e-4
    assert not np.allclose(both[0], both[1], atol=1e-4)


def test_guidance_moves_away_from_the_negative_prompt(pipe: SoraPipeline) -> None:
    plain = generate(pipe, guidance_scale=1.0, latents=noise())
    same = generate(pipe, guidance_scale=4.0, negative_prompt="a red ball", latents=noise())
    away = generate(pipe, guidance_scale=4.0, negative_prompt="blue cat", latents=noise())
    assert np.abs(plain - same).max() < 1e-4
    assert not np.allclose(plain, away, atol=1e-4)


def test_without_guidance_the_transformer_sees_each_sample_once(pipe: SoraPipeline) -> None:
    seen: list[int] = []
    hook = pipe.transformer.register_forward_pre_hook(
        lambda module, args, kwargs: seen.append(len(kwargs["timestep"])), with_kwargs=True
    )
    generate(pipe, guidance_scale=1.0, latents=noise())
    generate(pipe, guidance_scale=4.0, latents=noise())
    hook.remove()
    assert seen == [1, 1, 1, 2]  # the first step from noise is never guided


def test_a_weight_leads_along_what_a_phrase_does(pipe: SoraPipeline) -> None:
    """Twice the phrase is as far from once as once is from none, at the level where it counts."""
    canvas, strength = pipe.prepare_canvas((), (LENGTH, HEIGHT, WIDTH))
    words = pipe.encode_prompt(["a ball", "a red ball"], [""])
    seen = []
    for push in (-1.0, 0.0, 1.0):
        conditions = pipe.prepare_conditions(words, (canvas, strength), None, [Weighted("a ball", push)])
        seen.append(pipe.predict_velocity(noise(), torch.tensor(700.0), conditions, 4.0))
    none = pipe.prepare_conditions(pipe.encode_prompt(["a ball"], [""]), (canvas, strength))
    assert torch.allclose(seen[0], pipe.predict_velocity(noise(), torch.tensor(700.0), none, 4.0), atol=1e-4)
    assert torch.allclose(seen[2] - seen[1], seen[1] - seen[0], atol=1e-4)
    assert not torch.allclose(seen[2], seen[1], atol=1e-3)


@pytest.mark.parametrize("guidance", [1.0, 4.0])
def test_a_weighted_phrase_takes_one_more_pass_where_it_counts(pipe: SoraPipeline, guidance: float) -> None:
    seen: list[int] = []
    hook = pipe.transformer.register_forward_pre_hook(
        lambda module, args, kwargs: seen.append(len(kwargs["timestep"])), with_kwargs=True
    )
    plain, lean, more = (
        generate(pipe, guidance_scale=guidance, weighted=[Weighted("a ball", push)] if push else (), latents=noise())
        for push in (0.0, 0.5, 0.8)
    )
    hook.remove()
    passes = 1 if guidance == 1 else 2
    assert seen == [1, passes, 1, passes + 1, 1, passes + 1]
    assert not np.allclose(plain, lean, atol=1e-4)
    assert not np.allclose(lean, more, atol=1e-4)


def test_phrases_of_several_prompts_are_not_weighted(pipe: SoraPipeline) -> None:
    with pytest.raises(ValueError, match="of one prompt, and there are 2"):
        generate(pipe, prompt=["a", "b"], weighted=[Weighted("", 0.5)])


def test_distilled_weights_take_the_scale_as_an_input() -> None:
    pipe = tiny_pipeline()
    pipe.register_modules(transformer=tiny_transformer(distilled_steps=2))
    seen: list[Tensor] = []
    pipe.transformer.register_forward_pre_hook(
        lambda module, args, kwargs: seen.append(kwargs["guidance"]), with_kwargs=True
    )
    low, high = (generate(pipe, guidance_scale=scale, latents=noise()) for scale in (2.0, 6.0))
    assert [scale.tolist() for scale in seen] == [[2.0], [2.0], [6.0], [6.0]]
    assert not np.allclose(low, high, atol=1e-4)
    seen.clear()
    lean = generate(pipe, guidance_scale=2.0, weighted=[Weighted("a ball", 0.8)], latents=noise())
    assert [scale.tolist() for scale in seen] == [[2.0], [2.0, 2.0]]
    assert not np.allclose(low, lean, atol=1e-4)
    seen.clear()
    generate(
        pipe, num_inference_steps=3, latents=noise()
    )  # more steps than they were distilled for: guided in the plain way
    assert seen == [None, None, None]


def test_steps_go_evenly_from_noise_to_data(pipe: SoraPipeline) -> None:
    pipe.prepare_timesteps(4)
    even = torch.tensor([1.0, 0.75, 0.5, 0.25, 0.0])
    shift = pipe.scheduler.config.shift
    assert torch.allclose(pipe.scheduler.sigmas, shift * even / (1 + (shift - 1) * even))


def test_a_perfect_velocity_leads_to_the_data(pipe: SoraPipeline) -> None:
    """The sign and scale of the velocity: with noise minus data as prediction, every schedule ends at the data."""
    noise, data = torch.randn(2, 1, 16, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    for steps in (1, 3, 10):
        latents = noise
        for t in pipe.prepare_timesteps(steps):
            latents = pipe.scheduler.step(noise - data, t, latents, return_dict=False)[0]
        assert torch.allclose(latents, data, atol=1e-4)


def test_a_callback_sees_and_may_replace_the_latents(pipe: SoraPipeline) -> None:
    steps = []

    def blank(pipe: SoraPipeline, i: int, t: Tensor, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        steps.append((i, float(t), tuple(tensors["latents"].shape)))
        return {"latents": torch.zeros_like(tensors["latents"])}

    latents = generate(pipe, callback_on_step_end=blank, output_type="latent", latents=noise())
    assert [step[0] for step in steps] == [0, 1]
    assert steps[0][1] == 1000
    assert steps[0][2] == (1, 16, 3, 4, 6)
    assert not latents.any()


def test_interrupt_ends_a_run_and_the_next_one_is_whole(pipe: SoraPipeline) -> None:
    steps = []

    def stop(pipe: SoraPipeline, i: int, t: Tensor, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        steps.append(i)
        pipe._interrupt = True
        return tensors

    whole = generate(pipe, num_inference_steps=3)
    cut = generate(pipe, num_inference_steps=3, callback_on_step_end=stop)
    assert steps == [0]
    assert pipe.interrupt
    assert not np.array_equal(cut, whole)
    assert np.array_equal(generate(pipe, num_inference_steps=3), whole)


def test_an_exception_in_a_step_leaves_the_pipeline_usable(pipe: SoraPipeline) -> None:
    whole = generate(pipe)

    def fail(*args: Any) -> dict[str, Tensor]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(pipe, callback_on_step_end=fail)
    assert np.array_equal(generate(pipe), whole)


def test_saved_and_loaded_it_is_the_same(pipe: SoraPipeline, tmp_path: Path) -> None:
    folder = build_tiny_pipeline(tmp_path)
    loaded = SoraPipeline.from_pretrained(folder, local_files_only=True)
    loaded.set_progress_bar_config(disable=True)
    for name in ("vae", "transformer", "text_encoder", "clip"):
        torch.testing.assert_close(getattr(loaded, name).state_dict(), getattr(pipe, name).state_dict(), rtol=0, atol=0)
    assert np.abs(generate(loaded) - generate(pipe)).max() < 1e-4


def test_the_general_loader_of_diffusers_finds_the_class(tmp_path: Path) -> None:
    register()
    loaded = DiffusionPipeline.from_pretrained(build_tiny_pipeline(tmp_path), local_files_only=True)
    assert isinstance(loaded, SoraPipeline)
    assert isinstance(loaded.scheduler, FlowMatchEulerDiscreteScheduler)


def test_clip_is_optional(pipe: SoraPipeline, tmp_path: Path) -> None:
    bare = SoraPipeline(**{**pipe.components, "clip": None})
    bare.set_progress_bar_config(disable=True)
    bare.save_pretrained(tmp_path)
    loaded = SoraPipeline.from_pretrained(tmp_path)
    loaded.set_progress_bar_config(disable=True)
    assert loaded.clip is None
    assert np.abs(generate(loaded) - generate(bare)).max() < 1e-4


def test_bfloat16_gives_nearly_the_same_clip(pipe: SoraPipeline, tmp_path: Path) -> None:
    half = SoraPipeline.from_pretrained(build_tiny_pipeline(tmp_path), dtype=torch.bfloat16)
    half.set_progress_bar_config(disable=True)
    given = [GivenFrames(0, clip(1)), GivenFrames(5, clip(4), 0.5)]
    frames = generate(half, given=given)
    assert frames.dtype == np.float32
    assert np.abs(frames - generate(pipe, given=given)).mean() < 0.02


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_frames": 8}, r"8 frames can't be encoded; 5 or 9 can \(4k \+ 1\)"),
        ({"height": 40}, "48x40 can't be generated: both sides must be multiples of 16, for instance 48x32"),
        ({"width": 0}, "both sides must be multiples of 16, for instance 16x32"),
        ({"num_inference_steps": 0}, "num_inference_steps is 0; at least 1"),
        ({"output_type": "gif"}, "output_type is 'gif'; it can be one of np, pt, pil, latent"),
        ({"callback_on_step_end_tensor_inputs": ["noise"]}, r"can't have \['noise'\]; there are \['latents'\]"),
        ({"latents": torch.zeros(1, 16, 1, 4, 6)}, r"latents are \(1, 16, 1, 4, 6\), expected \(1, 16, 3, 4, 6\)"),
        ({"prompt": []}, "There is no prompt"),
        ({"negative_prompt": ["a", "b"]}, "2 negative prompts for 1 prompts"),
        ({"given": [GivenFrames(8, clip(2))]}, "2 given frames at 8 reach to frame 9, but the clip has frames 0 to 8"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_with_the_numbers(
    pipe: SoraPipeline, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        generate(pipe, **arguments)


def test_the_first_and_the_last_steps_need_no_guidance(pipe: SoraPipeline) -> None:
    seen: list[tuple[float, int]] = []
    hook = pipe.transformer.register_forward_pre_hook(
        lambda module, args, kwargs: seen.append((float(kwargs["timestep"][0]), len(kwargs["timestep"]))),
        with_kwargs=True,
    )
    generate(pipe, guidance_scale=4.0, num_inference_steps=10, latents=noise())
    hook.remove()
    assert [passes for _, passes in seen] == [2 if GUIDED_FROM <= level < GUIDED_TO else 1 for level, _ in seen]
    assert {passes for _, passes in seen} == {1, 2}


def test_a_clip_that_keeps_a_picture_begins_with_it_in_the_noise(pipe: SoraPipeline) -> None:
    seen: list[dict[str, Tensor]] = []
    with pipe.transformer.register_forward_pre_hook(lambda _module, _args, told: seen.append(told), with_kwargs=True):
        generate(pipe, guidance_scale=1.0, latents=noise())
        generate(pipe, guidance_scale=1.0, given=[GivenFrames(0, clip(1)), GivenFrames(LENGTH - 1, clip(1), 0.5)])
        generate(pipe, guidance_scale=1.0, given=[GivenFrames(0, clip(1), 0.5)])
        generate(pipe, guidance_scale=1.0, given=[GivenFrames(0, clip(LENGTH), 0.1)])
    free, held, *loose = seen[::2]
    assert [float(told["timestep"][0]) for told in (free, held, *loose)] == pytest.approx([1.0, HELD_FROM, 1.0, 1.0])
    begun, canvas = (held[name][:, :, 0].float() for name in ("hidden_states", "canvas"))
    assert float((begun - (1 - HELD_FROM) * canvas).std()) == pytest.approx(HELD_FROM, rel=0.15)


def test_a_clip_told_anew_begins_with_its_source_in_as_much_noise_as_any(pipe: SoraPipeline) -> None:
    seen: list[dict[str, Tensor]] = []
    with pipe.transformer.register_forward_pre_hook(lambda _module, _args, told: seen.append(told), with_kwargs=True):
        generate(pipe, guidance_scale=1.0, given=[GivenFrames(0, clip(LENGTH), 0.6)])
    begun, canvas = seen[0]["hidden_states"].float(), seen[0]["canvas"].float()
    assert float(seen[0]["timestep"][0]) == pytest.approx(TOLD_FROM)
    share = (1 - TOLD_FROM) / 0.6
    fresh = (begun - share * canvas).std()  # what is no part of the canvas is noise of its own
    assert float(fresh) == pytest.approx((TOLD_FROM**2 - (share * 0.4) ** 2) ** 0.5, rel=0.1)


def test_late_steps_lay_their_patches_between_those_of_the_others(pipe: SoraPipeline) -> None:
    seen: list[tuple[float, tuple[int, ...]]] = []
    with pipe.transformer.register_forward_pre_hook(
        lambda _module, _args, told: seen.append((float(told["timestep"][0]), told["hidden_states"].shape[3:])),
        with_kwargs=True,
    ):
        generate(pipe, guidance_scale=1.0, num_inference_steps=12, latents=noise())
    plain = seen[0][1]
    wide = tuple(side + pipe.transformer.config.patch_size for side in plain)
    late = [shape for level, shape in seen if level < BETWEEN_BELOW]
    assert late[::-1] == [plain if k % 2 == 0 else wide for k in range(len(late))], "the last is the picture's own grid"
    assert len(late) > 2
    assert {shape for level, shape in seen if level >= BETWEEN_BELOW} == {plain}


def test_a_latent_is_widened_by_what_stands_at_its_edges() -> None:
    x = torch.arange(24.0).view(1, 1, 1, 4, 6)
    wide = widened(x, 1)
    assert wide.shape == (1, 1, 1, 6, 8)
    assert torch.equal(narrowed(wide, 1), x)
    assert wide[0, 0, 0, 0].tolist() == [0, 0, 1, 2, 3, 4, 5, 5], "the edge goes on as it is"
    assert torch.equal(narrowed(widened(x, 0), 0), x)


def test_held_pictures_and_long_steps_take_a_share_of_the_guidance(
    pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    scales: list[float] = []
    predict = pipe.predict_velocity

    def watched(latents: Tensor, t: Tensor, conditions: Any, guidance_scale: float, **how: Any) -> Tensor:
        if float(t) >= 1000 * GUIDED_FROM:
            scales.append(guidance_scale)
        return predict(latents, t, conditions, guidance_scale, **how)

    monkeypatch.setattr(pipe, "predict_velocity", watched)
    for strength, held in ((1.0, HELD_PUSH), (0.2, 1.0)):  # what is kept, and what is told anew from pure noise on
        for steps in (1, 12):
            scales.clear()
            given = [GivenFrames(0, clip(1), strength), GivenFrames(8, clip(1), 0.9 * strength)]
            generate(pipe, guidance_scale=5.0, given=given, num_inference_steps=steps, num_frames=9)
            assert set(scales) == {1 + 4 * held * (LONG_PUSH if steps == 1 else 1)}
