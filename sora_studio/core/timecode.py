"""Timecode as a person types it: which frame is meant.

At 29.97 and 59.94 frames a second the numbers are drop-frame (SMPTE ST 12-1), written with a semicolon: the first two
(four) frame numbers of a minute are left out, except in every tenth, so that the clock on the wall is right. No frame
is dropped. Other fractional rates count whole frames.
"""

from __future__ import annotations

import re

from sora_studio.core.errors import BadInput
from sora_studio.core.time import Rate

_MOVE = re.compile(r"([+-])\s*(.+)")


def frame_of(rate: Rate, text: str, now: int = 0) -> int:
    """The frame that a person means by `text`; raises BadInput with an example.

    "1:02:03:04" in full, "2:10" from the right (2 s 10 frames), "210" the same without colons, "2.5s" in seconds,
    and any of them after + or - counts from `now`.
    """
    cleaned = text.strip()
    move = _MOVE.fullmatch(cleaned)
    if move:
        way = 1 if move[1] == "+" else -1
        return max(0, now + way * _absolute(rate, move[2], relative=True))
    return _absolute(rate, cleaned)


def _absolute(rate: Rate, text: str, *, relative: bool = False) -> int:
    base, drop = max(1, round(rate.fps)), 0 if relative else rate.dropped
    if text.endswith("s") and text[:-1].strip().replace(".", "", 1).isdigit():
        return rate.frames(float(text[:-1]))
    parts = re.split(r"[:;]", text)
    if len(parts) == 1 and text.isdigit():
        padded = text.zfill(8)
        parts = [padded[:-6], padded[-6:-4], padded[-4:-2], padded[-2:]]
    if not 1 <= len(parts) <= 4 or not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise BadInput("“{text}” is not a timecode. Write it as 00:01:02:03, or as +12 to go 12 frames on.", text=text)
    hours, minutes, seconds, frames = ([0, 0, 0] + [int(part) for part in parts])[-4:]
    total = hours * 60 + minutes + seconds // 60
    number = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if drop:
        # Numbers that do not exist mean the frame that follows them.
        if frames < drop and seconds % 60 == 0 and total % 10:
            number += drop - frames
        number -= drop * (total - total // 10)
    return number
