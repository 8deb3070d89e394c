"""The open project in another folder, and one that another window has open as a copy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sora_studio.core.errors import ProjectError
from sora_studio.core.language import tr
from sora_studio.core.media_item import Pending
from sora_studio.core.project import Project
from sora_studio.session import lock, store
from sora_studio.session.maker import Maker
from sora_studio.session.view_store import save_heights


class Copies(Maker):
    """The verbs for it."""

    def open_copy(self, folder: Path) -> None:
        """Open what a project's folder holds as an untitled project. Its media stay where they are; nothing is written
        into the folder. Unsaved changes of the former project are given up. Raises ProjectError."""
        folder = folder.parent if folder.name == store.FILE else folder
        project = store.load_recovery(folder) or store.load(folder)
        home = store.untitled_folder()
        self._leave()
        copy = store.from_elsewhere(project, folder)
        self._take(replace(copy, name=tr("{name} (copy)", name=project.name)), home)
        self._untitled, self._saved = True, Project()  # nothing of it is saved yet
        self._announce()
        self._touched()

    def save_as(self, folder: Path) -> None:
        """Write the project and its media into another folder and go on there."""
        if folder.absolute() == self._home.absolute():
            self.save()
            return
        if store.has_project(folder):
            raise ProjectError("There is a project in “{folder}” already. Choose another folder.", folder=folder)
        store.make_folder(folder)
        lock.take(folder)
        try:
            store.copy_media(self.project, self._home, folder)
            store.save(replace(self.project, name=folder.name or self._name), folder)
        except ProjectError:
            lock.release(folder)
            raise
        save_heights(self.viewing.heights, folder)
        if self._untitled and not any(isinstance(item.state, Pending) for item in self._media.values()):
            store.remove(self._home)
        elif not self._untitled:
            store.drop_recovery(self._home)
        lock.release(self._home)
        source, self._home = self._home, folder
        self._untitled, self._name = False, folder.name or self._name
        self._saved = self.project
        self._moved(source)
        self._written()
        self.changed.emit()
