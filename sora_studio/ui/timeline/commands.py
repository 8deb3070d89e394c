"""Every gesture of the timeline as an action with a key, for menus, tool strip and keyboards without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QAction

from sora_studio.core.edits import Shift
from sora_studio.core.inlays import Going
from sora_studio.core.language import tr
from sora_studio.core.timeline import Clip
from sora_studio.session.draft import Draft
from sora_studio.ui.attempt import attempt
from sora_studio.ui.monitor.actions import Entry, make_action
from sora_studio.ui.theme import icon
from sora_studio.ui.timeline.arrange_commands import ArrangeCommands
from sora_studio.ui.timeline.clip_item import ClipItem
from sora_studio.ui.timeline.drag import CLICK_SECONDS
from sora_studio.ui.timeline.faces import can_grow
from sora_studio.ui.timeline.gap_commands import GapCommands
from sora_studio.ui.timeline.move import land
from sora_studio.ui.timeline.take_commands import TakeCommands
from sora_studio.ui.timeline.takes_menu import clip_choices, job_choices
from sora_studio.ui.timeline.tools import Tool
from sora_studio.ui.timeline.view import TimelineView

CUT_REACH = 14
"""Pixels around a cut in which its own commands lead the menu."""

_CLIP_MENU = (
    (
        "split trim_start trim_end - extend_start extend_end bridge_cut dissolve - speed gain link duplicate - "
        "delete ripple_delete"
    )
    .replace("-", "")
    .split(" ")
)
_GROUND_MENU = ("marker", "add_video_track", "add_audio_track", "", "select_all", "fit", "snap")


class Commands(QObject):
    """Makes the actions and keeps them enabled as the session allows. Lookup by name: `commands["split"]`."""

    def __init__(self, view: TimelineView, draft: Callable[[], Draft]) -> None:
        super().__init__(view)
        self._view, self._session, self._draft = view, view.tracks.session, draft
        self._actions: dict[str, QAction] = {}
        self.look_inside: Callable[[str], object] = lambda _media: None
        """Shows how a medium formed; the window sets it."""
        self.arrange = ArrangeCommands(view)
        self.gaps = GapCommands(self._session, draft, self)
        self.takes = TakeCommands(self._session, self)
        for entry in (*self._entries(), *self.takes.entries(), *self.gaps.entries(), *self.arrange.entries()):
            self._actions[entry.name] = make_action(entry, "timeline", self)
        view.hand.tool_taken.connect(self._show_tool)
        self._show_tool()
        self["snap"].setChecked(True)
        view.gap_asked.connect(self.gaps.act)
        view.take_asked.connect(self._on_take)
        view.ruler.marker_asked.connect(self.arrange.edit_marker)
        self.refresh()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> list[QAction]:
        """The actions in the order of menus."""
        return list(self._actions.values())

    def refresh(self) -> None:
        """Grey out what cannot be done now."""
        session = self._session
        chosen = self._chosen()
        grows = len(chosen) == 1 and can_grow(session, chosen[0])
        allowed = {
            "undo": session.can_undo,
            "redo": session.can_redo,
            "delete": bool(chosen),
            "ripple_delete": bool(chosen),
            "extend_end": grows,
            "extend_start": grows and chosen[0].offset == 0,
            "nudge_left": bool(chosen),
            "nudge_right": bool(chosen),
            "track_up": bool(chosen),
            "track_down": bool(chosen),
            "trim_start": bool(chosen),
            "trim_end": bool(chosen),
            "select_all": session.timeline.length > 0,
            **self.arrange.allowed(chosen),
        }
        for name, on in allowed.items():
            self._actions[name].setEnabled(on)
        self.refresh_places()
        self["undo"].setText(
            tr("Undo {undo_text}", undo_text=tr(session.undo_text)).rstrip() if session.can_undo else tr("Undo")
        )
        self["redo"].setText(
            tr("Redo {redo_text}", redo_text=tr(session.redo_text)).rstrip() if session.can_redo else tr("Redo")
        )

    def refresh_places(self) -> None:
        """The playhead may stand on a cut, in a gap or on a clip with takes, or not."""
        for name, on in {"bridge_cut": self._cut() is not None, **self.gaps.allowed(), **self.takes.allowed()}.items():
            self[name].setEnabled(on)

    def menu_for(self, at: QPointF) -> list[QAction | None]:
        """The actions that make sense at a scene position; None stands for a line between groups."""
        scene = self._view.tracks
        bow, item = scene.bows.at(at), scene.clip_at(at)
        if bow is not None:
            right = bow.dissolve.right
            return [self._once(tr("Remove the dissolve"), "x", lambda: self._session.remove_dissolve(right))]
        if item is not None:
            session, clip = self._session, item.clip
            choices = (*job_choices(session, clip.media), *clip_choices(session, clip, self._draft))
            own: list[QAction | None] = [self._once(*one) for one in choices]
            if session.shows_inside(clip.media):
                own.append(self._once(tr("Look inside the clip…"), "eye", partial(self.look_inside, clip.media)))
            rule: tuple[None, ...] = (None,) if own else ()
            return [*self._cut_actions(item, at), *own, *rule, *map(self._listed, _CLIP_MENU)]
        gap = scene.gap_at(at)
        found: list[QAction | None] = []
        if gap is not None:
            found.append(self._once(tr("Fill with a generated clip"), "sparkles", lambda: self.gaps.fill(gap)))
            if scene.around(gap) is not None:
                found.append(self._once(tr("Bridge with a generated clip"), "git-merge", lambda: self.gaps.bridge(gap)))
            found.append(self._once(tr("Close gap"), "unfold-horizontal", lambda: self.gaps.close_gap(gap)))
            found.append(None)
        return [*found, *map(self._listed, _GROUND_MENU)]

    def _listed(self, name: str) -> QAction | None:
        return self._actions[name] if name else None

    def _cut_actions(self, item: ClipItem, at: QPointF) -> list[QAction | None]:
        """For the cut at the nearer end of a clip, when the pointer is close to it."""
        before, after = self._session.timeline.neighbours(item.clip.id)
        x, near = at.x() - item.pos().x(), min(CUT_REACH, item.width / 2)
        pair = None
        if x <= near and before and before.stop == item.clip.start:
            pair = before, item.clip
        elif x >= item.width - near and after and after.start == item.clip.stop:
            pair = item.clip, after
        if pair is None:
            return []
        left, right = pair
        return [
            self._once(tr("Dissolve on this cut"), "dissolve", lambda: self._session.dissolve(left.id, right.id)),
            self._once(
                tr("Bridge this cut with a generated clip"),
                "git-merge",
                lambda: self._session.bridge(left.id, right.id, CLICK_SECONDS, self._draft()),
            ),
            None,
        ]

    def _on_take(self, clip_id: str, part: str) -> None:
        """The arrows of a clip's switch go through its takes, the number opens its menu."""
        item = self._view.tracks.item(clip_id)
        if part != "menu":
            self.takes.turn(clip_id, 1 if part == "next" else -1)
        elif item is not None:
            at = item.switch_centre("menu")
            self._view.menu_asked.emit(self._view.viewport().mapToGlobal(self._view.mapFromScene(at)), at)

    def _entries(self) -> tuple[Entry, ...]:
        view, session, hand = self._view, self._session, self._view.hand
        return (
            Entry("undo", "Undo", "undo-2", ("Ctrl+Z",), lambda: attempt(session, session.undo)),
            Entry("redo", "Redo", "redo-2", ("Ctrl+Shift+Z", "Ctrl+Y"), lambda: attempt(session, session.redo)),
            Entry("split", "Split at playhead", "split", ("Ctrl+K",), lambda: attempt(session, session.split)),
            Entry("delete", "Delete", "trash-2", ("Del", "Backspace"), lambda: attempt(session, session.delete)),
            Entry(
                "ripple_delete",
                "Delete and close the gap",
                "arrow-left-to-line",
                ("Shift+Del", "Shift+Backspace"),
                lambda: attempt(session, lambda: session.delete(ripple=True)),
            ),
            Entry("extend_end", "Generate what comes next", "sparkles", ("E",), lambda: self._extend(before=False)),
            Entry(
                "extend_start",
                "Generate what comes before",
                "sparkles",
                ("Shift+E",),
                lambda: self._extend(before=True),
            ),
            Entry("bridge_cut", "Bridge the cut", "git-merge", ("Ctrl+B",), self._bridge_cut),
            Entry("trim_start", "Trim start to playhead", "arrow-right-to-line", ("Q",), lambda: self._trim(head=True)),
            Entry("trim_end", "Trim end to playhead", "arrow-left-to-line", ("W",), lambda: self._trim(head=False)),
            Entry("nudge_left", "Move one frame left", "chevron-left", ("Alt+Left",), lambda: self._nudge(-1)),
            Entry("nudge_right", "Move one frame right", "chevron-right", ("Alt+Right",), lambda: self._nudge(1)),
            Entry("track_up", "Move one track up", "chevron-up", ("Alt+Up",), lambda: self._climb(1)),
            Entry("track_down", "Move one track down", "chevron-down", ("Alt+Down",), lambda: self._climb(-1)),
            Entry("select_all", "Select all clips", "square", ("Ctrl+A",), self._select_all),
            Entry("select_next", "Select next clip", "skip-forward", ("Ctrl+Right",), lambda: self._select_by(1)),
            Entry("select_previous", "Select previous clip", "skip-back", ("Ctrl+Left",), lambda: self._select_by(-1)),
            Entry("snap", "Snap", "magnet", ("S",), lambda: self._snap(hand.snapping), True),
            Entry("zoom_in", "Zoom in", "zoom-in", ("=", "+"), lambda: view.zoom(view.per_frame * 1.4)),
            Entry("zoom_out", "Zoom out", "zoom-out", ("-",), lambda: view.zoom(view.per_frame / 1.4)),
            Entry("fit", "Zoom to fit", "move-horizontal", ("Ctrl+0", "Shift+Z"), view.fit),
        )

    def _once(self, text: str, name: str, act: Callable[[], object]) -> QAction:
        """An action for one menu."""
        action = QAction(icon(name), text, self)
        action.triggered.connect(lambda *_: self._do(act))
        return action

    def _chosen(self) -> list[Clip]:
        return self.arrange.chosen()

    def _show_tool(self) -> None:
        for tool in Tool:
            self[tool.value].setChecked(tool is self._view.hand.tool)

    def _snap(self, was: bool) -> None:
        self._view.hand.snapping = not was
        self["snap"].setChecked(not was)

    def _extend(self, *, before: bool) -> None:
        for clip in self._chosen()[:1]:
            self._do(partial(self._session.extend, clip.id, CLICK_SECONDS, self._draft(), before=before))

    def _trim(self, *, head: bool) -> None:
        frame = self._session.playhead
        for clip in self._chosen():
            if clip.start < frame < clip.stop:
                if head:
                    self._do(partial(self._session.trim_head, clip.id, frame - clip.start))
                else:
                    self._do(partial(self._session.trim_tail, clip.id, frame - clip.stop))

    def _nudge(self, frames: int) -> None:
        chosen = [clip.id for clip in self._chosen()]
        if chosen:
            self._do(lambda: self._session.nudge(chosen, frames))

    def _climb(self, rows: int) -> None:
        """The selected clips so many tracks further up; when others lie there it is asked what becomes of them."""
        timeline, chosen = self._session.timeline, self._chosen()
        if chosen:
            track, _ = timeline.find(chosen[0].id)
            kind = timeline.tracks[track].kind
            # Audio tracks are listed from top to bottom.
            going = Going(tuple(clip.id for clip in chosen), Shift(0, rows if kind == "video" else -rows, kind))
            metrics = self._view.tracks.metrics
            at = QPointF(metrics.x(chosen[0].start), metrics.y(track))
            self._do(lambda: land(self._session, going, self._view.hand.on_others, at))

    def _select_all(self) -> None:
        self._session.select(*(clip.id for track in self._session.timeline.tracks for clip in track.clips))

    def _select_by(self, by: int) -> None:
        """The clip after or before the selected one, over all tracks in order of time."""
        timeline = self._session.timeline
        clips = sorted((clip for track in timeline.tracks for clip in track.clips), key=lambda clip: clip.start)
        if not clips:
            return
        chosen = self._chosen()
        place = clips.index(chosen[-1]) + by if chosen else (0 if by > 0 else len(clips) - 1)
        clip = clips[max(0, min(len(clips) - 1, place))]
        self._session.select(clip.id)
        self._session.seek(clip.start)

    def _cut(self) -> tuple[Clip, Clip] | None:
        """The two clips that meet: the selected pair, or those on both sides of the playhead."""
        chosen = self._chosen()
        if len(chosen) == 2 and chosen[0].stop <= chosen[1].start:
            return chosen[0], chosen[1]
        frame = self._session.playhead
        for track in reversed(self._session.timeline.tracks):
            left = next((clip for clip in track.clips if clip.stop == frame), None)
            right = next((clip for clip in track.clips if clip.start == frame), None)
            if left and right:
                return left, right
        return None

    def _bridge_cut(self) -> None:
        pair = self._cut()
        if pair is not None:
            left, right = pair
            gap = float((right.start - left.stop) / self._session.timeline.rate.fps)
            self._do(lambda: self._session.bridge(left.id, right.id, gap or CLICK_SECONDS, self._draft()))

    def _do(self, act: Callable[[], object]) -> bool:
        return attempt(self._session, act)
