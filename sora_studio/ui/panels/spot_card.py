"""What can be made between clips: a gap is filled, a cut is bridged or dissolved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout

from sora_studio.core.language import tr
from sora_studio.core.media_item import Ready
from sora_studio.core.spots import Cut, Spot, ends
from sora_studio.core.timeline import Clip, Gap
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.controls import Card, ElidedLabel, Segments, label, push_button, row, seconds_box
from sora_studio.ui.panels.draft_state import DraftState

REST_MS = 150
"""How long the playhead stands before what lies under it is offered: in playback each cut would flash by."""


class SpotCard(Card):
    """Seen while a gap or cut is picked, or lies under the resting playhead, and no clip is selected."""

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__(tr("Cut"), "spotCard")
        self._session, self._draft = session, draft
        self.name = ElidedLabel("title", "spotName")
        self.note = label("", "faint", "spotNote")
        self.note.setWordWrap(True)
        self.seconds = seconds_box("spotSeconds", "Seconds of the passage", 60)
        self.seconds.setValue(1)
        self.way = Segments("spotWay", "Passage", [("Insert", None), ("Overlap", None)])
        self.way.setToolTip(tr("Insert it between the clips, or let it take the place of their ends"))
        self.bridge = push_button("spotBridge", "Generated bridge", "sparkles", role="primary")
        self.bridge.setToolTip(tr("Generate the passage from the clip before to the clip after"))
        self.dissolve = push_button("spotDissolve", "Dissolve", "combine")
        self.dissolve.setToolTip(tr("Let one clip turn into the next"))
        self.hard = push_button("spotCut", "Hard cut", "scissors")
        self.hard.setToolTip(tr("Remove the dissolve"))
        self.fill = push_button("spotFill", "Fill from neighbours", "sparkles", role="primary")
        self.fill.setToolTip(tr("Generate exactly this gap, led by the clips on both sides"))
        self.alone = push_button("spotAlone", "From the prompt", "film")
        self.alone.setToolTip(tr("Generate exactly this gap from the prompt alone"))
        self.close_gap = push_button("spotClose", "Close the gap", "unfold-horizontal")
        self.close_gap.setToolTip(tr("Move what follows to the left"))
        self._lay_out()
        self._wire()
        self.follow()

    def _lay_out(self) -> None:
        self.body.addWidget(self.name)
        self.body.addWidget(self.note)
        self._length = row(self.seconds, self.way, gap=8)
        self._length.setStretch(1, 1)
        self.body.addLayout(self._length)
        self.body.addWidget(self.bridge)
        self.body.addWidget(self.fill)
        grid = QGridLayout()
        grid.setSpacing(6)
        grid.addWidget(self.dissolve, 0, 0)
        grid.addWidget(self.hard, 0, 1)
        grid.addWidget(self.alone, 1, 0)
        grid.addWidget(self.close_gap, 1, 1)
        self.body.addLayout(grid)

    def _wire(self) -> None:
        session = self._session
        self._on(self.bridge.clicked, self._bridge)
        self._on(self.fill.clicked, lambda spot: session.fill(_gap(spot), self._draft.value))
        self._on(self.alone.clicked, lambda spot: session.fill(_gap(spot), self._draft.value, alone=True))
        self._on(self.close_gap.clicked, lambda spot: session.close_gap(_gap(spot)))
        self._on(self.dissolve.clicked, self._dissolve)
        self._on(self.hard.clicked, lambda spot: session.remove_dissolve(_cut(spot).right))
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.follow)
        session.playhead_moved.connect(lambda: self._rest.start())
        for signal in (session.changed, session.selection_changed):
            signal.connect(self.follow)

    def _on(self, clicked: object, act: Callable[[Spot], object]) -> None:
        def do() -> None:
            spot = self._session.picked
            if spot is not None:
                attempt(self._session, partial(act, spot))

        clicked.connect(do)  # type: ignore[attr-defined]

    def _bridge(self, spot: Spot) -> str:
        cut = _cut(spot)
        overlap = self.way.index == 1
        return self._session.bridge(cut.left, cut.right, self.seconds.value(), self._draft.value, overlap=overlap)

    def _dissolve(self, spot: Spot) -> None:
        cut = _cut(spot)
        frames = max(2, self._session.timeline.rate.frames(self.seconds.value()))
        self._session.dissolve(cut.left, cut.right, frames)

    def follow(self) -> None:
        """Show the gap or cut as it is now."""
        session = self._session
        spot = session.picked
        self.setVisible(spot is not None)
        if spot is None:
            return
        before, after = ends(session.timeline, spot)
        cut = isinstance(spot, Cut)
        self.caption.setText(tr("CUT") if cut else tr("GAP"))
        self.name.say(" → ".join(clip.name or tr("Clip") for clip in (before, after) if clip))
        both = self._ready(before) and self._ready(after)
        if isinstance(spot, Gap):
            self.note.setText(tr("{seconds:.1f} s between the clips", seconds=session.timeline.rate.seconds(len(spot))))
        else:
            self.note.setText(tr("Where the clips meet") if both else tr("Wait until both clips are made."))
        for part in (self.seconds, self.way, self.bridge, self.dissolve, self.hard):
            part.setVisible(cut)
        for part in (self.fill, self.alone, self.close_gap):
            part.setVisible(not cut)
        self.bridge.setEnabled(both)
        self.fill.setEnabled((before is None or self._ready(before)) and (after is None or self._ready(after)))
        self.dissolve.setEnabled(both)
        self.hard.setEnabled(cut and self._dissolved(spot))

    def _ready(self, clip: Clip | None) -> bool:
        return clip is not None and isinstance(self._session.item(clip.media).state, Ready)

    def _dissolved(self, spot: Spot) -> bool:
        cut = _cut(spot)
        return any(one.right == cut.right for track in self._session.timeline.tracks for one in track.dissolves)


def _gap(spot: Spot) -> Gap:
    assert isinstance(spot, Gap)
    return spot


def _cut(spot: Spot) -> Cut:
    assert isinstance(spot, Cut)
    return spot
