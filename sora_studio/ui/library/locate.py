"""Finding missing media again: the artist points at a file or a folder, and all that lies there is linked at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.core.media_item import MediaItem
from sora_studio.session import relink
from sora_studio.session.session import Notice, Session
from sora_studio.ui.async_jobs import spawn
from sora_studio.ui.dialogs.files import FileChooser


class Locator(QObject):
    """Asks and searches beside the window; `found` names what was linked."""

    found = Signal(list)

    def __init__(self, session: Session, chooser: FileChooser, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._chooser, self._parent = session, chooser, parent

    def ask_file(self, item: MediaItem) -> None:
        """Ask for the file of a medium; the folder it is in is searched for the other missing ones."""
        path = self._chooser.open_file(
            self._parent, tr("Where is “{name}”?", name=item.name), f"{relink.file_name(item)};;* (*)"
        )
        if path is not None:
            spawn(self._link(item, path), self._failed)

    def ask_folder(self) -> None:
        """Ask for a folder and search it for everything that is missing."""
        folder = self._chooser.open_folder(self._parent, tr("Folder to look for missing media in"))
        if folder is not None:
            spawn(self._search(folder, {}), self._failed)

    def look_in(self, folder: Path) -> None:
        """Search a folder for everything that is missing."""
        spawn(self._search(folder, {}), self._failed)

    async def _link(self, item: MediaItem, path: Path) -> None:
        await asyncio.to_thread(relink.check, item, path)
        await self._search(path.parent, {item.id: path})

    async def _search(self, folder: Path, known: dict[str, Path]) -> None:
        session = self._session
        lost = await asyncio.to_thread(session.missing_media)
        wanted = [item for item in lost if item.id not in known]
        places = {**known, **await asyncio.to_thread(relink.search, folder, wanted)}
        places = {media_id: path for media_id, path in places.items() if media_id in session.project.media}
        left = len([item for item in lost if item.id not in places])
        if places:
            session.relink(places)
            session.noticed.emit(Notice("info", _told(len(places), left)))
            self.found.emit(list(places))
        elif lost:
            text = tr(
                "None of the {count} missing media lies in “{name}”. Choose another folder.",
                count=len(lost),
                name=folder.name,
            )
            session.noticed.emit(Notice("error", text))
        else:
            session.noticed.emit(Notice("info", tr("Nothing is missing.")))
            self.found.emit([])

    def _failed(self, error: BaseException) -> None:
        known = isinstance(error, StudioError)
        text = str(error) if known else tr("The folder cannot be searched ({error}). Choose another one.", error=error)
        self._session.noticed.emit(Notice("error", text))


def _told(found: int, left: int) -> str:
    linked = tr("One medium is linked again.") if found == 1 else tr("{found} media are linked again.", found=found)
    return tr("{linked} {left} still missing: look in another folder.", linked=linked, left=left) if left else linked
