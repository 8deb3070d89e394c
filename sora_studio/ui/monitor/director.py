"""Decides what the monitor shows: the timeline at the playhead, or a clip that is being made."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from sora_studio.core.engine import Preview
from sora_studio.core.media_item import MediaItem, Pending, Ready
from sora_studio.session.session import Session
from sora_studio.session.views import JobView
from sora_studio.ui.monitor.feed import FrameFeed
from sora_studio.ui.monitor.picture import to_soft_image
from sora_studio.ui.monitor.player import Player
from sora_studio.ui.monitor.shown import Black, Making, Nothing, Picture, Problem, shown_at
from sora_studio.ui.monitor.view import EMPTY, Message, MonitorView, Pill

AHEAD = 12
"""Frames before a cut at which the next clip's first picture is decoded."""

BEAT_MS = 25
"""How often a loop of previews looks whether its next frame is due."""


class Director(QObject):
    """Follows the session and tells the view. `subject_changed` says that other previews are on offer."""

    subject_changed = Signal()

    def __init__(self, session: Session, player: Player, view: MonitorView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._player, self._view = session, player, view
        self.feed = FrameFeed(self)
        self.subject: str | None = None
        self._known: set[str] = set(session.project.media)
        self._follow: str | None = None
        self._back: Preview | None = None
        self._images: tuple[Preview, dict[int, QImage]] | None = None
        self._looping: Preview | None = None
        self._shown_live: int | None = None
        self._began = time.monotonic()
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._loop)
        self.feed.arrived.connect(self._picture)

    # -- what happened -----------------------------------------------------------------------------------------

    def project_changed(self) -> None:
        """Media came, went, or were finished."""
        media = self._session.project.media
        for media_id in [one for one in media if one not in self._known]:
            if isinstance(media[media_id].state, Pending):
                self._follow = media_id
        self._known = set(media)
        if self._follow is not None and not _is_pending(media.get(self._follow)):
            self._finish(self._follow)
        self.refresh()

    def playhead_moved(self) -> None:
        """The artist, or playback, went somewhere: what was followed is let go."""
        self._follow = self._back = None
        self.refresh()

    def selection_changed(self) -> None:
        """Another clip is looked at."""
        self._back = None
        chosen = self._selected_media()
        if chosen and self._follow not in chosen:
            self._follow = next((one for one in chosen if _is_pending(self._item(one))), None)
        self.refresh()

    def previewed(self, media_id: str, preview: Preview) -> None:
        """A pending clip has formed a little more."""
        del preview
        if media_id == self.subject or self.subject is None:
            self.refresh()
            self.subject_changed.emit()

    def look_back(self, index: int) -> None:
        """Show an earlier preview of the subject; -1 shows the newest, or the finished clip."""
        steps = self.steps()
        self._back = steps[index] if 0 <= index < len(steps) else None
        self.refresh()

    # -- what is shown -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring the view to the present state."""
        live = None if self._player.playing else self._live_medium()
        self._set_subject(live or self._medium_in_hand())
        if self._back is not None and not self._player.playing:
            self.feed.nothing()
            self._start_loop(self._back)
        elif live is not None:
            self._show_live(live)
        else:
            self._beat.stop()
            self._show_playhead()
        self._view.set_pill(self._pill(live))

    def steps(self) -> tuple[Preview, ...]:
        """The previews of the subject that can be looked back at, oldest first."""
        return self._session.previews(self.subject) if self.subject else ()

    @property
    def is_live(self) -> bool:
        """Whether the subject is still being made."""
        return self.subject is not None and _is_pending(self._item(self.subject))

    def close(self) -> None:
        """End the decoder's thread."""
        self._beat.stop()
        self.feed.close()

    def _show_playhead(self) -> None:
        match shown_at(self._session, self._session.playhead):
            case Nothing():
                self.feed.nothing()
                self._view.show_message(EMPTY)
            case Black():
                self.feed.nothing()
                self._view.show_black()
            case Problem(title, reason):
                self.feed.nothing()
                self._view.show_message(Message("triangle-alert", title, reason, "warn"))
            case Making(media, seconds):
                self.feed.nothing()
                self._show_made(media, seconds)
            case Picture(_, path, index):
                self.feed.want(path, index)
        if self._player.playing:
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Near a cut, have the next clip's first frame decoded."""
        frame = self._session.playhead
        here = self._session.timeline.top(frame)
        there = self._session.timeline.top(frame + AHEAD)
        if there is not None and (here is None or there.media != here.media):
            ahead = shown_at(self._session, max(frame + 1, there.start))
            if isinstance(ahead, Picture):
                self.feed.expect(ahead.path, ahead.index)

    def _show_live(self, media_id: str) -> None:
        newest = self._session.live_preview(media_id)
        self.feed.nothing()
        if newest is not None:
            self._start_loop(newest)
        else:
            self._beat.stop()
            job = self._job(media_id)
            self._view.show_message(
                Message("loader", job.words if job else "Waiting", "The picture appears here as it forms", "accent2")
            )

    def _show_made(self, media_id: str, seconds: float) -> None:
        """Playback through a clip that is being made: its newest preview at this moment."""
        newest, item = self._session.live_preview(media_id), self._item(media_id)
        if newest is None or item is None:
            self._view.show_black()
            return
        index = int(seconds * float(item.rate.fps)) - newest.start
        self._view.show_image(self._look(newest, max(0, min(len(newest.frames) - 1, index))), _shape(item))

    def _start_loop(self, preview: Preview) -> None:
        self._looping = preview
        self._shown_live = None
        if not self._beat.isActive():
            self._beat.start(BEAT_MS)
        self._loop()

    def _loop(self) -> None:
        """Play the previews in a loop at the clip's rate."""
        preview, item = self._looping, self._item(self.subject or "")
        if preview is None or item is None:
            return
        place = int((time.monotonic() - self._began) * float(item.rate.fps)) % len(preview.frames)
        if place != self._shown_live:
            self._shown_live = place
            self._view.show_image(self._look(preview, place), _shape(item))

    def _look(self, preview: Preview, place: int) -> QImage:
        """One frame of a preview; enlarged when it is first shown."""
        if self._images is None or self._images[0] is not preview:
            self._images = (preview, {})
        images = self._images[1]
        if place not in images:
            images[place] = to_soft_image(preview.frames[place])
        return images[place]

    def _picture(self, image: QImage) -> None:
        """A file's frame has come."""
        shown = shown_at(self._session, self._session.playhead)
        if isinstance(shown, Picture) and not self._beat.isActive():
            item = self._item(shown.media)
            self._view.show_image(image, _shape(item) if item else None)

    # -- whose previews ----------------------------------------------------------------------------------------

    def _live_medium(self) -> str | None:
        """The pending medium to watch: the one that began or was selected last, else the one under the playhead."""
        if self._follow is not None and _is_pending(self._item(self._follow)):
            return self._follow
        shown = shown_at(self._session, self._session.playhead)
        return shown.media if isinstance(shown, Making) else None

    def _medium_in_hand(self) -> str | None:
        """The medium under the playhead, if it has previews to look back at."""
        clip = self._session.timeline.top(self._session.playhead)
        return clip.media if clip is not None and self._session.previews(clip.media) else None

    def _selected_media(self) -> list[str]:
        timeline = self._session.timeline
        return [timeline.find(one)[1].media for one in self._session.selection if timeline.has(one)]

    def _set_subject(self, media_id: str | None) -> None:
        if media_id != self.subject:
            self.subject, self._back, self._images = media_id, None, None
            self.subject_changed.emit()

    def _finish(self, media_id: str) -> None:
        """What was watched is made: go to it, so that the result is seen at once."""
        self._follow = None
        item = self._item(media_id)
        if item is None or not isinstance(item.state, Ready) or self._player.playing:
            return
        clips = [clip for track in self._session.timeline.tracks for clip in track.clips if clip.media == media_id]
        if clips and not any(self._session.playhead in clip.range for clip in clips):
            self._session.seek(clips[0].start)

    def _item(self, media_id: str) -> MediaItem | None:
        return self._session.project.media.get(media_id)

    def _job(self, media_id: str) -> JobView | None:
        jobs = [job for job in self._session.jobs() if job.media_id == media_id]
        return jobs[-1] if jobs else None

    def _pill(self, live: str | None) -> Pill | None:
        if self._back is not None:
            return Pill(f"Step {self._back.step} of {self._back.steps}", live=False)
        if live is None:
            return None
        job, newest = self._job(live), self._session.live_preview(live)
        step, steps = (job.step, job.steps) if job and job.steps else (newest.step, newest.steps) if newest else (0, 0)
        if not steps:
            return None
        left = f"  ·  {_left(job.seconds_left)}" if job and job.seconds_left is not None else ""
        return Pill(f"Denoising {step} / {steps}{left}", step / steps)


def _left(seconds: float) -> str:
    if seconds < 1:
        return "almost done"
    if seconds < 90:
        return f"{round(seconds)} s left"
    return f"{round(seconds / 60)} min left"


def _is_pending(item: MediaItem | None) -> bool:
    return item is not None and isinstance(item.state, Pending)


def _shape(item: MediaItem) -> QSize:
    return QSize(item.size.width, item.size.height)
