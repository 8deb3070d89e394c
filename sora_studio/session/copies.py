"""The open project in another folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sora_studio.core.errors import ProjectError
from sora_studio.core.media_item import Pending
from sora_studio.session import lock, store, unsaved
from sora_studio.session.maker import Maker
from sora_studio.session.view_store import save_heights


class Copies(Maker):
    """The verbs for it."""

    def save_as(self, folder: Path) -> None:
        """Write the project and its media into another folder and go on there."""
        if folder.absolute() == self._home.absolute():
            self.save()
            return
        if store.has_project(folder):
            raise ProjectError("There is a project in “{folder}” already. Choose another folder.", folder=folder)
        place = unsaved.aside(self._home)
        store.make_folder(folder)
        lock.take(folder)
        try:
            store.copy_media(self.project, self._home, folder)
            follows = store.save(replace(self.project, name=folder.name or self._name), folder)
        except ProjectError:
            lock.release(folder)
            raise
        save_heights(self.viewing.heights, folder)
        self._autosave.forget(self._spot)
        if self._untitled and not any(isinstance(item.state, Pending) for item in self._media.values()):
            store.remove(self._home)
        lock.release(self._home)
        source, self._home = self._home, folder
        self._untitled, self._name = False, folder.name or self._name
        self._autosave.begin(0)
        self._is_saved(self.project, follows)
        self._moved(source)
        self._is_written()
        if store.made_in(place, self.project, self._home):
            self._save_with(place)
        self.changed.emit()
