"""The soak notices what it looks for, and a short one finds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from sora_studio.cli.soak import remains
from sora_studio.cli.soak.losses import losses
from sora_studio.cli.soak.player import Player
from sora_studio.cli.soak.slope import slope_of
from sora_studio.cli.soak.tally import FAULTS, Tally
from sora_studio.cli.soak.words import State, state_of
from sora_studio.core.project import Project
from sora_studio.core.timeline import Marker
from sora_studio.session import store
from tests.session.conftest import Studio

FIRST = State("film", "1", {"a": "pending"}, kept=True)
SECOND = State("film", "2", {"a": "ready", "b": "pending"}, kept=True)


@pytest.mark.parametrize(
    ("there", "going", "doing", "found"),
    [
        (SECOND, set(), "trim", []),
        (replace(SECOND, digest="3"), set(), "trim", []),
        (replace(SECOND, digest="3", media={"a": "ready", "b": "lost"}), set(), "", []),
        (FIRST, set(), "trim", ["lost jobs", "lost jobs"]),
        (replace(SECOND, media={"a": "lost", "b": "lost"}), set(), "", ["lost jobs"]),
        (replace(SECOND, media={"a": "ready"}), set(), "", ["lost jobs"]),
        (replace(SECOND, media={"a": "ready"}), {"b"}, "", []),
        (replace(SECOND, digest="1"), set(), "trim", ["lost edits"]),
        (replace(SECOND, digest="1"), set(), "undo", []),
    ],
)
def test_what_is_lost_is_noticed(there: State, going: set[str], doing: str, found: list[str]) -> None:
    assert [kind for kind, _ in losses([FIRST, SECOND], there, going, doing)] == found


def test_the_state_on_the_disk_is_that_in_the_window(tmp_path: Path) -> None:
    project = Project("Film")
    store.save(project, tmp_path)
    said = state_of(project, str(tmp_path), kept=True)
    assert remains.found_again(str(tmp_path)) == said
    (tmp_path / store.FILE).write_text("{")
    assert remains.found_again(str(tmp_path)) is None


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


def test_memory_that_grows_is_told_from_noise() -> None:
    rng = Random(1)
    filling = [(second, 1e8 + 1e6 * second) for second in range(100)]
    quiet = [*filling, *((second, 2e8 + rng.gauss(0, 2e6)) for second in range(100, 220))]
    growing = [(second, held + second / 60 * 9e6) for second, held in quiet]
    assert slope_of([]) is None
    assert slope_of(filling[:40]) is None
    found, grown = slope_of(quiet), slope_of(growing)
    assert found is not None
    assert grown is not None
    assert found.within_noise
    assert not grown.within_noise
    assert grown.value - found.value == pytest.approx(9.0)


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
