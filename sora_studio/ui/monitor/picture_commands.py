"""What the picture looks like and what it is of: views, zoom, guides, comparison, resolution, as actions with keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sora_studio.core.language import tr
from sora_studio.core.time import Size
from sora_studio.session.viewing import Mode
from sora_studio.ui.attempt import attempt
from sora_studio.ui.monitor.actions import Entry
from sora_studio.ui.monitor.comparing import counterpart
from sora_studio.ui.monitor.guides import Guides
from sora_studio.ui.monitor.placement import STEP
from sora_studio.ui.monitor.shot import Side, Wipe
from sora_studio.ui.theme import icon

if TYPE_CHECKING:
    from sora_studio.ui.monitor.panel import MonitorPanel

RESOLUTIONS = {"Full": Size(3840, 2160), "720p": Size(1280, 720), "360p": Size(640, 360)}
"""How large pictures of files are shown at most, by what it is called. Smaller plays smoother."""
USUAL = "720p"


class PictureCommands(QObject):
    """Adds its actions to the panel's."""

    def __init__(self, panel: MonitorPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._session = panel.session
        self._guides = Guides.NONE
        self.resolution = USUAL
        for entry in (*self._views(), *self._picture(), *self._comparison()):
            panel.commands.add(entry)
        self.follow()
        panel.view.zoomed.connect(self._follow_zoom)
        self._follow_zoom()
        self._name_resolution()

    def follow(self) -> None:
        """Bring the ticks to the present state."""
        viewing, commands = self._session.viewing, self._panel.commands
        for mode in ("timeline", "clip", "live"):
            commands[f"view_{mode}"].setChecked(viewing.mode == mode)
        commands["compare"].setChecked(viewing.compare is not None)
        for name in ("compare_side", "compare_swap", "divider_left", "divider_right"):
            commands[name].setEnabled(viewing.compare is not None)

    def _views(self) -> tuple[Entry, ...]:
        return (
            Entry("view_timeline", "Show the timeline", "film", ("Alt+1",), lambda: self.show("timeline"), True),
            Entry("view_clip", "Show the clip", "square", ("Alt+2",), lambda: self.show("clip"), True),
            Entry("view_live", "Show what is being made", "radio", ("Alt+3",), lambda: self.show("live"), True),
        )

    def _picture(self) -> tuple[Entry, ...]:
        view, panel = self._panel.view, self._panel
        return (
            Entry("fit", "Fit the picture", "scan-line", ("Shift+F",), self._fit, True),
            Entry("picture_closer", "Picture closer", "zoom-in", ("Ctrl+=", "Ctrl++"), lambda: view.zoom(STEP)),
            Entry("picture_farther", "Picture farther", "zoom-out", ("Ctrl+-",), lambda: view.zoom(1 / STEP)),
            Entry("guides", "Guides", "grid-3x3", ("Shift+G",), self._next_guides, True),
            Entry("resolution", "Playback resolution", "gauge", ("Alt+R",), self._next_resolution),
            Entry("mute", "Mute", "volume-2", ("Ctrl+Shift+M",), self._mute, True),
            Entry("type_time", "Go to timecode…", "log-in", ("Ctrl+G",), panel.transport_time_edit),
            Entry("full_screen", "Full screen", "maximize", ("F11", "`"), panel.toggle_full_screen, True),
        )

    def _comparison(self) -> tuple[Entry, ...]:
        return (
            Entry("compare", "Compare", "columns-2", ("C",), self._compare, True),
            Entry("compare_side", "Divider, A or B", "eye", ("Shift+C",), self._next_side),
            Entry("compare_swap", "Swap A and B", "arrow-left-right", ("Alt+Shift+C",), self._swap),
            Entry("divider_left", "Divider left", "chevron-left", ("Ctrl+Alt+Left",), lambda: self._divide(-0.05)),
            Entry("divider_right", "Divider right", "chevron-right", ("Ctrl+Alt+Right",), lambda: self._divide(0.05)),
        )

    def show(self, mode: Mode) -> None:
        """Turn the monitor to a view; the clip view opens the selected clip, else the one under the playhead."""
        session = self._session
        if mode == "clip" and session.viewing.mode != "clip":
            timeline = session.timeline
            clips = [timeline.find(one)[1] for one in session.selection if timeline.has(one)]
            clip = clips[0] if clips else timeline.top(session.playhead)
            if clip is not None:
                session.viewing.look_at(clip.media)
        session.viewing.show(mode)
        self.follow()

    def _fit(self) -> None:
        self._panel.view.set_fitting(self._panel.commands["fit"].isChecked())

    def _follow_zoom(self) -> None:
        self._panel.commands["fit"].setChecked(self._panel.view.fitting)

    def _mute(self) -> None:
        action, panel = self._panel.commands["mute"], self._panel
        panel.sound.muted = action.isChecked()
        action.setIcon(icon("volume-x" if action.isChecked() else "volume-2"))
        panel.player.anew()

    def _next_guides(self) -> None:
        self._guides = self._guides.following
        self._panel.view.set_guides(self._guides)
        action = self._panel.commands["guides"]
        action.setChecked(self._guides is not Guides.NONE)
        action.setToolTip(tr("Guides: {value}  (Shift+G)", value=tr(self._guides.value)))

    def _next_resolution(self) -> None:
        names = list(RESOLUTIONS)
        self.resolution = names[(names.index(self.resolution) + 1) % len(names)]
        self._panel.director.feed.set_largest(RESOLUTIONS[self.resolution])
        self._name_resolution()

    def _name_resolution(self) -> None:
        action = self._panel.commands["resolution"]
        action.setIconText(self.resolution)
        action.setText(tr("Playback resolution: {resolution}", resolution=self.resolution))
        action.setToolTip(
            tr("Playback resolution: {resolution}. Smaller plays smoother.  (Alt+R)", resolution=self.resolution)
        )

    def _compare(self) -> None:
        viewing = self._session.viewing
        if viewing.compare is not None:
            viewing.stop_comparing()
        else:
            attempt(self._session, self._begin)
        self.follow()

    def _begin(self) -> None:
        found = counterpart(self._session)
        self._session.viewing.comparing(found.a, found.b)

    def _swap(self) -> None:
        compare = self._session.viewing.compare
        if compare is not None:
            self._session.viewing.comparing(compare.b, compare.a)

    def _next_side(self) -> None:
        wipe = self._panel.view.wipe or Wipe()
        self._panel.view.set_wipe(replace(wipe, side=wipe.side.following))

    def _divide(self, by: float) -> None:
        wipe = self._panel.view.wipe or Wipe()
        self._panel.view.set_wipe(replace(wipe, side=Side.WIPE).moved(wipe.at + by))
