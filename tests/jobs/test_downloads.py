"""Downloads beside the window: processes one after the other, paused by ending them, and gone with the studio."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sora_studio.core.fetching import Broken, Fetched, Fetching, FetchState, Paused, Waiting
from sora_studio.jobs.downloads import MODULE, Downloads
from sora_studio.weights import shelf
from tests.fakes.hub import FakeHub
from tests.weights.conftest import GATED, REPO, WANTED, files, hub, root

__all__ = ["hub", "root"]
OTHER = "Wan-AI/Wan2.1-T2V-14B-Diffusers"


class Watch:
    """Downloads, and all that was heard of them."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, FetchState]] = []
        self.downloads = Downloads(lambda repo, state: self.heard.append((repo, state)))

    def state(self, repo: str = REPO) -> FetchState | None:
        return self.downloads.states().get(repo)

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not true():
            assert time.monotonic() < end, self.downloads.states()
            time.sleep(0.02)


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    made.downloads.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("download")] == []
    assert processes() == []


def processes() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if MODULE in child.cmdline()]


def total() -> int:
    return sum(len(data) for path, data in files().items() if path in WANTED)


def test_a_download_tells_how_it_goes_to_its_end(hub: FakeHub, root: Path, watch: Watch) -> None:
    watch.downloads.start(REPO, root)
    watch.until(lambda: isinstance(watch.state(), Fetched))
    assert watch.state() == Fetched(str(shelf.home(root, REPO)))
    assert watch.heard[0] == (REPO, Waiting())
    counts = [state.done for _, state in watch.heard if isinstance(state, Fetching) and state.total]
    assert counts[-1] == total()


def test_a_pause_ends_the_process_and_going_on_fetches_the_rest(hub: FakeHub, root: Path, watch: Watch) -> None:
    hub.manners.rate = 1.2e6
    watch.downloads.start(REPO, root)
    watch.until(lambda: isinstance(state := watch.state(), Fetching) and state.done > total() / 4)
    watch.downloads.pause(REPO)
    watch.until(lambda: isinstance(watch.state(), Paused))
    assert processes() == []
    held = shelf.held(root, REPO)
    assert held is not None
    assert 0 < held.there < total()
    hub.manners.rate = None
    before = len(hub.sent)
    watch.downloads.start(REPO, root)
    watch.until(lambda: isinstance(watch.state(), Fetched))
    assert sum(one.count for one in hub.sent[before:]) == total() - held.there


def test_a_process_that_is_killed_is_said_and_goes_on_when_asked(hub: FakeHub, root: Path, watch: Watch) -> None:
    hub.manners.rate = 1.2e6
    watch.downloads.start(REPO, root)
    watch.until(lambda: isinstance(state := watch.state(), Fetching) and state.done > 0)
    (process,) = processes()
    os.kill(process.pid, signal.SIGKILL)
    watch.until(lambda: isinstance(watch.state(), Broken))
    state = watch.state()
    assert isinstance(state, Broken)
    assert "what was fetched is kept" in state.reason
    hub.manners.rate = None
    watch.downloads.start(REPO, root)
    watch.until(lambda: isinstance(watch.state(), Fetched))


def test_a_refusal_is_told_with_its_kind(hub: FakeHub, root: Path, watch: Watch) -> None:
    watch.downloads.start(GATED, root)
    watch.until(lambda: isinstance(watch.state(GATED), Broken))
    state = watch.state(GATED)
    assert isinstance(state, Broken)
    assert state.trouble == "access"
    assert "Ask for access" in state.reason


def test_models_come_one_after_the_other_and_a_waiting_one_can_be_paused(
    hub: FakeHub, root: Path, watch: Watch
) -> None:
    hub.repos[OTHER] = files()
    hub.manners.rate = 1.2e6
    watch.downloads.start(REPO, root)
    watch.downloads.start(OTHER, root)
    watch.until(lambda: isinstance(watch.state(), Fetching))
    assert watch.state(OTHER) == Waiting()
    assert len(processes()) == 1
    watch.downloads.pause(OTHER)
    assert watch.state(OTHER) == Paused(0, 0)
    watch.downloads.start(OTHER, root)
    hub.manners.rate = None
    watch.downloads.pause(REPO)
    watch.until(lambda: isinstance(watch.state(OTHER), Fetched))
    assert isinstance(watch.state(), Paused)


def test_a_download_that_is_forgotten_is_heard_of_no_more(hub: FakeHub, root: Path, watch: Watch) -> None:
    hub.manners.rate = 1.2e6
    watch.downloads.start(REPO, root)
    watch.until(lambda: isinstance(watch.state(), Fetching))
    watch.downloads.forget(REPO)
    watch.until(lambda: processes() == [])
    assert watch.downloads.states() == {}
