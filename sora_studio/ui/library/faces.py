"""What a medium shows in the library: its picture or why there is none, and its words."""

from __future__ import annotations

from PySide6.QtGui import QPixmap

from sora_studio.core.language import tr
from sora_studio.core.library import prompt_of
from sora_studio.core.media_item import Lost, MediaItem, Pending
from sora_studio.session.session import Session
from sora_studio.ui.library.facts import facts_of
from sora_studio.ui.library.thumbs import TileThumbs
from sora_studio.ui.library.tile import Look
from sora_studio.ui.monitor.picture import to_image

LONGEST = 300
"""Characters of a prompt in a tooltip."""


class Faces:
    """Reads the session and asks for pictures; looks at the disk on the reader's threads only."""

    def __init__(self, session: Session, thumbs: TileThumbs) -> None:
        self._session, self._thumbs = session, thumbs

    def look(self, item: MediaItem) -> Look:
        """Picture and state of a tile; asks for the picture when it is first seen."""
        match item.state:
            case Pending():
                newest = self._session.live_preview(item.id)
                if newest is None:
                    return Look(made=0.0)
                frame = to_image(newest.frames[len(newest.frames) // 2])
                return Look(QPixmap.fromImage(frame), made=newest.step / max(1, newest.steps))
            case Lost() if self._session.standing(item.id) is not None:
                return Look(problem=tr("Stopped"))
            case Lost():
                return Look(problem=tr("Missing") if item.made_from is None else tr("Failed"))
            case _:
                path = self._session.place_of(item.id)
                if path is None or not item.picture:
                    return Look()
                picture = self._thumbs.picture(item.id, path)
                if not self._thumbs.problem(item.id, path):
                    return Look(picture)
                return Look(problem=tr("Missing") if self._thumbs.is_gone(item.id, path) else tr("Unreadable"))

    def is_missing(self, item: MediaItem) -> bool:
        """Whether a medium's file was looked for and not found or not read."""
        return not isinstance(item.state, Lost) and bool(self._problem(item))

    def describe(self, item: MediaItem) -> str:
        """A medium in words, for tooltip and screen reader."""
        facts = tr("{facts_of} · starred", facts_of=facts_of(item)) if item.starred else facts_of(item)
        prompt = prompt_of(item)
        short = prompt if len(prompt) < LONGEST else f"{prompt[: LONGEST - 1]}…"
        return "\n".join(filter(None, (item.name, facts, short, item.caption, self._problem(item))))

    def _problem(self, item: MediaItem) -> str:
        if isinstance(item.state, Lost):
            return item.state.reason
        if item.id not in self._session.project.media:
            return ""
        path = self._session.place_of(item.id)
        return self._thumbs.problem(item.id, path) if path is not None else ""
