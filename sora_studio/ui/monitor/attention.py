"""Which forming clip the monitor watches, and when it lets go of it."""

from __future__ import annotations

from sora_studio.core.engine import Preview
from sora_studio.core.language import tr
from sora_studio.core.media_item import MediaItem, Pending, Ready
from sora_studio.session.session import Session
from sora_studio.session.views import JobView
from sora_studio.ui.monitor.shown import Making, shown_at
from sora_studio.ui.monitor.words import Pill, time_left


class Attention:
    """Follows the medium that began to form or was selected last, until the artist goes elsewhere."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.follow: str | None = None

    def item(self, media_id: str) -> MediaItem | None:
        """A medium of the project."""
        return self._session.project.media.get(media_id)

    def job(self, media_id: str) -> JobView | None:
        """The newest job for a medium."""
        jobs = [job for job in self._session.jobs() if job.media_id == media_id]
        return jobs[-1] if jobs else None

    def pending(self, media_id: str | None) -> bool:
        """Whether a medium is being made."""
        item = self.item(media_id or "")
        return item is not None and isinstance(item.state, Pending)

    def watch(self, media_id: str | None) -> None:
        """Follow a medium that is being made; None goes back to the timeline."""
        self.follow = media_id
        self._session.viewing.show("live" if media_id else "timeline")

    def selected(self) -> None:
        """Other clips are selected: a forming one is watched."""
        timeline = self._session.timeline
        chosen = [timeline.find(one)[1].media for one in self._session.selection if timeline.has(one)]
        if chosen and self.follow not in chosen:
            self.watch(next((one for one in chosen if self.pending(one)), None))

    def turned(self) -> None:
        """The monitor was turned to another view."""
        if self._session.viewing.mode == "timeline":
            self.follow = None
        elif self._session.viewing.mode == "live":
            self.follow = self.follow or self._newest()

    def live(self) -> str | None:
        """The forming medium to show now: in the clip view that one, else the followed one (or, while that waits, what
        is at work), else the one under the playhead."""
        viewing = self._session.viewing
        if viewing.mode == "clip":
            return viewing.medium if self.pending(viewing.medium) else None
        if self.follow is not None and self.pending(self.follow):
            job = self.job(self.follow)
            waits = job is not None and job.state == "waiting"
            return (self._newest() if waits else None) or self.follow
        if viewing.mode == "live":
            return self._newest()
        shown = shown_at(self._session, self._session.playhead)
        return shown.media if isinstance(shown, Making) else None

    def in_hand(self) -> str | None:
        """The medium that is shown, if it has previews to look back at."""
        viewing = self._session.viewing
        clip = self._session.timeline.top(self._session.playhead)
        media = viewing.medium if viewing.mode == "clip" else clip.media if clip is not None else None
        return media if media is not None and self._session.previews(media) else None

    def finish(self, *, playing: bool) -> None:
        """When what was watched is made, go to it, so that the result is seen at once."""
        media_id = self.follow
        if media_id is None or self.pending(media_id):
            return
        self.follow = None
        if self._session.viewing.mode == "live":
            self._session.viewing.show("timeline")
        item = self.item(media_id)
        if item is None or not isinstance(item.state, Ready) or playing:
            return
        clips = [clip for track in self._session.timeline.tracks for clip in track.clips if clip.media == media_id]
        if clips and not any(self._session.playhead in clip.range for clip in clips):
            self._session.seek(clips[0].start)

    def pill(self, live: str | None, back: Preview | None) -> Pill | None:
        """What is said over the picture about its steps."""
        if back is not None:
            return Pill(tr("Step {step} of {steps}", step=back.step, steps=back.steps), live=False)
        if live is None:
            return None
        job, newest = self.job(live), self._session.live_preview(live)
        step, steps = (job.step, job.steps) if job and job.steps else (newest.step, newest.steps) if newest else (0, 0)
        if not steps:
            return None
        left = f"  ·  {time_left(job.seconds_left)}" if job and job.seconds_left is not None else ""
        if job and job.enlarges:
            return Pill(tr("Upscaling {step} / {steps}{left}", step=step, steps=steps, left=left), step / steps)
        return Pill(tr("Denoising {step} / {steps}{left}", step=step, steps=steps, left=left), step / steps)

    def _newest(self) -> str | None:
        """What is being worked at, else what waits."""
        jobs = [job for job in self._session.jobs() if job.active and self.pending(job.media_id)]
        running = [job for job in jobs if job.state == "running"]
        return (running or jobs)[-1].media_id if jobs else None
