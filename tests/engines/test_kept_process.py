"""A worker that is killed in the middle of a job, and the one that goes on from what the first left."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from sora_studio.core.request import Request
from sora_studio.core.time import Size
from sora_studio.engines.catalog import BUILT_IN, MODEL_VARIABLE, capabilities
from sora_studio.jobs.kept import reached
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.states import Done, Failed, Job, Running

SIZE = Size(64, 32)


class Watch:
    """A queue of real workers, of which one may be killed on the way."""

    def __init__(self) -> None:
        self.queue = JobQueue("sora_studio.engines:load_engine")
        self._told = threading.Condition()
        self._kill_when: Callable[[], bool] = lambda: False
        self.steps: list[int] = []
        self.queue.events.changed.connect(self._tell)

    def make(
        self, request: Request, keep: Path | None, kill_when: Callable[[], bool] = lambda: False
    ) -> tuple[Job, list[np.ndarray]]:
        caps = replace(capabilities(request.engine), sizes=(SIZE,), max_pixels=SIZE.width * SIZE.height, window=17)
        parts: list[np.ndarray] = []
        self.steps, self._kill_when = [], kill_when
        job_id = self.queue.submit(request, caps, lambda start, part: parts.append(part), keep=keep)
        with self._told:
            assert self._told.wait_for(lambda: self._job(job_id).ended, 300)
        return self._job(job_id), parts

    def _job(self, job_id: str) -> Job:
        return next(job for job in self.queue.jobs() if job.id == job_id)

    def _tell(self, job: Job) -> None:
        if isinstance(job.state, Running) and job.state.stage == "denoising":
            self.steps.append(job.state.step)
            if self._kill_when():
                self._kill_when = lambda: False
                assert self.queue._worker is not None
                psutil.Process(self.queue._worker.pid).send_signal(signal.SIGKILL)
        with self._told:
            self._told.notify_all()


@pytest.mark.slow  # two workers that load torch; test_contract.py goes on without them, session/test_going_on.py with
@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
@pytest.mark.parametrize("name", [BUILT_IN, "wan-text"])
def test_a_job_whose_worker_is_killed_goes_on_and_ends_bit_for_bit(
    name: str, checkpoint: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine: Any = name
    if name == BUILT_IN:
        monkeypatch.setenv(MODEL_VARIABLE, str(checkpoint(name)))
    else:
        engine = str(checkpoint(name))
    request = Request("a red ball", "blue", SIZE, 30, capabilities(engine).rate, seed=3, steps=12, engine=engine)
    watch = Watch()
    try:
        whole, expected = watch.make(request, None)
        assert isinstance(whole.state, Done), whole.state
        second = lambda: (standing := reached(tmp_path)) is not None and standing.step > 12  # noqa: E731
        killed, _ = watch.make(request, tmp_path, second)
        assert isinstance(killed.state, Failed)
        assert "signal 9" in killed.state.reason
        before = reached(tmp_path)
        assert before is not None
        assert before.step > 12
        rest, frames = watch.make(request, tmp_path)
        assert isinstance(rest.state, Done), rest.state
        assert rest.notes == whole.notes, "nothing was refused"
        assert watch.steps[0] > before.step - 1, "the first window and what was made of the second are not made again"
        assert np.array_equal(np.concatenate(frames), np.concatenate(expected))
    finally:
        watch.queue.close()
