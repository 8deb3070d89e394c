"""Pictures that are drawn again until what was asked for is recognised in them."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from sora_studio.model import SoraPipeline, choosing
from sora_studio.model.animatic import Moves
from sora_studio.model.choosing import AGAIN, ROUNDS, SURE, recognised
from sora_studio.model.leading import CameraMove
from sora_studio.model.picture_first import VIEWS
from tests.tiny_model import tiny_pipeline

NAMES = ("a red ball", "a boat", "the sea")
SIZE = {"height": 32, "width": 48, "num_frames": 5, "num_inference_steps": 4, "guidance_scale": 3.0}


@pytest.fixture
def pipe() -> SoraPipeline:
    return tiny_pipeline()


def generate(pipe: SoraPipeline, **more: Any) -> np.ndarray:
    return pipe("a red ball", generator=torch.Generator().manual_seed(0), **{**SIZE, "names": NAMES, **more}).frames


def believing(monkeypatch: pytest.MonkeyPatch, chances: list[list[float]]) -> list[Tensor]:
    """CLIP believes so in the pictures that it is shown; returns the views of them."""
    shown: list[Tensor] = []

    def told(_pipe: object, views: Tensor, _names: object) -> Tensor:
        shown.append(views)
        return torch.tensor(chances[len(shown) - 1])

    monkeypatch.setattr(choosing, "recognised", told)
    return shown


def test_a_picture_that_is_recognised_is_taken(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = generate(pipe, names=())
    shown = believing(monkeypatch, [[SURE + 0.01]])
    assert np.array_equal(generate(pipe), plain)
    assert [len(views) for views in shown] == [1]


def test_others_are_drawn_until_one_is_recognised_and_the_best_goes_on(
    pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = generate(pipe, names=())
    shown = believing(monkeypatch, [[0.4], *[[0.1] * AGAIN] * ROUNDS])
    assert np.array_equal(generate(pipe), plain), "none is better than the first"
    assert [len(views) for views in shown] == [1, *[AGAIN] * ROUNDS]
    first, *others = torch.cat(shown)
    apart = [float((one - other).std() / first.std()) for one, other in pairwise((first, *others))]
    assert min(apart) > 0.05, "none is drawn twice"
    assert first.std() == pytest.approx(float(others[0].std()), rel=0.5), "drawn to the end"
    made = []
    for found in ([0.1, SURE, 0.2], [0.1, SURE, 0.2], [0.1, 0.2, SURE]):
        shown = believing(monkeypatch, [[0.4], found])
        made.append(generate(pipe))
        assert len(shown) == 2, "one is recognised, and that is enough"
    assert np.array_equal(made[0], made[1]), "a seed means a clip"
    assert not np.array_equal(made[0], plain)
    assert not np.array_equal(made[0], made[2])


def test_who_waits_is_told_that_a_picture_is_drawn_again(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    believing(monkeypatch, [[SURE + 0.01], [0.4], [0.1, SURE, 0.1]])
    generate(pipe, callback_on_redraw=lambda: calls.append("again"))
    assert not calls
    generate(pipe, callback_on_redraw=lambda: calls.append("again"))
    assert calls == ["again"]


def test_a_run_that_goes_on_chooses_the_same(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[int, Tensor] = {}

    def keep(_pipe: object, i: int, _t: object, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        kept[i + 1] = tensors["latents"].clone()
        return {}

    doubts = [[0.1], [0.1, 0.2, 0.2], [0.2, 0.2, 0.9]]
    believing(monkeypatch, doubts)
    whole = generate(pipe, callback_on_step_end=keep)
    for step in (1, 2):
        believing(monkeypatch, doubts)
        assert np.array_equal(generate(pipe, latents=kept[step], start_step=step), whole)
    assert np.array_equal(generate(pipe, latents=kept[3], start_step=3), whole), "the picture is chosen by then"


def test_a_picture_that_is_to_move_is_looked_at_as_it_moves(
    pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = believing(monkeypatch, [[1.0]] * 3)
    generate(pipe)
    generate(pipe, moves=Moves(CameraMove(right=0.1)))
    generate(pipe, moves=Moves(CameraMove(right=0.1)), num_frames=1)
    resting, moving, still = (views[0].transpose(0, 1) for views in shown)  # (V, 3, H, W) each
    assert len(moving) == VIEWS
    for pictures in (resting, still):
        assert len(pictures) == 2
        assert torch.equal(pictures[1], pictures[0].flip(-1)), "a picture and its mirror image"
    torch.testing.assert_close(moving[0], resting[0])
    assert all(float((one - other).abs().max()) > 0.1 * float(one.std()) for one, other in pairwise(moving))


@torch.no_grad()
def test_recognised_is_what_is_nearer_to_its_name_than_to_others(pipe: SoraPipeline) -> None:
    views = torch.rand(3, 3, 2, 32, 48, generator=torch.Generator().manual_seed(1)) * 2 - 1
    words = pipe.encode_prompt(NAMES, ())
    chances = recognised(pipe, views, words)
    assert chances.shape == (3,)
    swapped = [recognised(pipe, views, tuple(part.roll(by, 0) for part in words)) for by in (1, 2)]
    torch.testing.assert_close(chances + sum(swapped), torch.ones(3))
    assert float((chances - swapped[0]).abs().max()) > 0
    alone = recognised(pipe, views[1:2], words)
    torch.testing.assert_close(alone, chances[1:2], rtol=1e-3, atol=1e-5)


@torch.no_grad()
def test_every_view_of_a_picture_counts_as_much(pipe: SoraPipeline) -> None:
    views = torch.rand(2, 3, 3, 32, 48, generator=torch.Generator().manual_seed(2)) * 2 - 1
    words = pipe.encode_prompt(NAMES, ())
    chances = recognised(pipe, views, words)
    torch.testing.assert_close(recognised(pipe, views.flip(2), words), chances, rtol=1e-3, atol=1e-5)
    single = torch.stack([recognised(pipe, views[:, :, k : k + 1], words) for k in range(3)])
    assert bool((chances >= single.amin(dim=0) * 0.9).all())
    assert bool((chances <= single.amax(dim=0) * 1.1).all())
    assert float((single - chances).abs().max()) > 0


def test_without_clip_every_picture_is_taken(pipe: SoraPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = generate(pipe, names=())
    pipe.clip = None
    shown = believing(monkeypatch, [])
    assert np.array_equal(generate(pipe), plain)
    assert not shown


def test_names_belong_to_one_prompt(pipe: SoraPipeline) -> None:
    with pytest.raises(ValueError, match="names told, of one prompt"):
        pipe(["a ball", "a boat"], names=NAMES, **SIZE)
