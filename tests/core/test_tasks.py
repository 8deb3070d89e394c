"""Each verb places its given frames as the table of the architecture draws them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sora_studio.core import tasks
from sora_studio.core.errors import BadInput
from sora_studio.core.request import Footage, Given, PromptAt, Request, Source
from sora_studio.core.time import Rate, Size

BASE = Request(prompt="a cat")


def footage(count: int, level: int = 0) -> Footage:
    frames = np.full((count, 112, 192, 3), level, np.uint8)
    frames[:, 0, 0, 0] = np.arange(count) % 256
    return Footage(frames, Rate(8), Source("clip.mp4", 0, count, Rate(8)))


def drawn(request: Request) -> str:
    marks = ["."] * request.length
    for given in request.given:
        for at in range(given.at, given.stop):
            marks[at] = "#" if given.strength == 1 else "+"
    return "".join(marks)


def test_the_table() -> None:
    clip = footage(9)
    assert drawn(tasks.text(BASE, 1.125)) == "........."
    assert drawn(tasks.animate(BASE, clip, 1.125)) == "#........"
    assert drawn(tasks.keyframes(BASE, 1.125, {0: clip, 0.5: clip, 1: clip})) == "#...#...#"
    assert drawn(tasks.extend(BASE, clip, 0.75)) == "#####......"
    assert drawn(tasks.prepend(BASE, clip, 0.75)) == "......#####"
    assert drawn(tasks.bridge(BASE, clip, clip, 0.5)) == "#####....#####"
    assert drawn(tasks.restyle(BASE, clip, 0.6)) == "+++++++++"
    assert drawn(tasks.loop(BASE, clip, 0.5)) == "#####....#####"
    assert drawn(tasks.upscale(BASE, clip, 2)) == "#########"
    assert tasks.endless(BASE, 1).wrap


def test_neighbours_are_shown_with_the_right_frames() -> None:
    extended = tasks.extend(BASE, footage(9), 1)
    assert [frame[0, 0, 0] for frame in extended.given[0].frames] == [4, 5, 6, 7, 8]
    assert extended.given[0].source == Source("clip.mp4", 4, 9, Rate(8))
    before = tasks.prepend(BASE, footage(9), 1)
    assert [frame[0, 0, 0] for frame in before.given[0].frames] == [0, 1, 2, 3, 4]
    assert before.given[0].at == 8


def test_an_engine_may_ask_for_more_of_its_neighbours() -> None:
    assert drawn(tasks.extend(BASE, footage(9), 0.5, 7)) == "#######...."
    assert drawn(tasks.prepend(BASE, footage(9), 0.5, 7)) == "....#######"
    assert drawn(tasks.bridge(BASE, footage(9), footage(4), 0.5, 7)) == "#######....####"


def test_short_clips_give_what_they_have() -> None:
    assert drawn(tasks.extend(BASE, footage(1), 0.5)) == "#...."
    assert drawn(tasks.bridge(BASE, footage(2), footage(1), 0.25)) == "##..#"


def test_fresh_frames_leave_the_context_out() -> None:
    clip = footage(9)
    assert tasks.fresh(tasks.extend(BASE, clip, 0.75)) == (5, 11)
    assert tasks.fresh(tasks.prepend(BASE, clip, 0.75)) == (0, 6)
    assert tasks.fresh(tasks.bridge(BASE, clip, clip, 0.5)) == (5, 9)
    assert tasks.fresh(tasks.animate(BASE, clip, 1.125)) == (0, 9)
    assert tasks.fresh(tasks.restyle(BASE, clip, 0.5)) == (0, 9)


def test_a_clip_is_upscaled_as_it_is() -> None:
    clip = replace(footage(9), rate=Rate(25))
    request = tasks.upscale(BASE, clip, 4)
    assert (request.size, request.length, request.rate) == (Size(768, 448), 9, Rate(25))
    (given,) = request.given
    assert (given.size, given.source) == (Size(192, 112), clip.source)
    assert np.array_equal(given.frames, clip.frames)
    assert tasks.fresh(request) == (0, 9)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e9])
def test_impossible_lengths_are_refused(seconds: float) -> None:
    with pytest.raises(BadInput, match="length"):
        tasks.text(BASE, seconds)


def test_impossible_values_are_refused_in_words() -> None:
    frames = np.zeros((3, 4, 4, 3), np.uint8)
    for make in (
        lambda: Request(prompt="x" * 100_000),
        lambda: Request(prompt="", steps=0),
        lambda: Request(prompt="", seed=-1),
        lambda: Request(prompt="", guidance=float("nan")),
        lambda: Request(prompt="", length=2, given=(Given(0, frames),)),
        lambda: Given(0, frames, 1.5),
        lambda: Given(-1, frames),
        lambda: Given(0, frames[:0]),
        lambda: Size(0, 1),
        lambda: Rate(0),
    ):
        with pytest.raises(BadInput) as caught:
            make()
        assert str(caught.value).endswith(".")


def test_a_storyboard_is_one_request_with_keyframes_and_prompts_over_time() -> None:
    photo, film = footage(1), footage(30)
    shots = (tasks.Shot("a house", 1), tasks.Shot("a boat", 2, photo), tasks.Shot("", 1, film), tasks.Shot("dusk", 1))
    request = tasks.storyboard(BASE, shots)
    assert request.length == 40
    assert request.prompt == "a house"
    assert [(later.at, later.prompt) for later in request.prompts] == [(8, "a boat"), (32, "dusk")]
    assert [(given.at, len(given)) for given in request.given] == [(8, 1), (24, 8)]
    assert [request.prompt_at(frame) for frame in (0, 7, 8, 31, 32, 39)] == [
        "a house",
        "a house",
        "a boat",
        "a boat",
        "dusk",
        "dusk",
    ]


def test_prompts_over_time_stand_in_order_inside_the_clip() -> None:
    for places in ((4, 4), (9, 3), (17,), (-1,)):
        with pytest.raises(BadInput, match="one after the other"):
            replace(BASE, length=17, prompts=tuple(PromptAt(at, "a boat") for at in places))
