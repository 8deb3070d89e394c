"""A project to a film."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.layers import changes, seen, used
from sora_studio.core.media_item import Lost, MediaItem
from sora_studio.core.project import Project
from sora_studio.core.recipe import Recipe
from sora_studio.core.time import FrameRange
from sora_studio.media.credentials import Credentials
from sora_studio.media.export import ExportSettings, render_timeline
from sora_studio.media.presets import find_preset
from sora_studio.session import store
from sora_studio.session.state import OpenProject

Render = Callable[[Callable[[int, int], None], Callable[[], bool]], Path]
"""Writes a film: `progress(done, total)` is told of its frames, `cancelled()` ends it; returns the file."""


class Exporting(OpenProject):
    """Films of the open project."""

    def export(
        self, settings: ExportSettings, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> Path:
        """Write the timeline as it is now to a file. Blocks; may run in any thread. Raises OutputError, BadInput."""
        return export_project(self.project, self._home, settings, progress, cancelled)

    def prepare_export(self, settings: ExportSettings) -> Render:
        """The export of the timeline as it is now, to be run later in any thread, whatever is edited meanwhile."""
        return partial(export_project, self.project, self._home, settings)

    def files_seen(self, span: FrameRange) -> tuple[tuple[int, frozenset[Path]], ...]:
        """A range of the timeline in pieces: their frames, and the files that are seen in them as far as they are made.
        Takes no look at the disk."""
        pieces = []
        for start, stop in pairwise((*changes(self.timeline, span), span.stop)):
            media = (self._media.get(layer.clip.media) for layer in seen(self.timeline, start))
            places = (store.place_of(self._home, item) for item in media if item is not None)
            pieces.append((stop - start, frozenset(path for path in places if path is not None)))
        return tuple(pieces)


def export_project(
    project: Project,
    folder: Path,
    settings: ExportSettings,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Path:
    """Write the timeline of a project to a file; a film of one generated clip carries its recipe.

    Raises Cancelled, OutputError, and BadInput when there is nothing to show or a clip has no picture.
    """

    def media_path(media: str) -> Path | None:
        return store.media_path(folder, project.media[media])

    used = {clip.media for track in project.timeline.tracks for clip in track.clips}
    items = [project.media[media] for media in used]
    for item in items:
        if isinstance(item.state, Lost):
            raise BadInput(
                "“{name}” has no picture: {why} Delete the clip or make it again.",
                name=item.name,
                why=item.state.reason,
            )
    if any(settings.path.absolute() == path.absolute() for media in used if (path := media_path(media))):
        raise BadInput(
            "“{name}” is a part of the film itself. Choose another name for the export.", name=settings.path.name
        )
    recipe = _only_recipe(items)
    if settings.credentials is not None:
        settings = replace(settings, credentials=_told(project, folder, settings, settings.credentials))
    return render_timeline(project.timeline, media_path, settings, progress, cancelled, recipe)


def _only_recipe(items: list[MediaItem]) -> Recipe | None:
    return items[0].made_from if len(items) == 1 else None


def _told(project: Project, folder: Path, settings: ExportSettings, credentials: Credentials) -> Credentials:
    """The credentials with what is in the film: which clips were generated, and whether from nothing but words."""
    span = settings.range or FrameRange(0, project.timeline.length)
    sound = settings.sound and bool(find_preset(settings.preset).sound)
    items = [project.media[media] for media in sorted(used(project.timeline, span, sound=sound))]
    recipes = tuple(recipe for item in items if (recipe := item.generated_from) is not None)
    return replace(credentials, recipes=recipes, footage=_holds_footage(items, project, folder))


def _holds_footage(items: Iterable[MediaItem], project: Project, folder: Path) -> bool:
    """Whether any of the media was brought in, or made from what was, by however many steps."""
    files = store.files_of(folder, project.media.values())
    waiting, met = list(items), set[str]()
    while waiting:
        item = waiting.pop()
        if item.made_from is None:
            return True
        met.add(item.id)
        for given in item.made_from["given"]:
            media = store.medium_of(files, str(given["source"]["path"])) if given["source"] else None
            if media is None:
                return True
            if media not in met:
                waiting.append(project.media[media])
    return False
