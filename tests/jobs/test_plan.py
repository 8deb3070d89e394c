"""A plan covers its request exactly, with windows the engine can make, and says what it changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_studio.core import tasks
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput, Refused
from sora_studio.core.request import Footage, Given, Lora, PromptAt, Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.upscalers import UPSCALERS
from sora_studio.jobs.plan import fit_size, make_plan
from sora_studio.jobs.windows import Plan
from tests.fakes.engine import CAPABILITIES

SMALL = replace(CAPABILITIES, sizes=(Size(16, 16),), max_pixels=256)
BASE = Request("a ball", size=Size(16, 16))


def frames(count: int, value: int = 100, size: Size = Size(16, 16)) -> np.ndarray:
    return np.full((count, size.height, size.width, 3), value, np.uint8)


def footage(count: int) -> Footage:
    return Footage(frames(count), Rate(8))


def shape(plan: Plan) -> list[tuple[int, int, int, int]]:
    return [(window.start, window.length, window.keep.start, window.keep.stop) for window in plan.windows]


@st.composite
def requests(draw: st.DrawFn) -> Request:
    length = draw(st.integers(1, 90))
    items = []
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, length - 1))
        count = draw(st.integers(1, min(length - at, draw(st.sampled_from([1, 5, 90])))))
        strength = draw(st.sampled_from([1.0, 1.0, 0.6, 0.0]))
        items.append(Given(at, frames(count), strength))
    turns = draw(st.lists(st.integers(0, length - 1), max_size=3, unique=True))
    prompts = tuple(PromptAt(at, f"part {at}") for at in sorted(turns))
    return replace(BASE, length=length, given=tuple(items), wrap=draw(st.booleans()), prompts=prompts)


@st.composite
def engines(draw: st.DrawFn) -> Capabilities:
    step = draw(st.sampled_from([1, 4, 8]))
    return replace(
        SMALL,
        frame_step=step,
        window=draw(st.integers(2, 6)) * max(4, step) + draw(st.sampled_from([1, 2])),
        overlap=draw(st.integers(1, 5)),
        places=draw(st.sampled_from(["any", "any", "ends", "start", "none"])),
        partial=draw(st.booleans()),
        wrap=draw(st.booleans()),
        prompts=draw(st.booleans()),
        other_sizes=draw(st.sampled_from(["none", "near", "any"])),
        trained=draw(st.sampled_from(["any", "ends", "start", "none"])),
        partial_trained=draw(st.booleans()),
    )


@given(requests(), engines())
@settings(max_examples=200, deadline=None)
def test_a_plan_is_complete_and_admissible(request_: Request, caps: Capabilities) -> None:
    try:
        plan = make_plan(request_, caps)
    except Refused:
        short_loop = request_.wrap and request_.prompts and request_.length <= 2 * caps.overlap
        refusable = caps.places != "any" or not caps.partial or short_loop
        if not refusable:
            raise
        return
    made: list[int] = []
    key = False
    for window in plan.windows:
        assert 1 <= window.length == caps.snap_frames(window.length) <= caps.window
        assert window.start <= window.keep.start <= window.keep.stop <= window.stop
        assert len(window.keep) or (window.length == 1 and not key), "only a key picture keeps nothing"
        assert all(a.stop <= b.at for a, b in zip(window.pieces, window.pieces[1:], strict=False))
        for piece in window.pieces:
            assert 0 <= piece.at < piece.stop <= window.length
            assert piece.origin != "clip" or set(range(piece.first, piece.first + piece.count)) <= set(made)
            assert piece.origin != "key" or key
        key = key or not len(window.keep)
        made += range(window.keep.start, window.keep.stop)
    assert sorted(made) == list(range(request_.length))


@given(requests())
@settings(max_examples=100, deadline=None)
def test_given_frames_land_at_their_place(request_: Request) -> None:
    plan = make_plan(replace(request_, prompts=()) if request_.wrap else request_, SMALL)
    shown = {}
    for window in plan.windows:
        for piece in window.pieces:
            for offset in range(piece.count):
                frame = window.start + piece.at + offset
                if frame in window.keep and piece.origin == "given":
                    item = plan.request.given[piece.index]
                    assert item.at + piece.first + offset == frame
                    assert piece.strength == item.strength
                    shown[frame] = piece.strength
    for item in request_.given:
        for frame in range(item.at, item.stop):
            if item.strength == 1.0:
                assert shown[frame] == 1.0
            elif item.strength > 0 and not (frame == 0 and request_.wrap):
                assert frame in shown


def test_a_short_clip_is_one_window_cut_back() -> None:
    plan = make_plan(replace(BASE, length=15), SMALL)
    assert shape(plan) == [(0, 17, 0, 15)]
    assert "17 frames are made and cut to 15" in plan.notes[0]
    assert make_plan(replace(BASE, length=17), SMALL).notes == ()


def test_a_long_clip_is_a_chain_on_overlapping_frames() -> None:
    plan = make_plan(replace(BASE, length=30), SMALL)
    assert shape(plan) == [(0, 17, 0, 17), (12, 17, 17, 29), (24, 9, 29, 30)]
    assert [(p.at, p.count, p.origin, p.first) for p in plan.windows[1].pieces] == [(0, 5, "clip", 12)]
    assert plan.steps == 3 * BASE.steps


def test_a_minute_is_forty_windows() -> None:
    assert len(make_plan(replace(BASE, length=480), SMALL).windows) == 40


def test_a_long_prepend_is_made_from_its_end() -> None:
    plan = make_plan(tasks.prepend(BASE, footage(9), 4.0), SMALL)
    assert plan.request.length == 37
    assert plan.windows[0].keep.stop == 37
    assert [window.keep.start for window in plan.windows] == sorted((w.keep.start for w in plan.windows), reverse=True)
    assert plan.windows[0].pieces[-1].origin == "given"
    assert plan.windows[1].pieces[-1].stop == plan.windows[1].length, "it is shown the head of what follows"
    assert any("from the last to the first" in note for note in plan.notes)


def test_a_short_prepend_ends_with_its_given_frames() -> None:
    plan = make_plan(tasks.prepend(BASE, footage(5), 1.0), SMALL)
    (window,) = plan.windows
    assert window.pieces[-1].stop == window.length


def test_a_long_bridge_sees_its_far_end_in_time() -> None:
    plan = make_plan(tasks.bridge(BASE, footage(9), footage(9), 3.0), SMALL)
    last = plan.windows[-1]
    assert last.pieces[-1].origin == "given"
    free = last.pieces[-1].at - last.pieces[0].stop
    assert free >= 6, "half of what a window adds is left to lead to the given frames"
    assert last.pieces[-1].count == 5


def test_restyling_a_long_clip_gives_each_window_its_part() -> None:
    plan = make_plan(tasks.restyle(BASE, footage(30)), SMALL)
    first, second, last = plan.windows
    assert [(p.origin, p.at, p.count, p.strength) for p in first.pieces] == [("given", 0, 17, 0.6)]
    assert [(p.origin, p.at, p.count, p.strength) for p in second.pieces] == [
        ("clip", 0, 5, 1.0),
        ("given", 5, 12, 0.6),
    ]
    assert last.pieces[-1].stop == last.length, "the clip's last picture goes on behind its end"


def test_a_short_loop_starts_from_a_key_picture() -> None:
    plan = make_plan(replace(BASE, length=16, wrap=True), SMALL)
    assert shape(plan) == [(0, 1, 0, 0), (0, 17, 0, 16)]
    assert [(p.origin, p.at) for p in plan.windows[1].pieces] == [("key", 0), ("key", 16)]
    assert "first picture" in plan.notes[0]


def test_a_short_loop_of_a_picture_returns_to_it() -> None:
    plan = make_plan(replace(BASE, length=16, wrap=True, given=(Given(0, frames(1)),)), SMALL)
    (window,) = plan.windows
    assert [(p.origin, p.at) for p in window.pieces] == [("given", 0), ("given", 16)]


def test_a_long_loop_ends_on_its_own_beginning() -> None:
    plan = make_plan(replace(BASE, length=40, wrap=True), SMALL)
    last = plan.windows[-1]
    assert (last.pieces[-1].origin, last.pieces[-1].first) == ("clip", 0)
    assert last.start + last.pieces[-1].at == 40


def test_an_engine_that_wraps_does_it_itself() -> None:
    plan = make_plan(replace(BASE, length=17, wrap=True), replace(SMALL, wrap=True))
    assert shape(plan) == [(0, 17, 0, 17)]
    assert plan.windows[0].pieces == ()


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        (Size(192, 112), Size(192, 112)),
        (Size(1920, 1080), Size(192, 112)),
        (Size(1080, 1920), Size(112, 192)),
        (Size(640, 480), Size(176, 128)),
        (Size(500, 500), Size(144, 144)),
        (Size(1, 1), Size(144, 144)),
        (Size(4000, 1), Size(304, 80)),
    ],
)
def test_sizes_keep_their_shape(size: Size, fitted: Size) -> None:
    assert fit_size(size, CAPABILITIES) == fitted


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_any_size_becomes_admissible(width: int, height: int) -> None:
    size = fit_size(Size(width, height), CAPABILITIES)
    assert size.width % 16 == size.height % 16 == 0
    assert size.width * size.height <= CAPABILITIES.max_pixels
    assert fit_size(size, CAPABILITIES) == size


def test_given_frames_are_brought_to_the_planned_size() -> None:
    picture = Given(0, frames(1, size=Size(640, 640)))
    plan = make_plan(replace(BASE, size=Size(1920, 1080), given=(picture,)), CAPABILITIES)
    assert plan.size == Size(192, 112)
    assert plan.request.given[0].frames.shape == (1, 112, 192, 3)
    assert len(plan.notes) == 2


@pytest.mark.parametrize(
    ("change", "caps", "word"),
    [
        ({"given": (Given(0, frames(17), 0.5),)}, {"partial": False}, "strength"),
        ({"given": (Given(16, frames(1)),)}, {"places": "start"}, "frame 16"),
        ({"given": (Given(8, frames(2)),)}, {"places": "start"}, "frame 8"),
        ({"given": (Given(0, frames(1)),)}, {"places": "none"}, "words alone"),
        ({"length": 40}, {"places": "none"}, "2.1 seconds"),
        ({"loras": (Lora("a.safetensors"),)}, {}, "LoRA"),
        ({"wrap": True}, {"places": "start"}, "loop"),
        ({"given": (Given(0, frames(1)), Given(10, frames(1))), "length": 17}, {"places": "ends"}, "frame 10"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(change: dict, caps: dict, word: str) -> None:
    with pytest.raises(Refused, match=word):
        make_plan(replace(BASE, **change), replace(SMALL, **caps))


def test_a_picture_in_the_middle_splits_the_clip_for_an_engine_that_takes_ends_only() -> None:
    caps = replace(SMALL, places="ends")
    plan = make_plan(replace(BASE, length=17, given=(Given(0, frames(1)), Given(8, frames(1)))), caps)
    assert shape(plan)[0] == (0, 9, 0, 9)
    assert plan.windows[0].pieces[-1].stop == 9


def test_every_adaptation_is_said() -> None:
    request = replace(BASE, rate=Rate(24), negative="rain", given=(Given(0, frames(1), 0.0),))
    notes = " ".join(make_plan(request, replace(SMALL, negative=False)).notes)
    for word in ("24", "negative", "strength of 0"):
        assert word in notes


@given(requests())
@settings(max_examples=150, deadline=None)
def test_a_window_has_one_prompt_except_on_the_way_to_given_frames(request_: Request) -> None:
    request_ = replace(request_, wrap=False)
    given_places = {frame for item in request_.given for frame in range(item.at, item.stop) if item.strength == 1.0}
    for window in make_plan(request_, SMALL).windows:
        words = request_.prompt_at(window.keep.start)
        strange = [frame for frame in range(window.keep.start, window.keep.stop) if request_.prompt_at(frame) != words]
        assert set(strange) <= given_places


def test_a_storyboard_picture_is_reached_by_the_window_before_it() -> None:
    shots = (tasks.Shot("a house", 1), tasks.Shot("a boat", 1, footage(1)))
    plan = make_plan(tasks.storyboard(BASE, shots), SMALL)
    assert [(window.keep.start, window.keep.stop) for window in plan.windows] == [(0, 9), (9, 16)]
    assert any("its own words" in note for note in plan.notes)


def test_an_engine_that_takes_prompts_over_time_gets_one_window() -> None:
    request_ = replace(BASE, length=17, prompts=(PromptAt(8, "a boat"),))
    assert len(make_plan(request_, replace(SMALL, prompts=True)).windows) == 1
    assert len(make_plan(request_, SMALL).windows) == 2
    with pytest.raises(Refused, match="one prompt"):
        make_plan(request_, replace(SMALL, places="none"))


ANY_SIZE = replace(CAPABILITIES, other_sizes="any", sizes=(Size(832, 480), Size(480, 832)), max_pixels=832 * 480)


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        (Size(832, 480), Size(832, 480)),
        (Size(416, 240), Size(416, 240)),
        (Size(32, 32), Size(32, 32)),
        (Size(100, 60), Size(96, 64)),
        (Size(1920, 1080), Size(832, 480)),
    ],
    ids=str,
)
def test_an_engine_for_any_size_makes_the_nearest_one(wanted: Size, made: Size) -> None:
    assert fit_size(wanted, ANY_SIZE) == made


def test_an_engine_for_few_sizes_makes_the_one_of_the_nearest_shape() -> None:
    caps = replace(ANY_SIZE, other_sizes="none")
    assert fit_size(Size(800, 480), caps) == Size(832, 480)
    assert fit_size(Size(32, 64), caps) == Size(480, 832)


def test_a_small_picture_of_a_large_engine_is_said_to_be_coarse() -> None:
    assert "coarse" in " ".join(make_plan(replace(BASE, size=Size(96, 64)), ANY_SIZE).notes)
    assert "coarse" not in " ".join(make_plan(replace(BASE, size=Size(832, 480)), ANY_SIZE).notes)


@pytest.mark.parametrize(
    ("needs", "length", "given", "refusal"),
    [
        ("start", 17, (), "a first image"),
        ("start", 17, (Given(16, frames(1)),), "a first image"),
        ("start", 17, (Given(0, frames(1)),), ""),
        ("start", 60, (Given(0, frames(1)),), ""),
        ("ends", 17, (Given(0, frames(1)),), "a last image"),
        ("ends", 17, (Given(0, frames(1)), Given(16, frames(1))), ""),
        ("ends", 60, (Given(0, frames(1)), Given(59, frames(1))), "at most 2.1 seconds"),
    ],
)
def test_what_an_engine_cannot_do_without_is_asked_for(needs, length, given, refusal) -> None:
    caps, request = replace(SMALL, needs=needs), replace(BASE, length=length, given=given)
    if refusal:
        with pytest.raises(Refused, match=refusal):
            make_plan(request, caps)
    else:
        make_plan(request, caps)


@pytest.mark.parametrize(
    ("trained", "given", "said"),
    [
        ("none", (Given(0, frames(1)),), "did not learn to meet"),
        ("none", (), ""),
        ("start", (Given(0, frames(1)),), ""),
        ("start", (Given(0, frames(5)),), "a first picture only"),
        ("start", (Given(0, frames(1)), Given(16, frames(1))), "a first picture only"),
        ("ends", (Given(0, frames(1)), Given(16, frames(1))), ""),
        ("ends", (Given(8, frames(1)),), "a first and a last picture only"),
        ("any", (Given(8, frames(3)),), ""),
    ],
)
def test_what_the_network_did_not_learn_is_said(trained, given, said) -> None:
    plan = make_plan(replace(BASE, given=given), replace(SMALL, trained=trained))
    told = [note for note in plan.notes if "learn" in note]
    assert len(told) == bool(said)
    assert said in "".join(told)


def test_partly_kept_frames_are_said_to_be_a_start_from_noise() -> None:
    request = tasks.restyle(BASE, footage(17), 0.5)
    assert "under noise" in " ".join(make_plan(request, replace(SMALL, partial_trained=False)).notes)
    assert not make_plan(request, SMALL).notes


@pytest.mark.parametrize("places", ["any", "ends"])
def test_a_last_picture_stands_at_the_end_of_what_is_made(places: str) -> None:
    """A clip of 15 frames is made in 17."""
    request = tasks.keyframes(BASE, 15 / 8, {0.0: footage(1), 1.0: footage(1)})
    plan = make_plan(request, replace(SMALL, places=places, trained="ends"))
    (window,) = plan.windows
    assert [(piece.at, piece.stop) for piece in window.pieces] == [(0, 1), (14, 17)]
    assert not any("learn" in note for note in plan.notes), "so the network meets it where it learnt to"


def test_weights_go_to_engines_that_read_them() -> None:
    request = replace(
        BASE,
        prompt="a (red:1.3) ball \\(new\\), (fog:0)",
        negative="(blur:1.2)",
        prompts=(PromptAt(9, "a (blue:0.5) ball"),),
    )
    reading = make_plan(request, replace(SMALL, emphasis=True))
    assert (reading.request.prompt, reading.request.negative) == (request.prompt, "blur")
    assert reading.request.prompts == request.prompts
    assert not any("phrases" in note for note in reading.notes)
    plain = make_plan(request, SMALL)
    assert plain.request.prompt == "a red ball (new)"
    assert plain.request.prompts == (PromptAt(9, "a blue ball"),)
    assert any("reads no weights of phrases" in note for note in plain.notes)
    assert any("negative prompt are not read" in note for note in plain.notes)


@pytest.mark.parametrize("field", ["prompt", "negative"])
def test_weights_that_cannot_be_had_are_refused(field: str) -> None:
    with pytest.raises(BadInput, match="between 0 and 2"):
        make_plan(replace(BASE, **{field: "a (red:3) ball"}), SMALL)


def test_a_short_loop_in_parts_is_led_to_what_is_made_before_alone() -> None:
    turns = (PromptAt(0, "a ball"), PromptAt(1, "a boat"))
    request = replace(BASE, length=3, wrap=True, given=(Given(0, frames(2)),), prompts=turns)
    plan = make_plan(request, replace(SMALL, window=9, overlap=1))
    assert shape(plan) == [(0, 5, 0, 2), (1, 5, 2, 3)]
    assert [piece.origin for piece in plan.windows[0].pieces] == ["given"]
    assert [(piece.at, piece.origin, piece.first) for piece in plan.windows[1].pieces] == [
        (0, "given", 1),
        (2, "clip", 0),
    ]


LARGER = replace(UPSCALERS[2], max_pixels=64 * 64)


def upscaling(count: int = 5, size: Size = Size(30, 17)) -> Request:
    return tasks.upscale(BASE, Footage(frames(count, size=size), Rate(25)), 2)


def test_what_is_enlarged_keeps_its_own_size_and_goes_through_frame_by_frame() -> None:
    request = upscaling()
    plan = make_plan(request, LARGER)
    assert (plan.size, plan.request.given[0].size, plan.enlarges, plan.notes) == (Size(60, 34), Size(30, 17), True, ())
    assert shape(plan) == [(at, 1, at, at + 1) for at in range(5)]
    assert [piece.first for window in plan.windows for piece in window.pieces] == [0, 1, 2, 3, 4]
    assert not make_plan(tasks.restyle(BASE, footage(9)), SMALL).enlarges


@pytest.mark.parametrize(
    "request_",
    [
        BASE,
        tasks.animate(BASE, footage(1), 1),
        tasks.restyle(BASE, footage(9)),
        tasks.extend(BASE, footage(9), 1),
        replace(upscaling(), length=9),
        replace(upscaling(), wrap=True),
    ],
    ids=["words", "image", "restyle", "extend", "a part", "loop"],
)
def test_an_engine_that_enlarges_makes_nothing_of_its_own(request_: Request) -> None:
    with pytest.raises(Refused, match="only enlarges clips"):
        make_plan(request_, LARGER)


def test_what_would_be_too_large_or_has_another_size_now_is_refused() -> None:
    with pytest.raises(Refused, match="34x34 enlarged 2 times would be 68x68"):
        make_plan(upscaling(size=Size(34, 34)), LARGER)
    with pytest.raises(Refused, match="The pictures are now 30x17"):
        make_plan(replace(upscaling(), size=Size(64, 34)), LARGER)
