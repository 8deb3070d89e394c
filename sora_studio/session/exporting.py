"""A project to a film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sora_studio.core.errors import BadInput
from sora_studio.core.media_item import Lost, MediaItem
from sora_studio.core.project import Project
from sora_studio.core.recipe import Recipe
from sora_studio.media.export import ExportSettings, render_timeline
from sora_studio.session import store


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
            raise BadInput(f"“{item.name}” has no picture: {item.state.reason} Delete the clip or make it again.")
    if any(settings.path.absolute() == path.absolute() for media in used if (path := media_path(media))):
        raise BadInput(f"“{settings.path.name}” is a part of the film itself. Choose another name for the export.")
    recipe = _only_recipe(items)
    return render_timeline(project.timeline, media_path, settings, progress, cancelled, recipe)


def _only_recipe(items: list[MediaItem]) -> Recipe | None:
    return items[0].made_from if len(items) == 1 else None
