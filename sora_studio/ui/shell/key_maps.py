"""Key maps: the studio's own and those of other editors, merged with the artist's keys so that each means one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sora_studio.core.language import mark
from sora_studio.settings.keys import STUDIO, KeyMap
from sora_studio.ui.menus import menu_keys
from sora_studio.ui.registry import Keys, Known, Registry

TITLES = {
    STUDIO: mark("Sora Studio"),
    "premiere": mark("Premiere Pro"),
    "resolve": mark("DaVinci Resolve"),
    "avid": mark("Media Composer"),
}
"""The presets by name, as the editor calls them."""

PRESETS: dict[str, dict[str, Keys]] = {
    STUDIO: {},
    "premiere": {
        "timeline.blade_tool": ("C",),
        "timeline.split": ("Ctrl+K",),
        "timeline.fit": ("\\",),
        "timeline.trim_start": ("Q",),
        "timeline.trim_end": ("W",),
        "window.export": ("Ctrl+M",),
        "window.select_none": ("Ctrl+Shift+A", "Esc"),
        "monitor.clear_marks": ("Ctrl+Shift+X",),
        "monitor.full_screen": ("Ctrl+`",),
        "monitor.mark_in": ("I",),
        "monitor.mark_out": ("O",),
        "monitor.go_in": ("Shift+I",),
        "monitor.go_out": ("Shift+O",),
        "window.command_palette": ("Ctrl+Shift+P",),
        "monitor.compare": ("Ctrl+Shift+C",),
    },
    "resolve": {
        "timeline.select_tool": ("A",),
        "timeline.forward_tool": ("Alt+Y",),
        "timeline.roll_tool": ("T",),
        "timeline.blade_tool": ("B",),
        "timeline.split": ("Ctrl+B", "Ctrl+\\"),
        "timeline.bridge_cut": ("Ctrl+Shift+B",),
        "timeline.delete": ("Backspace",),
        "timeline.ripple_delete": ("Del", "Shift+Backspace"),
        "timeline.snap": ("N",),
        "timeline.fit": ("Shift+Z",),
        "timeline.zoom_in": ("Ctrl+=", "Ctrl++"),
        "timeline.zoom_out": ("Ctrl+-",),
        "monitor.picture_closer": ("Alt+=",),
        "monitor.picture_farther": ("Alt+-",),
        "timeline.trim_start": ("Shift+[",),
        "timeline.trim_end": ("Shift+]",),
        "timeline.nudge_left": (",",),
        "timeline.nudge_right": (".",),
        "monitor.clear_marks": ("Alt+X",),
        "monitor.full_screen": ("Ctrl+F",),
        "monitor.loop": ("Ctrl+/",),
    },
    "avid": {
        "monitor.play": ("Space", "5"),
        "monitor.mark_in": ("E", "I"),
        "monitor.mark_out": ("R", "O"),
        "monitor.go_in": ("Q",),
        "monitor.go_out": ("W",),
        "monitor.clear_in": ("D",),
        "monitor.clear_out": ("F",),
        "monitor.clear_marks": ("G",),
        "monitor.frame_back": ("Left", "3"),
        "monitor.frame_forward": ("Right", "4"),
        "monitor.cut_back": ("A", "Up"),
        "monitor.cut_forward": ("S", "Down"),
        "timeline.delete": ("Z", "Del", "Backspace"),
        "timeline.ripple_delete": ("X", "Shift+Del", "Shift+Backspace"),
        "timeline.split": ("H",),
        "timeline.fit": ("Ctrl+/",),
        "timeline.zoom_in": ("Ctrl+]",),
        "timeline.zoom_out": ("Ctrl+[",),
        "timeline.redo": ("Ctrl+R",),
        "window.restyle": ("Ctrl+Alt+R",),
        "timeline.snap": ("Alt+S",),
        "timeline.extend_end": ("Alt+Shift+E",),
        "timeline.trim_start": ("Alt+Q",),
        "timeline.trim_end": ("Alt+W",),
        "timeline.forward_tool": ("Alt+A",),
        "timeline.ripple_tool": ("Shift+R",),
        "timeline.speed": ("Ctrl+Alt+S",),
        "timeline.gain": ("Ctrl+Alt+G",),
    },
}
"""Keys by command id, where they differ from the declared ones; a command whose key goes to another gets a new one."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A key that two commands would answer to."""

    key: str
    first: Known
    second: Known


def may_meet(one: Known, other: Known) -> bool:
    """Whether keys of two commands can get into each other's way: panels of their own keep apart."""
    return one.panel == other.panel


def resolved(registry: Registry, key_map: KeyMap) -> dict[str, Keys]:
    """The keys of every command: the artist's own win over the preset's, those over the declared ones. A command whose
    declared or preset key is taken by a stronger claim goes without it, and keys that open a menu are nobody's."""
    preset, menus = PRESETS.get(key_map.preset, {}), menu_keys()
    taken: dict[tuple[str, str], str] = {}
    keys: dict[str, Keys] = {}
    for claims in (key_map.own, preset, {known.id: known.keys for known in registry.all()}):
        for known in registry.all():
            if known.id in keys or known.id not in claims:
                continue
            wanted = (key for key in claims[known.id] if key not in menus)
            free = tuple(key for key in wanted if taken.get((known.panel, key), known.id) == known.id)
            keys[known.id] = free
            taken.update({(known.panel, key): known.id for key in free})
    return keys


def conflict(registry: Registry, keys: Mapping[str, Keys], name: str, wanted: str) -> Known | None:
    """The other command that a key belongs to, when `name` wants it."""
    mine = registry[name]
    for known in registry.all():
        if known.id != name and may_meet(known, mine) and wanted in keys.get(known.id, ()):
            return known
    return None
