"""Decides what the monitor shows: the timeline at the playhead, one medium, or a clip that is being made."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from sora_studio.core.engine import Preview
from sora_studio.core.language import tr
from sora_studio.core.media_item import MediaItem, Pending
from sora_studio.media.proxy import Proxies
from sora_studio.session.session import Session
from sora_studio.settings.folders import cache_folder
from sora_studio.ui.monitor.attention import Attention
from sora_studio.ui.monitor.comparing import Pair, beside, pair_at, side_names
from sora_studio.ui.monitor.feed import FrameFeed, Key
from sora_studio.ui.monitor.looks import PreviewLoop, shape_of
from sora_studio.ui.monitor.player import Player
from sora_studio.ui.monitor.shot import Layer, Shot, Wipe
from sora_studio.ui.monitor.shown import Black, Making, Nothing, Picture, Problem, Shown, medium_at, shown_at
from sora_studio.ui.monitor.view import MonitorView
from sora_studio.ui.monitor.words import EMPTY, NO_CLIP, NOT_LIVE, Message

AHEAD = 12
"""Frames before a cut at which the next clip's first picture is decoded."""


class Director(QObject):
    """Follows the session and tells the view. `subject_changed` says that other previews are on offer."""

    subject_changed = Signal()

    def __init__(self, session: Session, player: Player, view: MonitorView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._player, self._view = session, player, view
        self.feed = FrameFeed(self, Proxies(cache_folder() / "proxies"))
        self.loop = PreviewLoop(view, self)
        self.subject: str | None = None
        self.attention = Attention(session)
        self._known: set[str] = set(session.project.media)
        self._back: Preview | None = None
        self._waited: tuple[Picture, ...] = ()
        self.feed.arrived.connect(self._pictures)
        self.loop.moved.connect(self._look_beside)

    # -- what happened -----------------------------------------------------------------------------------------

    def project_changed(self) -> None:
        """Media came, went, or were finished."""
        media = self._session.project.media
        for media_id in [one for one in media if one not in self._known]:
            if isinstance(media[media_id].state, Pending):
                self.attention.watch(media_id)
        self._known = set(media)
        self.attention.finish(playing=self._player.playing)
        self.refresh()

    def playhead_moved(self) -> None:
        """The artist, or playback, went somewhere: what was followed is let go."""
        self.attention.follow = self._back = None
        self._session.viewing.show("timeline")
        self.refresh()

    def selection_changed(self) -> None:
        """Another clip is looked at."""
        self._back = None
        self.attention.selected()
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

    def viewing_changed(self) -> None:
        """Something else is to be looked at."""
        self._back = None
        self.attention.turned()
        self.refresh()

    # -- what is shown -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring the view to the present state."""
        live = None if self._player.playing else self.attention.live()
        self._set_subject(live or self.attention.in_hand())
        subject = self.attention.item(self.subject or "")
        if self._back is not None and subject is not None and not self._player.playing:
            self._play(self._back, subject)
        elif live is not None:
            self._show_live(live)
        else:
            self.loop.stop()
            self._show_still()
        self._view.set_pill(self.attention.pill(live, self._back))

    def steps(self) -> tuple[Preview, ...]:
        """The previews of the subject that can be looked back at, oldest first."""
        return self._session.previews(self.subject) if self.subject else ()

    @property
    def is_live(self) -> bool:
        """Whether the subject is still being made."""
        return self.subject is not None and self.attention.pending(self.subject)

    def close(self) -> None:
        """End the decoder's thread."""
        self.loop.stop()
        self.feed.close()

    def _show_still(self) -> None:
        """What belongs to the playhead, alone or against another medium."""
        viewing = self._session.viewing
        if viewing.mode == "live" and not self._player.playing:
            self._say(NOT_LIVE)
            return
        if viewing.compare is not None and (pair := self._pair()) is not None:
            self._want(*pair)
            return
        match shown := self._shown():
            case Nothing():
                self._say(EMPTY if viewing.mode != "clip" else NO_CLIP)
            case Black():
                self.feed.nothing()
                self._view.show_black()
            case Problem(title, reason):
                self._say(Message("triangle-alert", title, reason, "warn"))
            case Making(media, seconds):
                self.feed.nothing()
                self._show_made(media, seconds)
            case Picture():
                self._want(shown)
            case _:
                assert_never(shown)
        if self._player.playing:
            self._look_ahead()

    def _shown(self) -> Shown:
        viewing = self._session.viewing
        if viewing.mode != "clip":
            return shown_at(self._session, self._session.playhead)
        item = self.attention.item(viewing.medium or "")
        if item is None:
            return Nothing()
        return medium_at(self._session, item.id, Fraction(viewing.source.frame) / item.rate.fps)

    def _pair(self) -> tuple[Picture, Picture] | None:
        """Both sides of a comparison, None unless both have a picture."""
        compare = self._session.viewing.compare
        pair: Pair | None = pair_at(self._session, compare) if compare else None
        if pair is None or not isinstance(pair[0], Picture) or not isinstance(pair[1], Picture):
            return None
        return pair[0], pair[1]

    def _want(self, *pictures: Picture) -> None:
        self._waited = pictures
        keys: list[Key] = [(str(one.path), one.index) for picture in pictures for one in picture.layers]
        self.feed.want(keys)

    def _say(self, message: Message) -> None:
        self.feed.nothing()
        self._view.show_message(message)

    def _look_ahead(self) -> None:
        """Near a cut, have the next clip's first frame decoded."""
        frame = self._session.playhead
        here = self._session.timeline.top(frame)
        there = self._session.timeline.top(frame + AHEAD)
        if self._session.viewing.mode == "timeline" and there and (here is None or there.media != here.media):
            ahead = shown_at(self._session, max(frame + 1, there.start))
            for one in ahead.layers if isinstance(ahead, Picture) else ():
                self.feed.expect(one.path, one.index)

    def _show_live(self, media_id: str) -> None:
        newest, item = self._session.live_preview(media_id), self.attention.item(media_id)
        if newest is not None and item is not None:
            self._play(newest, item)
        else:
            self.feed.nothing()
            self.loop.stop()
            job = self.attention.job(media_id)
            self._view.show_message(
                Message(
                    "loader", job.words if job else tr("Waiting"), tr("The picture appears here as it forms"), "accent2"
                )
            )

    def _play(self, preview: Preview, item: MediaItem) -> None:
        """Loop a preview, alone or against what it is compared with."""
        if not self.loop.running or beside(self._session, item.id, 0.0) is None:
            self.feed.nothing()
            self.loop.put_beside(None)
        self.loop.play(preview, item)

    def _look_beside(self, seconds: float) -> None:
        """The loop has come to another moment: bring the same one of the other side."""
        match beside(self._session, self.subject or "", seconds):
            case (Picture() as picture, _):
                self._want(picture)

    def _show_made(self, media_id: str, seconds: float) -> None:
        """Playback through a clip that is being made: its newest preview at this moment."""
        newest, item = self._session.live_preview(media_id), self.attention.item(media_id)
        if newest is None or item is None:
            self._view.show_black()
        else:
            self.loop.still(newest, item, seconds)

    def _pictures(self, images: list[QImage]) -> None:
        """Frames of files have come."""
        if len(images) != sum(len(picture.layers) for picture in self._waited):
            return
        if self.loop.running:
            found = beside(self._session, self.subject or "", 0.0)
            if found is not None:
                self.loop.put_beside(self._shot(self._waited[0], images), first=found[1])
                self._name_sides()
            return
        shots, rest = [], list(images)
        for picture in self._waited:
            own, rest = rest[: len(picture.layers)], rest[len(picture.layers) :]
            shots.append(self._shot(picture, own))
        if len(shots) == 2:
            self._view.show_shot(shots[0], shots[1])
            self._name_sides()
        else:
            self._view.show_shot(shots[0])

    def _shot(self, picture: Picture, images: list[QImage]) -> Shot:
        layers = []
        for one, image in zip(picture.layers, images, strict=True):
            item = self.attention.item(one.media)
            layers.append(Layer(image, shape_of(item) if item else image.size(), one.opacity))
        canvas = self._session.timeline.size
        whole = layers[0].shape if self._session.viewing.mode == "clip" else QSize(canvas.width, canvas.height)
        return Shot(tuple(layers), whole)

    def _name_sides(self) -> None:
        compare = self._session.viewing.compare
        wipe = self._view.wipe or Wipe()
        if compare is not None and (names := side_names(self._session, compare)) != wipe.names:
            self._view.set_wipe(replace(wipe, names=names))

    def _set_subject(self, media_id: str | None) -> None:
        if media_id != self.subject:
            self.subject, self._back = media_id, None
            self.loop.forget()
            self.subject_changed.emit()
