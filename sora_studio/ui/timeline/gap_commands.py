"""What can be done with a gap, as commands: fill it from the prompt, bridge it, close it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from sora_studio.core.spots import ends
from sora_studio.core.timeline import Gap
from sora_studio.session.draft import Draft
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.monitor.actions import Entry
from sora_studio.ui.timeline.gap import BRIDGE, CLOSE, FILL


class GapCommands(QObject):
    """Acts on a given gap, or on the session's gap at hand; `Commands` makes the actions."""

    def __init__(self, session: Session, draft: Callable[[], Draft], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._draft = session, draft

    def entries(self) -> tuple[Entry, ...]:
        """The commands in the order of menus."""
        return (
            Entry(
                "fill_gap",
                "Fill the gap from the prompt",
                "sparkles",
                ("Ctrl+Shift+G",),
                lambda: self._at_hand(self.fill),
                needs="Put the playhead into a gap between pictures, or click one.",
            ),
            Entry(
                "bridge_gap",
                "Bridge the gap",
                "git-merge",
                ("Ctrl+Alt+B",),
                lambda: self._at_hand(self.bridge),
                needs="Put the playhead into a gap with a picture on both sides, or click one.",
            ),
            Entry(
                "close_gap",
                "Close the gap",
                "unfold-horizontal",
                ("Alt+G",),
                lambda: self._at_hand(self.close_gap),
                needs="Put the playhead into a gap, or click one.",
            ),
        )

    def allowed(self) -> dict[str, bool]:
        """Which of them make sense for the gap at hand."""
        gap, timeline = self._session.gap_at_hand, self._session.timeline
        seen = gap is not None and timeline.tracks[gap.track].kind == "video"
        return {"fill_gap": seen, "bridge_gap": seen and self._between(gap), "close_gap": gap is not None}

    def act(self, name: str, gap: Gap) -> None:
        """What a button of a gap does."""
        {CLOSE: self.close_gap, BRIDGE: self.bridge, FILL: self.fill}[name](gap)

    def close_gap(self, gap: Gap) -> None:
        """Move what follows a gap up to its start."""
        attempt(self._session, lambda: self._session.close_gap(gap))

    def bridge(self, gap: Gap) -> None:
        """Fill a gap with a clip generated from its neighbours."""
        if self._between(gap):
            attempt(self._session, lambda: self._session.fill(gap, self._draft()))

    def fill(self, gap: Gap) -> None:
        """Fill a gap with a clip generated from the prompt; a single neighbour leads or follows it."""
        attempt(self._session, lambda: self._session.fill(gap, self._draft(), alone=self._between(gap)))

    def _between(self, gap: Gap | None) -> bool:
        return gap is not None and None not in ends(self._session.timeline, gap)

    def _at_hand(self, act: Callable[[Gap], None]) -> None:
        gap = self._session.gap_at_hand
        if gap is not None:
            act(gap)
