"""What a clip's menu offers of its takes, of making it again, and while it is being made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sora_studio.core.language import mark, tr
from sora_studio.core.media_item import Ready
from sora_studio.core.timeline import Clip
from sora_studio.session.draft import Draft
from sora_studio.session.session import Session

Choice = tuple[str, str, Callable[[], object]]
"""Words, icon and act."""


def clip_choices(session: Session, clip: Clip, draft: Callable[[], Draft]) -> Iterator[Choice]:
    """The entries that make sense for a clip now, in order."""
    item = session.project.media.get(clip.media)
    if item is None or not isinstance(item.state, Ready):
        return
    if clip.id in session.stale:
        yield mark("Refresh: its sources have changed"), "refresh-cw", partial(session.refresh, clip.id)
    takes = session.takes(clip.id)
    if len(takes) > 1:
        place = next(at for at, take in enumerate(takes) if take.id == clip.media)
        for text, by in ((mark("Next take"), 1), (mark("Previous take"), -1)):
            other = (place + by) % len(takes)
            words = tr("{text} ({value} of {count})", text=text, value=other + 1, count=len(takes))
            yield words, "layers", partial(session.show_take, clip.id, takes[other].id)
    marked = session.marked
    if marked is not None and marked.start < clip.stop and marked.stop > clip.start:
        yield mark("Retake the marked range"), "scissors", lambda: session.retake(draft(), clip.id)
    if item.generated_from is not None:
        yield mark("Make it again with another seed"), "shuffle", partial(session.vary, clip.id)
    if item.picture:
        for text, by in ((mark("Upscale 2×"), 2), (mark("Upscale 4×"), 4)):
            yield text, "image-upscale", partial(session.upscale, clip.id, by)


def job_choices(session: Session, media_id: str) -> Iterator[Choice]:
    """For a clip that is being made, or could not be made: decide early, stop it, or try again."""
    job = next((one for one in reversed(session.jobs()) if one.media_id == media_id), None)
    if job is None:
        return
    decides = job.active and not job.enlarges
    if decides and job.step:
        yield mark("Finish now"), "flag", partial(session.enough, job.id)
    if decides:
        yield mark("Start again with another seed"), "dices", partial(session.reseed, job.id)
    if job.active:
        yield mark("Stop generating"), "circle-x", partial(session.cancel, job.id)
    if job.state == "failed":
        yield mark("Try again"), "rotate-ccw", partial(session.retry, job.id)
