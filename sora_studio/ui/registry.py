"""Every command of the window in one place: what menus, command palette and shortcut editor are made from.

A command is declared once, where it is at home (`actions.COMMANDS`, the `Entry` tables of timeline, monitor and
library), and becomes a QAction there. The registry knows all of them by a lasting id, remembers the keys they were
declared with, and gives them the artist's own keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from sora_studio.core.language import mark, tr

Keys = tuple[str, ...]
"""Key combinations in Qt's portable writing, e.g. ("Ctrl+Z",)."""

PANELS = ("timeline", "monitor", "library", "looks", "storyboard")
"""Panels with commands of their own: the first word of their actions' object names."""


def id_of(action: QAction) -> str:
    """The lasting name of an action's command, e.g. "timeline.split"; key map files use it."""
    name = action.objectName().removeprefix("action-")
    panel, _, rest = name.partition("_")
    return f"{panel}.{rest}" if panel in PANELS else f"window.{name}"


def keys_of(action: QAction) -> Keys:
    """The keys an action answers to now."""
    return tuple(key.toString(QKeySequence.SequenceFormat.PortableText) for key in action.shortcuts())


def shown_keys(keys: Keys) -> str:
    """Keys as this system writes them, for people."""
    return ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


@dataclass(frozen=True, slots=True)
class Known:
    """A registered command. `panel` is the name of the panel its keys are limited to; empty: the whole window."""

    id: str
    action: QAction
    group: str
    keys: Keys
    """As declared."""
    panel: str = ""

    @property
    def text(self) -> str:
        """What it is called now, in the artist's language."""
        return self.action.text().replace("&", "")

    @property
    def needs(self) -> str:
        """What has to be so before it can be done; said when it is greyed out."""
        said = self.action.property("needs") or NEEDS.get(self.id, "")
        return tr(said) if said else tr("This cannot be done right now.")


class Registry(QObject):
    """All commands, in the order they were added."""

    keys_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, Known] = {}

    def add(self, group: str, actions: Iterable[QAction], panel: str = "") -> None:
        """Register actions under a group (a menu's English name)."""
        for action in actions:
            name = id_of(action)
            self._known[name] = Known(name, action, group, keys_of(action), panel)
            action.changed.connect(lambda action=action: _explain(action))
            _explain(action)

    def all(self) -> tuple[Known, ...]:
        """Every command."""
        return tuple(self._known.values())

    def __getitem__(self, name: str) -> Known:
        return self._known[name]

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def use_keys(self, chosen: Mapping[str, Keys]) -> None:
        """Give commands other keys; those that `chosen` leaves out get the keys they were declared with."""
        for known in self.all():
            keys = tuple(chosen.get(known.id, known.keys))
            if keys != keys_of(known.action):
                known.action.setShortcuts([QKeySequence(key) for key in keys])
        self.keys_changed.emit()


def _explain(action: QAction) -> None:
    """Keep the tooltip in step with words and keys."""
    keys = shown_keys(keys_of(action))
    words = str(action.property("tip") or action.text().replace("&", ""))
    tip = f"{words}  ({keys})" if keys else words
    if action.toolTip() != tip:
        action.setToolTip(tip)


_ONE = mark("Select one clip first.")
_SOME = mark("Select a clip first.")
_MADE = mark("Select a clip that was generated here.")
_FORMS = mark("Select a clip that is being made.")
NEEDS = {
    "window.export": mark("Put a clip on the timeline first."),
    "window.export_timeline": mark("Put a clip on the timeline first."),
    "window.generate": mark("Write a prompt or give a picture first."),
    **{f"window.{name}": _ONE for name in ("restyle", "loop", "longer", "upscale_2", "upscale_4")},
    **{f"window.{name}": _MADE for name in ("vary", "again", "finalise", "decode_again", "take_prompt")},
    **{f"window.{name}": _FORMS for name in ("finish_now", "other_seed", "stop_clip")},
    "window.retake": mark("Select a clip and mark a range of it: I at its first frame, O at its last."),
    "window.refresh": mark("Select a clip whose sources have changed."),
    "window.go_on": mark("Select a clip that was stopped."),
    "timeline.undo": mark("Nothing has been changed yet."),
    "timeline.redo": mark("Nothing has been undone."),
    "timeline.extend_end": mark("Select one finished clip first."),
    "timeline.extend_start": mark("Select one finished clip that starts at its beginning."),
    "timeline.bridge_cut": mark("Put the playhead on a cut, or select two clips."),
    "timeline.select_all": mark("There is no clip on the timeline yet."),
    **{f"timeline.{name}": _SOME for name in ("delete", "ripple_delete", "trim_start", "trim_end")},
    **{f"timeline.{name}": _SOME for name in ("nudge_left", "nudge_right", "track_up", "track_down")},
    **{f"timeline.{name}": _SOME for name in ("ripple_start", "ripple_end", "duplicate", "link", "gain")},
    **{f"timeline.{name}": _ONE for name in ("speed", "slip_back", "slip_forward", "slide_left", "slide_right")},
    **{f"timeline.{name}": mark("Mark a range first: I at its start, O at its end.") for name in ("lift", "extract")},
    **{f"timeline.{name}": mark("There is no marker yet.") for name in ("marker_next", "marker_previous")},
    "timeline.zoom_selection": _SOME,
    **{f"monitor.{name}": mark("Start a comparison first.") for name in ("compare_side", "compare_swap")},
    **{f"monitor.{name}": mark("Start a comparison first.") for name in ("divider_left", "divider_right")},
    **{
        f"library.{name}": mark("Choose media in the library first.")
        for name in ("add", "look", "first", "last", "recipe", "similar", "star", "rename", "reveal", "remove")
    },
    "library.locate": mark("Nothing is missing."),
    "library.locate_folder": mark("Nothing is missing."),
}
"""Why a command may be greyed out, by its id; an Entry's own `needs` wins."""
