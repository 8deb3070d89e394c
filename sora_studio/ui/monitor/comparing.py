"""Which two media are shown against each other, and at which moments."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.language import tr
from sora_studio.core.media_item import MediaItem
from sora_studio.core.timeline import Clip
from sora_studio.media.export import frame_at
from sora_studio.session.session import Session
from sora_studio.session.viewing import Compare
from sora_studio.ui.monitor.shown import Shown, medium_at

Pair = tuple[Shown, Shown]


def pair_at(session: Session, compare: Compare) -> Pair:
    """What both sides show now. Each stands where its clip under the playhead stands, a medium without one there at
    the moment of the other on the axis that takes of a clip share."""
    if session.viewing.mode == "clip":
        item = session.project.media.get(session.viewing.medium or "")
        seconds = session.viewing.source.frame / item.rate.fps if item else Fraction(0)
        return medium_at(session, compare.a, seconds), medium_at(session, compare.b, seconds)
    a, b = _moment(session, compare.a), _moment(session, compare.b)
    found = frame_at(session.timeline, session.playhead)
    otherwise = found[1] if found else Fraction(0)
    if a is None:
        a = otherwise if b is None else _same(session, b, compare.b, compare.a)
    if b is None:
        b = _same(session, a, compare.a, compare.b)
    return medium_at(session, compare.a, a), medium_at(session, compare.b, b)


def _same(session: Session, seconds: Fraction, media: str, other: str) -> Fraction:
    """The moment of another take that belongs to a moment of one."""
    known = session.project.media
    if media not in known or other not in known:
        return seconds
    return max(Fraction(0), seconds + known[media].origin - known[other].origin)


def beside(session: Session, media: str, seconds: float) -> tuple[Shown, bool] | None:
    """What a medium that is looked at `seconds` into it is compared with at this moment, and whether that is the first
    side; None while it is compared with nothing."""
    compare = session.viewing.compare
    if compare is None or media not in (compare.a, compare.b):
        return None
    other = compare.a if media == compare.b else compare.b
    return medium_at(session, other, _same(session, Fraction(seconds), media, other)), other == compare.a


def side_names(session: Session, compare: Compare) -> tuple[str, str]:
    """What both sides are called. Media of one name are told apart by their looks, else as takes of their clip."""
    known = session.project.media
    items = [known.get(media) for media in (compare.a, compare.b)]
    names = [item.name if item else letter for item, letter in zip(items, "AB", strict=True)]
    if names[0] != names[1]:
        return names[0], names[1]
    looks = [str((item.made_from or {}).get("look", "")) if item else "" for item in items]
    if looks[0] != looks[1]:
        titles = {look.name: tr(look.title) for look in session.looks()}
        names = [titles.get(look, names[0]) if look else tr("Before") for look in looks]
        return names[0], names[1]
    for _, clip in session.timeline.clips():
        if compare.a in clip.takes and compare.b in clip.takes:
            takes = [tr("Take {number}", number=clip.takes.index(media) + 1) for media in (compare.a, compare.b)]
            return takes[0], takes[1]
    return names[0], names[1]


def counterpart(session: Session) -> Compare:
    """What there is to compare: two selected clips, two clips over each other under the playhead, a restyled or
    enlarged clip and what it was made from, or the take of a clip and the one before. Raises BadInput when it is none
    of them."""
    chosen = [clip.media for clip in _selected(session)]
    if len(chosen) == 2 and chosen[0] != chosen[1]:
        return Compare(*chosen)
    under = list(dict.fromkeys(clip.media for clip in _stack(session)))
    if len(under) >= 2:
        return Compare(under[1], under[0])
    for media in (*chosen, session.viewing.medium, *under):
        item = session.project.media.get(media or "")
        before = _made_from(session, item) if item else None
        if item is not None and before is not None:
            return Compare(before, item.id)
    for clip in (*_selected(session), *_stack(session)):
        if len(clip.takes) > 1:
            place = max(1, clip.takes.index(clip.media))
            return Compare(clip.takes[place - 1], clip.takes[place])
    raise BadInput(tr("Select two clips, or put the playhead where two lie over each other, to compare them."))


def _moment(session: Session, media: str) -> Fraction | None:
    """The seconds into a medium at the playhead, if a clip of it lies there."""
    for clip in _stack(session):
        if clip.media == media:
            return Fraction(session.playhead - clip.start + clip.offset) / session.timeline.rate.fps
    return None


def _stack(session: Session) -> list[Clip]:
    """The clips under the playhead, the highest first."""
    timeline = session.timeline
    found = (timeline.at(index, session.playhead) for index in reversed(range(len(timeline.tracks))))
    return [clip for clip in found if clip is not None]


def _selected(session: Session) -> list[Clip]:
    return [session.timeline.find(one)[1] for one in session.selection if session.timeline.has(one)]


def _made_from(session: Session, item: MediaItem) -> str | None:
    """The medium that a restyled one was told from: the whole of it was given, at a strength below one; or the one that
    was enlarged."""
    for given in (item.made_from or {}).get("given", ()):
        source = given.get("source") or {}
        if (given.get("strength", 1.0) >= 1.0 and not item.enlarged) or not source.get("path"):
            continue
        name = Path(str(source["path"])).name
        for other in session.project.media.values():
            path = session.media_path(other.id)
            if path is not None and path.name == name and other.id != item.id:
                return other.id
    return None
