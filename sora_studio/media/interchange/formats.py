"""The files: .otio, .edl and .fcpxml, each written whole or not at all."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from sora_studio.core.errors import BadInput
from sora_studio.core.language import listed, tr
from sora_studio.core.project import Project
from sora_studio.core.time import Rate
from sora_studio.core.whole import write_whole
from sora_studio.media.interchange.writing import MediaPath, to_otio
from sora_studio.media.reasons import check_writable, unwritable

Notes = tuple[str, ...]
"""Sentences about what a format cannot hold and was left out."""


def is_interchange(path: Path) -> bool:
    """Whether the ending of a file is one of a timeline for other programs."""
    return path.suffix.lower() in FORMATS


def write_interchange(project: Project, media_path: MediaPath, path: Path) -> Notes:
    """Write the timeline in the format of the file's ending. Raises BadInput and OutputError with what to do."""
    if path.suffix.lower() not in FORMATS:
        raise BadInput(
            "A timeline ends in {formats}, not “{suffix}”. Rename “{name}”.",
            formats=", ".join(FORMATS),
            suffix=path.suffix,
            name=path.name,
        )
    if not project.timeline.length:
        raise BadInput("The timeline is empty. Put a clip on it first.")
    check_writable(path)
    text, notes = FORMATS[path.suffix.lower()](project, media_path)
    try:
        write_whole(path, text.encode())
    except OSError as exc:
        raise unwritable(path, exc) from exc
    return notes


def _otio(project: Project, media_path: MediaPath) -> tuple[str, Notes]:
    return otio.adapters.write_to_string(to_otio(project, media_path), "otio_json") + "\n", ()


def _edl(project: Project, media_path: MediaPath) -> tuple[str, Notes]:
    """CMX 3600 knows one video track, cuts, dissolves and forward speed."""
    notes = [tr("An EDL holds pictures only: the audio tracks were left out.")] if _sounds(project) else []
    timeline = to_otio(project, media_path)
    seen = [track for track in timeline.video_tracks() if track.enabled and len(track)]
    if len(seen) > 1:
        notes.append(
            tr("An EDL holds one track: what is seen of the tracks was joined into one, without their dissolves.")
        )
        for track in seen:
            for index in reversed(range(len(track))):
                if isinstance(track[index], otio.schema.Transition):
                    del track[index]
        stack = otio.schema.Stack(children=[track.deepcopy() for track in seen])
        flat = otio.algorithms.flatten_stack(stack)
    else:
        flat = seen[0].deepcopy() if seen else otio.schema.Track(kind=otio.schema.TrackKind.Video)
    for clip in flat.find_clips():
        for effect in list(clip.effects):
            if effect.time_scalar < 0:
                clip.effects.remove(effect)
                notes.append(tr("An EDL cannot play backwards: “{name}” plays forwards in it.", name=clip.name))
    single = otio.schema.Timeline(timeline.name, global_start_time=timeline.global_start_time)
    single.tracks.append(flat)
    text = otio.adapters.write_to_string(single, "cmx_3600", rate=float(project.timeline.rate.fps))
    return text, tuple(notes)


def _fcpxml(project: Project, media_path: MediaPath) -> tuple[str, Notes]:
    """Final Cut needs to know the size and the exact length of a frame, which the adapter leaves open."""
    whole = _at_whole_rate(project)
    root = ElementTree.fromstring(otio.adapters.write_to_string(to_otio(whole, media_path), "fcpx_xml"))  # noqa: S314
    timeline = project.timeline
    stretch = whole.timeline.rate.fps / timeline.rate.fps
    for element in root.iter():
        for name in _TIMES & element.attrib.keys():
            seconds = Fraction(element.attrib[name].rstrip("s")) * stretch
            element.set(name, f"{seconds.numerator}/{seconds.denominator}s" if seconds else "0s")
    for form in root.iter("format"):
        form.attrib.pop("name", None)
        form.set("width", str(timeline.size.width))
        form.set("height", str(timeline.size.height))
        form.set("frameDuration", f"{timeline.rate.den}/{timeline.rate.num}s")
    ElementTree.indent(root, "    ")
    text = ElementTree.tostring(root, encoding="unicode")
    left = []
    if any(track.dissolves for track in timeline.tracks):
        left.append(tr("dissolves"))
    if any(clip.speed != 1 for _, clip in timeline.clips()):
        left.append(tr("speeds"))
    notes = (tr("FCPXML is written with cuts alone: the {left} were left out.", left=listed(left)),) if left else ()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{text}\n', notes


_TIMES = {"duration", "offset", "start"}


def _at_whole_rate(project: Project) -> Project:
    """The project at the next whole rate, all media counted at it: the adapter fails at 29.97 and its kin. The frames
    stay the same; their times are stretched afterwards."""
    timeline = project.timeline
    rate = Rate(max(1, round(timeline.rate.fps)))
    media = {
        key: replace(item, frames=max(1, timeline.rate.frames(item.frames / item.rate.fps)), rate=rate)
        for key, item in project.media.items()
    }
    return replace(project, timeline=replace(timeline, rate=rate), media=media)


def _sounds(project: Project) -> bool:
    return any(track.kind == "audio" and track.clips for track in project.timeline.tracks)


FORMATS: dict[str, Callable[[Project, MediaPath], tuple[str, Notes]]] = {
    ".otio": _otio,
    ".edl": _edl,
    ".fcpxml": _fcpxml,
}
"""How each is made, by its ending."""
