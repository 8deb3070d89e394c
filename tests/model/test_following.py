"""Footage goes on as it went: its camera, its subject, and what was seen behind that."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody knows it by
from torch import Tensor

from sora_studio.model.animatic import Moves, Pose, animatic
from sora_studio.model.following import LOOKS_AT, SMALLEST, Course, agreed, between, camera_of, followed
from sora_studio.model.leading import CameraMove, moved
from sora_studio.model.movements import moves_called
from sora_studio.model.weather import air_called

TALL, WIDE, SIDE = 96, 160, 24
START = (68, 40)  # the box's left and upper edge in frame 0
FPS = 8.0


def texture(seed: int, tall: int = TALL, wide: int = WIDE, middle: float = 0.0) -> Tensor:
    """Soft spots (3, H, W) around a mean."""
    spots = torch.randn(1, 3, tall // 6, wide // 6, generator=torch.Generator().manual_seed(seed))
    return (middle + 0.25 * F.interpolate(spots, (tall, wide), mode="bicubic")[0]).clamp(-1, 1)


SET, BOX = texture(1, middle=-0.3), texture(2, SIDE, SIDE, middle=0.6)

PLAIN = torch.full((3, TALL, WIDE), -0.3)


def footage(places: Sequence[tuple[int, int]], behind: Tensor = SET) -> Tensor:
    """Frames (3, n, H, W) of a box whose left and upper edge is moved by so many pixels from where it starts."""
    frames = behind[:, None].repeat(1, len(places), 1, 1)
    for number, (right, down) in enumerate(places):
        left, top = START[0] + right, START[1] + down
        frames[:, number, top : top + SIDE, left : left + SIDE] = BOX
    return frames


def seen(place: tuple[int, int]) -> Tensor:
    """Where the box is, in cells of two pixels."""
    there = torch.zeros(TALL // 2, WIDE // 2)
    left, top = (START[0] + place[0]) // 2, (START[1] + place[1]) // 2
    there[top : top + SIDE // 2, left : left + SIDE // 2] = 0.9
    return there


def on(places: Sequence[tuple[int, int]], edge: int, away: Sequence[int], moves: Moves = Moves()) -> Tensor:
    """What goes on from such footage."""
    return go_on(footage(places), edge, seen(places[edge]), torch.tensor(away), moves)


def go_on(frames: Tensor, edge: int, subject: Tensor, away: Tensor, moves: Moves) -> Tensor:
    return Course.of(frames, edge, subject, moves).frames(away)


def off(frames: Tensor, wanted: Tensor) -> float:
    """Mean difference without what comes in at the edges."""
    return float((frames - wanted)[..., 8:-8, 16:-16].abs().mean())


@pytest.mark.parametrize(
    "camera",
    [
        CameraMove(),
        CameraMove(right=0.02),
        CameraMove(right=-0.01, down=0.012),
        CameraMove(growth=0.03),
        CameraMove(growth=-0.03, right=0.01),
        CameraMove(right=0.015, depth=0.012),
    ],
)
def test_a_camera_is_measured(camera: CameraMove) -> None:
    away = torch.arange(5.0)
    frames = moved(texture(3)[None, :, None].expand(-1, -1, 5, -1, -1), away[None], camera)[0]
    found = camera_of(frames, None)
    assert bool(found) == bool(camera)
    assert found.right == pytest.approx(camera.right, abs=0.0015)
    assert found.down == pytest.approx(camera.down, abs=0.002)
    assert found.growth == pytest.approx(camera.growth, abs=0.005)
    assert found.depth == pytest.approx(camera.depth, abs=0.006)


def test_what_a_camera_is_not_measured_by() -> None:
    places = [(6 * step, 0) for step in range(5)]
    assert not camera_of(footage(places), None), "what moves by itself is the smaller part"
    hidden = torch.zeros(TALL, WIDE, dtype=torch.bool)
    hidden[:, 20:] = True
    whole = torch.cat([SET[:, None, :, :20].expand(-1, 5, -1, -1), footage(places)[..., 20:].roll(7, 2)], dim=3)
    assert not camera_of(whole, hidden)
    assert not camera_of(torch.zeros(3, 5, TALL, WIDE), None), "there is nothing to be seen"
    assert not camera_of(texture(1)[:, None], None), "one picture shows no movement"


def test_another_camera_is_followed_only_where_it_is_told() -> None:
    left, slow, up = CameraMove(right=0.016), CameraMove(right=0.004), CameraMove(down=0.01)
    assert agreed(CameraMove(), slow) == slow
    assert agreed(left, slow) == slow, "it pans that way, at its own pace"
    for found in (up, CameraMove(), CameraMove(right=-0.01)):
        assert agreed(left, found) == left


@pytest.mark.parametrize("backward", [False, True])
def test_a_box_goes_on_at_its_pace(backward: bool) -> None:
    places = [(4 * step - 8, 2 * step - 4) for step in range(9)]
    order = slice(None, None, -1) if backward else slice(None)
    shown, true = places[:5][order], footage(places[5:8])
    away = [-1, -2, -3] if backward else [1, 2, 3]
    made = on(shown, 0 if backward else 4, away)
    stays = footage([places[4]] * 3)
    assert off(made, true) < 0.25 * off(stays, true)


@pytest.mark.parametrize("begin", [1, 3, 6])
@pytest.mark.parametrize("backward", [False, True])
def test_a_told_movement_goes_on_from_where_it_is(begin: int, backward: bool) -> None:
    moves = moves_called("", "bounces", FPS)
    path: Callable[[float], Pose] = moves.subject  # type: ignore[assignment]

    def high(frame: int) -> tuple[int, int]:
        return 0, round(TALL * (path(frame).down - path(begin + 4).down) * 0.8)

    places = [high(begin + step) for step in range(9)]
    shown, true = (places[4:], footage(places[:4])) if backward else (places[:5], footage(places[5:]))
    made = on(shown, 0 if backward else 4, [-4, -3, -2, -1] if backward else [1, 2, 3, 4], moves)
    straight = on(shown, 0 if backward else 4, [-4, -3, -2, -1] if backward else [1, 2, 3, 4])
    assert off(made, true) < 0.03
    assert off(made, true) < off(straight, true), "a thrown ball comes down"


def test_what_turns_the_other_way_goes_on_so() -> None:
    told = moves_called("", "spins", FPS)
    picture = footage([(0, 0)])[:, 0]
    turned, away = Moves(subject=lambda away: Pose(angle=-22.5 * away)), torch.arange(-4.0, 1.0)
    frames = animatic(picture, seen((0, 0)), away, turned)  # (3, 5, H, W)
    found, layers = followed(frames, away, seen((0, 0)), told)
    assert layers is not None
    assert found.subject is not None
    turn = found.subject(1.0).against(found.subject(0.0)).angle
    assert turn == pytest.approx(-22.5, abs=3)


def test_a_box_that_stands_is_not_cut_out() -> None:
    found, layers = followed(footage([(0, 0)] * 5), torch.arange(-4, 1), seen((0, 0)), Moves())
    assert layers is not None
    assert found.subject is None
    assert not found.camera
    torch.testing.assert_close(on([(0, 0)] * 5, 4, [1, 2]), footage([(0, 0)] * 2), rtol=0, atol=1e-4)


def test_what_was_seen_behind_the_box_is_seen_again() -> None:
    places = [(10 * step - 40, 0) for step in range(5)]  # at first it hid nothing of where it is at last
    made = on(places, 4, [3])[:, 0]
    left, top = START
    was = (slice(None), slice(top + 2, top + SIDE - 2), slice(left + 2, left + SIDE - 8))
    assert float((made[was] - SET[was]).abs().mean()) < 0.03


def test_a_pan_goes_on_behind_the_box() -> None:
    camera, away = CameraMove(right=0.02), torch.arange(8.0)
    behind = moved(SET[None, :, None].expand(-1, -1, 8, -1, -1), away[None], camera)[0]
    true = torch.stack([footage([(0, 0)], behind[:, step])[:, 0] for step in range(8)], dim=1)  # it stays in sight
    made = go_on(true[:, :5], 4, seen((0, 0)), torch.tensor([1, 2, 3]), Moves())
    assert off(made, true[:, 5:]) < 0.03
    assert off(true[:, 4:5], true[:, 5:]) > 0.08, "it moves"


def test_paper_around_footage_stays_as_it_is() -> None:
    frames = footage([(4 * step - 8, 0) for step in range(5)])
    rim = torch.ones(TALL, WIDE, dtype=torch.bool)
    rim[3:-3, 3:-3] = False
    frames = torch.where(rim, 0.9, frames)
    ragged = frames[:, 4].clone()
    ragged[:, 0, 5:9] = 0.2
    frames[:, 4] = ragged
    made = go_on(frames, 4, seen((8, 0)), torch.tensor([1, 4]), Moves(CameraMove(right=0.02)))
    torch.testing.assert_close(made[:, :, 0], ragged[:, None, 0].expand(-1, 2, -1), rtol=0, atol=1e-4)


def test_only_what_is_near_is_looked_at_and_tiny_footage_goes_on_as_told() -> None:
    places = [(0, 0)] * 6 + [(4 * step - 8, 0) for step in range(LOOKS_AT)]
    whole, near = on(places, len(places) - 1, [1, 2]), on(places[-LOOKS_AT:], LOOKS_AT - 1, [1, 2])
    assert torch.equal(whole, near)
    small = footage(places)[:, :, : SMALLEST - 1]
    stays = go_on(small, 10, seen((8, 0)), torch.tensor([1]), Moves())[:, 0]
    torch.testing.assert_close(stays, small[:, 10], rtol=0, atol=1e-4)


def test_fog_that_is_there_is_not_laid_over_it_again() -> None:
    frames = footage([(0, 0)] * 5)
    fog, rain = (Moves(air=air_called(name, FPS)) for name in ("fog", "rain"))
    foggy = go_on(frames, 4, seen((0, 0)), torch.tensor([1, 8]), fog)
    again = animatic(frames[:, 4], None, torch.tensor([1, 8]), fog)
    assert off(foggy, frames[:, :2]) < 0.5 * off(again, frames[:, :2])
    assert abs(float((foggy - frames[:, :2]).mean())) < 0.2 * float((again - frames[:, :2]).mean())
    wet = go_on(frames, 4, seen((0, 0)), torch.tensor([1, 2]), rain)
    assert float((wet - frames[:, :2]).abs().amax()) > 0.2, "drops go on falling"
    assert not np.allclose(wet[:, 0], wet[:, 1], atol=0.1)


def test_a_single_picture_moves_as_it_is_told() -> None:
    falls = Moves(subject=lambda away: Pose(down=away / 12))
    made = on([(0, 0)], 0, [2], falls)
    assert off(made, footage([(0, 16)])) < 0.03
    torch.testing.assert_close(on([(0, 0)], 0, [2]), footage([(0, 0)]), rtol=0, atol=1e-4)


def test_one_picture_becomes_another_whose_subject_goes_from_here_to_there() -> None:
    here, there = (-30, -10), (40, 24)
    before, after = (Course.of(footage([place], PLAIN), 0, seen(place), Moves()) for place in (here, there))
    made = between(before, after, 7)
    half = made[:, 3]
    lit = (half - PLAIN).abs().mean(dim=0) > 0.15  # (H, W)
    rows, columns = lit.nonzero().T
    assert float(columns.float().mean()) == pytest.approx(START[0] + 5 + SIDE / 2, abs=3)
    assert float(rows.float().mean()) == pytest.approx(START[1] + 7 + SIDE / 2, abs=3)
    assert int(columns.max() - columns.min()) < SIDE + 10, "there is one box, not two"
    wholes = torch.stack([footage([place], PLAIN)[:, 0] for place in (here, there)], dim=1)
    assert off(made[:, :1], wholes[:, :1]) < off(made[:, 1:2], wholes[:, :1]) < off(half, wholes[:, 0])
    assert off(made[:, 6:], wholes[:, 1:]) < off(made[:, 5:6], wholes[:, 1:])


def test_what_stands_in_both_pictures_is_not_cut_out() -> None:
    before, after = (Course.of(footage([(0, 0)], look), 0, seen((0, 0)), Moves()) for look in (SET, texture(5)))
    made = between(before, after, 3)
    mean = (footage([(0, 0)]) + footage([(0, 0)], texture(5)))[:, 0] / 2
    torch.testing.assert_close(made[:, 1], mean, rtol=0, atol=1e-4)


@pytest.mark.parametrize("motion", ["falls", "grows", "orbits", "bounces"])
def test_a_told_movement_is_bent_so_that_it_arrives(motion: str) -> None:
    here, there = (-30, -10), (40, 24)
    moves = moves_called("pan left", motion, FPS)
    before, after = (Course.of(footage([place], PLAIN), 0, seen(place), moves) for place in (here, there))
    count = 7
    for step in range(1, count + 1):
        stand = before.stand(step).towards(after.stand(step - count - 1), 0.5)
        one, other = before.by_way_of({step: stand}), after.by_way_of({step - count - 1: stand})
        assert one.stand(step).beside(other.stand(step - count - 1))
    _, columns = ((between(before, after, count)[:, 3] - PLAIN).abs().mean(dim=0) > 0.3).nonzero().T
    assert int(columns.max() - columns.min()) < 2 * SIDE
