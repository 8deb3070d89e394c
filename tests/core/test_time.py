"""Rates, ranges and sizes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput
from sora_studio.core.time import FrameRange, Rate, Size


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("24", Fraction(24)),
        ("29.97", Fraction(30000, 1001)),
        ("23.976", Fraction(24000, 1001)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_rates_are_read_exactly(text: str, exact: Fraction) -> None:
    assert Rate.parse(text).fps == exact


@pytest.mark.parametrize("text", ["", "fast", "0", "-3", "1/0", "5000"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Rate.parse(text)


@given(st.integers(0, 10**7), st.sampled_from([Rate(24), Rate(30000, 1001), Rate(8), Rate(60)]))
def test_frames_to_seconds_and_back(frame: int, rate: Rate) -> None:
    assert rate.frames(rate.seconds(frame)) == frame


def test_timecode() -> None:
    assert Rate(24).timecode(24 * 3661 + 5) == "01:01:01:05"
    assert Rate(24).timecode(-1) == "-00:00:00:01"


def test_ranges() -> None:
    span = FrameRange(3, 8)
    assert len(span) == 5
    assert 3 in span
    assert 8 not in span
    assert span.clamped(5, 20) == FrameRange(5, 8)
    assert len(span.clamped(9, 20)) == 0
    with pytest.raises(BadInput):
        FrameRange(2, 1)


def test_sizes() -> None:
    assert Size.parse("192x112") == Size(192, 112)
    assert Size(190, 100).snapped(16) == Size(192, 96)
    for text in ("", "192", "0x10", "axb", "-1x4", "1x2x3"):
        with pytest.raises(BadInput):
            Size.parse(text)
