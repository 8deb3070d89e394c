"""The soak notices what it looks for, and a short one finds nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from sora_studio.cli.soak import remains
from sora_studio.cli.soak.account import Account, Loss
from sora_studio.cli.soak.evidence import ERRORS, HISTORY, Evidence
from sora_studio.cli.soak.player import Player
from sora_studio.cli.soak.slope import Sample, Slope, growth, slope_of
from sora_studio.cli.soak.tally import FAULTS, Tally
from sora_studio.cli.soak.words import State, digest_of, state_of
from sora_studio.core.project import Project
from sora_studio.core.timeline import Marker
from sora_studio.jobs.queue_store import JobRow, QueueStore
from sora_studio.session import store
from sora_studio.session.draft import Draft
from tests.session.conftest import Studio

FOUND = State("film", "1", {"a": "pending"})


def account(*said: tuple[str, object]) -> Account:
    """What is known of a project that was found with one medium, after some words of a studio that contradict
    nothing."""
    made = Account("film")
    made.begin(FOUND)
    for kind, value in said:
        assert list(made.hear(kind, value, "trim")) == []
    return made


def kinds(losses: Iterable[Loss]) -> list[str]:
    return [kind for kind, _ in losses]


@pytest.mark.parametrize(
    ("said", "digest", "found"),
    [
        ([], "1", []),
        ([], "2", ["lost edits"]),
        ([("writing", [1, "2"])], "1", []),
        ([("writing", [1, "2"])], "2", []),
        ([("writing", [1, "2"]), ("written", 1)], "2", []),
        ([("writing", [1, "2"]), ("written", 1)], "1", ["lost edits"]),
        ([("writing", [1, "2"]), ("written", 1), ("writing", [2, "3"])], "2", []),
        ([("writing", [1, "2"]), ("written", 1), ("writing", [2, "3"])], "1", ["lost edits"]),
        # a full disk refuses what was announced
        ([("writing", [1, "2"]), ("writing", [2, "3"]), ("written", 2)], "2", ["lost edits"]),
        # a clip was stopped, goes on, and all is as it was; nobody had time to say so
        ([("writing", [1, "2"]), ("written", 1), ("do", "go on"), ("writing", [2, "1"])], "1", []),
        (
            [("writing", [1, "2"]), ("written", 1), ("do", "undo"), ("writing", [2, "1"]), ("written", 2)],
            "2",
            ["lost edits"],
        ),
    ],
)
def test_an_edit_that_is_lost_is_noticed(said: list[tuple[str, object]], digest: str, found: list[str]) -> None:
    there = replace(FOUND, digest=digest)
    made = account(*said)
    assert kinds(made.found(there, ())) == found
    assert kinds(made.found(there, ())) == [], "it is told once"


def test_a_clip_that_goes_on_leads_back_to_what_was_on_the_disk(studio: Studio) -> None:
    """So a state that was written long ago may be the newest one, too."""
    session = studio.session
    job = session.generate(Draft("slow", seconds=1.0, steps=200))
    begun = digest_of(session.project)
    session.stop(job)
    studio.settled()
    stopped = digest_of(session.project)
    session.retry(job)
    assert digest_of(session.project) == begun != stopped
    session.stop(session.jobs()[-1].id)
    studio.settled()


def test_what_is_called_kept_has_been_written() -> None:
    made = account(("writing", [1, "2"]), ("written", 1), ("sure", "2"), ("writing", [2, "3"]))
    assert kinds(made.hear("sure", "3", "trim")) == ["lost edits"]


BOTH = {"a": "lost", "b": "pending"}


@pytest.mark.parametrize(
    ("said", "there", "queued", "found"),
    [
        ([], {"a": "lost"}, [], []),
        ([], {}, [], ["lost jobs"]),
        ([], {}, ["a"], []),
        ([("going", "a")], {}, [], []),
        ([("state", {"a": "ready"})], {"a": "lost"}, [], ["lost jobs"]),
        ([("state", {"a": "ready"})], {"a": "lost"}, ["a"], []),
        ([("do", "vary"), ("state", BOTH)], {"a": "lost"}, [], []),
        ([("do", "vary"), ("state", BOTH), ("did", "vary")], {"a": "lost"}, [], ["lost jobs"]),
        ([("do", "vary"), ("state", BOTH), ("did", "vary")], {"a": "lost"}, ["b"], []),
        (
            [("do", "loop"), ("state", BOTH), ("state", {"a": "lost"}), ("refused", "")],
            {"a": "lost"},
            [],
            [],
        ),
    ],
)
def test_a_job_that_is_lost_is_noticed(
    said: list[tuple[str, object]], there: dict[str, str], queued: list[str], found: list[str]
) -> None:
    made = account(*said)
    assert kinds(made.found(State("film", "1", there), queued)) == found
    assert kinds(made.found(State("film", "1", there), queued)) == [], "it is told once"


def test_a_medium_that_leaves_by_itself_is_noticed() -> None:
    assert kinds(account(("do", "trim")).hear("state", {}, "trim")) == ["lost jobs"]


def test_in_the_end_all_is_finished() -> None:
    made = account(("do", "vary"), ("state", {"a": "pending", "b": "pending"}), ("did", "vary"), ("going", "b"))
    assert kinds(made.finished(State("film", "9", {"a": "ready"}))) == []
    assert kinds(made.finished(State("film", "9", {"a": "lost"}))) == ["lost jobs"]
    assert kinds(made.finished(State("film", "9", {}))) == ["lost jobs"]


def test_a_project_that_cannot_be_read_is_noticed() -> None:
    assert kinds(account().found(None, ())) == ["unreadable projects"]
    assert kinds(Account("new").found(None, ())) == [], "its folder was made, and it not yet"


def test_the_state_on_the_disk_is_that_in_the_window(tmp_path: Path) -> None:
    project = Project("Film")
    store.save(project, tmp_path)
    said = state_of(project, str(tmp_path))
    assert remains.found_again(str(tmp_path)) == said
    (tmp_path / store.FILE).write_text("{")
    assert remains.found_again(str(tmp_path)) is None


def test_in_the_end_every_file_is_read_to_its_last_frame(studio: Studio) -> None:
    session = studio.session
    session.generate(Draft("a red balloon", seconds=1.0, steps=2))
    studio.settled()
    session.save()
    session.put_marker(Marker(3, "here"))
    session.save()
    home = str(session.home)
    assert remains.unreadable(home) == remains.without_file(home) == remains.damaged_versions(home) == []
    (path,) = (session.home / store.MEDIA).glob("*.mp4")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert len(remains.unreadable(home)) == 1
    path.unlink()
    assert len(remains.without_file(home)) == 1
    assert len(remains.damaged_versions(home)) == 1
    assert remains.count_versions(home) >= 1


def test_the_queue_is_looked_at_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "queue.sqlite3"
    assert remains.queued(file) == ()
    queue = QueueStore(file)
    queue.add(JobRow("1", "film", "a", "a boat", "{}"))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    (row,) = remains.queued(file) or ()
    assert (row.project, row.media) == ("film", "a")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    queue.close()
    file.write_bytes(b"no queue at all" * 99)
    assert remains.queued(file) is None


def test_of_a_fault_all_is_kept_but_media(tmp_path: Path) -> None:
    project = tmp_path / "disk" / "film"
    store.save(Project("Film"), project)
    (project / store.MEDIA / "a.mp4").write_bytes(b"pictures")
    (tmp_path / ERRORS).write_text("what was printed")
    evidence = Evidence(tmp_path, [tmp_path / "disk"])
    evidence.note("do", "trim")
    assert evidence.kept is None
    evidence.copy("lost edits: film")
    evidence.note("do", "split")
    evidence.close()
    assert evidence.kept is not None
    first = evidence.kept / "01"
    assert (first / "disk" / "film" / store.FILE).read_bytes() == (project / store.FILE).read_bytes()
    assert not (first / "disk" / "film" / store.MEDIA / "a.mp4").exists()
    assert "a.mp4" in (first / "disk.txt").read_text()
    assert (first / ERRORS).read_text() == "what was printed"
    assert "trim" in (first / HISTORY).read_text()
    assert "split" in (evidence.kept / HISTORY).read_text()
    shutil.rmtree(evidence.kept)


def test_a_table_says_all_and_one_fault_is_too_much() -> None:
    tally = Tally()
    tally.kills["worker"] += 3
    assert tally.clean
    assert "3 (worker 3)" in "\n".join(tally.table())
    for kind in FAULTS:
        bad = Tally()
        bad.fault(kind, "this one")
        assert not bad.clean
        assert any(line.split() == [*kind.split(), "1"] for line in bad.table())
    tally.slope, tally.growth = Slope(90.0, 10.0, 30, 700.0), ["Picture +70"]
    assert not tally.clean
    assert "Picture +70" in "\n".join(tally.table())


def test_memory_that_grows_is_told_from_noise() -> None:
    rng = Random(1)
    filling = [Sample(second, int(1e8 + 1e5 * second), 9, 30, {"dict": 5}) for second in range(0, 400, 20)]
    quiet = [*filling, *(Sample(second, int(1.4e8 + rng.gauss(0, 5e5)), 9, 30, {}) for second in range(400, 1200, 20))]
    growing = [replace(one, held=one.held + int(one.when / 3600 * 30e6)) for one in quiet]
    assert slope_of([]) is None
    assert slope_of(filling) is None
    found, grown = slope_of(quiet), slope_of(growing)
    assert found is not None
    assert grown is not None
    assert found.within_noise
    assert not grown.within_noise
    assert grown.value - found.value == pytest.approx(30.0, abs=0.01)
    assert not Slope(11.0, 2.0, 30, 700.0).within_noise
    assert Slope(11.0, 1.0, 30, 700.0).within_noise
    assert Slope(40.0, 41.0, 30, 700.0).within_noise


def test_what_there_is_more_of_is_told() -> None:
    some = [Sample(second, 10**8, 9, 30 + second, {"Picture": 7 * second, "dict": 50}) for second in range(10)]
    assert growth(some) == ["Picture +42", "open files +6"]


@pytest.mark.skipif(sys.platform != "linux", reason="the environment of others is told on Linux")
def test_processes_that_are_left_are_found_by_their_home(tmp_path: Path) -> None:
    environment = {**os.environ, "SORA_STUDIO_HOME": str(tmp_path / "soak")}
    with subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE, env=environment) as process:
        since = remains.psutil.Process(process.pid).create_time()
        assert [one.pid for one in remains.family(tmp_path / "soak", since)] == [process.pid]
        assert remains.family(tmp_path / "other", since) == []
        process.send_signal(signal.SIGTERM)


def test_a_player_always_finds_something_to_do(studio: Studio, tmp_path: Path) -> None:
    session = studio.session
    player = Player(session, Random(2), tmp_path)
    names = {verb.name for verb in player.verbs()}
    assert {"generate", "save", "undo", "marker"} <= names
    session.put_marker(Marker(3, "here"))
    session.generate(player._draft())
    assert {"cancel", "stop", "enough"} <= {verb.name for verb in player.verbs()}
    studio.settled()
    verbs = {verb.name: verb for verb in player.verbs()}
    assert {"extend", "vary", "retake", "split", "trim", "export"} <= verbs.keys()
    verbs["export"].act()
    verbs["marker"].act()
    assert len(session.timeline.markers) == 2


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_short_soak_finds_nothing() -> None:
    environment = {**os.environ, "SORA_STUDIO_LOADER": "tests.fakes.engine:load"}
    command = [sys.executable, "-m", "sora_studio", "soak", "--minutes", "5", "--kills", "12", "--seed", "3"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "12 (" in run.stdout
