"""The editor's commands: tools, finer trims, speed, dissolves, tracks and markers, each with a key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPointF

from sora_studio.core.edits import Shift
from sora_studio.core.inlays import Going
from sora_studio.core.language import mark, tr
from sora_studio.core.timeline import Clip, Kind, Marker
from sora_studio.core.trims import Edge
from sora_studio.session.session import Notice
from sora_studio.ui.attempt import attempt
from sora_studio.ui.monitor.actions import Entry
from sora_studio.ui.timeline.dialogs import MarkerDialog, SoundDialog, SpeedDialog
from sora_studio.ui.timeline.move import land
from sora_studio.ui.timeline.tools import Tool
from sora_studio.ui.timeline.view import TimelineView


class ArrangeCommands(QObject):
    """What the entries do; `Commands` makes the actions."""

    def __init__(self, view: TimelineView) -> None:
        super().__init__(view)
        self._view, self._session = view, view.tracks.session

    def entries(self) -> tuple[Entry, ...]:
        """The commands in the order of menus."""
        return (*self._tools(), *self._trims(), *self._clips(), *self._places())

    def allowed(self, chosen: list[Clip]) -> dict[str, bool]:
        """Which commands make sense for the selected clips."""
        some, one = bool(chosen), len(chosen) == 1
        timeline = self._session.timeline
        range_marked = timeline.marked is not None
        on_one = ("speed", "slip_back", "slip_forward", "slide_left", "slide_right")
        return {
            **dict.fromkeys(("ripple_start", "ripple_end", "duplicate", "link", "gain"), some),
            **dict.fromkeys(on_one, one),
            **dict.fromkeys(("lift", "extract"), range_marked),
            **dict.fromkeys(("marker_next", "marker_previous"), bool(timeline.markers)),
            "zoom_selection": some,
        }

    def dissolve(self, pair: tuple[Clip, Clip] | None = None) -> None:
        """Put a dissolve of the usual length on a cut: the given one, else the one at hand."""
        pair = pair or self.cut()
        if pair is None:
            self._say(tr("Put the playhead on a cut, or select the clip behind it, to lay a dissolve there."))
            return
        left, right = pair
        self._do(lambda: self._session.dissolve(left.id, right.id))

    def remove_dissolve(self) -> None:
        """Take the dissolve at hand away."""
        pair = self.cut()
        dissolves = {one.right for track in self._session.timeline.tracks for one in track.dissolves}
        if pair is None or pair[1].id not in dissolves:
            self._say(tr("There is no dissolve here. Put the playhead on its cut."))
            return
        right = pair[1].id
        self._do(lambda: self._session.remove_dissolve(right))

    def cut(self) -> tuple[Clip, Clip] | None:
        """The two clips that touch and are meant: at the playhead, or at the nearer end of the selected clip."""
        timeline, frame = self._session.timeline, self._session.playhead
        for track in reversed(timeline.tracks):
            left = next((clip for clip in track.clips if clip.stop == frame), None)
            right = track.at(frame)
            if left and right and right.start == frame:
                return left, right
        for clip in self.chosen():
            before, after = timeline.neighbours(clip.id)
            pairs = [(before, clip)] if before and before.stop == clip.start else []
            pairs += [(clip, after)] if after and after.start == clip.stop else []
            if pairs:
                return min(pairs, key=lambda pair: abs(pair[1].start - frame))
        return None

    def chosen(self) -> list[Clip]:
        """The selected clips in order of time."""
        timeline = self._session.timeline
        found = [timeline.find(one)[1] for one in self._session.selection if timeline.has(one)]
        return sorted(found, key=lambda clip: clip.start)

    def speed(self) -> None:
        """Ask for the speed of the selected clip."""
        for clip in self.chosen()[:1]:
            SpeedDialog(self._session, clip, self._view.window()).open()

    def gain(self) -> None:
        """Ask for gain and fades of the selected clip."""
        for clip in self.chosen()[:1]:
            SoundDialog(self._session, clip, self._view.window()).open()

    def marker(self) -> None:
        """A marker at the playhead; where one is, ask for its name."""
        frame = self._session.playhead
        there = next((one for one in self._session.timeline.markers if one.frame == frame), None)
        if there is None:
            self._do(lambda: self._session.put_marker(Marker(frame)))
        else:
            self.edit_marker(there)

    def edit_marker(self, marker: Marker) -> None:
        """Ask for name and colour of a marker."""
        MarkerDialog(self._session, marker, self._view.window()).open()

    def toggle_link(self) -> None:
        """Bind the selected clips together, or let them go."""
        chosen = self.chosen()
        ids = [clip.id for clip in chosen]
        bound = any(len(self._session.timeline.group(one)) > 1 for one in ids)
        self._do(lambda: self._session.unlink(ids) if bound else self._session.link(ids))

    def _tools(self) -> tuple[Entry, ...]:
        take = self._view.hand.take
        words = (
            (Tool.SELECT, mark("Select and move"), "mouse-pointer-2", "V"),
            (Tool.FORWARD, mark("Select everything from here on"), "tool-forward", "A"),
            (Tool.BLADE, mark("Blade"), "scissors", "B"),
            (Tool.RIPPLE, mark("Ripple trim"), "tool-ripple", "R"),
            (Tool.ROLL, mark("Roll the cut"), "tool-roll", "N"),
            (Tool.SLIP, mark("Slip the picture inside the clip"), "tool-slip", "Y"),
            (Tool.SLIDE, mark("Slide the clip between its neighbours"), "tool-slide", "U"),
        )
        return tuple(
            Entry(tool.value, text, glyph, (key,), partial(take, tool), True) for tool, text, glyph, key in words
        )

    def _trims(self) -> tuple[Entry, ...]:
        session = self._session
        return (
            Entry(
                "ripple_start",
                "Ripple trim start to playhead",
                "tool-ripple",
                ("Shift+Q",),
                partial(self._ripple, "head"),
            ),
            Entry(
                "ripple_end", "Ripple trim end to playhead", "tool-ripple", ("Shift+W",), partial(self._ripple, "tail")
            ),
            Entry("roll_back", "Roll the cut one frame left", "tool-roll", ("[",), partial(self._roll, -1)),
            Entry("roll_forward", "Roll the cut one frame right", "tool-roll", ("]",), partial(self._roll, 1)),
            Entry("slip_back", "Slip one frame back", "tool-slip", ("Alt+,",), partial(self._each, session.slip, -1)),
            Entry(
                "slip_forward", "Slip one frame forward", "tool-slip", ("Alt+.",), partial(self._each, session.slip, 1)
            ),
            Entry(
                "slide_left",
                "Slide one frame left",
                "tool-slide",
                ("Alt+Shift+Left",),
                partial(self._each, session.slide, -1),
            ),
            Entry(
                "slide_right",
                "Slide one frame right",
                "tool-slide",
                ("Alt+Shift+Right",),
                partial(self._each, session.slide, 1),
            ),
            Entry(
                "split_all",
                "Split all tracks at playhead",
                "split",
                ("Ctrl+Shift+K",),
                lambda: self._do(session.split_all),
            ),
            Entry("lift", "Lift the marked range", "file-output", (";",), lambda: self._do(session.lift)),
            Entry(
                "extract", "Extract the marked range", "unfold-horizontal", ("'",), lambda: self._do(session.extract)
            ),
        )

    def _clips(self) -> tuple[Entry, ...]:
        return (
            Entry("speed", "Speed…", "gauge", ("Ctrl+R",), self.speed),
            Entry("gain", "Gain and fades…", "volume-2", ("G",), self.gain),
            Entry("dissolve", "Dissolve", "dissolve", ("Ctrl+D",), self.dissolve),
            Entry("remove_dissolve", "Remove the dissolve", "x", ("Ctrl+Shift+D",), self.remove_dissolve),
            Entry("duplicate", "Duplicate", "copy", ("Alt+D",), self._duplicate),
            Entry("link", "Link or unlink", "link", ("Ctrl+Alt+L",), self.toggle_link),
        )

    def _places(self) -> tuple[Entry, ...]:
        return (
            Entry("marker", "Marker", "flag", ("M",), self.marker),
            Entry("marker_next", "To next marker", "chevron-right", ("Shift+M",), lambda: self._to_marker(1)),
            Entry(
                "marker_previous", "To previous marker", "chevron-left", ("Alt+Shift+M",), lambda: self._to_marker(-1)
            ),
            Entry("add_video_track", "Add video track", "film", ("Ctrl+Alt+N",), lambda: self._add("video")),
            Entry("add_audio_track", "Add audio track", "music", ("Ctrl+Alt+A",), lambda: self._add("audio")),
            Entry("zoom_selection", "Zoom to selection", "maximize", ("Ctrl+Shift+0",), self._zoom_to_selection),
        )

    def _ripple(self, edge: Edge) -> None:
        frame = self._session.playhead
        for clip in self.chosen():
            if clip.start < frame < clip.stop:
                by = frame - (clip.start if edge == "head" else clip.stop)
                self._do(partial(self._session.ripple_trim, clip.id, edge, by))

    def _roll(self, by: int) -> None:
        pair = self.cut()
        if pair is None:
            self._say(tr("Put the playhead on a cut to roll it."))
            return
        right, at_cut = pair[1], self._session.playhead == pair[1].start
        self._do(lambda: self._session.roll(right.id, "head", by))
        if at_cut and self._session.timeline.has(right.id):
            self._session.seek(self._session.timeline.find(right.id)[1].start)

    def _each(self, verb: Callable[[str, int], None], by: int) -> None:
        for clip in self.chosen():
            self._do(partial(verb, clip.id, by))

    def _duplicate(self) -> None:
        """Copies directly behind the selected clips, on their tracks; when others lie there it is asked what becomes of
        them."""
        chosen, view = self.chosen(), self._view
        if chosen:
            stop = max(clip.stop for clip in chosen)
            going = Going(tuple(clip.id for clip in chosen), Shift(stop - chosen[0].start), copy=True)
            track, _ = self._session.timeline.find(chosen[0].id)
            at = QPointF(view.tracks.metrics.x(stop), view.tracks.metrics.y(track))
            self._do(lambda: land(self._session, going, view.hand.on_others, at))

    def _to_marker(self, way: int) -> None:
        frames, frame = [marker.frame for marker in self._session.timeline.markers], self._session.playhead
        ahead = [one for one in frames if (one - frame) * way > 0]
        if ahead:
            self._session.seek(min(ahead, key=lambda one: abs(one - frame)))

    def _add(self, kind: Kind) -> None:
        self._do(lambda: self._session.add_track(kind))

    def _zoom_to_selection(self) -> None:
        chosen = self.chosen()
        if chosen:
            self._view.zoom_to(chosen[0].start, max(clip.stop for clip in chosen))

    def _say(self, text: str) -> None:
        self._session.noticed.emit(Notice("info", text))

    def _do(self, act: Callable[[], object]) -> bool:
        return attempt(self._session, act)
