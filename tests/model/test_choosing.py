"""Pictures that are drawn again until what was asked for is recognised in them."""

from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.vae import DecoderOutput
from torch import Tensor

from sora_studio.model import SoraPipeline, choosing
from sora_studio.model.choosing import AGAIN, SURE, recognised
from tests.tiny_model import tiny_pipeline

NAMES = ("a red ball", "a boat", "the sea")
SIZE = {"height": 32, "width": 48, "num_frames": 5, "num_inference_steps": 4, "guidance_scale": 3.0}


@pytest.fixture
def pipe() -> SoraPipeline:
    return tiny_pipeline()


def generate(pipe: SoraPipeline, **more: Any) -> np.ndarray:
    return pipe("a red ball", generator=torch.Generator().manual_seed(0), **{**SIZE, "names": NAMES, **more}).frames


def believing(monkeypatch: pytest.MonkeyPatch, chances: list[list[float]]) -> list[Tensor]:
    """CLIP believes so in the pictures that it is shown; returns them."""
    shown: list[Tensor] = []

    def told(_pipe: object, pictures: Tensor, _names: object) -> Tensor:
        shown.append(pictures)
        return torch.tensor(chances[len(shown) - 1])

    monkeypatch.setattr(choosing, "recognised", told)
    return shown


def test_a_picture_that_is_recognised_is_taken(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = generate(pipe, names=())
    shown = believing(monkeypatch, [[SURE + 0.01]])
    assert np.array_equal(generate(pipe), plain)
    assert [len(pictures) for pictures in shown] == [1]


def test_another_is_drawn_several_times_and_the_best_goes_on(
    pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = generate(pipe, names=())
    worst = [0.4, *[0.1] * AGAIN]
    shown = believing(monkeypatch, [[0.4], worst])
    assert np.array_equal(generate(pipe), plain), "none is better than the first"
    assert [len(pictures) for pictures in shown] == [1, 1 + AGAIN]
    first, *others = shown[1]
    assert torch.equal(first, shown[0][0])
    assert all(not torch.allclose(first, other, atol=0.1) for other in others)
    assert first.std() == pytest.approx(float(others[0].std()), rel=0.5), "drawn to the end"
    made = []
    for _ in range(2):
        believing(monkeypatch, [[0.4], [0.4, 0.1, 0.9, 0.2]])
        made.append(generate(pipe))
    assert np.array_equal(*made), "a seed means a clip"
    assert not np.array_equal(made[0], plain)


def test_who_waits_is_told_that_a_picture_is_drawn_again(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    believing(monkeypatch, [[SURE + 0.01], [0.4], [0.1] * (1 + AGAIN)])
    generate(pipe, callback_on_redraw=lambda: calls.append("again"))
    assert not calls
    generate(pipe, callback_on_redraw=lambda: calls.append("again"))
    assert calls == ["again"]


def test_a_run_that_goes_on_chooses_the_same(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[int, Tensor] = {}

    def keep(_pipe: object, i: int, _t: object, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        kept[i + 1] = tensors["latents"].clone()
        return {}

    doubts = [[0.1], [0.1, 0.2, 0.2, 0.9]]
    believing(monkeypatch, doubts)
    whole = generate(pipe, callback_on_step_end=keep)
    for step in (1, 2):
        believing(monkeypatch, doubts)
        assert np.array_equal(generate(pipe, latents=kept[step], start_step=step), whole)
    assert np.array_equal(generate(pipe, latents=kept[3], start_step=3), whole), "the picture is chosen by then"


@torch.no_grad()
def test_recognised_is_what_is_nearer_to_its_name_than_to_others(pipe: SoraPipeline) -> None:
    pictures = torch.randn(3, 16, 1, 4, 6, generator=torch.Generator().manual_seed(1))
    words = pipe.encode_prompt(NAMES, ())
    chances = recognised(pipe, pictures, words)
    assert chances.shape == (3,)
    swapped = [recognised(pipe, pictures, tuple(part.roll(by, 0) for part in words)) for by in (1, 2)]
    torch.testing.assert_close(chances + sum(swapped), torch.ones(3))
    assert float((chances - swapped[0]).abs().max()) > 0
    alone = recognised(pipe, pictures[1:2], words)
    torch.testing.assert_close(alone, chances[1:2], rtol=1e-3, atol=1e-5)


@torch.no_grad()
def test_a_picture_and_its_mirror_image_are_recognised_alike(
    pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = torch.randn(2, 16, 1, 4, 6, generator=torch.Generator().manual_seed(2))
    words = pipe.encode_prompt(NAMES, ())
    chances = recognised(pipe, pictures, words)
    decode = pipe.vae.decode
    monkeypatch.setattr(pipe.vae, "decode", lambda z: DecoderOutput(sample=decode(z).sample.flip(-1)))
    torch.testing.assert_close(recognised(pipe, pictures, words), chances, rtol=1e-3, atol=1e-5)


def test_without_clip_every_picture_is_taken(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = generate(pipe, names=())
    pipe.clip = None
    shown = believing(monkeypatch, [])
    assert np.array_equal(generate(pipe), plain)
    assert not shown


def test_names_belong_to_one_prompt(pipe: SoraPipeline) -> None:
    with pytest.raises(ValueError, match="names told, of one prompt"):
        pipe(["a ball", "a boat"], names=NAMES, **SIZE)
