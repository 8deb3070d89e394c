"""What groups of commands are called."""

from __future__ import annotations

from sora_studio.core.language import mark, tr

GROUPS = {
    "File": mark("File"),
    "Edit": mark("Edit"),
    "Clip": mark("Clip"),
    "Play": mark("Play"),
    "View": mark("View"),
    "Help": mark("Help"),
    "timeline": mark("Timeline"),
    "monitor": mark("Monitor"),
    "library": mark("Library"),
    "looks": mark("Looks"),
}


def group_title(group: str) -> str:
    """The name of a group in the artist's language."""
    return tr(GROUPS.get(group, group))
