"""The engines that enlarge: better than bicubic on real pictures, the same in tiles, offered to nobody as a model."""

from __future__ import annotations

import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage import data

from sora_studio.core import tasks
from sora_studio.core.engine import Control, Finished, Preview, Progress, RunsIn, Window, never
from sora_studio.core.errors import BadInput, Cancelled, EngineError, StudioError
from sora_studio.core.request import Footage, Request
from sora_studio.core.time import Rate, Size
from sora_studio.engines import load_engine
from sora_studio.engines.catalog import capabilities, catalog, networks
from sora_studio.engines.span import SpanEngine, enlarge
from sora_studio.engines.upscalers import UPSCALERS, upscaler
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.runner import Chunk, RunEvent, run_plan
from sora_studio.jobs.states import Done


@pytest.fixture(scope="module", params=list(UPSCALERS))
def engine(request: pytest.FixtureRequest) -> SpanEngine:
    made = load_engine(f"span-x{request.param}")
    assert isinstance(made, SpanEngine)
    made.load()
    return made


def psnr(made: np.ndarray, real: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((made.astype(float) - real) ** 2)))


def events(engine: SpanEngine, frames: np.ndarray, control: Control = Control(never)) -> list[RunEvent]:
    base = Request("", engine=engine.capabilities.engine, steps=engine.capabilities.steps)
    request = tasks.upscale(base, Footage(frames, Rate(24)), engine.capabilities.enlarges)
    return list(run_plan(make_plan(request, engine.capabilities), engine, control))


def chunks(found: list[RunEvent]) -> np.ndarray:
    return np.concatenate([event.frames for event in found if isinstance(event, Chunk)])


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
def test_a_real_picture_comes_nearer_to_what_it_was_than_by_bicubic(engine: SpanEngine, name: str) -> None:
    by, real = engine.capabilities.enlarges, getattr(data, name)()[40:232, 60:316]
    small = cv2.resize(real, (256 // by, 192 // by), interpolation=cv2.INTER_AREA)
    bicubic = cv2.resize(small, (256, 192), interpolation=cv2.INTER_CUBIC)
    made = chunks(events(engine, small[None]))
    assert made.shape == (1, 192, 256, 3)
    assert psnr(made[0], real) > psnr(bicubic, real) + 0.2


def test_tiles_do_not_show(engine: SpanEngine) -> None:
    picture, net = data.coffee()[100:170, 100:200], engine._net
    assert net is not None
    whole = enlarge(net, picture, never)
    for tile in (32, 45):
        apart = np.abs(enlarge(net, picture, never, tile).astype(int) - whole)
        assert apart.max() <= 2  # convolutions of other shapes add up in another order
        assert apart.mean() < 0.05


def test_frames_are_counted_shown_and_handed_out_one_by_one(engine: SpanEngine) -> None:
    by = engine.capabilities.enlarges
    frames = np.stack([data.chelsea()[:18, at : at + 21] for at in range(4)])  # odd sizes, too
    engine._shown = 0.0
    found = events(engine, frames, Control(never, 1.0))
    steps = [(event.step, event.steps, event.stage) for event in found if isinstance(event, Progress)]
    assert steps == [(step, 4, "enlarging") for step in range(1, 5)]
    assert [event.start for event in found if isinstance(event, Chunk)] == [0, 1, 2, 3]
    assert [event.setup.where for event in found if isinstance(event, RunsIn)] == ["processor"]
    preview = next(event for event in found if isinstance(event, Preview))
    made = chunks(found)
    assert (preview.start, made.shape) == (0, (4, 18 * by, 21 * by, 3))
    assert np.array_equal(preview.frames, made[:1])
    assert not [event for event in events(engine, frames, Control(never, 0.0)) if isinstance(event, Preview)]
    assert np.array_equal(chunks(events(engine, frames)), made)


def test_previews_of_large_frames_are_small(engine: SpanEngine) -> None:
    engine._shown = 0.0
    by = engine.capabilities.enlarges
    wide = np.full((1, 8, 1000, 3), 90, np.uint8)
    (preview,) = (event for event in events(engine, wide, Control(never, 1.0)) if isinstance(event, Preview))
    assert preview.frames.shape[2] <= 512
    assert preview.frames.shape[1] * 1000 // 8 == pytest.approx(preview.frames.shape[2], rel=0.2)
    assert 1000 * by > 512


def test_a_cancellation_is_heard_between_tiles(engine: SpanEngine) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    net = engine._net
    assert net is not None
    with pytest.raises(Cancelled):
        enlarge(net, np.zeros((64, 64, 3), np.uint8), cancelled, 32)
    assert len(asked) == 3


def test_it_loads_by_itself_and_gives_its_memory_back(engine: SpanEngine) -> None:
    other = SpanEngine(engine.capabilities)
    picture = np.full((1, 9, 9, 3), 120, np.uint8)
    assert np.array_equal(chunks(events(other, picture)), chunks(events(engine, picture)))
    other.unload()
    assert other._net is None
    assert len(other.weights) == 40


def test_missing_and_wrong_weights_are_said() -> None:
    with pytest.raises(StudioError, match=r"span-x3\.safetensors is missing\. Install Sora Studio again"):
        SpanEngine(replace(UPSCALERS[2], engine="span-x3")).load()
    with pytest.raises(EngineError, match="Install Sora Studio again"):
        SpanEngine(replace(UPSCALERS[2], engine="span-x4")).load()


def test_it_is_known_by_name_and_no_model_to_choose() -> None:
    names = {caps.engine for caps in UPSCALERS.values()}
    assert names == {"span-x2", "span-x4"}
    assert not names & {caps.engine for caps in catalog()}
    assert all(caps.enlarges == 1 for caps in catalog())
    assert all(capabilities(name).engine == name for name in names)
    assert all(networks(name) is None for name in names)
    assert upscaler(4).enlarges == 4
    with pytest.raises(BadInput, match="2 or 4 times, not 3"):
        upscaler(3)


def test_a_window_by_itself_ends_with_its_frames(engine: SpanEngine) -> None:
    frames = np.full((3, 10, 12, 3), 77, np.uint8)
    request = tasks.upscale(Request(""), Footage(frames, Rate(8)), engine.capabilities.enlarges)
    last = list(engine.run(Window(request, 0, 1), Control(never)))[-1]
    assert isinstance(last, Finished)
    by = engine.capabilities.enlarges
    assert last.frames.shape == (3, 10 * by, 12 * by, 3)
    assert Size(12 * by, 10 * by) == request.size


def test_a_clip_is_enlarged_by_a_worker_of_its_own() -> None:
    frames = np.stack([data.astronaut()[at : at + 40, 180:250] for at in range(3)])
    caps, got, over = UPSCALERS[2], {}, threading.Event()
    request = tasks.upscale(Request("", engine=caps.engine, steps=1), Footage(frames, Rate(12)), 2)
    seen: list[Preview] = []
    queue = JobQueue("sora_studio.engines:load_engine", preview_share=1.0)
    try:
        queue.events.previewed.connect(lambda job, preview: seen.append(preview))
        queue.events.changed.connect(lambda job: over.set() if job.ended else None)
        job = queue.submit(request, caps, lambda start, part: got.update({start: part.copy()}), "larger")
        assert over.wait(240)
        (ended,) = queue.jobs()
    finally:
        queue.close()
    assert (ended.id, type(ended.state)) == (job, Done), ended
    assert sorted(got) == [0, 1, 2]
    engine = SpanEngine(caps)
    engine.load()
    assert engine._net is not None
    for at, picture in enumerate(frames):
        assert np.array_equal(got[at][0], enlarge(engine._net, picture, never))
    assert seen
    assert seen[0].frames.shape == (1, 80, 140, 3)
