"""Timecode: drop-frame numbers, and what a person types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_studio.core.errors import BadInput
from sora_studio.core.time import Rate
from sora_studio.core.timecode import frame_of

NTSC, DOUBLE = Rate(30000, 1001), Rate(60000, 1001)
RATES = st.sampled_from([Rate(24), Rate(25), NTSC, DOUBLE, Rate(24000, 1001), Rate(8), Rate(60)])


@pytest.mark.parametrize(
    ("rate", "frame", "text"),
    [
        # The numbers of SMPTE ST 12-1: 1799 is the last of the first minute, 1800 is called two frames later.
        (NTSC, 1799, "00:00:59;29"),
        (NTSC, 1800, "00:01:00;02"),
        (NTSC, 17981, "00:09:59;29"),
        (NTSC, 17982, "00:10:00;00"),
        (NTSC, 107892, "01:00:00;00"),
        (DOUBLE, 3600, "00:01:00;04"),
        (DOUBLE, 215784, "01:00:00;00"),
        (Rate(24000, 1001), 24 * 60, "00:01:00:00"),
        (Rate(25), 25 * 61 + 3, "00:01:01:03"),
    ],
)
def test_numbers_of_frames(rate: Rate, frame: int, text: str) -> None:
    assert rate.timecode(frame) == text
    assert frame_of(rate, text) == frame


@given(RATES, st.integers(0, 10**7))
def test_every_frame_is_read_back(rate: Rate, frame: int) -> None:
    assert frame_of(rate, rate.timecode(frame)) == frame


@given(st.integers(0, 10**6))
def test_drop_frame_numbers_keep_to_the_clock(frame: int) -> None:
    hours, minutes, seconds, frames = (int(part) for part in NTSC.timecode(frame).replace(";", ":").split(":"))
    clock = hours * 3600 + minutes * 60 + seconds + frames / 30
    assert abs(clock - frame * 1001 / 30000) < 0.1


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("2:10", 58),
        ("210", 58),
        ("1:00:00", 1440),
        ("7", 7),
        ("2.5s", 60),
        ("+12", 112),
        ("-1:00", 76),
        ("-90000", 0),
        ("  00:00:01:00 ", 24),
        ("90:00", 2160),
    ],
)
def test_what_a_person_types(text: str, frame: int) -> None:
    assert frame_of(Rate(24), text, now=100) == frame


def test_a_number_that_drop_frame_leaves_out_means_the_next_frame() -> None:
    assert frame_of(NTSC, "00:01:00;00") == frame_of(NTSC, "00:01:00;02") == 1800


@pytest.mark.parametrize("text", ["", "abc", "1:2:3:4:5", "::", "+", "1.5", "½", "1:-2", "٣"])
def test_what_is_no_timecode_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="00:01:02:03"):
        frame_of(Rate(24), text)
