"""Earlier versions of the open project, brought back as one step of undo."""

from __future__ import annotations

from sora_studio.core.project import Project
from sora_studio.session import store, versions
from sora_studio.session.media_pool import MediaPool
from sora_studio.session.versions import Version


class Restoring(MediaPool):
    """The verbs for them."""

    def versions(self) -> tuple[Version, ...]:
        """The earlier versions there are, newest first. Looks at the disk."""
        return versions.versions(self._home)

    def version(self, version: Version) -> Project:
        """What an earlier version holds; raises ProjectError when it cannot be read."""
        return store.load_version(version.path, self._home)

    def restore(self, version: Version) -> None:
        """Bring the timeline of an earlier version back, and the media that have been taken out since; what came in
        since stays in the library. Changes that are not saved are kept as a version. Raises ProjectError."""
        project = self.version(version)
        if self.modified and self.keeps_changes:
            versions.put_by(self._home, self._spot.beside, saved=False)
        self._bin = {key: item for key, item in self._bin.items() if key not in project.media}
        self._media = {**project.media, **self._media}
        self._edit("Restore an earlier version", project.timeline)
        self._touched()
