"""A generated part and the clips it continues, joined to one film at the first clip's own size and rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.request import Given
from sora_studio.core.time import Rate, Size
from sora_studio.core.timeline import Clip, Timeline, Track
from sora_studio.media.info import MediaInfo
from sora_studio.media.probe import probe
from sora_studio.session.orders import Order


@dataclass(frozen=True, slots=True)
class Film:
    """A timeline and the files it shows, by medium."""

    timeline: Timeline
    files: dict[str, Path]
    notes: tuple[str, ...] = ()


def is_joined(order: Order) -> bool:
    """Whether what an order makes becomes a film with what it was made from: clips that are continued, or the sound of
    one that is enlarged."""
    if order.result == "enlarged":
        return any(probe(Path(one.source.path)).audio for one in order.request.given if one.source)
    return order.result in ("joined", "looped")


def joined(order: Order, part: Path) -> Film:
    """The film of an order whose fresh frames lie in `part`: what its request continues, the part, what it leads to.
    What was enlarged sounds as it did."""
    if order.result == "enlarged":
        return _sounding(order, part)
    lead, trail = _context(order)
    anchor = _info(lead or trail)
    rate = _rate(anchor, order)
    size = Size(anchor.size.width // 2 * 2 or 2, anchor.size.height // 2 * 2 or 2)
    clips: list[Clip] = []
    files = {"part": part}
    # A still picture is the part's own first or last frame.
    if lead is not None and not _info(lead).still:
        files["lead"] = _info(lead).path
        clips.append(Clip("lead", 0, _length(_end(lead), rate)))
    clips.append(Clip("part", 0, _length(order.frames / order.request.rate.fps, rate)))
    if trail is not None and not _info(trail).still:
        info = _info(trail)
        files["trail"] = info.path
        start = rate.frames(_seconds(trail)[0])
        clips.append(Clip("trail", 0, max(1, _length(_duration(info), rate) - start), offset=start))
    at, placed = 0, []
    for clip in clips:
        placed.append(replace(clip, start=at))
        at += clip.length
    notes = [tr("The new part is brought to the clip's own {size} at {rate} frames a second.", size=size, rate=rate)]
    notes += [tr("The sound of “{name}” is left out.", name=path.name) for path in files.values() if probe(path).audio]
    return Film(Timeline(rate, size, (Track("V1", tuple(placed)),)), files, tuple(notes))


def _sounding(order: Order, part: Path) -> Film:
    (given,), rate = order.request.given, order.request.rate
    picture = Clip("part", 0, order.frames)
    sound = Clip("sound", 0, order.frames, offset=rate.frames(_seconds(given)[0]))
    tracks = (Track("V1", (picture,)), Track("A1", (sound,), "audio"))
    return Film(Timeline(rate, order.size, tracks), {"part": part, "sound": _info(given).path})


def _context(order: Order) -> tuple[Given | None, Given | None]:
    """What stands before and after the fresh frames; a loop leads back to its own beginning, which is not shown."""
    first, last = order.kept
    given, length = order.request.given, order.request.length
    lead = next((one for one in given if one.at == 0 and (one.stop == first or len(one) == 1)), None)
    trail = next(
        (one for one in given if one.at > 0 and one.stop == length and (one.at == last or len(one) == 1)), None
    )
    if order.result == "looped":
        trail = None
    return lead, trail


def _info(given: Given | None) -> MediaInfo:
    if given is None or given.source is None:
        raise BadInput("The recipe does not say which clip is continued. Use extend or bridge on the clip itself.")
    return probe(Path(given.source.path))


def _rate(info: MediaInfo, order: Order) -> Rate:
    return order.request.rate if info.still else info.rate


def _seconds(given: Given) -> tuple[Fraction, Fraction]:
    """Where given frames lie in their file."""
    source = given.source
    if source is None or source.rate is None:
        return Fraction(0), Fraction(0)
    return source.start / source.rate.fps, source.stop / source.rate.fps


def _end(given: Given) -> Fraction:
    """Where the clip before the part ends: at its file's end when the frames reach to it as nearly as they can."""
    info, (_, stop) = _info(given), _seconds(given)
    duration = _duration(info)
    if given.source is None or given.source.rate is None:
        return duration
    return duration if abs(duration - stop) < 1 / given.source.rate.fps else stop


def _duration(info: MediaInfo) -> Fraction:
    return info.frames / info.rate.fps


def _length(seconds: Fraction, rate: Rate) -> int:
    return max(1, rate.frames(seconds))
