"""Takes: media that a clip can show in the same place. All takes of a clip share a time axis: each medium says where on
it the medium begins (`MediaItem.origin`), so that another take shows the same moment wherever it was cut."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sora_studio.core import edits
from sora_studio.core.errors import BadInput
from sora_studio.core.project import Project
from sora_studio.core.timeline import Clip, Timeline


def takes_of(clip: Clip) -> tuple[str, ...]:
    """The media a clip can show, the one it shows among them."""
    return clip.takes or (clip.media,)


def with_take(project: Project, clip_id: str, media: str, *, shown: bool = True) -> Timeline:
    """Add a medium to the takes of a clip, if it is none yet, and show it."""
    _, clip = project.timeline.find(clip_id)
    known = takes_of(clip)
    clip = replace(clip, takes=known if media in known else (*known, media))
    return edits.changed(project.timeline, turned_to(project, clip, media) if shown else clip)


def without_take(project: Project, clip_id: str, media: str) -> Timeline:
    """Take a medium from the takes of a clip; when it was shown, the one before it is. Raises BadInput for the last."""
    _, clip = project.timeline.find(clip_id)
    known = tuple(one for one in takes_of(clip) if one in project.media)
    if media not in known or len(known) < 2:
        raise BadInput("A clip keeps its last take. Delete the clip instead.")
    if media == clip.media:
        clip = turned_to(project, clip, known[max(0, known.index(media) - 1)] if known[0] != media else known[1])
    left = tuple(one for one in known if one != media)
    return edits.changed(project.timeline, replace(clip, takes=left if len(left) > 1 else ()))


def turned_to(project: Project, clip: Clip, media: str) -> Clip:
    """The clip with another of its media, showing the same moment; shorter when the medium ends before."""
    if media == clip.media:
        return clip
    now, then = project.media[clip.media], project.media[media]
    offset = clip.offset + (now.origin - then.origin) * project.timeline.rate.fps
    turned = replace(clip, media=media, offset=max(Fraction(0), Fraction(offset)), stale=False)
    length = project.extent(media)
    return turned if length is None else edits.fitted(turned, length)


def forgotten(project: Project, media: str, *, ripple: bool = False) -> Timeline:
    """The timeline without a medium that was never made: clips show the take they had before, others go."""
    timeline = project.timeline
    for _, clip in tuple(timeline.clips()):
        if media in clip.takes and len(clip.takes) > 1:
            timeline = without_take(replace(project, timeline=timeline), clip.id, media)
    return edits.forget(timeline, media, ripple=ripple)


def healed(timeline: Timeline, clip_ids: tuple[str, ...]) -> Timeline:
    """Join neighbours that were cut apart and still show what they did; others stay as they are."""
    present = [one for one in clip_ids if timeline.has(one)]
    kept = present[:1]
    for other in present[1:]:
        (track, left), (other_track, right) = timeline.find(kept[-1]), timeline.find(other)
        meets = (
            left.stop == right.start and track == other_track and left.moment(left.stop) == right.moment(right.start)
        )
        if meets and (left.media, left.takes, left.speed) == (right.media, right.takes, right.speed):
            timeline = edits.delete(timeline, other, linked=False)
            timeline = edits.changed(timeline, replace(left, length=left.length + right.length))
        else:
            kept.append(other)
    return timeline
