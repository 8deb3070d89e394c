"""Jobs that outlive the studio: killed, closed, left, on a full disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.media_item import Lost, Pending, Ready
from sora_studio.core.time import Size
from sora_studio.jobs.line import HIGH, LOW
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.queue_store import FILE, JobRow, QueueStore
from sora_studio.session import lock, store
from sora_studio.session.job_order import Wish
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from sora_studio.session.views import Notice
from sora_studio.settings.sections import General, Settings
from tests.fakes.brittle_disk import FULL, Disk, reachable, under
from tests.session.conftest import DRAFT, Studio


class Life:
    """Studios on one disk, one after the other; their queues are paused unless said otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.film = folder / "film"
        self.notices: list[Notice] = []
        self._ends = ExitStack()

    def begin(self, *, paused: bool = True, film: Path | None = None, autosave: bool = True) -> Studio:
        """A studio; the one before ends as if it was killed: nothing is written any more."""
        self._ends.close()
        self.notices.clear()
        kept = QueueStore(self.folder / FILE)
        kept.pause(paused)
        queue, loop = JobQueue("tests.fakes.engine:load", store=kept), OwnerLoop()
        settings = Settings(general=General(autosave=autosave))
        session = Session(queue, film or self.film, loop.post, settings)
        session.noticed.connect(self.notices.append)
        self._ends.callback(self._kill, session, queue, kept)
        return Studio(session, loop)

    def close(self) -> None:
        self._ends.close()

    def rows(self) -> list[JobRow]:
        kept = QueueStore(self.folder / FILE)
        found = kept.rows()
        kept.close()
        return list(found)

    def said(self, studio: Studio) -> list[str]:
        studio.loop.run_pending()
        return [notice.text for notice in self.notices]

    @staticmethod
    def _kill(session: Session, queue: JobQueue, kept: QueueStore) -> None:
        queue._ledger._kept.clear()
        session._home = Path("/nowhere")
        session.models.close()
        session.fitting.close()
        for job in queue.jobs():
            queue.cancel(job.id)
        queue.close()
        kept.close()


@pytest.fixture
def life(home: Path, tmp_path: Path) -> Iterator[Life]:
    life = Life(tmp_path)
    yield life
    life.close()


def waiting(studio: Studio) -> list[str]:
    return [row.label for row in studio.session.jobs() if row.state == "waiting"]


def labels(studio: Studio, *words: str) -> list[str]:
    for word in words:
        studio.session.generate(replace(DRAFT, prompt=word))
    return waiting(studio)


def test_what_waited_waits_again_in_its_order_with_its_clips(life: Life) -> None:
    studio = life.begin()
    assert labels(studio, "one", "two", "three") == ["one", "two", "three"]
    clips = studio.session.timeline
    again = life.begin()
    assert waiting(again) == ["one", "two", "three"]
    assert again.session.timeline == clips
    assert all(isinstance(item.state, Pending) for item in again.session.project.media.values())
    assert "3 clips wait in the queue again. The queue is paused: resume it there." in life.said(again)


def test_a_clip_that_is_upscaled_is_upscaled_again_after_a_kill(life: Life) -> None:
    studio = life.begin(paused=False)
    studio.session.generate(DRAFT)
    studio.settled()
    (clip,) = studio.session.selection
    recipe = studio.made(clip).made_from
    studio.session.save()
    studio.session.pause_queue()
    studio.session.upscale(clip, 4)
    again = life.begin(paused=False)
    again.settled()
    small, large = again.session.takes(clip)
    assert isinstance(large.state, Ready)
    assert (large.size.width, large.frames) == (4 * small.size.width, small.frames)
    assert large.generated_from == recipe
    job = again.session.upscale(clip, 2)
    again.session.stop(job)
    again.settled()
    third = again.session.takes(clip)[2]
    if isinstance(third.state, Lost):  # else it was quicker
        assert "upscaled from its first frame" in third.state.reason
        again.session.go_on(third.id)
        again.settled()
    assert again.session.item(third.id).size == Size(8 * small.size.width, 8 * small.size.height)


def test_order_priority_pause_and_changes_are_kept(life: Life) -> None:
    studio = life.begin()
    labels(studio, "one", "two", "three")
    one, two, three = (row.id for row in studio.session.jobs())
    studio.session.move_job(three, one)
    assert waiting(studio) == ["three", "one", "two"]
    studio.session.rank_job(two, HIGH)
    studio.session.rank_job(three, LOW)
    labels(studio, "four")
    assert waiting(studio) == ["two", "one", "four", "three"]
    wish = studio.session.wish_of(one)
    studio.session.edit_job(one, replace(wish, prompt="a green boat", seed=5, steps=3))
    for text, wrong in (("Say in a few words", {"prompt": "  "}), ("Steps lie between", {"steps": 0})):
        with pytest.raises(BadInput, match=text):
            studio.session.edit_job(one, replace(wish, **wrong))
    again = life.begin()
    assert again.session.queue_paused
    assert waiting(again) == ["two", "a green boat", "four", "three"]
    row = again.session.jobs()[1]
    assert again.session.wish_of(row.id) == Wish("a green boat", "", 5, 3)
    item = again.session.item(row.media_id)
    assert item.made_from is not None
    assert (item.name, item.made_from["seed"]) == ("a green boat", 5)


def test_clips_that_were_never_saved_are_laid_anew(life: Life) -> None:
    labels(life.begin(autosave=False), "one", "two")
    again = life.begin()
    assert again.session.timeline.length > 0
    assert sorted(item.name for item in again.session.project.media.values()) == ["one", "two"]
    assert waiting(again) == ["one", "two"]
    life.said(again)
    third = life.begin()
    assert len(third.session.project.media) == 2, "not once more"
    assert third.session.timeline == again.session.timeline


def test_a_cancelled_job_does_not_come_back(life: Life) -> None:
    studio = life.begin()
    labels(studio, "one", "two")
    first = studio.session.jobs()[0]
    studio.session.cancel(first.id)
    studio.until(lambda: len(studio.session.project.media) == 1)
    again = life.begin()
    assert waiting(again) == ["two"]
    again.until(lambda: len(life.rows()) == 1)  # as soon as the project without that clip is written
    kept = QueueStore(life.folder / FILE)  # it ended before the clip was taken from the timeline
    kept.end(life.rows()[0].id, "cancelled")
    kept.close()
    last = life.begin()
    assert last.session.project.media == {}
    life.said(last)
    last.until(lambda: life.rows() == [])


def test_a_stopped_and_a_failed_job_rest_and_are_tried_again(life: Life) -> None:
    studio = life.begin()
    labels(studio, "one", "two", "three")
    first, second, _ = studio.session.jobs()
    studio.session.stop(first.id)
    studio.until(lambda: studio.session.jobs()[-1].state == "stopped" or studio.session.jobs()[0].state == "stopped")
    studio.until(lambda: any(row.state == "stopped" for row in life.rows()))
    kept = QueueStore(life.folder / FILE)
    kept.end(second.id, "failed", "The engine cannot paint this.")
    kept.close()
    again = life.begin()
    rows = {row.label: row for row in again.session.jobs()}
    assert (rows["one"].state, rows["two"].state, rows["three"].state) == ("stopped", "failed", "waiting")
    assert rows["two"].error == "The engine cannot paint this."
    lost = again.session.item(rows["two"].media_id).state
    assert isinstance(lost, Lost)
    assert lost.reason == "The engine cannot paint this."
    for label in ("one", "two"):
        again.session.retry(rows[label].id)
    assert sorted(waiting(again)) == ["one", "three", "two"]
    assert len(life.rows()) == 3


def test_what_can_be_done_about_memory_is_offered_again(life: Life) -> None:
    studio = life.begin()
    studio.session.resume_queue()
    studio.session.generate(replace(DRAFT, prompt="cramped ball"))
    studio.until(lambda: [row.state for row in life.rows()] == ["failed"])
    studio.session.pause_queue()
    again = life.begin()
    again.session._queue.probe()
    again.until(lambda: bool(again.session.jobs()[0].offers))
    (row,) = again.session.jobs()
    assert row.error.startswith("Memory ran out while the pictures were decoded.")
    assert row.offers[0].words == "Decode in tiles"
    again.session.step_down(row.id, row.offers[0].setup)
    again.session.resume_queue()
    again.settled()
    (item,) = again.session.project.media.values()
    assert isinstance(item.state, Ready)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"stage": "step"}', '{"stage": "tea", "setup": {}}'])
def test_damaged_words_about_memory_offer_nothing(life: Life, damage: str) -> None:
    labels(life.begin(), "one")
    kept = QueueStore(life.folder / FILE)
    kept.end(life.rows()[0].id, "failed", "Memory ran out.", damage)
    kept.close()
    (row,) = life.begin().session.jobs()
    assert (row.error, row.offers) == ("Memory ran out.", ())


def test_what_is_dismissed_does_not_come_back_and_its_clip_stays(life: Life) -> None:
    studio = life.begin()
    labels(studio, "one", "two")
    first, second = studio.session.jobs()
    studio.session.dismiss(first.id)
    assert len(studio.session.jobs()) == 2, "it may still come to something"
    kept = QueueStore(life.folder / FILE)
    kept.end(first.id, "failed", "No.")
    kept.close()
    again = life.begin()
    failed = next(row for row in again.session.jobs() if row.state == "failed")
    clips = again.session.timeline
    again.session.dismiss(failed.id)
    assert [row.label for row in again.session.jobs()] == [second.label]
    assert again.session.timeline == clips
    assert isinstance(again.session.item(failed.media_id).state, Lost)
    assert [row.label for row in life.rows()] == [second.label]
    last = life.begin()
    assert [row.label for row in last.session.jobs()] == [second.label]


def test_what_was_kept_of_a_dismissed_clip_goes_with_it(life: Life) -> None:
    studio = life.begin()
    studio.session.resume_queue()
    job = studio.session.generate(replace(DRAFT, prompt="undecodable ball"))
    studio.until(lambda: studio.session.jobs()[-1].state == "failed")
    studio.until(lambda: bool(studio.session.jobs()[-1].goes_on))
    assert studio.session.kept_bytes
    studio.session.dismiss(job)
    assert studio.session.jobs() == ()
    assert not studio.session.kept_bytes
    assert life.rows() == []
    studio.session.dismiss(job)
    studio.session.pause_queue()


def test_what_the_studio_ended_with_twice_no_longer_goes_on_by_itself(life: Life) -> None:
    labels(life.begin(), "one")
    for attempts, state in ((1, "waiting"), (2, "stopped")):
        life.close()
        kept = QueueStore(life.folder / FILE)
        kept.begin(life.rows()[0].id)
        kept.close()
        assert life.rows()[0].attempts == attempts
        again = life.begin()
        (row,) = again.session.jobs()
        assert row.state == state
        if state == "waiting":
            assert any("was interrupted and goes on" in text for text in life.said(again))
        else:
            item = again.session.item(row.media_id)
            assert isinstance(item.state, Lost)
            assert item.state.reason.startswith("The studio ended twice while this was made")


def test_a_clip_that_was_finished_but_not_told_of_is_taken_as_it_is(life: Life, moving: Path) -> None:
    studio = life.begin()
    labels(studio, "one")
    (item,) = studio.session.project.media.values()
    shutil.copy(moving, life.film / store.MEDIA / f"{item.id}.mp4")
    again = life.begin()
    found = again.session.item(item.id)
    assert isinstance(found.state, Ready)
    assert found.frames == 48
    assert again.session.media_path(item.id) is not None
    life.said(again)
    again.until(lambda: life.rows() == [])


def test_a_project_that_is_left_is_waited_for_as_it_was_kept(life: Life) -> None:
    studio = life.begin()
    labels(studio, "one")
    studio.session.save()
    labels(studio, "two")  # kept with the other changes
    studio.session.new(life.folder / "other")
    assert waiting(studio) == []
    assert [row.label for row in life.rows()] == ["one", "two"]
    studio.session.open(life.film)
    assert waiting(studio) == ["one", "two"]
    studio.session.close()
    assert [row.label for row in life.rows()] == ["one", "two"]
    assert life.rows()[0].attempts == 0


def test_what_waits_in_other_projects_is_said_unless_a_window_is_at_it(life: Life) -> None:
    labels(life.begin(), "one", "two")
    other = life.begin(film=life.folder / "other")
    assert other.session.waiting_elsewhere() == ("2 clips wait in “film”. Open that project to go on.",)
    lock.take(life.film)  # by this very process, which is no other window
    assert len(other.session.waiting_elsewhere()) == 1
    with psutil.Popen([sys.executable, "-c", LOCKING, str(life.film)], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert other.session.waiting_elsewhere() == ()
        process.kill()
    assert len(other.session.waiting_elsewhere()) == 1
    life.close()
    shutil.rmtree(life.film)
    assert life.begin(film=life.folder / "other").session.waiting_elsewhere() == ()


def test_jobs_follow_a_project_that_is_saved_elsewhere_or_moved(life: Life) -> None:
    studio = life.begin()
    labels(studio, "one")
    studio.session.save_as(life.folder / "copy")
    assert life.rows()[0].project == str(life.folder / "copy")
    life.close()
    (life.folder / "copy").rename(life.folder / "moved")
    assert waiting(life.begin(film=life.folder / "moved")) == ["one"]
    assert life.rows()[0].project == str(life.folder / "moved")
    assert waiting(life.begin()) == [], "the folder it was saved from has none"


@pytest.mark.skipif(not reachable(), reason="Python's SQLite is built in here, so nothing can be put under it")
def test_a_full_disk_takes_no_job_and_loses_none(life: Life) -> None:
    disk = Disk(life.folder)
    with under(disk):
        studio = life.begin()
        labels(studio, "one")
        before, media = studio.session.timeline, studio.session.project.media
        disk.strike = lambda number, what: FULL if what.startswith("write") else 0
        with pytest.raises(OutputError, match=r"The queue cannot be kept in .* \(the disk is full\)"):
            studio.session.generate(DRAFT)
        assert (studio.session.timeline, studio.session.project.media) == (before, media)
        assert waiting(studio) == ["one"]
        studio.session.cancel(studio.session.jobs()[0].id)
        studio.until(lambda: any("the disk is full" in notice.text for notice in life.notices))
        studio.until(lambda: studio.session.project.media == {})  # work goes on
        disk.strike = lambda number, what: 0
        labels(studio, "two")
        life.close()
        assert life.rows()[-1].label == "two", "there is room again"


LOCKING = """
import sys, time
from pathlib import Path
from sora_studio.session import lock
(Path(sys.argv[1]) / lock.FILE).unlink(missing_ok=True)
lock.take(Path(sys.argv[1]))
print("locked", flush=True)
time.sleep(600)
"""

STUDIO = """
import sys
from dataclasses import replace
from pathlib import Path
from sora_studio.jobs.line import HIGH, LOW
from sora_studio.jobs.queue import JobQueue
from sora_studio.jobs.queue_store import FILE, QueueStore
from sora_studio.session.job_order import Wish
from sora_studio.session.loop import OwnerLoop
from sora_studio.session.session import Session
from tests.session.conftest import DRAFT, PATIENCE

loop, folder = OwnerLoop(), Path(sys.argv[1])
session = Session(JobQueue("tests.fakes.engine:load", store=QueueStore(folder / FILE)), folder / "film", loop.post)
for prompt in ("slow first", "second", "slow third"):
    session.generate(replace(DRAFT, prompt=prompt, steps=12))
session.cancel(session.jobs()[1].id)
loop.run_until(lambda: any(row.step >= 4 for row in session.jobs()) and len(session.project.media) == 2, PATIENCE)
print("there", flush=True)
loop.run_until(lambda: False, PATIENCE)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_studio_that_is_killed_goes_on_when_it_is_opened_again(life: Life, tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", STUDIO, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "there"
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    assert psutil.wait_procs(workers, timeout=60)[1] == []
    steps: dict[str, list[int]] = {}
    studio = life.begin(paused=False)

    def listen() -> None:
        for row in studio.session.jobs():
            if row.state == "running" and row.step:
                steps.setdefault(row.label, []).append(row.step)

    studio.session.jobs_changed.connect(listen)
    said = "1 clip was interrupted and goes on from where it stands. 1 clip waits in the queue again."
    studio.until(lambda: said in [notice.text for notice in life.notices])
    studio.settled()
    assert list(steps) == ["slow first", "slow third"], "in their order, and what was cancelled is gone"
    assert min(steps["slow first"]) >= 4, "from the step that was kept"
    assert min(steps["slow third"]) < 4
    media = studio.session.project.media.values()
    assert all(isinstance(item.state, Ready) for item in media)
    assert sorted(item.name for item in media) == ["slow first", "slow third"]
    studio.until(lambda: life.rows() == [])
