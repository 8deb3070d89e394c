"""Which clips no longer fit what they were made from. Nothing is marked: it follows from the recipes and the timeline.

A recipe names the stretches of files its given frames came from. While a clip on the timeline still shows such a
stretch, or none has anything to do with that file any more, the clip made from it is as good as new. It is stale when
the clip that showed the stretch now shows another take, was trimmed so that the stretch is cut off, or, directly
before or behind, no longer meets it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sora_studio.core.project import Project
from sora_studio.core.recipe import Recipe
from sora_studio.core.takes import takes_of
from sora_studio.core.timeline import Clip

Medium = Callable[[str], str | None]
"""The medium of the project whose file a recipe names by its path; None for files that are no part of it."""

SLACK = Fraction(3, 2)
"""Frames of the recipe's rate by which an edge may differ: stretches are taken on that rate's grid."""


@dataclass(frozen=True, slots=True)
class Users:
    """The clips that show a medium or have it as a take, by medium; and the track of each clip."""

    clips: Mapping[str, Sequence[Clip]]
    track: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Given frames number `index` of a recipe: seconds `start` to `stop` of a medium, `frame` seconds each. `leads`:
    they stand at the head of what was made, `trails`: at its tail."""

    index: int
    media: str
    start: Fraction
    stop: Fraction
    frame: Fraction
    leads: bool
    trails: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that is no longer shown, and the clip to take its frames from now."""

    stretch: Stretch
    upstream: Clip


def stretches(recipe: Recipe, medium: Medium) -> Iterator[Stretch]:
    """The stretches of the project's media that a recipe's given frames came from; still pictures never change."""
    length = int(recipe["length"])
    for index, given in enumerate(recipe["given"]):
        source = given["source"]
        if source is None or not source.get("rate"):
            continue
        media = medium(str(source["path"]))
        if media is not None:
            frame = Fraction(int(source["rate"][1]), int(source["rate"][0]))
            at, count = int(given["at"]), int(given["count"])
            ends = (at == 0 and count < length, at > 0 and at + count == length)
            yield Stretch(index, media, source["start"] * frame, source["stop"] * frame, frame, *ends)


def changes(project: Project, clip: Clip, medium: Medium, users: Users | None = None) -> tuple[Change, ...]:
    """What has changed upstream of a clip; nothing for a clip that is not stale."""
    users = users_of(project) if users is None else users
    item = project.media.get(clip.media)
    if item is None or (recipe := item.generated_from) is None:
        return ()
    found = []
    own = takes_of(clip)
    for stretch in _known(recipe, medium):
        if stretch.media in own and not (stretch.leads or stretch.trails):
            continue  # told again from another take of itself, which still is one
        others = [other for other in users.clips.get(stretch.media, ()) if other.id != clip.id]
        if others and not any(
            _shows(project, other, stretch, clip, touching=users.track[other.id] == users.track[clip.id])
            for other in others
        ):
            found.append(Change(stretch, min(others, key=lambda other: _distance(other, clip))))
    return tuple(found)


def stale_clips(project: Project, medium: Medium) -> frozenset[str]:
    """The clips that no longer fit what they were made from."""
    users = users_of(project)
    return frozenset(clip.id for _, clip in project.timeline.clips() if changes(project, clip, medium, users))


def users_of(project: Project) -> Users:
    """The clips of each medium."""
    clips: defaultdict[str, list[Clip]] = defaultdict(list)
    track: dict[str, int] = {}
    for index, clip in project.timeline.clips():
        track[clip.id] = index
        for media in takes_of(clip):
            clips[media].append(clip)
    return Users(clips, track)


def refreshed(project: Project, recipe: Recipe, found: tuple[Change, ...], path: Callable[[str], str]) -> Recipe:
    """The recipe with its given frames taken from what the clips upstream show now; `path` is the file of a medium."""
    given: list[dict[str, Any]] = [dict(one) for one in recipe["given"]]
    for change in found:
        stretch, source = change.stretch, dict(given[change.stretch.index]["source"])
        start, stop = _shown(project, change.upstream)
        count = source["stop"] - source["start"]
        if stretch.leads:
            last = max(count, round(stop / stretch.frame))
            first = last - count
        else:
            first = round(start / stretch.frame)
            last = first + count
        source |= {"path": path(change.upstream.media), "start": first, "stop": last}
        given[stretch.index]["source"] = source
    return {**recipe, "given": given}


def _known(recipe: Recipe, medium: Medium) -> tuple[Stretch, ...]:
    try:
        return tuple(stretches(recipe, medium))
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError):
        return ()  # a damaged recipe names nothing


def _shown(project: Project, clip: Clip) -> tuple[Fraction, Fraction]:
    fps = project.timeline.rate.fps
    return Fraction(clip.offset) / fps, Fraction(clip.offset + clip.span) / fps


def _shows(project: Project, other: Clip, stretch: Stretch, clip: Clip, *, touching: bool) -> bool:
    """Whether another clip shows the stretch and, if it touches the clip on its own track, meets it there."""
    if other.media != stretch.media:
        return False
    start, stop = _shown(project, other)
    slack = SLACK * stretch.frame
    if start > stretch.start + slack or stop < stretch.stop - slack:
        return False
    if stretch.leads and touching and other.stop == clip.start:
        return abs(stop - stretch.stop) <= slack
    if stretch.trails and touching and other.start == clip.stop:
        return abs(start - stretch.start) <= slack
    return True


def _distance(other: Clip, clip: Clip) -> int:
    return min(abs(other.stop - clip.start), abs(other.start - clip.stop))
