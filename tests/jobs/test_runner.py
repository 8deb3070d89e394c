"""Windows become one clip: in order, complete, with given frames in place and steady colours."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_studio.core import tasks
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.engine import Control, EngineEvent, Finished, Held, Opening, Preview, Progress, Window, never
from sora_studio.core.errors import Cancelled, EngineError
from sora_studio.core.inside import Insight
from sora_studio.core.request import Footage, Given, PromptAt, Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines.upscalers import UPSCALERS
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.runner import Chunk, run_plan, window_seed
from tests.fakes.engine import CAPABILITIES, FakeEngine

SMALL = replace(CAPABILITIES, sizes=(Size(32, 32),), max_pixels=1024)
BASE = Request("a ball", size=Size(32, 32), steps=2)
CONTROL = Control(lambda: False)


def clip(request: Request, caps: object = SMALL, engine: object = None) -> np.ndarray:
    plan = make_plan(request, caps)
    parts, expected = [], 0
    for event in run_plan(plan, engine or FakeEngine(), CONTROL):
        if isinstance(event, Chunk):
            assert event.start == expected, "chunks come in order and leave no gap"
            expected += len(event.frames)
            parts.append(event.frames)
    return np.concatenate(parts)


def footage(count: int) -> Footage:
    ramp = np.linspace(40, 200, count).astype(np.uint8)
    return Footage(np.broadcast_to(ramp[:, None, None, None], (count, 32, 32, 3)).copy(), Rate(8))


@given(
    st.integers(1, 60),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 59), st.integers(1, 6), st.sampled_from([1.0, 0.5])), max_size=2),
)
@settings(max_examples=50, deadline=None)
def test_a_clip_has_its_length_and_its_given_frames(length: int, wrap: bool, items: list) -> None:
    given_frames = tuple(
        Given(at, footage(count).frames, strength) for at, count, strength in items if at + count <= length
    )
    frames = clip(replace(BASE, length=length, wrap=wrap, given=given_frames))
    assert frames.shape == (length, 32, 32, 3)
    if len(given_frames) == 1 and given_frames[0].strength == 1.0:
        (item,) = given_frames
        assert np.abs(frames[item.at : item.stop].astype(int) - item.frames).max() <= 1


def test_chained_windows_continue_each_other() -> None:
    seen = []

    class Watching(FakeEngine):
        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            seen.append(window)
            return super().run(window, control)

    frames = clip(replace(BASE, length=40), engine=Watching())
    assert [(window.index, window.count) for window in seen] == [(0, 3), (1, 3), (2, 3)]
    assert np.array_equal(seen[1].given[0].frames, frames[12:17])
    assert np.array_equal(seen[2].given[0].frames, frames[24:29])
    assert len({window.request.seed for window in seen}) == 3


def test_enlarged_frames_come_as_they_are_made_and_nothing_is_put_back() -> None:
    source = footage(9)
    marked = []

    class Marking(FakeEngine):
        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            assert [(given.at, given.size) for given in window.given] == [(0, Size(32, 32))]
            for event in super().run(window, control):
                if isinstance(event, Finished):
                    event.frames[:, 0, 0] = 7  # what the engine has made of a kept frame
                    marked.append(event.frames)
                yield event

    frames = clip(tasks.upscale(replace(BASE, steps=1), source, 2), UPSCALERS[2], Marking())
    assert frames.shape == (9, 64, 64, 3)
    assert np.array_equal(frames, np.concatenate(marked))
    assert np.array_equal(frames[:, 1::2, 1::2], source.frames)


def test_a_clip_made_from_its_end_comes_in_order() -> None:
    frames = clip(tasks.prepend(BASE, footage(9), 5.0))
    assert len(frames) == 45
    assert np.array_equal(frames[-5:], footage(9).frames[:5])


def test_a_closed_clip_leads_back_to_its_start() -> None:
    seen = []

    class Watching(FakeEngine):
        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            seen.append(window)
            return super().run(window, control)

    frames = clip(replace(BASE, length=40, wrap=True), engine=Watching())
    assert np.array_equal(seen[-1].given[-1].frames, frames[:5])
    assert not any(window.request.wrap for window in seen)
    seen.clear()
    clip(replace(BASE, length=12, wrap=True), engine=Watching())
    assert np.array_equal(seen[1].given[0].frames, seen[1].given[-1].frames)


def test_progress_counts_over_all_windows() -> None:
    steps = [
        event.step
        for event in run_plan(make_plan(replace(BASE, length=40), SMALL), FakeEngine(), CONTROL)
        if isinstance(event, Progress)
    ]
    assert steps == [1, 2, 3, 4, 5, 6]


def test_previews_stand_at_their_place_in_the_clip() -> None:
    places = {
        (event.start, len(event.frames))
        for event in run_plan(make_plan(replace(BASE, length=40), SMALL), FakeEngine(), CONTROL)
        if isinstance(event, Preview)
    }
    assert places == {(0, 17), (17, 12), (29, 11)}


def test_a_minute_keeps_its_colours() -> None:
    request = replace(BASE, prompt="drift", length=480, steps=1, size=Size(128, 64))
    frames = clip(request, replace(SMALL, sizes=(Size(128, 64),), max_pixels=8192)).astype(np.float32)
    early, late = frames[16:24], frames[-8:]
    assert abs(late.mean() / early.mean() - 1) < 0.05
    assert abs(late.std() / early.std() - 1) < 0.05
    steps = np.abs(np.diff(frames.mean(axis=(1, 2, 3))))
    assert steps.max() < 5, "and does not pump"


def test_the_same_request_gives_the_same_clip() -> None:
    assert np.array_equal(clip(replace(BASE, length=40, seed=5)), clip(replace(BASE, length=40, seed=5)))
    assert not np.array_equal(clip(replace(BASE, length=40, seed=5)), clip(replace(BASE, length=40, seed=6)))


def test_seeds_differ_by_window_and_stay_in_range() -> None:
    seeds = {window_seed(seed, index) for seed in (0, 1, 2**63 - 1) for index in range(50)}
    assert len(seeds) == 150
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert window_seed(7, 0) == 7


def test_cancelling_stops_within_a_step() -> None:
    steps = 0

    def cancelled() -> bool:
        return steps >= 3

    events = run_plan(make_plan(replace(BASE, length=40), SMALL), FakeEngine(), Control(cancelled, 0.0))
    while steps < 3:
        steps += isinstance(next(events), Progress)
    with pytest.raises(Cancelled):
        next(events)


def test_a_wrong_result_is_no_clip() -> None:
    with pytest.raises(EngineError, match="asked for"):
        clip(replace(BASE, prompt="short"))

    class Silent(FakeEngine):
        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            return iter(())

    with pytest.raises(EngineError, match="without a result"):
        clip(BASE, engine=Silent())


def test_an_engine_that_wraps_is_told_to() -> None:
    told = []

    class Wrapping(FakeEngine):
        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            told.append(window.request.wrap)
            yield Finished(np.zeros((window.request.length, 32, 32, 3), np.uint8))

    clip(replace(BASE, length=17, wrap=True), replace(SMALL, wrap=True), Wrapping())
    assert told == [True]


def test_memory_is_flat_over_the_length() -> None:
    def peak(length: int) -> int:
        plan = make_plan(replace(BASE, length=length, steps=1), SMALL)
        tracemalloc.start()
        for _ in run_plan(plan, FakeEngine(), Control(lambda: False, 0.0)):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(50)  # first use of everything
    assert peak(480) < 1.3 * peak(50)


def test_what_the_network_loses_of_given_frames_is_given_back() -> None:
    class Dim(FakeEngine):
        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            for event in super().run(window, control):
                yield Finished((event.frames * 0.97).astype(np.uint8)) if isinstance(event, Finished) else event

    image = Given(0, np.random.default_rng(0).integers(20, 220, (1, 32, 32, 3)).astype(np.uint8))
    frames = clip(replace(BASE, given=(image,)), engine=Dim())
    assert np.array_equal(frames[0], image.frames[0])
    between = clip(replace(BASE, given=(image, replace(image, at=16))), engine=Dim())
    assert np.array_equal(between[0], image.frames[0])
    assert np.array_equal(between[16], image.frames[0])
    assert between[8].mean() < between[1].mean(), "between two kept frames the tone is the network's own"


def test_each_window_is_made_with_the_words_that_hold_there() -> None:
    seen: list[Request] = []

    class Listening(FakeEngine):
        def __init__(self, prompts: bool) -> None:
            super().__init__()
            self.prompts = prompts

        @property
        def capabilities(self) -> Capabilities:
            return replace(SMALL, prompts=self.prompts)

        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            seen.append(window.request)
            return super().run(window, control)

    request = replace(BASE, length=20, prompts=(PromptAt(8, "a boat"), PromptAt(14, "dusk")))
    clip(request, engine=Listening(prompts=False))
    assert [part.prompt for part in seen] == ["a ball", "a boat", "dusk"]
    assert not any(part.prompts for part in seen)
    seen.clear()
    clip(request, replace(SMALL, prompts=True), Listening(prompts=True))
    assert [(part.prompt, part.prompts) for part in seen] == [
        ("a ball", (PromptAt(8, "a boat"), PromptAt(14, "dusk"))),
        ("dusk", ()),
    ]


def test_windows_that_go_on_are_told_how_the_clip_began() -> None:
    seen: list[Opening | None] = []

    class Listening(FakeEngine):
        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            seen.append(window.opening)
            return super().run(window, control)

    base = replace(BASE, length=40)

    def openings(**asked: Any) -> list[int | None]:
        """How many frames each window stands behind the beginning it was told of."""
        seen.clear()
        made = clip(replace(base, **asked), engine=Listening())
        given = asked.get("given", ())
        begun = given[0].frames if given and len(given[0]) > 1 else made[:1]
        assert all(one is None or np.array_equal(one.frames, begun) for one in seen)
        return [None if one is None else one.before for one in seen]

    starts = [window.start for window in make_plan(base, SMALL).windows]
    assert len(starts) > 2
    assert openings() == [None, *starts[1:]]
    picture = Given(0, footage(30).frames[:1])
    assert openings(given=(picture,)) == [None, *starts[1:]]
    taken = Given(0, footage(30).frames[:5])
    later = [window.start for window in make_plan(replace(base, given=(taken,)), SMALL).windows][1:]
    assert len(later) > 1
    assert openings(given=(taken,)) == [None, *(start - 4 for start in later)], "from its last frame"
    assert not any(one.backward for one in seen if one is not None)
    ending = Given(35, footage(30).frames[:5])
    sooner = [window.start for window in make_plan(replace(base, given=(ending,)), SMALL).windows][1:]
    assert openings(given=(ending,)) == [None, *(start - 35 for start in sooner)], "made from its end"
    assert all(one.backward for one in seen if one is not None)
    assert openings(given=(taken, ending))[-1] is None, "both sides show where it goes"
    assert set(openings(given=(replace(taken, strength=0.5),))) == {None}, "what is to change is not kept in mind"
    turned = openings(prompts=(PromptAt(starts[2], "a boat"),))
    assert turned[1] == starts[1]
    assert turned[-1] is None, "a boat didn't open it"


def test_only_the_first_window_is_held_and_continued() -> None:
    request = replace(BASE, length=40, steps=4)
    plan = make_plan(request, SMALL)
    events = list(run_plan(plan, FakeEngine(), Control(never, hold=2)))
    assert isinstance(events[-1], Held)
    assert not any(isinstance(event, Chunk) for event in events)
    rest = list(run_plan(plan, FakeEngine(), CONTROL, events[-1].latents))
    steps = [event.step for event in rest if isinstance(event, Progress)]
    assert steps == list(range(3, plan.steps + 1))
    whole = np.concatenate([event.frames for event in rest if isinstance(event, Chunk)])
    assert np.array_equal(whole, clip(request))


def test_what_follows_an_early_window_has_as_few_steps() -> None:
    seen: list[int] = []

    class Listening(FakeEngine):
        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            seen.append(window.request.steps)
            return super().run(window, control)

    plan = make_plan(replace(BASE, length=40, steps=8), SMALL)
    asked = iter([False, False, True])
    events = list(run_plan(plan, Listening(), Control(never, enough=lambda: next(asked))))
    assert seen == [8, 3, 3]
    chunks = [event for event in events if isinstance(event, Chunk)]
    assert sum(len(chunk.frames) for chunk in chunks) == 40
    assert {chunk.steps for chunk in chunks} == {3}


def test_a_recording_shows_the_first_window_and_ends() -> None:
    plan = make_plan(replace(BASE, length=40), SMALL)
    events = list(run_plan(plan, FakeEngine(), replace(CONTROL, record=True)))
    assert [event.step for event in events if isinstance(event, Insight)] == [1, 2]
    chunks = [event for event in events if isinstance(event, Chunk)]
    assert chunks[0].start == 0
    assert sum(len(chunk.frames) for chunk in chunks) <= SMALL.window
