"""The draft the panels edit together: one frozen value, and a signal when it is another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from sora_studio.core.capabilities import Capabilities
from sora_studio.session.draft import Draft
from sora_studio.session.session import Session


class DraftState(QObject):
    """Holds what the artist asks for; panels read `value`, write through `update` and follow `changed`."""

    changed = Signal()

    def __init__(self, draft: Draft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._value = draft

    @property
    def value(self) -> Draft:
        """The draft as it is now."""
        return self._value

    def current(self) -> Draft:
        """The same as a call, for those who ask later."""
        return self._value

    def update(self, **changes: Any) -> None:
        """Change fields of the draft; says so only when something is different."""
        after = replace(self._value, **changes)
        if after != self._value:
            self._value = after
            self.changed.emit()


def chosen_engine(session: Session, name: str) -> Capabilities:
    """The engine of that name, or the first one."""
    engines = session.engines()
    return next((engine for engine in engines if engine.engine == name), engines[0])
