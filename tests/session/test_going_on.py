"""Clips that end before their time, and go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from sora_studio.core.errors import BadInput
from sora_studio.core.media_item import Lost, Pending, Ready
from sora_studio.jobs.kept import reached
from sora_studio.jobs.queue import JobQueue
from sora_studio.media.decode import VideoReader
from sora_studio.session import store
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from sora_studio.session.views import JobView, Notice
from tests.session.conftest import DRAFT, Studio

SLOW = replace(DRAFT, prompt="slow ball", steps=12)


def begun(studio: Studio, draft=SLOW, step: int = 3) -> str:
    """A job that has made some steps."""
    job = studio.session.generate(draft)
    studio.until(lambda: any(row.id == job and row.step >= step for row in studio.session.jobs()))
    return job


def media_of(studio: Studio) -> str:
    (item,) = studio.session.project.media.values()
    return item.id


def row(studio: Studio) -> JobView:
    (only,) = studio.session.jobs()
    return only


def pixels(studio: Studio, media: str) -> np.ndarray:
    path = studio.session.media_path(media)
    assert path is not None
    with VideoReader(path) as reader:
        return np.stack(list(reader.frames()))


def kill_worker(studio: Studio) -> None:
    worker = studio.session._queue._worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)


def folders(studio: Studio) -> list[Path]:
    assert studio.session.folder is not None
    place = studio.session.folder / store.KEPT
    return list(place.iterdir()) if place.is_dir() else []


def test_a_stopped_clip_stays_and_goes_on(studio: Studio) -> None:
    job = begun(studio)
    media = media_of(studio)
    studio.session.stop(job)
    studio.settled()
    state = studio.session.item(media).state
    assert isinstance(state, Lost)
    assert state.reason.startswith("Stopped at step ")
    stopped = row(studio)
    assert stopped.state == "stopped"
    assert stopped.goes_on == f"Goes on at step {stopped.step} of 12"
    assert 3 <= stopped.step < 12
    assert studio.session.kept_bytes > 0
    steps: list[int] = []
    studio.session.jobs_changed.connect(
        lambda: steps.extend(one.step for one in studio.session.jobs() if one.state == "running" and one.step)
    )
    studio.session.retry(job)
    studio.settled()
    assert isinstance(studio.session.item(media).state, Ready)
    assert min(steps) >= stopped.step, "no step is made twice"
    assert row(studio).state == "done"


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_killed_worker_s_clip_goes_on_or_begins_anew(studio: Studio) -> None:
    for anew in (False, True):
        job = begun(studio)
        kill_worker(studio)
        studio.settled()
        failed = studio.session.jobs()[-1]
        assert failed.state == "failed"
        assert "signal 9" in failed.error
        assert failed.goes_on
        steps: list[int] = []
        listen = lambda steps=steps: steps.extend(  # noqa: E731
            one.step for one in studio.session.jobs() if one.state == "running" and one.step
        )
        studio.session.jobs_changed.connect(listen)
        studio.session.retry(job, anew=anew)
        studio.settled()
        studio.session.jobs_changed.disconnect(listen)
        assert (min(steps) == 1) == anew
        assert not any(isinstance(item.state, Lost) for item in studio.session.project.media.values())


def test_a_cancelled_clip_leaves_nothing_behind(studio: Studio) -> None:
    job = begun(studio)
    assert folders(studio)
    studio.session.cancel(job)
    studio.until(lambda: not studio.session.project.media)
    studio.until(lambda: not studio.session._queue.jobs()[-1].ended or not folders(studio))
    assert folders(studio) == []


def test_what_failed_to_be_decoded_is_decoded_and_no_step_is_made(studio: Studio) -> None:
    job = studio.session.generate(replace(DRAFT, prompt="undecodable", steps=6))
    studio.settled()
    failed = row(studio)
    assert failed.state == "failed"
    assert failed.goes_on == "Only decoding is left"
    studio.session.retry(job)
    studio.settled()
    assert isinstance(studio.session.item(media_of(studio)).state, Ready)


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_the_next_studio_says_what_was_interrupted_and_goes_on(studio: Studio, queue: JobQueue) -> None:
    session = studio.session
    begun(studio)
    media, home = media_of(studio), session.folder
    assert home is not None
    session.save()
    kill_worker(studio)  # as the studio's own end ends it
    studio.settled()
    store.save(session.project, home)
    loop = OwnerLoop()
    other = Session(queue, home, loop.post)
    told: list[Notice] = []
    other.noticed.connect(told.append)
    again = Studio(other, loop)
    again.until(lambda: bool(told))
    assert told[0].text == "1 clip was interrupted. Open the queue to go on with it."
    interrupted = row(again)
    assert (interrupted.state, interrupted.media_id) == ("stopped", media)
    assert interrupted.goes_on
    other.retry(interrupted.id)
    assert isinstance(other.item(media).state, Pending)
    again.settled()
    assert isinstance(other.item(media).state, Ready)
    assert len(pixels(again, media)) == other.item(media).frames
    other.close()


def test_a_finished_clip_is_decoded_again_as_a_take(studio: Studio) -> None:
    studio.session.generate(DRAFT)
    studio.settled()
    (clip,) = studio.session.timeline.tracks[0].clips
    first = clip.media
    steps: list[int] = []
    studio.session.jobs_changed.connect(
        lambda: steps.extend(one.step for one in studio.session.jobs() if one.state == "running" and one.step)
    )
    studio.session.decode_again(clip.id)
    studio.settled()
    second = studio.session.timeline.find(clip.id)[1].media
    assert second != first
    assert np.array_equal(pixels(studio, first), pixels(studio, second))
    assert set(steps) <= {DRAFT.steps}
    studio.session.forget_kept()
    assert studio.session.kept_bytes == 0
    with pytest.raises(BadInput, match="no longer kept"):
        studio.session.decode_again(clip.id)


def test_finished_clips_give_way_to_the_limit_before_stopped_ones(studio: Studio) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    finished = media_of(studio)
    session.stop(begun(studio))
    studio.settled()
    (stopped,) = session.project.media.keys() - {finished}
    assert session.standing(finished) is not None
    assert session.standing(stopped) is not None
    room = session.kept_bytes
    session.settings = replace(session.settings, general=replace(session.settings.general, kept_gb=(room - 1) / 1e9))
    session._tidy()
    assert session.standing(finished) is None
    assert session.standing(stopped) is not None
    told: list[Notice] = []
    session.noticed.connect(told.append)
    session.settings = replace(session.settings, general=replace(session.settings.general, kept_gb=1e-9))
    session._tidy()
    assert session.standing(stopped) is None
    assert "took too much room" in told[0].text
    assert session.kept_bytes == 0


def test_with_no_room_nothing_is_kept(studio: Studio) -> None:
    session = studio.session
    session.settings = replace(session.settings, general=replace(session.settings.general, kept_gb=0.0))
    session.generate(DRAFT)
    studio.settled()
    assert folders(studio) == []


def test_what_finished_clips_left_goes_with_the_project_and_the_rest_stays(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    session.generate(DRAFT)
    studio.settled()
    session.stop(begun(studio))
    studio.settled()
    home = session.folder
    assert home is not None
    session.save_as(tmp_path / "copy")
    assert len(folders(studio)) == 2
    session.new()
    (left,) = (tmp_path / "copy" / store.KEPT).iterdir()
    standing = reached(left)
    assert standing is not None
    assert not standing.final


STUDIO = """
import sys
from dataclasses import replace
from pathlib import Path
from sora_studio.jobs.queue import JobQueue
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from tests.session.conftest import DRAFT, PATIENCE

loop = OwnerLoop()
session = Session(JobQueue("tests.fakes.engine:load"), Path(sys.argv[1]), loop.post)
session.generate(replace(DRAFT, prompt="slow ball", seconds=4, steps=12))
for goal in (3, 8, 15, 20):
    loop.run_until(lambda: any(row.step >= goal for row in session.jobs()), PATIENCE)
    print(goal, flush=True)
loop.run_until(lambda: False, PATIENCE)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
@pytest.mark.parametrize("goal", ["3", "15"])
def test_a_studio_that_is_killed_leaves_no_worker_and_its_clip_goes_on(
    goal: str, home: Path, tmp_path: Path, queue: JobQueue
) -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", STUDIO, str(tmp_path / "film")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        while (line := process.stdout.readline().strip()) != goal:
            assert line, "it ended too soon"
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    _, left = psutil.wait_procs(workers, timeout=60)
    assert left == []
    loop = OwnerLoop()
    again = Studio(Session(queue, tmp_path / "film", loop.post), loop)
    interrupted = row(again)
    assert interrupted.state == "stopped"
    assert interrupted.step >= int(goal) - 1, "a step is told just before it is kept"
    again.session.retry(interrupted.id)
    again.settled()
    (item,) = again.session.project.media.values()
    assert isinstance(item.state, Ready)
    assert len(pixels(again, item.id)) == item.frames
    again.session.close()
