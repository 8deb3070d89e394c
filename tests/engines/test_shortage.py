"""Memory that runs out at a stage of a real run: said with its stage, and gone on from after a step down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest

from sora_studio.core.engine import Control, Engine, Progress, never
from sora_studio.core.errors import OutOfMemory
from sora_studio.core.setup import Setup, Shortage, Stage, steps_down
from sora_studio.engines.catalog import found
from sora_studio.engines.families.engine import CheckpointEngine
from sora_studio.engines.shortage import is_shortage
from sora_studio.jobs.kept import KeptRun
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.runner import Chunk, run_plan
from sora_studio.jobs.states import Done, Failed, Job, Leg
from sora_studio.jobs.windows import Plan
from tests.engines.script import asked
from tests.fakes.shortage import VARIABLE, CrampedEngine

WHOLE = Setup("card", "fp32")


def run(engine: Engine, plan: Plan, setup: Setup, folder: Path) -> tuple[np.ndarray, list[int]]:
    """The clip, and the steps that were made for it."""
    kept = KeptRun(folder, plan, engine.weights, lambda _: None)
    steps, frames = [], []
    for event in run_plan(plan, engine, Control(never, 0.0, setup=setup), kept=kept):
        if isinstance(event, Progress) and event.stage == "denoising":
            steps.append(event.step)
        elif isinstance(event, Chunk):
            frames.append(event.frames)
    return np.concatenate(frames), steps


@pytest.mark.parametrize("name", ["wan-text", pytest.param("skyreels", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("where", "stage", "left"),
    [
        pytest.param("encode", "encode", [1, 2, 3, 4], marks=pytest.mark.slow),
        ("step", "step", [3, 4]),
        pytest.param("decode", "decode", [], marks=pytest.mark.slow),
        ("decoder", "decode", []),
    ],
)
def test_a_run_goes_on_a_step_down_from_where_memory_ran_out(
    where: str, stage: Stage, left: list[int], name: str, checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    model = found(str(checkpoint(name)))
    plan = make_plan(replace(asked(), engine=model.capabilities.engine), model.capabilities)
    whole, steps = run(CheckpointEngine(model), plan, WHOLE, tmp_path / "whole")
    assert steps == [1, 2, 3, 4]
    cramped = CrampedEngine(CheckpointEngine(model), where)
    with pytest.raises(OutOfMemory) as caught:
        run(cramped, plan, WHOLE, tmp_path / "kept")
    assert (caught.value.shortage.stage, caught.value.shortage.setup) == (stage, WHOLE)
    for offer in steps_down(WHOLE, stage, (), bf16=False):
        went_on, made = run(cramped, plan, offer.setup, tmp_path / "kept")
        assert made == left, "nothing that was made is made again"
        assert np.array_equal(went_on, whole), offer.words
        left = []  # from now on all is kept


def test_all_ways_in_which_memory_runs_out_are_known() -> None:
    said = "[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to"
    assert is_shortage(RuntimeError(said))
    assert is_shortage(MemoryError())
    assert not is_shortage(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_shortage(ValueError("out of memory"))


@pytest.mark.slow
@pytest.mark.parametrize("where", ["encode", "step", "decode"])
def test_a_job_in_a_worker_goes_on_a_step_down(
    where: str, checkpoint: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, where)
    model = found(str(checkpoint("wan-text")))
    request = replace(asked(), engine=str(checkpoint("wan-text")))
    whole, _ = run(CheckpointEngine(model), make_plan(request, model.capabilities), WHOLE, tmp_path / "whole")
    told: SimpleQueue[Job] = SimpleQueue()
    queue = JobQueue("tests.fakes.shortage:load", preview_share=0.0)
    queue.events.changed.connect(lambda job: told.put(job) if job.ended else None)
    frames: list[np.ndarray] = []

    def ended(setup: Setup) -> Job:
        take = lambda _, made: frames.append(made)  # noqa: E731
        queue.submit(request, model.capabilities, take, leg=Leg(setup=setup), keep=tmp_path / "kept")
        return told.get(timeout=120)

    try:
        failed = ended(WHOLE)
        assert isinstance(failed.state, Failed)
        assert failed.state.shortage == Shortage(where, WHOLE)  # type: ignore[arg-type]
        offer = steps_down(WHOLE, failed.state.shortage.stage, (), bf16=False)[0]
        assert isinstance(ended(offer.setup).state, Done)
    finally:
        queue.close()
    assert np.array_equal(np.concatenate(frames), whole)
