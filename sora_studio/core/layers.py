"""What is seen and heard at a moment of the timeline: clips with the weights they are mixed by. Knows no files."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from sora_studio.core.time import FrameRange, Rate
from sora_studio.core.timeline import Clip, MediaTime, Timeline, Track


@dataclass(frozen=True, slots=True)
class Layer:
    """`clip` at `moment` of its medium (timeline frames, may lie between two), mixed in by `weight` above 0 up to 1."""

    clip: Clip
    moment: MediaTime
    weight: Fraction = Fraction(1)

    def seconds(self, rate: Rate) -> Fraction:
        """The moment in seconds from the start of the medium, for a timeline of that rate."""
        return Fraction(self.moment) / rate.fps


def seen(timeline: Timeline, at: MediaTime) -> tuple[Layer, ...]:
    """What the picture at a moment (in frames; between two for a film of a higher rate) is made of, the topmost first:
    the weighted sum of the layers, black for what is missing to one. Empty for black."""
    layers: list[Layer] = []
    left = Fraction(1)
    for track in reversed(timeline.tracks):
        if track.kind != "video" or track.hidden:
            continue
        here = on_track(track, at)
        layers += [Layer(one.clip, one.moment, one.weight * left) for one in here]
        left -= left * sum((one.weight for one in here), Fraction(0))
        if left <= 0:
            break
    return tuple(layers)


def changes(timeline: Timeline, span: FrameRange) -> tuple[int, ...]:
    """The frames of a range from which on other clips may be seen than before, its start among them."""
    edges = {span.start, *timeline.cuts()}
    for track in timeline.tracks:
        for one in track.dissolves:
            cut = track.cut_of(one)
            edges |= {cut - one.before, cut + one.after}
        edges |= {edge for clip in track.clips for edge in (clip.start + clip.fade_in, clip.stop - clip.fade_out)}
    return tuple(sorted(edge for edge in edges if edge in span))


def used(timeline: Timeline, span: FrameRange, *, sound: bool) -> frozenset[str]:
    """The media that are seen in a range, and with `sound` also those that are heard in it."""
    media = {layer.clip.media for frame in changes(timeline, span) for layer in seen(timeline, frame)}
    if sound:
        for index in heard(timeline):
            clips = timeline.tracks[index].clips
            media |= {clip.media for clip in clips if clip.start < span.stop and clip.stop > span.start}
    return frozenset(media)


def on_track(track: Track, at: MediaTime) -> tuple[Layer, ...]:
    """What a track itself shows or plays at a moment: nothing, a clip, or two of them in a dissolve, with the weights
    of dissolve and fades. The clip under the moment comes first."""
    frame = math.floor(at)
    clip = track.at(frame)
    if clip is None:
        return ()
    for one in track.dissolves:
        if clip.id not in (one.left, one.right):
            continue
        left, right = track.find(one.left), track.find(one.right)
        if left is None or right is None or not right.start - one.before <= frame < right.start + one.after:
            continue
        share = Fraction(frame - (right.start - one.before) + 1, one.length + 1)
        pair = (_layer(left, at, 1 - share), _layer(right, at, share))
        return pair if clip is left else pair[::-1]
    return (_layer(clip, at, Fraction(1)),) if fade(clip, frame) else ()


def heard(timeline: Timeline) -> tuple[int, ...]:
    """The audio tracks that sound: with any solo only those, never the muted ones."""
    lanes = timeline.of_kind("audio")
    alone = any(timeline.tracks[index].solo for index in lanes)
    return tuple(
        index for index in lanes if not timeline.tracks[index].muted and (timeline.tracks[index].solo or not alone)
    )


def fade(clip: Clip, frame: int) -> Fraction:
    """How far a clip's fades let a track frame through, 0 to 1; 1 outside of the clip, where a dissolve shows it."""
    level, into = Fraction(1), frame - clip.start
    if 0 <= into < clip.fade_in:
        level *= Fraction(into + 1, clip.fade_in + 1)
    rest = clip.stop - 1 - frame
    if 0 <= rest < clip.fade_out:
        level *= Fraction(rest + 1, clip.fade_out + 1)
    return level


def _layer(clip: Clip, at: MediaTime, share: Fraction) -> Layer:
    # A still picture dissolves before its own beginning, and a moment between two frames may lie before the first.
    return Layer(clip, max(0, clip.moment(at)), share * fade(clip, math.floor(at)))
