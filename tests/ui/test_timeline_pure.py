from __future__ import annotations

import pytest

from sora_studio.core.time import Rate
from sora_studio.ui.timeline.metrics import (
    LARGEST,
    SMALLEST,
    TRACK_HEIGHT,
    TRACK_SPACING,
    Metrics,
    lay_lanes,
    ticks,
    zoomed,
)
from sora_studio.ui.timeline.snap import NO_SNAP, Snapper


def test_frames_and_pixels_agree_both_ways() -> None:
    metrics = Metrics(per_frame=2.5)
    for frame in (0, 1, 7, 1000):
        assert metrics.frame(metrics.x(frame)) == frame


def test_the_first_track_lies_at_the_bottom() -> None:
    metrics = Metrics()
    assert metrics.y(0) > metrics.y(1) == 0
    assert metrics.track(metrics.y(0) + TRACK_HEIGHT / 2) == 0
    assert metrics.track(metrics.y(1) + 3) == 1
    assert metrics.track(-500) == 1
    assert metrics.track(5000) == 0


def test_audio_tracks_lie_below_the_video_tracks_in_order() -> None:
    lanes = lay_lanes([("video", 66), ("video", 40), ("audio", 30), ("audio", 50)])
    metrics = Metrics(lanes=lanes)
    assert sorted(range(4), key=metrics.y) == [1, 0, 2, 3]
    assert metrics.y(0) == 40 + TRACK_SPACING
    assert metrics.height == metrics.y(3) + 50
    assert metrics.divider is not None
    assert metrics.y(0) + 66 < metrics.divider < metrics.y(2)
    assert metrics.track(metrics.y(3) + 5) == 3
    assert metrics.track(metrics.y(3) + 5, "video") == 0
    assert Metrics().divider is None


@pytest.mark.parametrize("rate", [Rate(24), Rate(30000, 1001), Rate(8), Rate(25), Rate(60)])
@pytest.mark.parametrize("per_frame", [SMALLEST, 0.1, 0.7, 3.0, 11.0, LARGEST])
def test_ruler_labels_never_touch_and_minor_ticks_divide_major_ones(rate: Rate, per_frame: float) -> None:
    step = ticks(per_frame, rate)
    assert step.major * per_frame >= 62 or step.major == 7200 * round(rate.fps)
    assert step.major % step.minor == 0


def test_ruler_labels_are_as_short_as_they_may_be() -> None:
    rate = Rate(24)
    assert ticks(3.0, rate).label(rate, 48) == "00:02"
    assert ticks(LARGEST, rate).label(rate, 50) == "00:02:02"
    assert ticks(0.1, rate).label(rate, 24 * 3600) == "01:00:00"


def test_zoom_keeps_its_limits() -> None:
    assert zoomed(1.0, 1e9) == LARGEST
    assert zoomed(1.0, 1e-9) == SMALLEST


def test_an_edge_snaps_within_reach_only() -> None:
    snapper = Snapper((0, 48, 100), reach=5)
    assert (snapper.edge(52).frame, snapper.edge(52).line) == (48, 48)
    assert (snapper.edge(54).frame, snapper.edge(54).line) == (54, None)


def test_a_clip_snaps_with_the_nearer_end() -> None:
    snapper = Snapper((100,), reach=6)
    assert snapper.clip(103, 50).frame == 100
    assert snapper.clip(52, 50).frame == 50
    assert snapper.clip(52, 50).line == 100
    assert NO_SNAP.clip(52, 50).frame == 52
