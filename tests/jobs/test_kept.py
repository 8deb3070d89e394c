"""What a run leaves behind when it ends before its time, and the run that goes on from there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.engine import Control, EngineEvent, Latents, Progress, Window, never
from sora_studio.core.errors import BadInput, Cancelled
from sora_studio.core.request import Given, Request
from sora_studio.jobs.kept import KeptRun, Reached, forget, reached
from sora_studio.jobs.latents_file import Mark, latents_bytes, latents_from, read_latents, read_standing, write_latents
from sora_studio.jobs.plan import make_plan
from sora_studio.jobs.runner import Chunk, run_plan
from tests.fakes.engine import CAPABILITIES, FakeEngine

MARK = Mark("request", "fake", "gradients", 1, 3, 2**63 - 1, 8)
LATENTS = Latents(
    5,
    np.random.default_rng(0).normal(size=(1, 4, 2, 3, 3)).astype(np.float32),
    {
        "history": np.arange(6, dtype=np.int64).reshape(2, 3),
        "one": np.array(2.5),
        "facts": np.arange(9, dtype=np.uint8),
    },
)
FILE = latents_bytes(LATENTS, MARK)
REQUEST = Request("a ball", length=40, steps=6, given=(Given(0, np.full((1, 112, 192, 3), 90, np.uint8)),))


def same(mine: Latents, theirs: Latents) -> bool:
    arrays = [{"values": one.values, **one.more} for one in (mine, theirs)]
    return (
        (mine.step, mine.final) == (theirs.step, theirs.final)
        and arrays[0].keys() == arrays[1].keys()
        and all(np.array_equal(arrays[0][name], arrays[1][name]) for name in arrays[0])
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "window-0001.safetensors"
    write_latents(path, LATENTS, MARK)
    assert same(read_latents(path, MARK), LATENTS)
    standing = read_standing(path)
    assert (standing.mark, standing.step, standing.final) == (MARK, 5, False)
    assert [one.name for one in path.parent.iterdir()] == [path.name], "nothing half written stays"
    assert same(latents_from(latents_bytes(replace(LATENTS, final=True))), replace(LATENTS, final=True))


@pytest.mark.parametrize(
    "other",
    [
        replace(MARK, request="another"),
        replace(MARK, engine="sora"),
        replace(MARK, weights="trained on"),
        replace(MARK, weights=""),
        replace(MARK, window=0),
        replace(MARK, seed=1),
        replace(MARK, steps=9),
    ],
)
def test_what_belongs_to_another_run_is_refused(other: Mark, tmp_path: Path) -> None:
    path = tmp_path / "window-0001.safetensors"
    write_latents(path, LATENTS, MARK)
    with pytest.raises(BadInput, match="belongs to another request or other weights"):
        read_latents(path, other)


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_changed_byte_is_never_gone_on_from(tmp_path_factory: pytest.TempPathFactory, place: int, by: int) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.safetensors"
    path.write_bytes(FILE[:place] + bytes([(FILE[place] + by) % 256]) + FILE[place + 1 :])
    try:
        read = read_latents(path, MARK)
    except BadInput:
        return
    assert same(read, LATENTS), "a space of the table"


@given(st.one_of(st.integers(0, len(FILE) - 1).map(lambda end: FILE[:end]), st.binary(max_size=300)))
def test_a_file_that_was_cut_or_is_none_is_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.safetensors"
    path.write_bytes(data)
    with pytest.raises(BadInput, match="anew"):
        read_latents(path, MARK)


class Counting(FakeEngine):
    """Notes the steps it makes of each window."""

    def __init__(self, stop_after: int = 10**9) -> None:
        super().__init__()
        self.steps: list[tuple[int, int]] = []
        self._left = stop_after

    def run(self, window: Window, control: Control) -> Iterator[EngineEvent]:
        for event in super().run(window, replace(control, cancelled=lambda: self._left <= 0)):
            if isinstance(event, Progress) and event.stage == "denoising":
                self.steps.append((window.index, event.step))
                self._left -= 1
            yield event


def go(engine: Counting, folder: Path | None, request: Request = REQUEST) -> tuple[list[np.ndarray], list[str]]:
    """Final frames and remarks of a run that keeps in a folder; those of a run that was stopped, too."""
    plan, frames, said = make_plan(request, CAPABILITIES), [], []
    kept = KeptRun(folder, plan, engine.weights, said.append) if folder else None
    try:
        for event in run_plan(plan, engine, Control(never, 0.0), kept=kept):
            if isinstance(event, Chunk):
                frames.append(event.frames)
    except Cancelled:
        pass
    return frames, said


@pytest.mark.parametrize("stop", [1, 4, 6, 9, 14, 17])
def test_no_step_of_any_window_is_made_twice(stop: int, tmp_path: Path) -> None:
    whole = Counting()
    expected, _ = go(whole, None)
    assert len(whole.steps) == 18, "three windows of six steps"
    first, second = Counting(stop), Counting()
    go(first, tmp_path)
    standing = reached(tmp_path)
    assert standing is not None
    assert (standing.step, standing.steps, standing.final) == (stop, 18, False)
    assert standing.bytes > 0
    frames, said = go(second, tmp_path)
    assert said == []
    assert first.steps + second.steps == whole.steps
    assert np.array_equal(np.concatenate(frames), np.concatenate(expected))
    third = Counting()
    again, _ = go(third, tmp_path)
    assert third.steps == [], "what is finished is decoded again and no more"
    assert np.array_equal(np.concatenate(again), np.concatenate(expected))
    done = reached(tmp_path)
    assert done is not None
    assert done.final
    forget(tmp_path)
    assert reached(tmp_path) is None


def test_another_request_begins_anew_and_says_so(tmp_path: Path) -> None:
    go(Counting(8), tmp_path)
    other = Counting()
    frames, said = go(other, tmp_path, replace(REQUEST, prompt="a boat"))
    assert said == ["What was kept belongs to another request or other weights, so the clip is made anew."]
    assert len(other.steps) == 18
    assert np.array_equal(
        np.concatenate(frames), np.concatenate(go(Counting(), None, replace(REQUEST, prompt="a boat"))[0])
    )


def test_a_damaged_window_is_made_anew_and_the_others_are_not(tmp_path: Path) -> None:
    go(Counting(14), tmp_path)
    path = tmp_path / "window-0001.safetensors"
    path.write_bytes(path.read_bytes()[:-3])
    second = Counting()
    _, said = go(second, tmp_path)
    assert said == ["What was kept is damaged, so the clip is made anew."]
    assert second.steps == [(1, step) for step in range(1, 7)] + [(2, step) for step in range(3, 7)]


@pytest.mark.skipif(os.name == "nt", reason="a file in a folder's place is another error there")
def test_a_run_that_cannot_keep_says_so_once_and_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    engine = Counting()
    frames, (said,) = go(engine, blocked)
    assert "cannot be kept on the way" in said
    assert sum(map(len, frames)) == 40
    assert len(engine.steps) == 18


def test_nothing_lies_in_an_empty_folder(tmp_path: Path) -> None:
    assert reached(tmp_path / "nowhere") is None
    (tmp_path / "window-0000.safetensors").write_bytes(b"noise")
    assert reached(tmp_path) is None
    write_latents(tmp_path / "window-0001.safetensors", LATENTS, MARK)
    assert reached(tmp_path) == Reached(5, 24, False, (tmp_path / "window-0001.safetensors").stat().st_size + 5)
