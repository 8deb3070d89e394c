"""What every engine owes to every request: it makes the clip that was asked for, or says in words what to do instead.

Each row of the table of requests is sent to each engine, planned and run as in the studio, on tiny networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from sora_studio.core import tasks
from sora_studio.core.capabilities import Capabilities
from sora_studio.core.engine import (
    Control,
    Engine,
    EngineEvent,
    Finished,
    Held,
    Latents,
    Preview,
    Progress,
    Window,
    never,
)
from sora_studio.core.errors import Cancelled, Refused
from sora_studio.core.request import Footage, Given, PromptAt, Request
from sora_studio.core.time import Size
from sora_studio.engines.catalog import BUILT_IN
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.runner import Chunk, RunEvent, run_plan
from tests.engines.checkpoints import BUILDERS

SIZE = Size(64, 32)
WINDOW = 17
STEPS, FEW = 4, 2
ALWAYS = (BUILT_IN, "wan-text", "wan-image-2.2", "wan-vace", "ltx", "skyreels")
"""Engines of the default run: one for each way of meeting given frames. `pytest -m slow` asks the others."""
ENGINES = [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.slow) for name in (BUILT_IN, *BUILDERS)]
SOLVERS = (BUILT_IN, "wan-text", "skyreels")
"""Of the default run: one for each way of moving latents, where nothing else matters."""
BRIEFLY = [pytest.param(name, marks=() if name in SOLVERS else pytest.mark.slow) for name in (BUILT_IN, *BUILDERS)]

Get = Callable[[str], Engine]


def picture(level: int) -> np.ndarray:
    """A frame (1, 32, 64, 3) with a bright square on a level."""
    frame = np.full((1, SIZE.height, SIZE.width, 3), level, np.uint8)
    frame[:, 8:20, 6:16] = (240, 200, 40)
    return frame


def film(caps: Capabilities, count: int, level: int = 60) -> Footage:
    """Frames that grow brighter."""
    return Footage(np.concatenate([picture(level + 4 * index) for index in range(count)]), caps.rate)


@dataclass(frozen=True)
class Base:
    """A request of an engine's own rate, and seconds for its frames."""

    caps: Capabilities

    @property
    def request(self) -> Request:
        return Request("a red ball", "blue", SIZE, 9, self.caps.rate, seed=5, steps=STEPS, engine=self.caps.engine)

    def still(self, level: int = 90) -> Footage:
        return Footage(picture(level), self.caps.rate)

    def film(self, count: int, level: int = 60) -> Footage:
        return film(self.caps, count, level)

    def seconds(self, frames: int) -> float:
        return self.caps.rate.seconds(frames)


ROWS: dict[str, Callable[[Base], Request]] = {
    "text": lambda b: tasks.text(b.request, b.seconds(9)),
    "an odd length": lambda b: tasks.text(b.request, b.seconds(7)),
    "one frame": lambda b: tasks.text(b.request, b.seconds(1)),
    "image": lambda b: tasks.animate(b.request, b.still(), b.seconds(9)),
    "last image": lambda b: tasks.keyframes(b.request, b.seconds(9), {1.0: b.still()}),
    "first and last image": lambda b: tasks.keyframes(b.request, b.seconds(8), {0.0: b.still(), 1.0: b.still(160)}),
    "keyframes": lambda b: tasks.keyframes(
        b.request, b.seconds(17), {0.0: b.still(), 0.5: b.still(120), 1.0: b.still(160)}
    ),
    "a keyframe in part": lambda b: tasks.keyframes(b.request, b.seconds(9), {0.0: b.still()}, 0.5),
    "extend": lambda b: tasks.extend(b.request, b.film(12), b.seconds(12)),
    "prepend": lambda b: tasks.prepend(b.request, b.film(12), b.seconds(12)),
    "bridge": lambda b: tasks.bridge(b.request, b.film(9), b.film(9, 140), b.seconds(7)),
    "restyle": lambda b: tasks.restyle(b.request, b.film(9), 0.6),
    "a long restyle": lambda b: tasks.restyle(b.request, b.film(24), 0.6),
    "loop of a clip": lambda b: tasks.loop(b.request, b.film(12), b.seconds(7)),
    "endless": lambda b: tasks.endless(b.request, b.seconds(8)),
    "long": lambda b: tasks.text(b.request, b.seconds(40)),
    "long from an image": lambda b: tasks.animate(b.request, b.still(), b.seconds(40)),
    "weighted phrases": lambda b: replace(tasks.text(b.request, b.seconds(9)), prompt="a (red:1.5) ball, (fog:0.4)"),
    "prompts over time": lambda b: replace(
        tasks.text(b.request, b.seconds(24)), prompts=(PromptAt(12, "a blue boat"),)
    ),
}

NEEDS_FIRST = (
    "text",
    "an odd length",
    "one frame",
    "last image",
    "prepend",
    "endless",
    "long",
    "prompts over time",
    "weighted phrases",
)
NEEDS_BOTH = (*NEEDS_FIRST, "image", "a keyframe in part", "extend", "long from an image")
REFUSED: dict[str, dict[str, str]] = {
    **dict.fromkeys(
        (
            "wan-image",
            "wan-image-2.2",
            "cog-image",
            "cog-image-1.5",
            "hunyuan-image",
            "hunyuan15-image",
            "framepack",
            "framepack-f1",
        ),
        dict.fromkeys(NEEDS_FIRST, "Give it a first image"),
    ),
    "wan-frames": dict.fromkeys(NEEDS_BOTH, "Give it a (first|last) image"),
}
"""Every row that an engine refuses, with what it says to do. What is not here must be made."""


def small(engine: Engine) -> Capabilities:
    """The engine's own capabilities at the size of these tests."""
    step = engine.capabilities.frame_step
    return replace(
        engine.capabilities, sizes=(SIZE,), max_pixels=SIZE.width * SIZE.height, window=WINDOW, overlap=step + 1
    )


def run(engine: Engine, request: Request, control: Control = Control(never, 1.0)) -> list[RunEvent]:
    return list(run_plan(make_plan(request, small(engine)), engine, control))


def planned(engine: Engine, request: Request) -> list[Window]:
    """The windows that a request becomes for an engine, as it is handed them."""
    windows: list[Window] = []

    class Noting:
        capabilities = small(engine)

        def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
            windows.append(window)
            size = window.request.size
            yield Finished(np.zeros((window.request.length, size.height, size.width, 3), np.uint8))

    list(run_plan(make_plan(request, small(engine)), Noting(), Control(never)))  # type: ignore[arg-type]
    return windows


def made(events: list[RunEvent]) -> np.ndarray:
    return np.concatenate([event.frames for event in events if isinstance(event, Chunk)])


def clip(engine: Engine, request: Request) -> np.ndarray:
    return made(run(engine, request, Control(never, 0.0))).astype(int)


PAIRS = [
    pytest.param(
        name,
        row,
        marks=() if name in ALWAYS and (ALWAYS.index(name) + number) % 3 == 0 else pytest.mark.slow,
    )
    for name in (BUILT_IN, *BUILDERS)
    for number, row in enumerate(ROWS)
]
"""Every engine with every row. In the default run each row meets two engines, and each engine six rows."""


@pytest.mark.parametrize(("name", "row"), PAIRS)
def test_a_request_is_made_or_refused_in_words(name: str, row: str, engine: Get) -> None:
    one = engine(name)
    request = replace(ROWS[row](Base(one.capabilities)), steps=FEW)
    refusal = REFUSED.get(name, {}).get(row)
    if refusal is not None:
        with pytest.raises(Refused, match=refusal):
            make_plan(request, small(one))
        return
    events = run(one, request)
    frames = made(events)
    assert frames.shape == (request.length, SIZE.height, SIZE.width, 3)
    assert frames.dtype == np.uint8
    assert_kept(frames, request)
    assert_seen(events, request)
    heard = [event.sound for event in events if isinstance(event, Chunk) and event.sound is not None]
    assert bool(heard) == one.capabilities.sound


def assert_kept(frames: np.ndarray, request: Request) -> None:
    """Frames that are given to be kept come back as they were."""
    for given in request.given:
        if given.strength == 1.0:
            difference = np.abs(frames[given.at : given.stop].astype(int) - given.frames)
            assert difference.max() <= 1, f"frames from {given.at} on"


def assert_seen(events: list[RunEvent], request: Request) -> None:
    """Steps are counted to the end, and pictures of the whole clip are seen before that."""
    steps = [event.step for event in events if isinstance(event, Progress)]
    assert steps == sorted(steps)
    counts = {event.steps for event in events if isinstance(event, Progress)}
    assert counts == {steps[-1]}, "the last step is the last of all windows"
    previews = [event for event in events if isinstance(event, Preview)]
    assert previews
    for preview in previews:
        assert preview.frames.ndim == 4
        assert preview.frames.shape[-1] == 3
        assert preview.frames.dtype == np.uint8
        assert preview.frames.shape[1] * SIZE.width == preview.frames.shape[2] * SIZE.height
        assert 0 <= preview.start < max(1, request.length)
    assert any(preview.frames.std() > 1 for preview in previews), "a preview is a picture"


@pytest.mark.parametrize(
    "name", ["hunyuan-image", *(pytest.param(one, marks=pytest.mark.slow) for one in ("wan-image", "framepack"))]
)
def test_a_single_frame_of_a_picture_is_made_where_the_loop_leaves_the_picture_out(name: str, engine: Get) -> None:
    one = engine(name)
    base = Base(one.capabilities)
    still = tasks.animate(base.request, base.still(), base.seconds(1))
    assert np.array_equal(clip(one, still), base.still().frames)
    again = tasks.restyle(base.request, base.film(1), 0.6)
    assert clip(one, again).shape == (1, SIZE.height, SIZE.width, 3)


def simplest(engine: Engine) -> Request:
    """The request with the fewest given frames that an engine takes."""
    base = Base(engine.capabilities)
    row = {"nothing": "text", "start": "image", "ends": "first and last image"}[engine.capabilities.needs]
    return ROWS[row](base)


@pytest.mark.parametrize("name", ENGINES)
def test_a_seed_is_a_picture_and_words_matter(name: str, engine: Get) -> None:
    one = engine(name)
    request = replace(simplest(one), steps=FEW)
    first = clip(one, request)
    assert np.array_equal(clip(one, request), first)
    assert not np.array_equal(clip(one, replace(request, seed=6)), first)
    assert not np.array_equal(clip(one, replace(request, prompt="a green house at sea")), first)
    without = clip(one, replace(request, negative="a green house"))
    assert np.array_equal(without, first) != one.capabilities.negative


@pytest.mark.parametrize("name", BRIEFLY)
def test_phrases_are_weighed_or_their_words_are_sent_without_weights(name: str, engine: Get) -> None:
    one = engine(name)
    request = replace(simplest(one), guidance=4.0)
    plain = clip(one, replace(request, prompt="a red ball (new)"))
    assert np.array_equal(clip(one, replace(request, prompt=r"a (red:1) ball \(new\)")), plain)
    weighted = replace(request, prompt="a (red:1.8) ball (new)")
    assert np.array_equal(clip(one, weighted), plain) != one.capabilities.emphasis
    notes = make_plan(weighted, small(one)).notes
    assert any("no weights" in note for note in notes) != one.capabilities.emphasis
    without = clip(one, replace(request, prompt="a ball (new)"))
    assert np.array_equal(clip(one, replace(request, prompt="a (red:0) ball (new)")), without)


@pytest.mark.parametrize("name", ENGINES)
def test_given_frames_change_what_is_made_beside_them(name: str, engine: Get) -> None:
    one = engine(name)
    base = Base(one.capabilities)
    few = replace(base.request, steps=FEW)
    ends = lambda level: tasks.bridge(few, base.film(9, level), base.film(9, 200 - level), base.seconds(7))  # noqa: E731
    dark, light = clip(one, ends(20)), clip(one, ends(150))
    assert np.abs(dark[5:12] - light[5:12]).mean() > 1


@pytest.mark.parametrize("name", ENGINES)
def test_the_more_is_kept_of_a_clip_the_less_chance_decides(name: str, engine: Get) -> None:
    one = engine(name)
    base = Base(one.capabilities)

    def spread(strength: float) -> float:
        request = replace(tasks.restyle(base.request, base.film(9), strength), steps=20, guidance=1.0)
        return float(np.abs(clip(one, request) - clip(one, replace(request, seed=99))).mean())

    assert spread(0.95) < 0.8 * spread(0.2)


@pytest.mark.parametrize("name", BRIEFLY)
def test_cancelling_stops_a_run_and_the_engine_goes_on(name: str, engine: Get) -> None:
    one = engine(name)
    request = replace(simplest(one), steps=1000)
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(len(asked))
        return len(asked) > 30  # it is asked at least once a step

    steps: list[int] = []
    events = run_plan(make_plan(request, small(one)), one, Control(cancelled, 0.0))
    with pytest.raises(Cancelled):
        steps.extend(event.step for event in events if isinstance(event, Progress))
    assert len(steps) <= 30
    assert len(asked) <= 33, "it stops where it is told to"
    assert len(clip(one, replace(request, steps=2))) == request.length


@pytest.mark.parametrize("name", BRIEFLY)
def test_previews_cost_nothing_when_they_are_off_and_change_no_pixel(name: str, engine: Get) -> None:
    one = engine(name)
    request = replace(simplest(one), steps=FEW)
    silent = run(one, request, Control(never, 0.0))
    assert not any(isinstance(event, Preview) for event in silent)
    assert np.array_equal(made(silent), made(run(one, request)))


@pytest.mark.parametrize("name", ENGINES)
def test_a_run_goes_on_from_any_step_bit_for_bit(name: str, engine: Get) -> None:
    one = engine(name)
    led = (*simplest(one).given, Given(5, picture(150), 0.6))
    for request in (simplest(one), replace(simplest(one), given=led)):
        (window,) = planned(one, request)
        kept: list[Latents] = []
        *_, whole = one.run(window, Control(never, 0.0, keep=kept.append, keep_share=1e9))
        assert isinstance(whole, Finished)
        assert [latents.step for latents in kept] == [*range(1, STEPS), STEPS]
        assert [latents.final for latents in kept] == [False] * (STEPS - 1) + [True]
        for latents in (kept[1], kept[-1]):
            events = list(one.run(replace(window, resume=latents), Control(never, 0.0)))
            steps = [event.step for event in events if isinstance(event, Progress) and event.stage == "denoising"]
            assert steps == list(range(latents.step + 1, STEPS + 1)), "no step is made twice"
            assert isinstance(events[-1], Finished)
            assert np.array_equal(events[-1].frames, whole.frames)


@pytest.mark.parametrize("name", BRIEFLY)
def test_what_a_run_left_is_kept_however_it_ends(name: str, engine: Get) -> None:
    one = engine(name)
    (window,) = planned(one, simplest(one))
    (*_, whole), kept = one.run(window, Control(never, 0.0)), []
    made = 0

    def counted() -> bool:  # on the thread that makes the steps, since it runs ahead of who reads of them
        nonlocal made
        made += 1
        return False

    control = Control(lambda: made >= 3, 0.0, enough=counted, keep=kept.append, keep_share=0.0)
    with pytest.raises(Cancelled):
        list(one.run(window, control))
    assert [latents.step for latents in kept] in ([2], [3]), "the last whole step, and nothing before"
    *_, rest = one.run(replace(window, resume=kept[0]), Control(never, 0.0))
    assert np.array_equal(rest.frames, whole.frames)
    *_, held = one.run(window, Control(never, 0.0, hold=2))
    assert isinstance(held, Held)
    *_, rest = one.run(replace(window, resume=held.latents), Control(never, 0.0))
    assert np.array_equal(rest.frames, whole.frames)


@pytest.mark.parametrize("name", BRIEFLY)
def test_what_was_enough_is_decoded_again(name: str, engine: Get) -> None:
    one = engine(name)
    (window,) = planned(one, simplest(one))
    kept = []
    *_, early = one.run(window, Control(never, 0.0, enough=lambda: True, keep=kept.append, keep_share=0.0))
    (last,) = kept
    assert last.final
    assert last.step == 1
    *_, again = one.run(replace(window, resume=last), Control(never, 0.0))
    assert np.array_equal(again.frames, early.frames)


@pytest.mark.parametrize("name", BRIEFLY)
def test_a_run_that_is_enough_is_finished_from_what_is_there(name: str, engine: Get) -> None:
    one = engine(name)
    request = replace(simplest(one), steps=STEPS + 1)
    asked = iter([False, False, True, *[True] * STEPS])
    events = run(one, request, Control(never, 0.0, enough=lambda: next(asked)))
    steps = [event.step for event in events if isinstance(event, Progress) and event.stage == "denoising"]
    assert steps[:3] == [1, 2, 3]
    assert len(steps) == 3
    early = made(events)
    assert early.shape == (request.length, SIZE.height, SIZE.width, 3)
    whole = clip(one, request)
    assert not np.array_equal(early, whole)
    assert np.array_equal(clip(one, request), whole), "and the next run is a whole one"
