"""What the words for movement mean to the built-in model."""

import pytest

from sora_studio.model.movements import CAMERA_SPEEDS, PATHS, moves_called
from sora_studio.training.world.motion import Stage, pose_at
from sora_studio.training.world.vocabulary import CAMERAS, MOTIONS

STAGE = Stage(0.0, 0.5, 0.8, 0.4, 0.2, 192 / 112, (4.0, 4.0), 1.0, False, 1, 0.0, 0.0)


def test_every_movement_of_the_captions_has_a_path() -> None:
    assert set(PATHS) == set(MOTIONS) - {"stays"}
    assert set(CAMERA_SPEEDS) == set(CAMERAS) - {"still"}


@pytest.mark.parametrize("motion", ["moves left", "moves right", "rises", "falls"])
def test_a_subject_goes_as_far_as_in_the_captioned_world(motion: str) -> None:
    for seconds in (0.5, 1.0, 2.0):
        begun, gone = pose_at(motion, STAGE, 0.0), pose_at(motion, STAGE, seconds)
        pose = PATHS[motion](seconds)
        assert pose.right * STAGE.aspect == pytest.approx(gone.x - begun.x, abs=0.02)
        if motion in ("rises", "falls"):
            assert pose.down == pytest.approx(gone.y - begun.y, abs=0.02)


@pytest.mark.parametrize("motion", PATHS)
def test_every_path_begins_where_the_picture_is_and_leads_away(motion: str) -> None:
    begun = PATHS[motion](0.0)
    assert (begun.right, begun.down, begun.angle) == (0, 0, 0)
    away = [PATHS[motion](k / 8) for k in range(1, 17)]
    assert any(pose != begun for pose in away)
    assert all(0.2 < pose.tall < 3 and abs(pose.right) < 0.6 and abs(pose.down) < 0.6 for pose in away)


def test_sizes_change_as_they_are_told() -> None:
    assert PATHS["grows"](2.0).tall > 2
    assert PATHS["shrinks"](2.0).tall < 0.5
    assert PATHS["spins"](0.5).angle == pytest.approx(90)


def test_names_become_movements_in_frames() -> None:
    moves = moves_called("pan left", "rises", 8)
    assert moves.passing
    assert not moves_called("pan left", "spins", 8).passing, "it would begin upside down"
    assert moves.camera.right == pytest.approx(CAMERA_SPEEDS["pan left"][0] / 8)
    assert moves.subject is not None
    assert moves.subject(8.0) == PATHS["rises"](1.0)
    assert not moves_called("still", "stays", 8)
    assert not moves_called("", "", 8)
    assert not moves_called("still", "stays", 8, "clear")
    assert moves_called("still", "stays", 8, "snow")
