"""Search by meaning: media near to words, or to a picture, in the order the assistant puts them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from sora_studio.core.language import mark, tr
from sora_studio.session.errands import Errand
from sora_studio.session.meaning import Found
from sora_studio.session.session import Notice, Session

SHOWN = 120
"""The nearest media that are shown; what lies further away is no answer."""
WORDS_ALONE = mark("Names and prompts are compared, not pictures: the CLIP weights are not there.")


class Finder(QObject):
    """`order` holds the media found, best first; None while nothing is searched by meaning. `changed` tells of it."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._errand: Errand | None = None
        self.order: tuple[str, ...] | None = None
        self.busy = False
        self.said = ""
        """What is searched for, in words."""

    def words(self, text: str) -> None:
        """Search for words."""
        if text.strip():
            self._search(text.strip(), tr("Near to “{strip}”", strip=text.strip()))
        else:
            self.stop()

    def picture(self, path: Path, name: str = "") -> None:
        """Search for what looks like a picture or video."""
        self._search(path, tr("Like “{value}”", value=name or path.name))

    def stop(self) -> None:
        """Back to everything."""
        if self._errand is not None:
            self._errand.cancel()
        self._errand, self.busy = None, False
        if self.order is not None or self.said:
            self.order, self.said = None, ""
            self.changed.emit()

    @property
    def note(self) -> str:
        """What is searched for and how, in words; empty while nothing is."""
        if not self.said:
            return ""
        if self.busy:
            return tr("{said}: looking…", said=self.said)
        return self.said if self._session.meaning.pictures_known else f"{self.said}. {tr(WORDS_ALONE)}"

    def _search(self, query: str | Path, said: str) -> None:
        if self._errand is not None:
            self._errand.cancel()
        self.said, self.busy = said, True
        self._errand = self._session.meaning.search(query, self._session.shelf(), self._found, self._failed)
        self.changed.emit()

    def _found(self, found: list[Found]) -> None:
        self._errand, self.busy = None, False
        self.order = tuple(one.id for one in found[:SHOWN])
        self.changed.emit()

    def _failed(self, reason: str) -> None:
        self._errand, self.busy, self.order, self.said = None, False, None, ""
        self._session.noticed.emit(Notice("error", reason))
        self.changed.emit()
