"""The built-in engine on a tiny network with random weights."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sora_studio.core.engine import Control, Engine, Finished, Held, Preview, Progress, Window, never
from sora_studio.core.errors import Cancelled, EngineError
from sora_studio.core.inside import Insight
from sora_studio.core.request import Given, Request
from sora_studio.core.time import Size
from sora_studio.engines import load_engine
from sora_studio.engines.catalog import MODEL_VARIABLE, capabilities
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.states import Done, Failed, JobState, Leg
from sora_studio.jobs.states import Held as HeldJob
from sora_studio.model.choosing import ROUNDS
from sora_studio.model.picture_first import LED_FROM, steps_of_picture
from tests.tiny_model import build_tiny_pipeline

REQUEST = Request("a red ball", size=Size(48, 32), length=9, steps=8)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_pipeline(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def engine(model: Path) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MODEL_VARIABLE, str(model))
        engine = load_engine("sora")
        engine.load()
    yield engine
    engine.unload()


@pytest.fixture(scope="module")
def queue(model: Path) -> Iterator[JobQueue]:
    """A queue with one worker, which takes longer to start than to make these clips."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MODEL_VARIABLE, str(model))
        made = JobQueue("sora_studio.engines:load_engine")
        yield made
        made.close()


def run(engine: Engine, request: Request, share: float = 0.08) -> list:
    return list(engine.run(Window(request, 0, 1), Control(lambda: False, share)))


def frames(engine: Engine, request: Request) -> np.ndarray:
    last = run(engine, request)[-1]
    assert isinstance(last, Finished)
    return last.frames


def test_a_window_becomes_frames_of_its_size(engine: Engine) -> None:
    assert frames(engine, REQUEST).shape == (9, 32, 48, 3)
    assert frames(engine, REQUEST).dtype == np.uint8
    assert frames(engine, replace(REQUEST, length=1, size=Size(32, 64))).shape == (1, 64, 32, 3)


def test_steps_are_counted_and_the_picture_is_seen_to_form(engine: Engine) -> None:
    events = run(engine, REQUEST)
    steps = [event.step for event in events if isinstance(event, Progress) and event.stage == "denoising"]
    assert steps == list(range(1, 9))
    previews = [event for event in events if isinstance(event, Preview)]
    assert len({preview.frames.tobytes() for preview in previews}) >= 3
    assert previews[0].step == 1
    assert all(preview.frames.shape == (9, 8, 12, 3) for preview in previews)


def test_the_panel_is_told_that_a_picture_is_drawn_again(engine: Engine) -> None:
    again = [event for event in run(engine, REQUEST) if isinstance(event, Progress) and event.stage == "redrawing"]
    drawn = steps_of_picture(REQUEST.steps, REQUEST.length, given=False)
    assert [event.step for event in again] == [drawn] * ROUNDS, "the tiny CLIP recognises nothing"


def test_without_a_share_there_is_no_preview_and_the_same_picture(engine: Engine) -> None:
    events = run(engine, REQUEST, share=0.0)
    assert not any(isinstance(event, Preview) for event in events)
    assert np.array_equal(events[-1].frames, frames(engine, REQUEST))


def test_a_seed_is_a_picture(engine: Engine) -> None:
    assert np.array_equal(
        frames(engine, replace(REQUEST, seed=2**63 - 1)), frames(engine, replace(REQUEST, seed=2**63 - 1))
    )
    assert not np.array_equal(frames(engine, replace(REQUEST, seed=1)), frames(engine, REQUEST))


def test_words_and_given_frames_matter(engine: Engine) -> None:
    plain = frames(engine, REQUEST)
    assert not np.array_equal(frames(engine, replace(REQUEST, prompt="a blue house")), plain)
    assert not np.array_equal(frames(engine, replace(REQUEST, negative="a blue house")), plain)
    picture = np.full((1, 32, 48, 3), 200, np.uint8)
    assert not np.array_equal(frames(engine, replace(REQUEST, given=(Given(0, picture),))), plain)
    clip = np.full((9, 32, 48, 3), 200, np.uint8)
    assert not np.array_equal(frames(engine, replace(REQUEST, given=(Given(0, clip, 0.5),))), plain)


def test_people_s_words_are_told_in_those_of_the_captions(engine: Engine) -> None:
    told = frames(engine, replace(REQUEST, prompt="a red car in the forest", negative="a bird"))
    assert np.array_equal(frames(engine, replace(REQUEST, prompt="a red taxi in the jungle", negative="a gull")), told)
    weighted = frames(engine, replace(REQUEST, prompt="a red car in (the forest:1.5)"))
    assert np.array_equal(frames(engine, replace(REQUEST, prompt="a red taxi in (the jungle:1.5)")), weighted)


def test_what_spins_is_a_picture_of_what_stays_and_a_clip_of_its_own(engine: Engine) -> None:
    spins, stays = (
        replace(REQUEST, prompt=f"a red car {motion} in the city") for motion in ("spins", "stays in place")
    )
    still = replace(spins, length=1)
    assert np.array_equal(frames(engine, still), frames(engine, replace(stays, length=1)))
    assert not np.array_equal(frames(engine, spins)[1:], frames(engine, stays)[1:])


def test_cancelling_stops_within_a_step(engine: Engine) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(len(asked))
        return len(asked) > 3  # once before the first step, then before each

    steps: list[int] = []
    events = engine.run(Window(replace(REQUEST, steps=1000), 0, 1), Control(cancelled, 0.0))
    with pytest.raises(Cancelled):
        steps.extend(event.step for event in events if isinstance(event, Progress))
    assert len(asked) == 4
    assert len(frames(engine, REQUEST)) == 9, "and the engine goes on working"


def test_leaving_early_stops_the_work(engine: Engine) -> None:
    events = engine.run(Window(replace(REQUEST, steps=1000), 0, 1), Control(lambda: False))
    next(events)
    events.close()
    assert len(frames(engine, REQUEST)) == 9


def test_an_engine_loads_itself_when_it_was_unloaded(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MODEL_VARIABLE, str(model))
    engine = load_engine("sora")
    engine.unload()
    assert len(frames(engine, REQUEST)) == 9
    engine.unload()


@pytest.mark.parametrize("damage", ["empty", "cut"])
def test_a_damaged_model_is_said(damage: str, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if damage == "cut":
        for source in model.rglob("*"):
            if source.is_file():
                target = tmp_path / source.relative_to(model)
                target.parent.mkdir(parents=True, exist_ok=True)
                data = source.read_bytes()
                target.write_bytes(data[: len(data) // 2] if source.suffix == ".safetensors" else data)
    monkeypatch.setenv(MODEL_VARIABLE, str(tmp_path))
    with pytest.raises(EngineError, match="could not be loaded"):
        load_engine("sora").load()


def test_a_job_goes_all_the_way_through_the_worker(queue: JobQueue) -> None:
    previews: list[Preview] = []
    queue.events.previewed.connect(listen := lambda job_id, preview: previews.append(preview))
    state, parts = made(queue, replace(REQUEST, length=30), Leg())
    queue.events.previewed.disconnect(listen)
    assert isinstance(state, Done), state.details if isinstance(state, Failed) else state
    assert np.concatenate(parts).shape == (30, 32, 48, 3)
    assert previews


SHADE = np.linspace(0, 255, 32 * 48 * 3).astype(np.uint8).reshape(1, 32, 48, 3)


@pytest.mark.parametrize("given", [(), (Given(0, SHADE, 0.5),), (Given(0, SHADE),)], ids=["words", "partly", "kept"])
@pytest.mark.parametrize("step", [1, 5, 7])
def test_a_held_run_goes_on_as_if_nothing_had_been(engine: Engine, step: int, given: tuple) -> None:
    request = replace(REQUEST, prompt="a red ball, the camera zooms in", given=given)
    events = list(engine.run(Window(request, 0, 1), Control(never, hold=step)))
    held = events[-1]
    assert isinstance(held, Held)
    assert held.latents.step == step
    assert [event.step for event in events if isinstance(event, Preview)][-1] == step, "where it is held is seen"
    rest = list(engine.run(Window(request, 0, 1, held.latents), Control(never)))
    assert [e.step for e in rest if isinstance(e, Progress) and e.stage == "denoising"] == list(range(step + 1, 9))
    assert np.array_equal(rest[-1].frames, frames(engine, request))


def test_a_picture_begins_to_move_as_the_camera_is_told(engine: Engine) -> None:
    def begun(prompt: str, *given: Given) -> np.ndarray:
        request = replace(REQUEST, prompt=prompt, given=given, steps=1)
        events = engine.run(Window(request, 0, 1), Control(never, record=True))
        return next(event.noisy for event in events if isinstance(event, Insight))

    still, left, right = (
        begun(f"a red ball{words}", Given(0, SHADE))
        for words in ("", ", the camera pans to the left", ", the camera pans to the right")
    )
    assert not np.array_equal(still[5:], left[5:])
    assert not np.array_equal(left[5:], right[5:])
    assert np.array_equal(right[0], left[0]), "the picture itself stays"
    away, home = (begun(f"a red ball moves to the {side}", Given(0, SHADE)) for side in ("left", "right"))
    assert np.array_equal(away[0], home[0])
    snow, rain = (begun(f"a red ball {words}", Given(0, SHADE)) for words in ("while snow falls", "in the rain"))
    assert not np.array_equal(still[5:], snow[5:])
    assert not np.array_equal(rain[5:], snow[5:])
    assert np.array_equal(snow[0], still[0])
    assert np.array_equal(begun("a red ball"), begun("a red ball, the camera pans to the left")), "nothing to move"


def test_enough_finishes_from_what_is_there(engine: Engine) -> None:
    asked = iter([False, False, True])  # its picture is drawn then, and is set in motion
    events = list(engine.run(Window(REQUEST, 0, 1), Control(never, enough=lambda: next(asked))))
    assert [e.step for e in events if isinstance(e, Progress)] == [1, 2, 3, 3]
    assert events[-1].frames.shape == (9, 32, 48, 3)
    assert not np.array_equal(events[-1].frames, frames(engine, REQUEST))
    assert np.array_equal(run(engine, REQUEST)[-1].frames, frames(engine, REQUEST)), "and the pipeline is as before"


def test_a_recorded_run_shows_every_step_and_makes_the_same_picture(engine: Engine) -> None:
    request = replace(REQUEST, prompt="a red ball moves over the sea", negative="blue", guidance=3.0)
    events = list(engine.run(Window(request, 0, 1), Control(never, record=True)))
    seen = [event for event in events if isinstance(event, Insight)]
    assert [(one.step, one.steps) for one in seen] == [(step, 8) for step in range(1, 9)]
    for stage in (seen[:6], seen[6:]):  # a picture, then the picture in motion
        assert [one.sigma for one in stage] == sorted((one.sigma for one in stage), reverse=True)
    assert [seen[0].sigma > 0.9, seen[6].sigma] == [True, pytest.approx(LED_FROM)]
    assert np.array_equal(seen[5].clean[0], seen[5].clean[-1]), "a picture stands still"
    assert not np.array_equal(seen[6].noisy[0], seen[6].noisy[-1])
    for one in seen:
        assert one.grid == (3, 2, 3), "9 frames of 48x32 in patches of 4 frames and 16x16 pixels"
        assert one.blocks == 2
        assert one.noisy.shape == one.clean.shape == (9, 8, 12, 3)
        np.testing.assert_allclose(one.attention.astype(np.float32).sum(axis=1), 1, atol=4e-3)
        assert [word.text for word in one.words] == request.prompt.split()
        assert one.heat(1).shape == one.grid
        assert 0 < one.heat(1).mean() < 1
        np.testing.assert_allclose(one.heat(1), (one.heat(1, 0) + one.heat(1, 1)) / 2, atol=1e-3)
    assert not np.array_equal(seen[0].noisy, seen[-1].noisy)
    assert np.array_equal(events[-1].frames, frames(engine, request)), "looking on changes nothing"


def test_attention_is_that_of_the_prompt_and_not_of_the_negative_one(engine: Engine) -> None:
    def attention(**change: object) -> np.ndarray:
        events = engine.run(Window(replace(REQUEST, steps=1, **change), 0, 1), Control(never, record=True))
        (seen,) = [event for event in events if isinstance(event, Insight)]
        return seen.attention.astype(np.float32)

    guided = attention(negative="the cat", guidance=4.0)
    np.testing.assert_allclose(guided, attention(guidance=1.0), atol=2e-3)
    assert np.abs(guided - attention(prompt="the cat at sea", guidance=1.0)[:, : guided.shape[1]]).max() > 0.02


def test_nobody_records_by_default(engine: Engine) -> None:
    assert not any(isinstance(event, Insight) for event in run(engine, REQUEST))


def test_a_job_held_in_the_worker_is_continued_bit_for_bit(queue: JobQueue) -> None:
    nothing = made(queue, REQUEST, Leg(hold=3))
    assert isinstance(nothing[0], HeldJob)
    assert nothing[1] == []
    rest, parts = made(queue, REQUEST, Leg(resume=nothing[0].latents))
    assert isinstance(rest, Done)
    whole, uninterrupted = made(queue, REQUEST, Leg())
    assert isinstance(whole, Done)
    assert np.array_equal(np.concatenate(parts), np.concatenate(uninterrupted))


def made(queue: JobQueue, request: Request, leg: Leg) -> tuple[JobState, list[np.ndarray]]:
    caps = replace(capabilities("sora"), sizes=(Size(48, 32),), max_pixels=48 * 32)
    over, parts = threading.Event(), []
    queue.events.changed.connect(listen := lambda job: over.set() if job.ended else None)
    job_id = queue.submit(request, caps, lambda start, part: parts.append(part), leg=leg)
    assert over.wait(300)
    queue.events.changed.disconnect(listen)
    return next(job for job in queue.jobs() if job.id == job_id).state, parts
