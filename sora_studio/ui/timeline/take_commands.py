"""Going through the takes of clips: commands for the keyboard, and what the switch on a clip does."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from sora_studio.core.language import mark
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.monitor.actions import Entry

_NEEDS = mark("Select a clip with several takes, or put the playhead on one.")


class TakeCommands(QObject):
    """Acts on the selected clips, else on the one that is seen at the playhead; `Commands` makes the actions."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    def entries(self) -> tuple[Entry, ...]:
        """The commands in the order of menus."""
        turn = self._turn
        return (
            Entry("take_next", "Next take", "chevron-right", ("Alt+T",), partial(turn, 1), needs=_NEEDS),
            Entry(
                "take_previous",
                "Previous take",
                "chevron-left",
                ("Alt+Shift+T",),
                partial(turn, -1),
                needs=_NEEDS,
            ),
        )

    def allowed(self) -> dict[str, bool]:
        """Whether there is another take to show."""
        return dict.fromkeys(("take_next", "take_previous"), bool(self._clips()))

    def turn(self, clip_id: str, by: int) -> None:
        """Show the take of a clip that stands `by` places further."""
        attempt(self._session, lambda: self._session.turn_take(clip_id, by))

    def _turn(self, by: int) -> None:
        for clip_id in self._clips():
            self.turn(clip_id, by)

    def _clips(self) -> list[str]:
        session = self._session
        seen = session.timeline.top(session.playhead)
        chosen = [one for one in session.selection if session.timeline.has(one)] or ([seen.id] if seen else [])
        return [one for one in chosen if len(session.takes(one)) > 1]
