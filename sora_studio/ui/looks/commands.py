"""What can be done with looks as commands of the window: they act on the look that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from sora_studio.core.language import mark
from sora_studio.session.session import Session
from sora_studio.ui.looks.desk import LookDesk
from sora_studio.ui.monitor.actions import Entry, make_action
from sora_studio.ui.panels.draft_state import DraftState

_CHOSEN = mark("Choose a look first.")
_OWN = mark("Choose a look of your own first. A shipped one can be duplicated.")
_ON_OWN = ("edit", "picture", "paint", "delete")


class LookCommands(QObject):
    """Makes the actions and keeps them enabled as fits the chosen look. `shown` brings the page of looks into sight."""

    def __init__(self, session: Session, desk: LookDesk, draft: DraftState, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._desk, self._draft = session, desk, draft
        self.shown: Callable[[], None] = lambda: None
        self._actions = {entry.name: make_action(entry, "looks", self) for entry in self._entries()}
        self["new"].setProperty("rule", True)
        self.refresh()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> list[QAction]:
        """The actions in the order of menus."""
        return list(self._actions.values())

    def refresh(self) -> None:
        """Grey out what the chosen look does not allow."""
        name = self._draft.value.look
        own = bool(name) and self._session.lookbook.is_own(name)
        for one in ("duplicate", "export"):
            self[one].setEnabled(bool(name))
        for one in _ON_OWN:
            self[one].setEnabled(own)

    def _entries(self) -> tuple[Entry, ...]:
        desk, on = self._desk, self._on
        pictured = on(desk.picture_from_monitor)
        return (
            Entry("new", "New look…", "plus", ("Ctrl+Shift+N",), partial(self._show, desk.make)),
            Entry("edit", "Edit the look…", "pencil", (), on(desk.edit), needs=_OWN),
            Entry("duplicate", "Duplicate the look…", "copy", (), on(desk.duplicate), needs=_CHOSEN),
            Entry("picture", "Picture of the look from the monitor", "image", (), pictured, needs=_OWN),
            Entry("paint", "Let the model paint the look's picture", "sparkles", (), on(desk.paint), needs=_OWN),
            Entry("delete", "Delete the look", "trash-2", (), on(desk.remove), needs=_OWN),
            Entry("import", "Import a look…", "import", (), partial(self._show, desk.ask_for_file)),
            Entry("export", "Export the look…", "upload", (), on(desk.export), needs=_CHOSEN),
        )

    def _on(self, act: Callable[[str], object]) -> Callable[[], None]:
        """`act` on the chosen look."""
        return lambda: self._show(lambda: act(self._draft.value.look))

    def _show(self, act: Callable[[], object]) -> None:
        self.shown()
        act()
