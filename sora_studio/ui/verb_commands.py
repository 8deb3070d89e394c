"""The inspector's verbs as commands: in menus, palette and shortcut editor, alive while their buttons are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton

if TYPE_CHECKING:
    from sora_studio.ui.panels.inspector import InspectorPanel


class VerbCommands:
    """Which command presses which button."""

    def __init__(self, inspector: InspectorPanel) -> None:
        self._inspector = inspector
        verbs, again = inspector.verbs, inspector.again
        self.buttons: dict[str, QAbstractButton] = {
            "restyle": verbs.restyle,
            "loop": verbs.loop,
            "vary": verbs.vary,
            "upscale_2": verbs.twice,
            "upscale_4": verbs.four_times,
            "take_prompt": verbs.again,
            "again": again.again,
            "finalise": again.finalise,
            "retake": again.retake,
            "longer": again.longer,
            "refresh": again.stale.refresh,
            "decode_again": again.decode,
            "finish_now": again.enough,
            "other_seed": again.reseed,
            "stop_clip": again.hold,
            "go_on": again.go_on,
        }

    def acts(self) -> dict[str, Callable[[], object]]:
        """What each command does."""
        return {name: button.click for name, button in self.buttons.items()}

    def follow(self, actions: Mapping[str, QAction]) -> None:
        """Grey out what the inspector does not offer now."""
        for name, button in self.buttons.items():
            actions[name].setEnabled(button.isEnabled() and button.isVisibleTo(self._inspector))
