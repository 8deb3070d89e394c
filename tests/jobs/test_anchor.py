"""Colours are drawn together gently."""

import numpy as np
import pytest

from sora_studio.jobs import anchor
from sora_studio.jobs.anchor import LEAN, MAX_SHIFT, MOST_LENT, PULL, Kept, Seam, give_back, settle, tone


def noise(seed: int, mean: float, spread: float, count: int = 12) -> np.ndarray:
    values = np.random.default_rng(seed).normal(mean, spread, (count, 24, 24, 3))
    return values.clip(0, 255).astype(np.uint8)


def test_nothing_to_hold_on_to_changes_nothing() -> None:
    frames = noise(0, 120, 30)
    assert settle(frames, None, None) is frames


def test_a_true_copy_at_the_seam_changes_nothing() -> None:
    frames, shown = noise(0, 120, 30), noise(1, 120, 30, 5)
    assert settle(frames, Seam(shown, shown), None) is frames


def test_what_the_copy_lost_at_the_seam_is_given_back() -> None:
    shown = noise(1, 120, 30, 5)
    made = (shown * 0.95 + 2).astype(np.uint8)
    frames = (noise(0, 120, 30) * 0.95 + 2).astype(np.uint8)
    settled = tone(settle(frames, Seam(shown, made), None))
    truth = tone(noise(0, 120, 30))
    assert np.abs(settled.mean - truth.mean).max() < 1
    assert np.abs(settled.spread / truth.spread - 1).max() < 0.02


def test_the_anchor_pulls_from_the_seam_on() -> None:
    frames, anchor = noise(0, 128, 30), tone(noise(2, 120, 30))
    shown = frames[:5]
    moved = settle(frames, Seam(shown, shown), anchor).mean(axis=(1, 2, 3)) - frames.mean(axis=(1, 2, 3))
    assert -1 < moved[0] <= 0
    assert abs(moved[-1] + 8 * PULL) < 1
    assert (np.diff(moved) < 0.2).all()
    backward = settle(frames, Seam(shown, shown, backward=True), anchor).mean(axis=(1, 2, 3))
    assert abs(backward[-1] - frames[-1].mean()) < 1


def test_a_new_scene_is_not_forced_into_the_old_colours() -> None:
    night, day = noise(0, 40, 20), tone(noise(2, 200, 30))
    assert abs(settle(night, None, day).mean() - night.mean()) <= MAX_SHIFT


def test_flat_pictures_are_safe() -> None:
    black, white = np.zeros((4, 8, 8, 3), np.uint8), np.full((4, 8, 8, 3), 255, np.uint8)
    assert settle(black, Seam(white, black), tone(white)).max() <= 2 * MAX_SHIFT


def test_kept_frames_come_back_as_they_were_and_neighbours_keep_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchor, "LEAN", ())
    shown = noise(1, 120, 20, 3)
    copy = shown.astype(np.float32) - 8
    frames = np.concatenate([copy.astype(np.uint8), np.full((9, 24, 24, 3), 100, np.uint8)])
    whole = give_back(frames, 0, [Kept(0, shown, copy)])
    assert np.array_equal(whole[:3], shown)
    lent = whole[3:].mean(axis=(1, 2, 3)) - 100
    assert lent[0] == 6  # three quarters of what the last kept frame had lost
    assert (np.diff(lent) <= 0).all()
    assert lent[-1] <= 1


def test_kept_frames_outside_of_what_is_new_still_lend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchor, "LEAN", ())
    shown = noise(1, 120, 20, 2)
    copy = shown.astype(np.float32) + 8
    before, after = np.full((6, 24, 24, 3), 100, np.uint8), np.full((6, 24, 24, 3), 100, np.uint8)
    assert give_back(before, 0, [Kept(6, shown, copy)]).mean(axis=(1, 2, 3))[-1] == 94
    assert give_back(after, 8, [Kept(6, shown, copy)]).mean(axis=(1, 2, 3))[0] == 94


def test_a_copy_of_something_else_leaves_no_ghost() -> None:
    shown, copy = np.full((1, 4, 4, 3), 255, np.uint8), np.zeros((1, 4, 4, 3), np.float32)
    assert give_back(np.zeros((3, 4, 4, 3), np.uint8), 1, [Kept(0, shown, copy)]).max() <= MOST_LENT


def test_what_is_lent_goes_with_what_lost_it() -> None:
    shown = going([30, 36])
    copy = np.full((2, 48, 96, 3), 90, np.float32)  # without the spot
    lent = give_back(np.full((2, 48, 96, 3), 90, np.uint8), 2, [Kept(0, shown, copy)])[..., 0]  # (2, H, W)
    middles = [float((np.arange(96) * (one - 90.0).sum(axis=0)).sum() / (one - 90.0).sum()) for one in lent]
    assert middles == pytest.approx([42, 48], abs=2)


def going(places: list[int]) -> np.ndarray:
    """Frames (T, 48, 96, 3) of a soft spot whose middle is at a place across."""
    down, across = np.mgrid[:48, :96]
    spots = [np.exp(-((across - place) ** 2 + (down - 24) ** 2) / 60) for place in places]
    return (90 + 120 * np.stack(spots)[..., None].repeat(3, axis=3)).astype(np.uint8)


@pytest.mark.parametrize("backward", [False, True])
def test_the_first_new_frames_lean_towards_what_goes_on(backward: bool) -> None:
    order = slice(None, None, -1) if backward else slice(None)
    shown, stalled, true = going([30, 34])[order], going([34] * 6)[order], going([38, 42])
    kept = Kept(6 if backward else 0, shown, shown.astype(np.float32))
    fresh = give_back(stalled, 0 if backward else 2, [kept])[order]

    def off(frame: int, wanted: np.ndarray) -> float:
        return float(np.abs(fresh[frame].astype(int) - wanted).mean())

    before = [float(np.abs(stalled[0].astype(int) - wanted).mean()) for wanted in true]
    assert off(0, true[0]) < (1.1 - LEAN[0]) * before[0]
    assert off(1, true[1]) < before[1]
    assert np.array_equal(fresh[2:], stalled[2:]), "and only those"


def test_a_single_kept_picture_says_nothing_of_how_it_goes_on() -> None:
    shown, frames = going([30]), going([34] * 3)
    assert np.array_equal(give_back(frames, 1, [Kept(0, shown, shown.astype(np.float32))]), frames)
