"""Fetching a model from a hub on loopback: whole, interrupted, misled, refused, and on a drive that is too small."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from sora_studio.core.errors import Cancelled
from sora_studio.weights import fetch as module
from sora_studio.weights import shelf
from sora_studio.weights.catalogue import open_model
from sora_studio.weights.fetch import CHUNK, Order, fetch, order_line
from sora_studio.weights.manifest import read_manifest
from sora_studio.weights.reasons import FetchError
from tests.fakes.hub import TOKEN, FakeHub
from tests.weights.conftest import BIG, GATED, REPO, WANTED, files


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name != "sora-download.json"
    }


def wanted(hub: FakeHub) -> dict[str, bytes]:
    return {path: data for path, data in hub.repos[REPO].items() if path in WANTED}


def bytes_of(hub: FakeHub) -> int:
    return sum(map(len, wanted(hub).values()))


def test_a_model_comes_whole_and_only_as_data(hub: FakeHub, order: Order) -> None:
    heard: list[tuple[int, int]] = []
    folder = fetch(order, lambda there, total, _checking: heard.append((there, total)))
    assert folder == order.root / "Wan-AI" / "Wan2.1-T2V-1.3B-Diffusers"
    assert contents(folder) == wanted(hub)
    assert hub.served() == bytes_of(hub)
    assert heard[0] == (0, bytes_of(hub))
    assert heard[-1][0] == bytes_of(hub)
    assert max(there for there, _ in heard) == bytes_of(hub)
    assert not any((order.root / shelf.ARRIVING).glob("*/"))


def test_a_model_that_is_there_asks_nothing_of_the_hub(hub: FakeHub, order: Order) -> None:
    fetch(order)
    hub.asked.clear()
    assert fetch(order) == shelf.home(order.root, REPO)
    assert hub.asked == []


def test_it_goes_on_where_it_was_stopped(hub: FakeHub, order: Order) -> None:
    hub.manners.rate = 4e6

    def until_half(there: int, total: int, _checking: bool) -> None:
        if there > total / 2:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        fetch(order, until_half)
    kept = shelf.held(order.root, REPO)
    assert kept is not None
    assert not kept.whole
    assert 0 < kept.there < kept.total == bytes_of(hub)
    hub.manners.rate = None
    before = len(hub.sent)
    assert contents(fetch(order)) == wanted(hub)
    assert sum(one.count for one in hub.sent[before:]) == kept.total - kept.there


def test_a_connection_that_breaks_is_taken_up_again(hub: FakeHub, order: Order) -> None:
    hub.manners.cut_after = 1_150_000
    assert contents(fetch(order)) == wanted(hub)
    again = [one.start for one in hub.sent if one.path == BIG and one.start]
    assert again
    assert hub.served(BIG) <= len(hub.repos[REPO][BIG]) + CHUNK


def test_a_server_without_ranges_begins_anew_and_the_count_stays_right(hub: FakeHub, order: Order) -> None:
    partial = shelf.arriving(order.root, REPO)
    hub.manners.rate = 4e6
    with pytest.raises(Cancelled):
        fetch(order, lambda there, total, _checking: _stop_after(there, total))
    assert any(partial.rglob(f"*{shelf.INCOMPLETE}"))
    hub.manners.rate, hub.manners.ranges = None, False
    heard: list[int] = []
    assert contents(fetch(order, lambda there, _total, _checking: heard.append(there))) == wanted(hub)
    assert heard[-1] == bytes_of(hub)


def _stop_after(there: int, total: int) -> None:
    if there > total / 2:
        raise Cancelled("enough")


def test_what_arrives_damaged_is_found_and_fetched_anew(hub: FakeHub, order: Order) -> None:
    hub.manners.corrupt = {BIG, "transformer/config.json"}
    assert contents(fetch(order)) == wanted(hub)
    assert hub.served() == bytes_of(hub) + len(hub.repos[REPO][BIG]) + len(hub.repos[REPO]["transformer/config.json"])


def test_what_arrives_damaged_each_time_is_never_put_in_its_place(hub: FakeHub, order: Order) -> None:
    hub.manners.corrupt, hub.manners.forever = {BIG}, True
    with pytest.raises(FetchError, match=f"“{BIG}” of “{REPO}” arrives damaged each time") as caught:
        fetch(order)
    assert caught.value.trouble == "damaged"
    assert not shelf.home(order.root, REPO).exists()
    assert not (shelf.arriving(order.root, REPO) / BIG).exists()


def test_a_file_that_rots_on_the_drive_is_found_and_only_it_is_fetched(hub: FakeHub, order: Order) -> None:
    folder = fetch(order)
    rotten = folder / BIG
    data = bytearray(rotten.read_bytes())
    data[700_000] ^= 1
    rotten.write_bytes(data)
    (folder / "model_index.json").unlink()
    one = shelf.held(order.root, REPO)
    assert one is not None
    assert sorted(shelf.check(one)) == sorted((BIG, "model_index.json"))
    shelf.set_back(one, shelf.check(one))
    assert not folder.exists(), "no engine meets half a model"
    before = hub.served()
    assert contents(fetch(order)) == wanted(hub)
    assert hub.served() - before == len(data) + len(hub.repos[REPO]["model_index.json"])


def test_the_commit_is_kept_from_the_first_byte_on(hub: FakeHub, order: Order) -> None:
    hub.manners.rate = 4e6
    with pytest.raises(Cancelled):
        fetch(order, lambda there, total, _checking: _stop_after(there, total))
    hub.commit = "d" * 40
    with pytest.raises(FetchError, match="changed by its authors"):
        fetch(order)


class Case(NamedTuple):
    repo: str
    token: str | None
    status: int | None
    words: str
    trouble: str


REFUSALS = [
    Case(GATED, None, None, "given out by its authors on request.*then paste a token", "access"),
    Case(GATED, "hf_wrong", None, "does not accept the token", "access"),
    Case("Lightricks/LTX-2", None, None, "does not show “Lightricks/LTX-2”", "access"),
    Case(REPO, None, 403, "given out by its authors", "access"),
    Case(REPO, TOKEN, 403, "your token may not read it yet", "access"),
    Case(REPO, None, 500, "trouble of its own .answer 500.", "network"),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case.repo.split('/')[1]}-{case.status}-{case.token}")
def test_a_refusal_is_a_sentence_that_says_what_to_do(hub: FakeHub, root: Path, case: Case) -> None:
    hub.manners.status = case.status
    with pytest.raises(FetchError, match=case.words) as caught:
        fetch(Order(open_model(case.repo), root, case.token))
    assert caught.value.trouble == case.trouble


def test_too_many_requests_are_waited_for(hub: FakeHub, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.manners.status = 429
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 3:
            hub.manners.status = None

    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", wait)
    assert contents(fetch(order)) == wanted(hub)
    assert waits


def test_a_gated_model_comes_with_a_token_that_the_other_host_never_sees(hub: FakeHub, root: Path) -> None:
    fetch(Order(open_model(GATED), root, TOKEN))
    large = [one for one in hub.sent if one.path.endswith(".safetensors")]
    small = [one for one in hub.sent if one.path == "model_index.json"]
    assert large
    assert not any(one.authorised for one in large)
    assert all(one.authorised for one in small)


def test_a_hub_that_is_not_there_is_said(order: Order, hub: FakeHub) -> None:
    hub.close()
    with pytest.raises(FetchError, match="cannot be reached") as caught:
        fetch(order)
    assert caught.value.trouble == "network"


def test_a_repository_without_data_is_refused_with_the_reason(hub: FakeHub, order: Order) -> None:
    hub.repos[REPO] = {"transformer/model.bin": b"pickle", "README.md": b"words"}
    with pytest.raises(FetchError, match="can run any program when they are opened"):
        fetch(order)


def test_paths_that_lead_elsewhere_are_never_written(hub: FakeHub, order: Order, tmp_path: Path) -> None:
    hub.repos[REPO] |= {"../../evil.json": b"{}", "transformer/../../../evil.json": b"{}", "a/C:x.json": b"{}"}
    folder = fetch(order)
    assert contents(folder) == wanted(hub)
    assert [file for file in tmp_path.rglob("*") if "evil" in file.name or ":" in file.name] == []


def test_what_lies_there_by_other_ways_is_left_alone_and_said_before_anything_is_fetched(
    hub: FakeHub, order: Order
) -> None:
    mine = shelf.home(order.root, REPO) / "model_index.json"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(FetchError, match="that was not fetched here"):
        fetch(order)
    assert hub.asked == []
    assert mine.read_text() == "mine"


def test_two_windows_do_not_fetch_the_same_model(hub: FakeHub, order: Order) -> None:
    with (
        module._alone(order.root, REPO),
        pytest.raises(FetchError, match="by another window already"),
    ):
        fetch(order)


# room


def test_a_full_drive_is_said_before_anything_is_fetched(
    hub: FakeHub, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=module.MARGIN + 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage)
    words = r"There is no room: 202 MB are still to come.*201 MB free\. Free 953 kB"
    with pytest.raises(FetchError, match=words) as caught:
        fetch(order)
    assert caught.value.trouble == "room"
    assert hub.served() == 0


def test_a_drive_that_others_fill_meanwhile_is_said_before_it_is_full(
    hub: FakeHub, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.disk_usage("/")
    looks = iter([real.free])
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: real._replace(free=next(looks, module.MARGIN)))
    monkeypatch.setattr(module, "LOOK", 0.0)
    with pytest.raises(FetchError, match="There is no room") as caught:
        fetch(order)
    assert caught.value.trouble == "room"
    assert 0 < hub.served() < bytes_of(hub) + CHUNK


@pytest.fixture
def small_drive(tmp_path: Path) -> Iterator[Path]:
    """A real drive of two megabytes."""
    place = tmp_path / "drive"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1500k", "none", str(place)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root mounts a small drive")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_drive_that_runs_full_in_the_middle_is_said_and_gone_on_with(
    hub: FakeHub, order: Order, small_drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "room", lambda _root: 10**12)  # as if the drive had shrunk since
    there = replace(order, root=small_drive)
    with pytest.raises(FetchError, match="The drive is full") as caught:
        fetch(there)
    assert caught.value.trouble == "room"
    one = shelf.held(small_drive, REPO)
    assert one is not None
    assert 0 < one.there < one.total
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_drive)], check=True)
    assert contents(fetch(there)) == wanted(hub)


def test_a_folder_that_cannot_be_written_is_said(hub: FakeHub, order: Order, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FetchError, match="cannot be written"):
        fetch(replace(order, root=tmp_path / "file" / "models"))


# the process


def started(root: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "sora_studio.weights.fetch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdin is not None
    process.stdin.write(order_line(REPO, root, None))
    process.stdin.flush()
    return process


def told(process: subprocess.Popen[bytes]) -> list[dict[str, object]]:
    assert process.stdout is not None
    with process.stdout as stream:
        return [json.loads(line) for line in stream]


def test_the_process_tells_how_it_goes_and_ends(hub: FakeHub, root: Path) -> None:
    process = started(root)
    events = told(process)
    assert process.wait() == 0
    assert process.stdin is not None
    process.stdin.close()
    assert events[0] == {"event": "progress", "there": 0, "total": bytes_of(hub), "checking": False}
    assert events[-1] == {"event": "fetched", "folder": str(shelf.home(root, REPO))}


def test_the_process_ends_with_whoever_started_it(hub: FakeHub, root: Path) -> None:
    hub.manners.rate = 100_000
    process = started(root)
    assert process.stdout is not None
    process.stdout.readline()
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


@pytest.mark.slow
def test_killed_twenty_times_at_random_it_ends_with_the_right_hashes_and_no_byte_twice(
    hub: FakeHub, root: Path
) -> None:
    scale = 24
    hub.repos[REPO] = files(scale)
    hub.manners.rate = 2.5e6
    pour, kills = random.Random(11), 0
    chosen = sorted(pour.uniform(0.02, 0.9) for _ in range(20))
    total = bytes_of(hub)
    while kills < 20:
        process = started(root)
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            assert event["event"] == "progress", event
            if event["there"] >= chosen[kills] * total:
                break
        time.sleep(pour.uniform(0.0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert process.stdin is not None
        process.stdin.close()
        kills += 1
    hub.manners.rate = None
    process = started(root)
    events = told(process)
    assert process.wait() == 0
    assert process.stdin is not None
    process.stdin.close()
    assert events[-1]["event"] == "fetched"
    folder = shelf.home(root, REPO)
    manifest = read_manifest(folder)
    assert manifest is not None
    for part in manifest.parts:
        data = (folder / part.path).read_bytes()
        assert data == hub.repos[REPO][part.path]
        assert len(part.hash) == 40 or hashlib.sha256(data).hexdigest() == part.hash
    twice = {path: hub.served(path) - len(data) for path, data in wanted(hub).items()}
    for path, extra in twice.items():
        times = sum(1 for one in hub.sent if one.path == path) - 1
        # what stood between the two in the kernel when the process was killed was never got
        assert extra <= times * (CHUNK + KERNEL), (path, extra, times)
    print(f"{total} bytes, {kills} kills, {sum(twice.values())} bytes sent twice, CHUNK {CHUNK}")


KERNEL = 1 << 20
"""Bytes that a system keeps of a connection on its way."""
